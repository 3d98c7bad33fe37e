import Music

/// The compact, versioned form in which the sustain pedal lies in the database.
///
/// ```
/// byte 0      kind: 0x53 'S'
/// byte 1      version: 1
/// varint      how many spans follow
/// each span   down    zigzag varint, nanoseconds since the end of the span before (the first: since 0)
///             length  varint, nanoseconds
/// ```
///
/// Varints as in `NoteCoding`. Bytes behind the last span are an error.
enum PedalCoding {
    static let kind: UInt8 = 0x53

    /// - Precondition: no span ends before it begins.
    static func encode(_ spans: [PedalSpan]) -> [UInt8] {
        var writer = ByteWriter(kind: kind, count: spans.count, reserve: spans.count * 12)
        var before: Int64 = 0
        for span in spans {
            precondition(span.up >= span.down, "a pedal goes up after it went down")
            writer.appendSigned(span.down.nanoseconds &- before)
            writer.appendUnsigned(UInt64(bitPattern: span.up.nanoseconds &- span.down.nanoseconds))
            before = span.up.nanoseconds
        }
        return writer.bytes
    }

    /// - Throws: for bytes of another kind or a newer version, cut off, with bytes left over, or with values out of range.
    static func decode(_ bytes: some Sequence<UInt8>) throws(NoteCoding.Failure) -> [PedalSpan] {
        var reader = ByteReader(Array(bytes))
        let count = try reader.header(kind: kind, least: 2)
        var spans: [PedalSpan] = []
        spans.reserveCapacity(count)
        var time: Int64 = 0
        for _ in 0..<count {
            let down = try reader.add(try reader.signed(), to: time)
            guard let length = Int64(exactly: try reader.unsigned()) else {
                throw NoteCoding.Failure("a pedal past all time")
            }
            time = try reader.add(length, to: down)
            spans.append(PedalSpan(down: Instant(nanoseconds: down), up: Instant(nanoseconds: time)))
        }
        try reader.finish()
        return spans
    }
}
