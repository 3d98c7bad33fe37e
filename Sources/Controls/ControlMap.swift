import MIDI
import Music
import Transport

/// Turns what a keyboard sends into actions, by its profile and the generic protocols.
///
/// A button acts when it is pressed, not when it is released; the same action again within `bounce` is a bounce.
public struct ControlMap: Sendable {
    public let profile: DeviceProfile
    /// Which of the keyboard's ports carries the keys, and which the buttons, counted from 1.
    public private(set) var keysPort = 1
    public private(set) var controlPort = 1
    private let bindings: [ControlBinding]
    private var lastPress: [ControlAction: Instant] = [:]
    /// A system exclusive message that is still arriving, for each port.
    private var arriving: [Int: [UInt8]] = [:]

    /// Two presses closer than this are one.
    public static let bounce = Nanoseconds.milliseconds(30)
    /// Longer system exclusive messages are no button.
    private static let exclusiveLimit = 256

    /// - Parameter profile: nil for a keyboard that nobody has described.
    public init(_ profile: DeviceProfile?) {
        self.profile = profile ?? .generic
        let own = profile?.buttons ?? []
        // Generic protocols fill in; what the profile says of a message wins.
        let generic = DeviceProfile.generic.buttons.filter { button in
            (profile == nil || button.place == .anyPort) && !own.contains { $0.trigger == button.trigger }
        }
        bindings = own + generic
    }

    /// Finds the profile's ports among those that are there; they come one after another.
    public mutating func place(among names: [String]) {
        keysPort = profile.keysPort.number(among: names) ?? 1
        // A control port that is not there yet is none of the others.
        controlPort = profile.controlPort.number(among: names) ?? 0
    }

    /// What must not go thru from the port of the keys.
    public var swallowed: [SwallowedMessage] {
        bindings.filter { isHeard($0, on: keysPort) }.compactMap(\.trigger.swallowed)
    }

    /// The action of an event.
    ///
    /// - Parameter port: which of the keyboard's ports it came from, counted from 1.
    public mutating func action(for event: TransportEvent, onPort port: Int) -> ControlAction? {
        switch event.kind {
        case .message:
            return event.message.flatMap { action(for: $0, onPort: port, at: event.time) }
        case .systemExclusive:
            guard let bytes = gather(event, onPort: port) else { return nil }
            return press(
                bindings.first { isHeard($0, on: port) && $0.trigger.matches(systemExclusive: bytes) }, at: event.time)
        case .gap, .portStarted, .portExited:
            arriving = [:]
            return nil
        }
    }

    /// The action of a short message.
    public mutating func action(for message: MIDIMessage, onPort port: Int, at time: Instant) -> ControlAction? {
        guard let binding = bindings.first(where: { isHeard($0, on: port) && $0.trigger.matches(message) }),
            isPress(message, of: binding)
        else { return nil }
        return press(binding, at: time)
    }

    /// Whether a message is one of the buttons, pressed or released: such a message is never music.
    public func isControl(_ message: MIDIMessage, onPort port: Int) -> Bool {
        bindings.contains { isHeard($0, on: port) && $0.trigger.matches(message) }
    }

    private mutating func press(_ binding: ControlBinding?, at time: Instant) -> ControlAction? {
        guard let action = binding?.action else { return nil }
        if let last = lastPress[action], time - last < ControlMap.bounce { return nil }
        lastPress[action] = time
        return action
    }

    private func isPress(_ message: MIDIMessage, of binding: ControlBinding) -> Bool {
        switch message.kind {
        case .controlChange(_, _, let value): binding.press == .toggle || value >= 64
        case .noteOff: binding.press == .toggle
        default: true
        }
    }

    private func isHeard(_ binding: ControlBinding, on port: Int) -> Bool {
        switch binding.place {
        case .controlPort: port == controlPort
        case .anyPort: true
        case .besideKeys: port != keysPort
        }
    }

    /// Adds a piece; returns the message once it is whole.
    private mutating func gather(_ event: TransportEvent, onPort port: Int) -> [UInt8]? {
        var bytes = arriving[port] ?? []
        for index in 0..<Int(event.count) {
            let byte = event.bytes[index]
            if byte == 0xF0 { bytes = [] }
            if bytes.count <= ControlMap.exclusiveLimit { bytes.append(byte) }
        }
        let isWhole = bytes.last == 0xF7
        arriving[port] = isWhole ? nil : bytes
        return isWhole ? bytes : nil
    }
}
