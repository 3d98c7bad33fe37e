import MIDI
import Music

/// What reaches the conductor from a transport. Flat: it travels through a lock-free ring.
public struct TransportEvent: Sendable, BitwiseCopyable {
    public enum Kind: UInt8, Sendable, BitwiseCopyable {
        /// `bytes` holds one short message (`message`).
        case message
        /// `bytes` holds the next 1...16 bytes of a system exclusive message, 0xF0 and 0xF7 included.
        case systemExclusive
        /// Input was lost before this event (overflow): held notes are no longer known, a take is damaged.
        case gap
        /// `source` appeared or its properties changed.
        case portStarted
        /// `source` is gone; nothing more will come from it.
        case portExited
    }

    public var time: Instant
    public var source: PortAddress
    public var kind: Kind
    /// Used bytes of `bytes`.
    public var count: UInt8
    public var bytes: InlineBytes

    /// Sixteen bytes in place.
    public struct InlineBytes: Sendable, BitwiseCopyable {
        public var low: UInt64 = 0
        public var high: UInt64 = 0
        public init() {}

        public subscript(index: Int) -> UInt8 {
            get { UInt8(truncatingIfNeeded: (index < 8 ? low : high) >> UInt64(8 * (index & 7))) }
            set {
                let shift = UInt64(8 * (index & 7))
                let cleared = (index < 8 ? low : high) & ~(0xFF << shift)
                let value = cleared | UInt64(newValue) << shift
                if index < 8 { low = value } else { high = value }
            }
        }
    }

    public init(time: Instant, source: PortAddress, kind: Kind) {
        self.time = time
        self.source = source
        self.kind = kind
        count = 0
        bytes = InlineBytes()
    }

    public init(time: Instant, source: PortAddress, message: MIDIMessage) {
        self.init(time: time, source: source, kind: .message)
        bytes[0] = message.status
        bytes[1] = message.data1
        bytes[2] = message.data2
        count = 3
    }

    /// The short message; nil for other kinds.
    public var message: MIDIMessage? {
        kind == .message ? MIDIMessage(status: bytes[0], data1: bytes[1], data2: bytes[2]) : nil
    }
}

/// A message that a transport plays at an exact time.
public struct ScheduledMessage: Sendable, BitwiseCopyable {
    public var time: Instant
    public var destination: PortAddress
    public var message: MIDIMessage

    public init(time: Instant, destination: PortAddress, message: MIDIMessage) {
        self.time = time
        self.destination = destination
        self.message = message
    }
}
