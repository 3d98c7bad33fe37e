/// One button: what it sends, and what that means.
public struct ControlBinding: Hashable, Sendable {
    /// On which of a keyboard's ports it is listened for.
    public enum Place: Hashable, Sendable {
        case controlPort
        case anyPort
        /// Every port but the one that carries the keys: for notes that would be music there.
        case besideKeys
    }

    /// How a button tells that it was pressed.
    public enum Press: Hashable, Sendable {
        /// A press and a release: it acts on the press.
        case momentary
        /// On at one press, off at the next: both are presses.
        case toggle
    }

    public var action: ControlAction
    public var trigger: ControlTrigger
    public var place: Place
    public var press: Press
    /// A weakly sourced button acts only once the player has agreed.
    public var isConfirmed: Bool
    /// Whole messages that light this button while what it does is on (the chosen genre, a muted or locked part, loop,
    /// click), and that put it out again; nil where it has no light of its own.
    public var light: ButtonLight?

    public init(
        _ action: ControlAction, _ trigger: ControlTrigger, place: Place = .controlPort, press: Press = .momentary,
        isConfirmed: Bool = true, light: ButtonLight? = nil
    ) {
        self.action = action
        self.trigger = trigger
        self.place = place
        self.press = press
        self.isConfirmed = isConfirmed
        self.light = light
    }
}

/// The light of one button: a whole message for on, and one for off.
public struct ButtonLight: Hashable, Sendable {
    public var on: [UInt8]
    public var off: [UInt8]

    public init(on: [UInt8], off: [UInt8]) {
        self.on = on
        self.off = off
    }
}
