import MIDI
import Music

extension MIDIFile {
    /// The largest file that is read: 16 MiB. Files of music have some hundred KiB.
    public static let maximumSize = 16 << 20

    /// Reads a file, in time linear in its size.
    ///
    /// Tolerated, because programs write it: unknown chunks, a longer header, another number of tracks than announced,
    /// a missing end-of-track, events behind it, running status that goes on behind a meta event, a RIFF wrapper
    /// (`.rmi`), a few bytes behind the last chunk.
    ///
    /// - Throws: `SMFError` for anything else that the standard does not allow, for format 2 and for SMPTE time.
    public init(bytes: [UInt8]) throws(SMFError) {
        guard bytes.count <= MIDIFile.maximumSize else {
            throw SMFError(.tooLarge, at: 0, "it has \(bytes.count) bytes, more than \(MIDIFile.maximumSize)")
        }
        var reader = SMFReader(bytes)
        self = try reader.file()
    }
}

/// Reads bytes one after the other; never behind their end.
private struct SMFReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func file() throws(SMFError) -> MIDIFile {
        if matches("RIFF", at: 0), matches("RMID", at: 8) { position = 20 }
        guard matches("MThd", at: position) else {
            throw SMFError(.notAMIDIFile, at: position, "it does not begin with MThd")
        }
        position += 4
        let headerLength = try number(4, "the header's length")
        guard headerLength >= 6 else {
            throw SMFError(.malformed, at: position - 4, "the header has \(headerLength) bytes instead of 6")
        }
        let headerEnd = try end(of: headerLength, "the header")
        let formatNumber = try number(2, "the format")
        guard let format = MIDIFile.Format(rawValue: formatNumber) else {
            throw SMFError(
                .unsupportedFormat, at: position - 2,
                formatNumber == 2
                    ? "it holds independent patterns (format 2); export the song as format 0 or 1"
                    : "format \(formatNumber) is unknown")
        }
        _ = try number(2, "the number of tracks")
        let division = try number(2, "the time division")
        guard division < 0x8000 else {
            throw SMFError(
                .unsupportedDivision, at: position - 2,
                "its time is counted in film frames (SMPTE), not in beats; export it with ticks a quarter note")
        }
        guard division > 0 else {
            throw SMFError(.malformed, at: position - 2, "a quarter note has no ticks")
        }
        position = headerEnd
        var tracks = try tracks()
        guard !tracks.isEmpty else { throw SMFError(.truncated, at: position, "it has no track") }
        // A file that says format 0 but has several tracks is one of format 1.
        let actual = format == .single && tracks.count > 1 ? .parallel : format
        if actual == .single { tracks = [tracks[0]] }
        return MIDIFile(format: actual, ticksPerQuarter: division, tracks: tracks)
    }

    private mutating func tracks() throws(SMFError) -> [MIDIFile.Track] {
        var tracks: [MIDIFile.Track] = []
        // Fewer bytes than a chunk's head are padding.
        while bytes.count - position >= 8 {
            let isTrack = matches("MTrk", at: position)
            position += 4
            let length = try number(4, "a chunk's length")
            if !isTrack, length > bytes.count - position, !tracks.isEmpty { break }
            let end = try end(of: length, isTrack ? "track \(tracks.count + 1)" : "a chunk")
            if isTrack { tracks.append(try track(until: end)) }
            guard tracks.count <= 65535 else { throw SMFError(.malformed, at: position, "it has too many tracks") }
            position = end
        }
        return tracks
    }

    private mutating func track(until end: Int) throws(SMFError) -> MIDIFile.Track {
        var events: [MIDIFile.Event] = []
        var tick = 0
        var running: UInt8?
        while position < end {
            tick += try variableLength(until: end)
            let start = position
            let first = try byte(until: end)
            switch first {
            case 0xFF:
                let type = try byte(until: end)
                let data = try block(until: end)
                if type == MetaType.endOfTrack { return MIDIFile.Track(events: events, length: tick) }
                guard type < 128 else {
                    throw SMFError(.malformed, at: start, "a meta event has the type \(type)")
                }
                events.append(.init(tick: tick, .meta(type, data)))
            case 0xF0:
                events.append(.init(tick: tick, .systemExclusive(try block(until: end))))
            case 0xF7:
                events.append(.init(tick: tick, .escape(try block(until: end))))
            case 0xF1...0xFE:
                throw SMFError(.malformed, at: start, "status \(first) does not belong into a file")
            default:
                if first < 0x80 { position = start }
                guard let status = first < 0x80 ? running : first else {
                    throw SMFError(.malformed, at: start, "data without a status")
                }
                running = status
                events.append(.init(tick: tick, .message(try message(status, until: end))))
            }
        }
        return MIDIFile.Track(events: events, length: tick)
    }

    private mutating func message(_ status: UInt8, until end: Int) throws(SMFError) -> MIDIMessage {
        let data1 = try dataByte(until: end)
        let data2 = MIDIMessage.byteCount(status: status) == 3 ? try dataByte(until: end) : 0
        return MIDIMessage(status: status, data1: data1, data2: data2)
    }

    private mutating func dataByte(until end: Int) throws(SMFError) -> UInt8 {
        let value = try byte(until: end)
        guard value < 128 else {
            throw SMFError(.malformed, at: position - 1, "a status stands where data was expected")
        }
        return value
    }

    private mutating func byte(until end: Int) throws(SMFError) -> UInt8 {
        guard position < end else { throw SMFError(.truncated, at: position, "a track ends inside an event") }
        defer { position += 1 }
        return bytes[position]
    }

    /// A length of at most four bytes of seven bits.
    private mutating func variableLength(until end: Int) throws(SMFError) -> Int {
        let start = position
        var value = 0
        for _ in 0..<4 {
            let next = try byte(until: end)
            value = value << 7 | Int(next & 127)
            if next < 128 { return value }
        }
        throw SMFError(.malformed, at: start, "a length has more than four bytes")
    }

    /// A length and as many bytes.
    private mutating func block(until end: Int) throws(SMFError) -> [UInt8] {
        let start = position
        let length = try variableLength(until: end)
        guard length <= end - position else {
            throw SMFError(.truncated, at: start, "an event of \(length) bytes is longer than its track")
        }
        defer { position += length }
        return Array(bytes[position..<position + length])
    }

    private mutating func number(_ count: Int, _ what: String) throws(SMFError) -> Int {
        guard bytes.count - position >= count else {
            throw SMFError(.truncated, at: bytes.count, "it ends inside \(what)")
        }
        defer { position += count }
        return bytes[position..<position + count].reduce(0) { $0 << 8 | Int($1) }
    }

    private func end(of length: Int, _ what: String) throws(SMFError) -> Int {
        guard length <= bytes.count - position else {
            throw SMFError(
                .truncated, at: position - 4,
                "\(what) says that it has \(length) bytes, but \(bytes.count - position) are left")
        }
        return position + length
    }

    private func matches(_ tag: String, at offset: Int) -> Bool {
        bytes.count >= offset + 4 && bytes[offset..<offset + 4].elementsEqual(tag.utf8)
    }
}
