/// Turns a stream of MIDI 1.0 bytes into messages, one byte at a time.
///
/// Follows the MIDI 1.0 detailed specification: running status for channel messages, real-time bytes anywhere (inside
/// other messages and inside system exclusive), system common messages that cancel running status. A message that is
/// cut short by another status byte is dropped. Whatever is dropped is counted.
public struct MIDIParser: Sendable {
    /// What a byte completed.
    public enum Event: Hashable, Sendable {
        case message(MIDIMessage)
        /// A whole system exclusive message, 0xF0 and 0xF7 included.
        case systemExclusive([UInt8])
    }

    /// What was not understood so far.
    public struct Losses: Hashable, Sendable {
        /// Data bytes without a status, and the undefined statuses 0xF4, 0xF5, 0xF9 and 0xFD.
        public var strayBytes = 0
        /// Messages that another status byte cut short, system exclusive included.
        public var truncatedMessages = 0
        /// System exclusive messages longer than `maximumSystemExclusive`.
        public var oversizedMessages = 0
        public init() {}
    }

    /// The longest system exclusive message that is kept, 0xF0 and 0xF7 included.
    public static let maximumSystemExclusive = 64 * 1024

    public private(set) var losses = Losses()
    private var state = State.waiting
    private var exclusive: [UInt8] = []

    private enum State: Hashable {
        /// No status is in force.
        case waiting
        /// A status is in force, `have` of its data bytes are here (the first in `data1`).
        case collecting(status: UInt8, have: Int, data1: UInt8)
        case exclusive
        /// Inside a system exclusive message that is too long to keep.
        case skipping
    }

    public init() {}

    /// Forgets a message that is under way and running status; for a port that was opened anew. Losses stay.
    public mutating func reset() {
        abandon()
        state = .waiting
    }

    /// Reads one byte.
    ///
    /// - Returns: the message that the byte completed, if any.
    public mutating func feed(_ byte: UInt8) -> Event? {
        if byte >= 0xF8 { return realTime(byte) }
        if byte >= 0x80 { return statusByte(byte) }
        return dataByte(byte)
    }

    /// Reads bytes and returns all messages that they complete, in order.
    public mutating func feed(_ bytes: some Sequence<UInt8>) -> [Event] {
        bytes.compactMap { feed($0) }
    }

    private mutating func realTime(_ byte: UInt8) -> Event? {
        guard byte != 0xF9, byte != 0xFD else {
            losses.strayBytes += 1
            return nil
        }
        return .message(MIDIMessage(status: byte))
    }

    private mutating func statusByte(_ byte: UInt8) -> Event? {
        if byte == 0xF7 { return endOfExclusive() }
        abandon()
        switch byte {
        case 0xF0:
            exclusive = [byte]
            state = .exclusive
        case 0xF4, 0xF5:
            losses.strayBytes += 1
            state = .waiting
        case 0xF6:
            state = .waiting
            return .message(MIDIMessage(status: byte))
        default:
            state = .collecting(status: byte, have: 0, data1: 0)
        }
        return nil
    }

    private mutating func endOfExclusive() -> Event? {
        defer { state = .waiting }
        switch state {
        case .exclusive:
            exclusive.append(0xF7)
            defer { exclusive = [] }
            return .systemExclusive(exclusive)
        case .skipping:
            losses.oversizedMessages += 1
        case .waiting, .collecting:
            abandon()
            losses.strayBytes += 1
        }
        return nil
    }

    private mutating func dataByte(_ byte: UInt8) -> Event? {
        switch state {
        case .waiting:
            losses.strayBytes += 1
            return nil
        case .exclusive:
            // Room for this byte and for the closing 0xF7.
            if exclusive.count + 2 > MIDIParser.maximumSystemExclusive {
                exclusive = []
                state = .skipping
            } else {
                exclusive.append(byte)
            }
            return nil
        case .skipping:
            return nil
        case .collecting(let status, let have, let data1):
            let wanted = MIDIMessage.byteCount(status: status) - 1
            guard have + 1 == wanted else {
                state = .collecting(status: status, have: have + 1, data1: byte)
                return nil
            }
            // Channel messages run on; system common ones do not.
            state = status < 0xF0 ? .collecting(status: status, have: 0, data1: 0) : .waiting
            return .message(
                wanted == 1
                    ? MIDIMessage(status: status, data1: byte)
                    : MIDIMessage(status: status, data1: data1, data2: byte))
        }
    }

    /// Counts a message that ends before it was whole.
    private mutating func abandon() {
        switch state {
        case .exclusive:
            exclusive = []
            losses.truncatedMessages += 1
        case .skipping:
            losses.oversizedMessages += 1
        case .collecting(_, let have, _) where have > 0:
            losses.truncatedMessages += 1
        case .waiting, .collecting:
            break
        }
    }
}
