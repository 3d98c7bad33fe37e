import MIDI
import Music
import Transport

/// What one button sends, as it was seen.
public struct LearnedButton: Hashable, Sendable {
    /// One of the messages of a press.
    public struct Message: Hashable, Sendable {
        /// Which of the keyboard's ports it came from, counted from 1.
        public var port: Int
        public var trigger: ControlTrigger

        public init(port: Int, trigger: ControlTrigger) {
            self.port = port
            self.trigger = trigger
        }
    }

    /// In the order in which they came; never empty.
    public var messages: [Message]
    public var press: ControlBinding.Press

    public init(messages: [Message], press: ControlBinding.Press) {
        self.messages = messages
        self.press = press
    }

    /// The port that its buttons are to be listened for on; nil where it sends nothing but what is understood from any port.
    public var port: Int? { messages.first { !$0.trigger.isOfAnyPort }?.port }

    /// Its bindings for an action.
    public func bindings(for action: ControlAction) -> [ControlBinding] {
        messages.map { message in
            let isAny = message.trigger.isOfAnyPort
            return ControlBinding(
                action, message.trigger, place: isAny ? .anyPort : .controlPort,
                press: message.trigger.hasRelease ? press : .momentary)
        }
    }

    /// What it sends, for people: `control change 118 on channel 16, momentary`.
    public var words: String {
        let sends = messages.map(\.trigger.words).joined(separator: " and ")
        guard messages.contains(where: \.trigger.hasRelease) else { return sends }
        return sends + (press == .toggle ? ", alternating on and off" : ", momentary")
    }
}

extension ControlTrigger {
    /// Whether it comes with a release.
    var hasRelease: Bool {
        switch self {
        case .control, .note: true
        case .program, .systemExclusive, .realTime: false
        }
    }

    /// Start, Stop and MIDI Machine Control mean the same on every port, and are never music.
    public var isOfAnyPort: Bool {
        switch self {
        case .realTime: true
        case .systemExclusive: machineControl.map { ControlTrigger.machineControlNames[$0] != nil } ?? false
        default: false
        }
    }

    /// The command of a MIDI Machine Control message (RP-013: `F0 7F device 06 command F7`); nil for any other.
    public var machineControl: UInt8? {
        guard case .systemExclusive(let bytes) = self, bytes.count == 6, bytes[0] == 0xF0, bytes[1] == 0x7F,
            bytes[3] == 0x06, bytes[5] == 0xF7
        else { return nil }
        return bytes[4]
    }

    /// The message for people: `control change 118 on channel 16`.
    public var words: String {
        switch self {
        case .control(let channel, let number): return "control change \(number) on channel \(channel.number)"
        case .note(let channel, let number):
            let mackie = channel == Channel(1) ? ControlTrigger.mackieNames[number] : nil
            return "note \(number) on channel \(channel.number)" + (mackie.map { " (Mackie Control's \($0))" } ?? "")
        case .program(let channel, let number): return "program change \(number) on channel \(channel.number)"
        case .realTime(let status):
            return "the real-time message \([0xFA: "Start", 0xFB: "Continue", 0xFC: "Stop"][status] ?? "\(status)")"
        case .systemExclusive(let bytes):
            if let command = machineControl {
                let name = ControlTrigger.machineControlNames[command] ?? "command \(command)"
                return "MIDI Machine Control: \(name)"
            }
            return "system exclusive " + bytes.map { $0.map(ControlTrigger.hexadecimal) ?? "??" }.joined(separator: " ")
        }
    }

    /// Two hexadecimal digits.
    public static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }

    private static let mackieNames: [UInt8: String] = [
        0x51: "Undo", 0x56: "Cycle", 0x59: "Click", 0x5B: "Rewind", 0x5C: "Fast Forward", 0x5D: "Stop", 0x5E: "Play",
        0x5F: "Record",
    ]

    private static let machineControlNames: [UInt8: String] = [
        0x01: "Stop", 0x02: "Play", 0x03: "Deferred Play", 0x04: "Fast Forward", 0x05: "Rewind", 0x06: "Record",
        0x07: "Record Exit", 0x08: "Record Pause", 0x09: "Pause", 0x0B: "Chase",
    ]
}
