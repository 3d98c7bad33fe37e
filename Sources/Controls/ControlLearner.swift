import MIDI
import Music
import Transport

/// Finds out what a button sends by having it pressed.
///
/// Asked for an action, it hears everything that one keyboard sends, on all its ports, and tells the button from the music: keys
/// being played, the sustain pedal, wheels, knobs, aftertouch, clock and active sensing are none. Messages that come together are
/// one button's. A button that was pressed and not released is asked for a second time, to tell one that alternates on and off
/// from one that sends no release. What was recognised is taken when another action is asked for, or by `take()`; until then a
/// further press corrects it.
public struct ControlLearner: Sendable {
    /// What was found out.
    public enum Reply: Hashable, Sendable {
        /// It may alternate between on and off: it is to be pressed once more.
        case pressAgain(LearnedButton)
        case recognized(LearnedButton)
        /// It cannot be a button, in words.
        case refused(String)
    }

    /// A button of an action.
    public struct Learned: Hashable, Sendable {
        public var action: ControlAction
        public var button: LearnedButton
    }

    /// Messages closer than this come from one press.
    public static let together = Nanoseconds.milliseconds(80)
    /// A button that is not released for so long is asked for again.
    public static let longestPress = Nanoseconds.milliseconds(900)

    /// Which port carries the keys, counted from 1.
    public let keysPort: Int
    /// The port of the buttons that are known already; nil where the first button tells.
    private let givenPort: Int?
    /// Whether the sustain pedal may be a button: it is music unless the player says so.
    private let takesSustain: Bool
    public private(set) var asked: ControlAction?
    /// What was recognised for the action that is asked for.
    public private(set) var recognized: LearnedButton?
    /// What was taken so far, in the order of asking.
    public private(set) var learned: [Learned] = []

    private var gesture: Gesture?
    /// Controllers that sent many values: knobs, wheels, faders.
    private var knobs: Set<ControlTrigger> = []
    /// Keys that were heard, by channel.
    private var keys: [Channel: Set<UInt8>] = [:]
    private var exclusive: [Int: [UInt8]] = [:]

    /// - Parameters:
    ///   - keysPort: which port carries the keys, counted from 1.
    ///   - controlPort: the port of buttons that are known already; nil where there are none.
    ///   - takesSustain: whether the sustain pedal may be a button.
    public init(keysPort: Int = 1, controlPort: Int? = nil, takesSustain: Bool = false) {
        self.keysPort = keysPort
        givenPort = controlPort
        self.takesSustain = takesSustain
    }

    // MARK: - Asking

    /// Asks for the button of an action; takes what was recognised for another one, and drops it where the same is asked again.
    public mutating func ask(_ action: ControlAction) {
        if action == asked { recognized = nil } else { take() }
        learned.removeAll { $0.action == action }
        gesture = nil
        asked = action
    }

    /// Takes what was recognised; nothing more is asked for.
    public mutating func take() {
        if let asked, let recognized { learned.append(Learned(action: asked, button: recognized)) }
        gesture = nil
        recognized = nil
        asked = nil
    }

    /// The port on which the buttons are: given, or the first learned one's.
    public var controlPort: Int? { learned.lazy.compactMap(\.button.port).first ?? givenPort }

    // MARK: - Hearing

    /// Hears an event of the keyboard.
    ///
    /// - Parameter port: which of its ports it came from, counted from 1.
    /// - Returns: what was found out, and whether the event may be a button's: such an event is no music.
    public mutating func hear(_ event: TransportEvent, onPort port: Int) -> (reply: Reply?, isButton: Bool) {
        let early = pass(to: event.time)
        let heard = listen(event, onPort: port)
        return (heard.reply ?? early, heard.isButton)
    }

    private mutating func listen(_ event: TransportEvent, onPort port: Int) -> (reply: Reply?, isButton: Bool) {
        switch event.kind {
        case .message:
            guard let message = event.message else { return (nil, false) }
            return hear(message, onPort: port, at: event.time)
        case .systemExclusive:
            guard let bytes = gather(event, onPort: port) else { return (nil, true) }
            guard asked != nil, bytes.count > 2, bytes.count <= ControlLearner.exclusiveLimit,
                DeviceInquiry(answer: bytes) == nil
            else { return (nil, true) }
            return (press(.systemExclusive(ControlLearner.pattern(of: bytes)), nil, onPort: port, at: event.time), true)
        case .gap:
            gesture = nil
            exclusive = [:]
            return (nil, false)
        case .portStarted, .portExited:
            return (nil, false)
        }
    }

