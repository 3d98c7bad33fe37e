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
}
