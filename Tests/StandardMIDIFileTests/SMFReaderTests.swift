import MIDI
import Music
import StandardMIDIFile
import TestSupport
import Testing

private let c1 = Channel(1)

/// Files as other programs write them, byte by byte.
@Suite struct SMFReaderTests {
    @Test func runningStatusAndNoteOnsOfVelocityZero() throws {
        let track = chunk("MTrk", [0, 0x90, 60, 100, 0x83, 0x60, 60, 0, 0, 62, 100, 0x83, 0x60, 62, 0] + endOfTrack)
        let file = try MIDIFile(bytes: header(format: 0) + track)
        #expect(file.format == .single)
        #expect(
            file.notes(track: 0).map { [$0.pitch.number, $0.onset, $0.length, $0.velocity.number] }
                == [[60, 0, 480, 100], [62, 480, 480, 100]])
    }

    @Test func tempoMetreKeyNameAndMarkers() throws {
        let track = chunk(
            "MTrk",
            [0, 0xFF, 0x51, 3, 0x07, 0xA1, 0x20] + [0, 0xFF, 0x58, 4, 6, 3, 36, 8] + [0, 0xFF, 0x59, 2, 0xFE, 1]
                + [0, 0xFF, 3, 4] + Array("Lead".utf8) + [10, 0xFF, 6, 2] + Array("Gm".utf8) + endOfTrack)
        let file = try MIDIFile(bytes: header() + track)
        #expect(file.tempoChanges.map(\.microsecondsPerQuarter) == [500_000])
        #expect(file.meterChanges.map(\.meter) == [.sixEight])
        #expect(file.keyChanges.map(\.key) == [Key(tonic: 7, mode: .minor)])
        #expect(file.tracks[0].name == "Lead")
        #expect(file.markers.map(\.text) == ["Gm"])
        #expect(file.markers.map(\.tick) == [10])
    }

    @Test func systemExclusiveAndEscapesAreKept() throws {
        let track = chunk("MTrk", [0, 0xF0, 3, 0x7E, 0x7F, 0xF7, 5, 0xF7, 2, 0xF3, 1] + endOfTrack)
        let file = try MIDIFile(bytes: header() + track)
        #expect(
            file.tracks[0].events == [
                .init(tick: 0, .systemExclusive([0x7E, 0x7F, 0xF7])), .init(tick: 5, .escape([0xF3, 1])),
            ])
    }

    @Test func runningStatusGoesOnBehindAMetaEvent() throws {
        let track = chunk("MTrk", [0, 0x90, 60, 100, 0, 0xFF, 1, 0, 10, 60, 0] + endOfTrack)
        #expect(try MIDIFile(bytes: header() + track).notes(track: 0).map(\.length) == [10])
    }

    @Test func unknownChunksAndALongerHeaderAreSkipped() throws {
        let longHeader = Array("MThd".utf8) + [0, 0, 0, 8, 0, 1, 0, 1, 0, 96, 1, 2]
        let bytes = longHeader + chunk("XFIH", [1, 2, 3]) + chunk("MTrk", endOfTrack) + [0, 0]
        let file = try MIDIFile(bytes: bytes)
        #expect(file.ticksPerQuarter == 96)
        #expect(file.tracks.count == 1)
    }

    @Test func aMissingEndOfTrackIsTolerated() throws {
        let file = try MIDIFile(bytes: header() + chunk("MTrk", [0, 0x90, 60, 100, 10, 0x80, 60, 0]))
        #expect(file.notes(track: 0).map(\.length) == [10])
        #expect(file.tracks[0].length == 10)
    }

    @Test func theNumberOfTracksIsCountedNotBelieved() throws {
        let file = try MIDIFile(bytes: header(format: 0, tracks: 7) + chunk(endOfTrack) + chunk(endOfTrack))
        #expect(file.format == .parallel)
        #expect(file.tracks.count == 2)
    }

    @Test func aRIFFWrapperIsOpened() throws {
        let bytes = header() + chunk(endOfTrack)
        let file = try MIDIFile(
            bytes: Array("RIFF".utf8) + [0, 0, 0, 0] + Array("RMIDdata".utf8) + [0, 0, 0, 0] + bytes)
        #expect(file.tracks.count == 1)
    }

    @Test func latin1NamesAreRead() throws {
        let file = try MIDIFile(bytes: header() + chunk([0, 0xFF, 3, 3, 0x46, 0xFC, 0x72] + endOfTrack))
        #expect(file.tracks[0].name == "Für")
    }

    @Test func notesOfAPitchArePairedFirstInFirstOut() throws {
        let body: [UInt8] = [0, 0x90, 60, 100, 10, 0x90, 60, 50, 10, 0x80, 60, 0, 10, 0x80, 60, 0, 5, 0x80, 60, 0]
        let file = try MIDIFile(bytes: header() + chunk(body + endOfTrack))
        #expect(file.notes(track: 0).map { [$0.onset, $0.length] } == [[0, 20], [10, 20]])
    }

    @Test func aNoteThatIsNeverEndedIsMarkedAndEndsWithItsTrack() throws {
        let file = try MIDIFile(bytes: header() + chunk([0, 0x90, 60, 100, 96, 0xFF, 0x2F, 0]))
        #expect(file.notes(track: 0).map(\.isHung) == [true])
        #expect(file.notes(track: 0).map(\.length) == [96])
    }

    struct Hostile: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let kind: SMFError.Kind
        let offset: Int
        init(_ name: String, _ bytes: [UInt8], _ kind: SMFError.Kind, at offset: Int) {
            testDescription = name
            self.bytes = bytes
            self.kind = kind
            self.offset = offset
        }
    }

    @Test(arguments: [
        Hostile("nothing", [], .notAMIDIFile, at: 0),
        Hostile("another file", Array("RIFF....WAVEfmt ".utf8), .notAMIDIFile, at: 0),
        Hostile("a tag alone", Array("MThd".utf8), .truncated, at: 4),
        Hostile("a header cut off", Array("MThd".utf8) + [0, 0, 0, 6, 0, 1], .truncated, at: 4),
        Hostile("a short header", Array("MThd".utf8) + [0, 0, 0, 4, 0, 1, 0, 1], .malformed, at: 4),
        Hostile("a header of 4 GB", Array("MThd".utf8) + [255, 255, 255, 255, 0, 1, 0, 1, 0, 96], .truncated, at: 4),
        Hostile("format 2", header(format: 2) + chunk(endOfTrack), .unsupportedFormat, at: 8),
        Hostile("format 77", header(format: 77) + chunk(endOfTrack), .unsupportedFormat, at: 8),
        Hostile("SMPTE time", header(division: 0xE728) + chunk(endOfTrack), .unsupportedDivision, at: 12),
        Hostile("no ticks", header(division: 0) + chunk(endOfTrack), .malformed, at: 12),
        Hostile("no track", header(), .truncated, at: 14),
        Hostile("a track of 4 GB", header() + Array("MTrk".utf8) + [255, 255, 255, 255], .truncated, at: 18),
        Hostile("a track cut off", header() + Array("MTrk".utf8) + [0, 0, 0, 9, 0, 0x90], .truncated, at: 18),
        Hostile("an event cut off", header() + chunk([0, 0x90, 60]), .truncated, at: 25),
        Hostile("a delta cut off", header() + chunk([0x81]), .truncated, at: 23),
        Hostile("a delta without end", header() + chunk([255, 255, 255, 255, 255, 0]), .malformed, at: 22),
        Hostile("a meta event of 256 MB", header() + chunk([0, 255, 1, 255, 255, 255, 127]), .truncated, at: 25),
        Hostile("a sysex longer than its track", header() + chunk([0, 0xF0, 5, 1]), .truncated, at: 24),
        Hostile("data without status", header() + chunk([0, 60, 100]), .malformed, at: 23),
        Hostile("a status in the data", header() + chunk([0, 0x90, 0x90, 60]), .malformed, at: 24),
        Hostile("clock in a file", header() + chunk([0, 0xF8]), .malformed, at: 23),
        Hostile("a meta type above 127", header() + chunk([0, 255, 200, 0]), .malformed, at: 23),
    ])
    func hostileBytesAreRefusedWithAPlaceAndASentence(_ row: Hostile) throws {
        let error = try #require(readError(row.bytes))
        #expect(error.kind == row.kind)
        #expect(error.offset == row.offset)
        #expect(error.description.hasPrefix("cannot read the MIDI file: "))
    }

    @Test func tenMegabytesOfRubbishAreRefusedAtOnce() {
        var random = SeededGenerator(seed: 1)
        let block = (0..<65_536).map { _ in UInt8.random(in: 0...255, using: &random) }
        let rubbish = (0..<160).flatMap { _ in block }
        let start = ContinuousClock.now
        #expect(readError(rubbish)?.kind == .notAMIDIFile)
        #expect(readError(header() + Array("MTrk".utf8) + [0, 0xA0, 0, 0] + rubbish) != nil)
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func aFileThatIsTooLargeIsRefusedUnread() {
        let bytes = header() + [UInt8](repeating: 0, count: MIDIFile.maximumSize)
        #expect(readError(bytes)?.kind == .tooLarge)
    }

    /// Some thousand mutations of a good file: never a crash, and what is read is written and read again.
    @Test(arguments: 0..<UInt64(longCount(8, full: 200)))
    func mutatedFilesAreReadOrRefused(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let good = MIDIFile(
            format: .parallel, ticksPerQuarter: 480,
            tracks: [
                .init(events: [
                    meta(0, MetaType.tempo, [7, 0xA1, 0x20]), meta(0, MetaType.timeSignature, [3, 2, 24, 8]),
                    meta(0, MetaType.keySignature, [1, 0]),
                ]), melodyTrack("Lead", [60, 62, 64, 65, 67, 69, 71, 72], program: 73),
                melodyTrack("Bass", [36, 38, 40], channel: 2),
            ]
        ).bytes
        var failures = 0
        var read = 0
        for _ in 0..<500 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                case 3 where bytes.count > 1: bytes.remove(at: place)
                default: bytes.removeLast(min(bytes.count - 1, Int.random(in: 0..<12, using: &random)))
                }
            }
            guard let file = try? MIDIFile(bytes: bytes) else { continue }
            read += 1
            failures += (try? MIDIFile(bytes: file.bytes)) == file ? 0 : 1
            let melody = try? MelodyFinder(file).melody()
            failures += melody.map { $0.phrase.bars > 64 } ?? false ? 1 : 0
        }
        #expect(failures == 0)
        #expect(read > 0)
    }
}
