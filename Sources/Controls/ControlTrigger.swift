import MIDI
import Music
import Transport

/// What a button sends.
public enum ControlTrigger: Hashable, Sendable {
    case control(Channel, UInt8)
    case note(Channel, UInt8)
    case program(Channel, UInt8)
    /// A whole system exclusive message; nil stands for any byte.
    case systemExclusive([UInt8?])
    /// 0xFA start, 0xFB continue, 0xFC stop.
    case realTime(UInt8)

    /// What must not go thru for this button; nil for what never goes thru.
    public var swallowed: SwallowedMessage? {
        switch self {
        case .control(let channel, let number): SwallowedMessage(status: 0xB0 | channel.wire, data1: number)
        case .note(let channel, let number): SwallowedMessage(status: 0x90 | channel.wire, data1: number)
        case .program(let channel, let number): SwallowedMessage(status: 0xC0 | channel.wire, data1: number)
        case .systemExclusive, .realTime: nil
        }
    }

    /// Whether a message is this button, pressed or released.
    func matches(_ message: MIDIMessage) -> Bool {
        switch self {
        case .control(let channel, let number): message.status == 0xB0 | channel.wire && message.data1 == number
        case .note(let channel, let number):
            // Note-on 0x9c and note-off 0x8c.
            message.status & 0xEF == 0x80 | channel.wire && message.data1 == number
        case .program(let channel, let number): message.status == 0xC0 | channel.wire && message.data1 == number
        case .realTime(let status): message.status == status
        case .systemExclusive: false
        }
    }

    func matches(systemExclusive bytes: [UInt8]) -> Bool {
        guard case .systemExclusive(let pattern) = self, pattern.count == bytes.count else { return false }
        return zip(pattern, bytes).allSatisfy { $0 == nil || $0 == $1 }
    }
}
