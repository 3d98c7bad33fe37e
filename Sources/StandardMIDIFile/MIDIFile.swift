import MIDI
import Music

/// A Standard MIDI File of format 0 or 1 as its tracks and events, nothing interpreted.
///
/// - Note: *Standard MIDI Files 1.0* (RP-001), MIDI Manufacturers Association.
public struct MIDIFile: Hashable, Sendable {
    public enum Format: Int, Hashable, Sendable {
        /// One track that holds everything.
        case single = 0
        /// Tracks that sound together; the first holds tempo and metre.
        case parallel = 1
    }

    public var format: Format
    /// Ticks a quarter note, 1...32767.
    public var ticksPerQuarter: Int
    public var tracks: [Track]

    /// - Precondition: `ticksPerQuarter` is in 1...32767; a file of format 0 has one track.
    public init(format: Format, ticksPerQuarter: Int, tracks: [Track]) {
        precondition((1...32767).contains(ticksPerQuarter), "ticks a quarter are 1 to 32767")
        precondition(format == .parallel || tracks.count == 1, "a file of format 0 has one track")
        self.format = format
        self.ticksPerQuarter = ticksPerQuarter
        self.tracks = tracks
    }

    /// One track: events by time, and where it ends.
    public struct Track: Hashable, Sendable {
        /// By tick; events of equal tick in the order of the file. The end-of-track event is not among them.
        public var events: [Event]
        /// Where the track ends; not before its last event.
        public var length: Int

        public init(events: [Event], length: Int = 0) {
            self.events = events
            self.length = max(length, events.last?.tick ?? 0)
        }

        /// The first track name (meta event 3); nil where there is none or it is empty.
        public var name: String? {
            for case .meta(MetaType.trackName, let bytes) in events.lazy.map(\.body) where !bytes.isEmpty {
                return text(bytes)
            }
            return nil
        }
    }

    public struct Event: Hashable, Sendable {
        /// File ticks from the beginning.
        public var tick: Int
        public var body: Body

        public init(tick: Int, _ body: Body) {
            self.tick = tick
            self.body = body
        }
    }

    public enum Body: Hashable, Sendable {
        /// A channel message.
        case message(MIDIMessage)
        /// System exclusive: what follows the 0xF0, a closing 0xF7 included where there is one.
        case systemExclusive([UInt8])
        /// Bytes to be sent as they are (0xF7 in the file): continued system exclusive, or others.
        case escape([UInt8])
        /// A meta event's type, 0...127 (not 0x2F, the end of the track), and data.
        case meta(UInt8, [UInt8])
    }
}

/// Types of meta events.
public enum MetaType {
    public static let text: UInt8 = 0x01
    public static let trackName: UInt8 = 0x03
    public static let marker: UInt8 = 0x06
    public static let endOfTrack: UInt8 = 0x2F
    public static let tempo: UInt8 = 0x51
    public static let timeSignature: UInt8 = 0x58
    public static let keySignature: UInt8 = 0x59
}

/// Text of a meta event: UTF-8 where it is that, else Latin-1, which every byte is.
func text(_ bytes: [UInt8]) -> String {
    String(validating: bytes, as: UTF8.self)
        ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}
