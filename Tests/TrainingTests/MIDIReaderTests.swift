import MIDI
import Music
import StandardMIDIFile
import Testing

@testable import Training

/// A file of eight bars: a melody, a bass, chords and drums, each on a track of its own.
private func file(bars: Int = 8, meter: Bool = true, offGrid: Int = 0) -> MIDIFile {
    func track(_ name: String, _ channel: Int, _ notes: [(onset: Int, length: Int, pitch: Int)]) -> MIDIFile.Track {
        var events = [MIDIFile.Event(tick: 0, .meta(MetaType.trackName, Array(name.utf8)))]
        let messages = notes.flatMap { note in
            [
                (note.onset + offGrid, 1, MIDIMessage.noteOn(Channel(channel), Pitch(note.pitch), Velocity(90))),
                (note.onset + offGrid + note.length, 0, MIDIMessage.noteOff(Channel(channel), Pitch(note.pitch))),
            ]
        }
        events += messages.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { .init(tick: $0.0, .message($0.2)) }
        return MIDIFile.Track(events: events)
    }
    let conductor = MIDIFile.Track(
        events: meter ? [.init(tick: 0, .meta(MetaType.timeSignature, [4, 2, 24, 8]))] : [])
    let tune = [72, 74, 76, 77, 79, 77, 76, 74]
    return MIDIFile(
        format: .parallel, ticksPerQuarter: 96,
        tracks: [
            conductor,
            track("Lead Vocal", 1, (0..<bars * 4).map { ($0 * 96, 90, tune[$0 % 8]) }),
            track("E-Bass", 2, (0..<bars).map { ($0 * 384, 380, 36) }),
            track("Keys", 3, (0..<bars).flatMap { bar in [55, 60, 64].map { (bar * 384, 380, $0) } }),
            track("Kit", 10, (0..<bars * 2).map { ($0 * 192, 20, 36) }),
        ])
}

@Suite struct MIDIReaderTests {
    private func songs(_ file: MIDIFile, _ row: FolderTable.Row? = nil) throws -> [Song] {
        var report = ImportReport()
        return try MIDIReader.work(file, name: "a.mid", note: row).songs(&report)
    }

    @Test func tracksBecomeTheMelodyAndTheBand() throws {
        let song = try #require(try songs(file()).first)
        #expect(song.melody.notes.count == 32)
        #expect(song.parts[.bass]?.count == 8)
        #expect(song.parts[.drums]?.count == 16)
        #expect(song.parts[.chords]?.isEmpty == false)
        #expect(song.melody.notes[0].velocity == Velocity(90))
        #expect(song.tempo?.quartersPerMinute == 120)
        #expect(song.plan.chords[0].description == "C")
    }

    @Test func theTableChoosesMelodyAndParts() throws {
        var row = FolderTable.Row()
        row.melody = "2"
        row.parts = [4: .pad]
        let song = try #require(try songs(file(), row).first)
        #expect(song.parts[.pad]?.isEmpty == false)
        #expect(song.parts[.chords] == nil)
    }

    @Test func aFileThatNamesNoMetreIsCountedByWhatIsHeard() throws {
        let song = try #require(try songs(file(meter: false)).first)
        #expect(song.melody.meter == .fourFour)
    }

    @Test(arguments: [(file(bars: 7), "8 bars")])
    func aFileThatTeachesNothingIsLeftOutWithAReason(file: MIDIFile, reason: String) {
        let error = #expect(throws: ImportFailure.self) { _ = try songs(file) }
        #expect(error?.description.contains(reason) == true)
    }

    private func songs(_ bytes: [UInt8]) throws -> [Song] {
        var report = ImportReport()
        return try MIDIReader.work(MIDIReader.file(bytes), name: "a.mid").songs(&report)
    }

    @Test(
        arguments: [
            (5, [5, 2, 24, 8]), (3, [3, 2, 24, 8]), (3, [6, 3, 24, 8]), (2, [2, 2, 24, 8]),
        ] as [(Int, [UInt8])])
    func aMetreIsKeptAsItIsWritten(quarters: Int, signature: [UInt8]) throws {
        var made = MadeSong(1)
        (made.quartersPerBar, made.meter) = (quarters, signature)
        let song = try #require(try songs(made.bytes).first)
        #expect(song.melody.meter == Meter(Int(signature[0]), 1 << Int(signature[1])))
        #expect(song.parts.count == 3)
    }

    @Test(arguments: [3, 4, 5])
    func aMetreThatIsNotWrittenIsHeard(quarters: Int) throws {
        var made = MadeSong(1)
        (made.quartersPerBar, made.meter) = (quarters, nil)
        #expect(try songs(made.bytes).first?.melody.meter == Meter(quarters, 4))
    }

