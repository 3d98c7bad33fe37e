import MIDI

/// A segment as it was read. It trusts no byte without its checksum.
struct Segment: Hashable, Sendable {
    var header: SegmentHeader
    /// In the order in which they were played.
    var records: [PlayedRecord] = []
    /// Which wall time it was, by the newest of the segment's words on it.
    var anchor: ClockAnchor
    var condition = Condition.whole

    enum Condition: Hashable, Sendable {
        case whole
        /// The end is not a record: the power went while it was written. Everything before it was read.
        case torn
        /// Records with a wrong checksum lie before good ones; the good ones were read.
        case damaged
    }

    init(header: SegmentHeader) {
        self.header = header
        anchor = header.anchor
    }

    /// - Returns: nil where the header is not readable.
    init?(_ bytes: [UInt8]) {
        guard let header = SegmentHeader(bytes.prefix(SegmentFormat.headerSize)) else { return nil }
        self.init(header: header)
        let seed = SegmentFormat.seed(header.session)
        var names: [UInt8: [UInt8]] = [:]
        var found: [(index: UInt8, record: PlayedRecord)] = []
        var sawBad = false
        var offset = SegmentFormat.headerSize
        while offset + SegmentFormat.recordSize <= bytes.count {
            let record = Array(bytes[offset..<offset + SegmentFormat.recordSize])
            offset += SegmentFormat.recordSize
            guard record.number(UInt32.self, at: 20) == CRC32.checksum(record[..<20], seed: seed) else {
                sawBad = true
                continue
            }
            if sawBad { condition = .damaged }
            switch record[0] {
            case SegmentFormat.Kind.message:
                guard let message = MIDIMessage(stored: record[2...4]) else { continue }
                found.append(
                    (
                        record[1],
                        PlayedRecord(
                            message: message, keyboard: "", boot: record.number(at: 8), serial: record.number(at: 16))
                    ))
            case SegmentFormat.Kind.name where record[2] <= SegmentFormat.pieceSize:
                names[record[1], default: []] += record[3..<3 + Int(record[2])]
            case SegmentFormat.Kind.anchor:
                anchor = ClockAnchor(boot: record.number(at: 4), wall: record.number(at: 12))
            default: break
            }
        }
        if condition == .whole, sawBad || offset < bytes.count { condition = .torn }
        let keyboards = names.mapValues { String(decoding: $0, as: UTF8.self) }
        records = found.map { index, record in
            var record = record
            record.keyboard = keyboards[index] ?? ""
            return record
        }
    }

    /// The bytes of a segment that says the same.
    var bytes: [UInt8] {
        var encoder = SegmentEncoder(
            header: SegmentHeader(number: header.number, session: header.session, anchor: anchor))
        var bytes = encoder.header.bytes
        for record in records { bytes += encoder.encode(record) }
        return bytes
    }

    /// The wall time of the newest message; nil where there is none.
    var newest: Int64? { records.map(\.boot).max().map { $0 &+ anchor.offset } }
}

/// Turns messages into records, naming each keyboard once.
struct SegmentEncoder {
    let header: SegmentHeader
    private(set) var keyboards: [String: UInt8] = [:]
    private var seed: UInt32

    init(header: SegmentHeader) {
        self.header = header
        seed = SegmentFormat.seed(header.session)
    }

    /// Whether a message of this keyboard still fits.
    func hasRoom(for keyboard: String) -> Bool {
        keyboards[keyboard] != nil || keyboards.count < SegmentFormat.keyboardLimit
    }

    /// - Precondition: there is room for the keyboard.
    mutating func encode(_ played: PlayedRecord) -> [UInt8] {
        precondition(hasRoom(for: played.keyboard), "a segment names at most \(SegmentFormat.keyboardLimit) keyboards")
        var bytes: [UInt8] = []
        let index: UInt8
        if let known = keyboards[played.keyboard] {
            index = known
        } else {
            index = UInt8(keyboards.count)
            keyboards[played.keyboard] = index
            var text = Array(SegmentEncoder.shortened(played.keyboard).utf8)[...]
            while !text.isEmpty {
                let piece = text.prefix(SegmentFormat.pieceSize)
                text = text.dropFirst(SegmentFormat.pieceSize)
                bytes += record(SegmentFormat.Kind.name, index) { record in
                    record[2] = UInt8(piece.count)
                    record.replaceSubrange(3..<3 + piece.count, with: piece)
                }
            }
        }
        return bytes
            + record(SegmentFormat.Kind.message, index) { record in
                record[2] = played.message.status
                record[3] = played.message.data1
                record[4] = played.message.data2
                record.put(played.boot, at: 8)
                record.put(played.serial, at: 16)
            }
    }

    func encode(_ anchor: ClockAnchor) -> [UInt8] {
        record(SegmentFormat.Kind.anchor, 0) { record in
            record.put(anchor.boot, at: 4)
            record.put(anchor.wall, at: 12)
        }
    }

    private func record(_ kind: UInt8, _ keyboard: UInt8, _ fill: (inout [UInt8]) -> Void) -> [UInt8] {
        var record = [UInt8](repeating: 0, count: SegmentFormat.recordSize)
        record[0] = kind
        record[1] = keyboard
        fill(&record)
        record.put(CRC32.checksum(record[..<20], seed: seed), at: 20)
        return record
    }

    /// As many whole characters as fit.
    private static func shortened(_ name: String) -> String {
        var name = name
        while name.utf8.count > SegmentFormat.nameLimit { name.removeLast() }
        return name
    }
}

extension MIDIMessage {
    /// - Returns: nil where the bytes are no short message.
    fileprivate init?(stored bytes: ArraySlice<UInt8>) {
        let bytes = Array(bytes)
        guard bytes[0] >= 0x80, bytes[0] != 0xF0, bytes[0] != 0xF7, bytes[1] < 128, bytes[2] < 128 else { return nil }
        self.init(status: bytes[0], data1: bytes[1], data2: bytes[2])
    }
}
