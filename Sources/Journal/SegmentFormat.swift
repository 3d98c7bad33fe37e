import MIDI

/// The bytes of a segment. All numbers are little-endian.
///
/// ```
/// header, 64 bytes
///   0  "CTUOPLAY"
///   8  version, 2 bytes: 1
///  10  size of a record, 2 bytes: 24
///  16  the segment's number, 8 bytes
///  24  the session, 8 bytes: drawn anew whenever a journal is opened
///  32  boot time, 8 bytes: nanoseconds, counted through suspend, at ...
///  40  wall time, 8 bytes: ... these nanoseconds since 1970
///  60  CRC-32 of the bytes before
///
/// record, 24 bytes
///   0  kind: 1 message, 2 a piece of a keyboard's name, 3 the wall clock was set
///   1  keyboard: an index into this segment's names
///   2  a message: status, data 1, data 2 in bytes 2...4, boot time in 8...15, serial number in the session in 16...19
///      a piece: how many bytes of text, then up to 16 of them in bytes 3...18; pieces of one keyboard follow each other
///      a setting: boot time in 4...11, wall time in 12...19
///  20  CRC-32 of the bytes before, seeded by the session: bytes of a former file on the same blocks are no record
/// ```
enum SegmentFormat {
    static let magic = Array("CTUOPLAY".utf8)
    static let version = 1
    static let headerSize = 64
    static let recordSize = 24
    static let pieceSize = 16
    /// How long a keyboard's name may be, in bytes.
    static let nameLimit = 240
    /// How many keyboards a segment names.
    static let keyboardLimit = 255

    enum Kind {
        static let message: UInt8 = 1
        static let name: UInt8 = 2
        static let anchor: UInt8 = 3
    }

    static func seed(_ session: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: session ^ (session >> 32)) }
}

/// A message as it lies in a segment.
struct PlayedRecord: Hashable, Sendable {
    var message: MIDIMessage
    /// The keyboard's product name.
    var keyboard: String
    /// When, in boot time.
    var boot: Int64
    /// Counted through the session; tells a message that was written twice after an error.
    var serial: UInt32

    var isNoteOn: Bool { message.status & 0xF0 == 0x90 && message.data2 > 0 }
}

/// What a segment's header says.
struct SegmentHeader: Hashable, Sendable {
    var number: UInt64
    var session: UInt64
    var anchor: ClockAnchor

    var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: SegmentFormat.headerSize)
        bytes.replaceSubrange(0..<8, with: SegmentFormat.magic)
        bytes.put(UInt16(SegmentFormat.version), at: 8)
        bytes.put(UInt16(SegmentFormat.recordSize), at: 10)
        bytes.put(number, at: 16)
        bytes.put(session, at: 24)
        bytes.put(anchor.boot, at: 32)
        bytes.put(anchor.wall, at: 40)
        bytes.put(CRC32.checksum(bytes[..<60]), at: 60)
        return bytes
    }

    /// - Returns: nil where the bytes are no header of this version.
    init?(_ bytes: ArraySlice<UInt8>) {
        let bytes = Array(bytes)
        guard bytes.count == SegmentFormat.headerSize, bytes.starts(with: SegmentFormat.magic),
            bytes.number(UInt32.self, at: 60) == CRC32.checksum(bytes[..<60]),
            bytes.number(UInt16.self, at: 8) == SegmentFormat.version,
            bytes.number(UInt16.self, at: 10) == SegmentFormat.recordSize
        else { return nil }
        number = bytes.number(at: 16)
        session = bytes.number(at: 24)
        anchor = ClockAnchor(boot: bytes.number(at: 32), wall: bytes.number(at: 40))
    }

    init(number: UInt64, session: UInt64, anchor: ClockAnchor) {
        self.number = number
        self.session = session
        self.anchor = anchor
    }
}

extension [UInt8] {
    mutating func put<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
        for index in 0..<Number.bitWidth / 8 {
            self[offset + index] = UInt8(truncatingIfNeeded: number >> Number(index * 8))
        }
    }

    func number<Number: FixedWidthInteger>(_: Number.Type = Number.self, at offset: Int) -> Number {
        (0..<Number.bitWidth / 8).reduce(Number(0)) { value, index in
            value | Number(truncatingIfNeeded: self[offset + index]) << Number(index * 8)
        }
    }
}