    @Test func aFileThatClaimsToLastForeverIsLeftOut() throws {
        var made = MadeSong(1).file
        let late = made.tracks[1].events.count - 1
        made.tracks[1].events[late].tick = 200_000_000
        let error = #expect(throws: ImportFailure.self) { try songs(made.bytes) }
        #expect(error?.reason == "it is too long for music")
    }

    @Test func aFileOfOneTrackIsReadByItsChannels() throws {
        let (one, several) = (MadeSong(1).singleTrackBytes, MadeSong(1).bytes)
        #expect(try songs(one).first?.melody == songs(several).first?.melody)
        #expect(try songs(one).first?.parts == songs(several).first?.parts)
    }

    @Test func theTempoIsThatOfMostOfTheMusic() throws {
        var file = MadeSong(1).file
        file.tracks[0].events.append(.init(tick: 200, .meta(MetaType.tempo, [0x0A, 0x2C, 0x2A])))
        file.tracks[0].events.append(.init(tick: 16 * 384 - 100, .meta(MetaType.tempo, [0x1E, 0x84, 0x80])))
        #expect(try songs(file.bytes).first?.tempo?.quartersPerMinute.rounded() == 90)
    }

    /// Unnamed tracks in any order: the melody is found, and the others play what they played.
    @Test(arguments: [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]])
    func tracksWithoutNamesAreToldApartByWhatTheyPlay(order: [Int]) throws {
        let found = try (1...5).map { number in
            var made = MadeSong(UInt64(number))
            let named = try songs(made.bytes).first
            (made.names, made.order) = (["", "", "", ""], order)
            let unnamed = try songs(made.bytes).first
            return unnamed?.melody == named?.melody && unnamed?.parts == named?.parts
        }
        #expect(found == [true, true, true, true, true])
    }

    @Test func aPianoAloneGivesMelodyBassAndChords() throws {
        var made = MadeSong(1)
        (made.order, made.names) = ([0, 1, 2], ["", "", "", ""])
        var file = made.file
        // All on one channel of one track.
        let events = file.tracks.dropFirst().flatMap(\.events).compactMap { event -> MIDIFile.Event? in
            guard case .message(let message) = event.body else { return nil }
            switch message.kind {
            case .noteOn(_, let pitch, let velocity):
                return .init(tick: event.tick, .message(.noteOn(Channel(1), pitch, velocity)))
            case .noteOff(_, let pitch): return .init(tick: event.tick, .message(.noteOff(Channel(1), pitch)))
            default: return nil
            }
        }
        file.tracks = [file.tracks[0], MIDIFile.Track(events: events.sorted { $0.tick < $1.tick })]
        let song = try #require(try songs(file.bytes).first)
        #expect(song.parts[.bass]?.count == 16)
        #expect(song.parts[.chords]?.isEmpty == false)
        let whole = try #require(try songs(made.bytes).first).melody.notes
        #expect(
            song.melody.notes.count { note in whole.contains { $0.onset == note.onset && $0.pitch == note.pitch } } * 10
                > whole.count * 9)
    }
}

@Suite struct MelodyFingerprintTests {
    private func melody(_ number: UInt64, bars: Int = 16) throws -> [NoteEvent] {
        var made = MadeSong(number)
        made.bars = bars
        var report = ImportReport()
        return try MIDIReader.work(made.file, name: "a.mid").songs(&report)[0].melody.notes
    }

    @Test(arguments: [(5, 1), (-4, 2), (0, 3)])
    func keyAndNoteValuesDoNotMatter(semitones: Int, stretch: Int) throws {
        let melody = try melody(1)
        let moved = melody.map {
            NoteEvent(
                pitch: Pitch($0.pitch.number + semitones), onset: Tick($0.onset.rawValue * stretch),
                length: Tick($0.length.rawValue * stretch), velocity: $0.velocity)
        }
        #expect(MelodyFingerprint(melody) == MelodyFingerprint(moved))
    }

    @Test func aFewOtherNotesLeaveItTheSameMusic() throws {
        var other = try melody(1, bars: 32)
        for index in stride(from: 0, to: other.count, by: 24) {
            other[index].pitch = Pitch(other[index].pitch.number + 1)
        }
        let finder = DuplicateFinder([MelodyFingerprint(try melody(1, bars: 32)), MelodyFingerprint(other)])
        #expect(finder.original == [nil, 0])
    }

    @Test func otherMelodiesAreOtherMusic() throws {
        let finder = DuplicateFinder(try (1...60).map { MelodyFingerprint(try melody($0)) })
        #expect(finder.original.allSatisfy { $0 == nil })
        #expect(finder.family == Array(0..<60))
    }

    @Test func aScaleSaysNothing() {
        let notes = (0..<40).map {
            NoteEvent(pitch: Pitch(60), onset: .steps($0 * 12), length: .steps(12), velocity: .mezzoForte)
        }
        #expect(MelodyFingerprint(notes).marks.isEmpty)
    }
}