    private mutating func hear(
        _ message: MIDIMessage, onPort port: Int, at time: Instant
    ) -> (reply: Reply?, isButton: Bool) {
        switch message.kind {
        case .realTime(let status) where (0xFA...0xFC).contains(status):
            return (asked == nil ? nil : press(.realTime(status), nil, onPort: port, at: time), true)
        case .programChange(let channel, let program):
            guard asked != nil else { return (nil, false) }
            return (press(.program(channel, program.number), nil, onPort: port, at: time), true)
        case .controlChange(let channel, let number, let value):
            let trigger = ControlTrigger.control(channel, number)
            guard asked != nil, !isMusic(controller: number), !knobs.contains(trigger) else { return (nil, false) }
            return (press(trigger, value, onPort: port, at: time), true)
        case .noteOn(let channel, let pitch, _):
            return hearNote(pitch.rawValue, channel, 127, onPort: port, at: time)
        case .noteOff(let channel, let pitch):
            return hearNote(pitch.rawValue, channel, 0, onPort: port, at: time)
        case .polyPressure, .channelPressure, .pitchBend, .systemCommon, .realTime:
            return (nil, false)
        }
    }

    /// Controllers that are never a button: the sustain pedal, bank select, and the channel mode messages (MIDI 1.0, table III).
    private func isMusic(controller number: UInt8) -> Bool {
        switch number {
        case Controller.sustain: !takesSustain
        case 0, 32, 120...127: true
        default: false
        }
    }

    private mutating func hearNote(
        _ number: UInt8, _ channel: Channel, _ value: UInt8, onPort port: Int, at time: Instant
    ) -> (reply: Reply?, isButton: Bool) {
        let isKey = port == keysPort && channel != Channel(10) && (channel == Channel(1) || isOfKeys(channel))
        if port == keysPort, value > 0, asked == nil { keys[channel, default: []].insert(number) }
        guard asked != nil else { return (nil, false) }
        guard isKey else { return (press(.note(channel, number), value, onPort: port, at: time), true) }
        guard value > 0, gesture == nil, recognized == nil else { return (nil, false) }
        return (
            .refused(
                "note \(number) is a key, and keys are music: press a button or a pad (pads send on a channel of their own)"
            ), false
        )
    }

    /// A pad plays a note or two before it is asked for; keys play more.
    private func isOfKeys(_ channel: Channel) -> Bool { (keys[channel]?.count ?? 0) > 2 }

    /// What must not go thru while a button is asked for: what may be one. Empty while none is.
    ///
    /// Keys, the sustain pedal, wheels and pressure sound on, so that nothing is cut that is being played.
    public var withheld: [SwallowedMessage] {
        guard asked != nil else { return [] }
        return ControlLearner.mayBeButtons(besides: [Channel(1)] + keys.keys.filter(isOfKeys))
    }

    /// Everything that a button may send, but notes of the channels that keys play on.
    public static func mayBeButtons(besides keys: [Channel] = [Channel(1)]) -> [SwallowedMessage] {
        // Modulation, volume and expression are moved while somebody plays: what they sent last would stay.
        let moved: Set<UInt8> = [0, 1, 7, 11, 32, Controller.sustain]
        return (UInt8(0)..<16).flatMap { wire -> [SwallowedMessage] in
            let notes =
                keys.contains(Channel(wire: wire)) && wire != Channel(10).wire
                ? []
                : (UInt8(0)..<128)
                    .map { SwallowedMessage(status: 0x90 | wire, data1: $0) }
            let controls = (UInt8(0)..<120).filter { !moved.contains($0) }
                .map { SwallowedMessage(status: 0xB0 | wire, data1: $0) }
            return notes + controls + (UInt8(0)..<128).map { SwallowedMessage(status: 0xC0 | wire, data1: $0) }
        }
    }

    // MARK: - Telling presses

    /// - Parameter value: nil for messages that have no release.
    private mutating func press(
        _ trigger: ControlTrigger, _ value: UInt8?, onPort port: Int, at time: Instant
    ) -> Reply? {
        if let taken = learned.first(where: { $0.button.messages.contains { $0.trigger == trigger } }) {
            guard value != 0, gesture == nil else { return nil }
            return .refused(
                "that is the \(taken.action.name) button: \(taken.button.words); press another for \(asked?.name ?? "it")"
            )
        }
        if !trigger.isOfAnyPort, let controlPort, port != controlPort {
            // A press may send something on two ports: the buttons' own is enough.
            guard gesture == nil, recognized == nil, value != 0 else { return nil }
            return .refused(
                "that comes from port \(port), the other buttons from port \(controlPort): press one beside them")
        }
        // Another button instead of the second press that was asked for.
        if let waiting = gesture, waiting.isAskedAgain, value != 0,
            !waiting.messages.contains(where: { $0.trigger == trigger })
        {
            gesture = nil
        }
        if gesture == nil {
            // The end of a press from before the question.
            if recognized?.press == .momentary, value == 0 { return nil }
            gesture = Gesture(began: time)
        }
        guard var now = gesture else { return nil }
        now.last = time
        let message = LearnedButton.Message(port: port, trigger: trigger)
        if !now.messages.contains(message), !now.isAskedAgain, time - now.began <= ControlLearner.together {
            now.messages.append(message)
        }
        if let value, now.messages.contains(message) {
            now.values[trigger, default: []].append(value)
            if now.isKnob(trigger) {
                knobs.insert(trigger)
                now.messages.removeAll { $0.trigger == trigger }
                now.values[trigger] = nil
            }
        }
        gesture = now.messages.isEmpty ? nil : now
        return pass(to: time)
    }

