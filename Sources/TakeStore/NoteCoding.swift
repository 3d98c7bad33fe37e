import Music

/// The compact, versioned form in which notes lie in the database.
///
/// ```
/// byte 0      kind: 0x4E 'N' notes in score time, 0x50 'P' notes in performance time
/// byte 1      version: 1
/// varint      how many notes follow
/// each note   onset   zigzag varint, difference to the onset before (the first: to 0); ticks, or nanoseconds
///             length  varint, in the same unit (zigzag in performance time)
///             pitch   1 byte, 0...127
///             velocity 1 byte, 1...127
/// ```
///
/// A varint is LEB128: seven bits a byte, low bits first, the top bit set on all but the last. A note of a melody takes 5 to 6 bytes.
/// Order is kept as given. Bytes behind the last note are an error, so that a truncated or spliced blob is noticed.
public enum NoteCoding {
    /// The form that is written.
    public static let version: UInt8 = 1

    static let scoreKind: UInt8 = 0x4E
    static let performanceKind: UInt8 = 0x50

    /// Why bytes are not notes.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
        init(_ description: String) { self.description = description }
    }

    /// Writes notes of score time.
    public static func encode(_ notes: [NoteEvent]) -> [UInt8] {
        var writer = ByteWriter(kind: scoreKind, count: notes.count, reserve: notes.count * 6)
        var before = 0
        for note in notes {
            writer.appendSigned(Int64(note.onset.rawValue) &- Int64(before))
            writer.appendUnsigned(UInt64(bitPattern: Int64(note.length.rawValue)))
            writer.bytes.append(note.pitch.rawValue)
            writer.bytes.append(note.velocity.rawValue)
            before = note.onset.rawValue
        }
        return writer.bytes
    }

    /// Writes notes of performance time.
    public static func encode(_ notes: [PerformedNote]) -> [UInt8] {
        var writer = ByteWriter(kind: performanceKind, count: notes.count, reserve: notes.count * 12)
        var before: Int64 = 0
        for note in notes {
            writer.appendSigned(note.onset.nanoseconds &- before)
            writer.appendSigned(note.length.count)
            writer.bytes.append(note.pitch.rawValue)
            writer.bytes.append(note.velocity.rawValue)
            before = note.onset.nanoseconds
        }
        return writer.bytes
    }

    /// Reads notes of score time.
    ///
    /// - Throws: `Failure` for bytes of another kind or a newer version, cut off, with bytes left over, or with values out of range.
    public static func decodeNotes(_ bytes: some Sequence<UInt8>) throws(Failure) -> [NoteEvent] {
        var reader = ByteReader(Array(bytes))
        let count = try reader.header(kind: scoreKind)
        var notes: [NoteEvent] = []
        notes.reserveCapacity(count)
        var onset: Int64 = 0
        for _ in 0..<count {
            onset = try reader.add(try reader.signed(), to: onset)
            guard let length = Int(exactly: try reader.unsigned()), length > 0 else {
                throw Failure("a length below 1")
            }
            guard Int64(length).addingReportingOverflow(onset).overflow == false else {
                throw Failure("a note past all time")
            }
            let (pitch, velocity) = try reader.key()
            notes.append(NoteEvent(pitch: pitch, onset: Tick(Int(onset)), length: Tick(length), velocity: velocity))
        }
        try reader.finish()
        return notes
    }

    /// Reads notes of performance time; throws as `decodeNotes` does.
    public static func decodePerformance(_ bytes: some Sequence<UInt8>) throws(Failure) -> [PerformedNote] {
        var reader = ByteReader(Array(bytes))
        let count = try reader.header(kind: performanceKind)
        var notes: [PerformedNote] = []
        notes.reserveCapacity(count)
        var onset: Int64 = 0
        for _ in 0..<count {
            onset = try reader.add(try reader.signed(), to: onset)
            let length = try reader.signed()
            let (pitch, velocity) = try reader.key()
            notes.append(
                PerformedNote(
                    pitch: pitch, onset: Instant(nanoseconds: onset), length: Nanoseconds(length), velocity: velocity))
        }
        try reader.finish()
        return notes
    }
}

/// Appends varints to a growing array.
struct ByteWriter {
    var bytes: [UInt8] = []

    init(kind: UInt8, count: Int, reserve: Int) {
        bytes.reserveCapacity(reserve + 8)
        bytes.append(kind)
        bytes.append(NoteCoding.version)
        appendUnsigned(UInt64(count))
    }

    mutating func appendUnsigned(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func appendSigned(_ value: Int64) {
        appendUnsigned(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }
}

/// Reads what `ByteWriter` wrote and trusts none of it.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// - Parameter least: how many bytes an item takes at least.
    mutating func header(kind: UInt8, least: Int = 4) throws(NoteCoding.Failure) -> Int {
        guard try byte() == kind else { throw NoteCoding.Failure("bytes of another kind") }
        let version = try byte()
        guard version == NoteCoding.version else { throw NoteCoding.Failure("version \(version) of the note format") }
        let count = try unsigned()
        // A count that cannot be true reserves no memory.
        guard count <= UInt64((bytes.count - position) / least) else { throw NoteCoding.Failure("cut off") }
        return Int(count)
    }

    mutating func unsigned() throws(NoteCoding.Failure) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            let next = try byte()
            if shift == 63, next > 1 { break }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
        }
        throw NoteCoding.Failure("a number of more than 64 bits")
    }

    mutating func signed() throws(NoteCoding.Failure) -> Int64 {
        let raw = try unsigned()
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    func add(_ difference: Int64, to value: Int64) throws(NoteCoding.Failure) -> Int64 {
        let (sum, overflow) = value.addingReportingOverflow(difference)
        guard !overflow else { throw NoteCoding.Failure("a note past all time") }
        return sum
    }

    mutating func key() throws(NoteCoding.Failure) -> (Pitch, Velocity) {
        guard let pitch = Pitch(rawValue: try byte()) else { throw NoteCoding.Failure("a pitch above 127") }
        guard let velocity = Velocity(rawValue: try byte()) else {
            throw NoteCoding.Failure("a velocity outside 1...127")
        }
        return (pitch, velocity)
    }

    func finish() throws(NoteCoding.Failure) {
        guard position == bytes.count else { throw NoteCoding.Failure("\(bytes.count - position) bytes too many") }
    }

    private mutating func byte() throws(NoteCoding.Failure) -> UInt8 {
        guard position < bytes.count else { throw NoteCoding.Failure("cut off") }
        defer { position += 1 }
        return bytes[position]
    }
}