    /// When `pass(to:)` has something to say; nil while nothing is awaited.
    public var deadline: Instant? { gesture?.deadline }

    /// Lets time pass: a press is over when nothing more came of it.
    public mutating func pass(to now: Instant) -> Reply? {
        guard var gesture, let deadline = gesture.deadline, deadline <= now else { return nil }
        guard let press = gesture.press else {
            guard !gesture.isAskedAgain else { return nil }
            gesture.isAskedAgain = true
            self.gesture = gesture
            return .pressAgain(LearnedButton(messages: gesture.sorted(keysPort), press: .toggle))
        }
        let button = LearnedButton(messages: gesture.sorted(keysPort), press: press)
        self.gesture = nil
        recognized = button
        return .recognized(button)
    }

    // MARK: - System exclusive

    /// Longer system exclusive messages are no button.
    private static let exclusiveLimit = 256

    /// Machine Control is understood whichever device number it is sent to.
    private static func pattern(of bytes: [UInt8]) -> [UInt8?] {
        var pattern = bytes.map(Optional.some)
        if bytes.count == 6, bytes[1] == 0x7F, bytes[3] == 0x06 { pattern[2] = nil }
        return pattern
    }

    /// Adds a piece; returns the message once it is whole.
    private mutating func gather(_ event: TransportEvent, onPort port: Int) -> [UInt8]? {
        var bytes = exclusive[port] ?? []
        for index in 0..<Int(event.count) {
            let byte = event.bytes[index]
            if byte == 0xF0 { bytes = [] }
            if bytes.count <= ControlLearner.exclusiveLimit { bytes.append(byte) }
        }
        exclusive[port] = bytes.last == 0xF7 ? nil : bytes
        return bytes.last == 0xF7 ? bytes : nil
    }
}

/// A press that is being told from others.
private struct Gesture: Sendable {
    /// In the order in which they came.
    var messages: [LearnedButton.Message] = []
    /// What each message with a release said, in its order: 0 for off.
    var values: [ControlTrigger: [UInt8]] = [:]
    let began: Instant
    var last: Instant
    /// Whether a second press was asked for.
    var isAskedAgain = false

    init(began: Instant) {
        self.began = began
        last = began
    }

    /// The values that tell how it is pressed; nil where no message has a release.
    private var telling: [UInt8]? { messages.lazy.compactMap { values[$0.trigger] }.first }

    /// More than one value beside off, or one on the way: a button has two values.
    func isKnob(_ trigger: ControlTrigger) -> Bool { Set(values[trigger] ?? []).subtracting([0]).count > 1 }

    /// How it is pressed; nil where only a second press can tell.
    var press: ControlBinding.Press? {
        guard let values = telling else { return .momentary }
        guard isAskedAgain else {
            // Pressed and released at once.
            return values.count > 1 && values[0] > 0 && values.last == 0 ? .momentary : nil
        }
        guard values.count > 1 else { return nil }
        let second = Array(values.dropFirst())
        // On and then on again: there is no release. Values below 64 are no press of a momentary button.
        if values[0] > 0, second[0] > 0 { return values[0] < 64 && !second.contains(0) ? .toggle : .momentary }
        // Off alone, or on alone after off: it alternates. Both: the first press was held long, or ended before the question.
        return second.contains { $0 > 0 } && second.contains(0) ? .momentary : .toggle
    }

    /// When it is known whether more comes.
    var deadline: Instant? {
        guard let values = telling else { return began + ControlLearner.together }
        if isAskedAgain { return values.count > 1 ? last + ControlLearner.settling : nil }
        let isOver = values.count > 1 && values[0] > 0 && values.last == 0
        return isOver ? max(began + ControlLearner.together, last) : began + ControlLearner.longestPress
    }

    /// Those on a port of the buttons' own first: a press that is heard on two ports counts there.
    func sorted(_ keysPort: Int) -> [LearnedButton.Message] {
        let own =
            messages.first { $0.port != keysPort && !$0.trigger.isOfAnyPort }
            ?? messages.first { !$0.trigger.isOfAnyPort }
        return messages.filter { $0.trigger.isOfAnyPort || $0.port == own?.port }
    }
}

extension ControlLearner {
    /// How long after a second press it is waited for its release.
    fileprivate static let settling = Nanoseconds.milliseconds(600)
}
