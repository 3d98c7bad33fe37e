import MIDI
import Music
import StandardMIDIFile
import Testing

@testable import Evaluation

@Suite struct FileReadingTests {
    private typealias Sound = (pitch: Int, onset: Int, end: Int?)

    /// A track of 96 ticks a quarter; a note without an end is never closed.
    private func track(_ name: String?, _ channel: Int, program: Int? = nil, meter: [UInt8]? = nil, _ notes: [Sound])
        -> MIDIFile.Track
    {
        let channel = Channel(channel)
        var events: [MIDIFile.Event] = []
        if let name { events.append(.init(tick: 0, .meta(MetaType.trackName, Array(name.utf8)))) }
        if let meter { events.append(.init(tick: 0, .meta(MetaType.timeSignature, meter + [24, 8]))) }
        if let program { events.append(.init(tick: 0, .message(.programChange(channel, Program(program))))) }
        let ons = notes.map {
            MIDIFile.Event(tick: $0.onset, .message(.noteOn(channel, Pitch($0.pitch), .mezzoForte)))
        }
        let offs = notes.compactMap { note in
            note.end.map { MIDIFile.Event(tick: $0, .message(.noteOff(channel, Pitch(note.pitch)))) }
        }
        events += (offs + ons).sorted { $0.tick < $1.tick }
        return MIDIFile.Track(events: events)
    }

    private func file(_ tracks: [MIDIFile.Track]) -> MIDIFile {
        MIDIFile(format: .parallel, ticksPerQuarter: 96, tracks: tracks)
    }

    private let scale: [Sound] = (0..<8).map { (60 + 2 * $0, $0 * 96, $0 * 96 + 96) }
    private let bass: [Sound] = [(37, 0, 192), (43, 192, 384)]

    @Test func timeIsCountedInQuartersWhateverTheResolution() throws {
        let melody = file([track("tune", 1, meter: [3, 2], scale)])
        let piece = try EvaluatedPiece(melody: melody, output: file([track("Bass", 2, program: 33, bass)]))
        #expect(piece.meter == .threeFour)
        #expect(piece.bars == 3)
        #expect(piece.parts[.bass]?.map(\.onset) == [.zero, Tick(960)])
        #expect(piece.parts[.bass]?.map(\.length) == [Tick(960), Tick(960)])
    }

    @Test func aChannelOfATrackIsATrackOfItsOwnWithItsLastProgram() throws {
        var both = track(nil, 2, program: 0, bass)
        both.events.insert(.init(tick: 0, .message(.programChange(Channel(2), Program(34)))), at: 1)
        both.events += track(nil, 3, program: 48, [(60, 384, 480), (64, 384, 480), (67, 384, 480)]).events.filter {
            $0.tick > 0
        }
        let piece = try EvaluatedPiece(melody: file([track("tune", 1, scale)]), output: file([both]))
        #expect(piece.tracks.map(\.program) == [34, 0])
        #expect(piece.tracks.map(\.role) == [.bass, .chords])
    }

    @Test func aMelodyFileWithSeveralTracksSaysWhichItIs() throws {
        let both = file([track("Piano", 2, bass), track("MELODY 1", 1, scale)])
        let piece = try EvaluatedPiece(melody: both)
        #expect(piece.melody.count == 8)
        #expect(piece.melody.first?.pitch == Pitch(60))
        #expect(piece.tracks.map(\.name) == ["Piano"])
    }

    @Test func tracksNamedMelodyAreNotMeasured() throws {
        let output = file([track("Melody", 1, bass), track("Bass", 2, program: 33, bass)])
        let piece = try EvaluatedPiece(melody: file([track("tune", 1, scale)]), output: output)
        #expect(piece.tracks.map(\.name) == ["Bass"])
    }

    @Test func notesThatAreNeverEndedAreCounted() throws {
        let output = file([track("Bass", 2, program: 33, bass + [(40, 400, nil)])])
        let piece = try EvaluatedPiece(melody: file([track("tune", 1, scale)]), output: output)
        #expect(piece.tracks[0].hungNotes == 1)
        #expect(SetMetrics([piece]).pieces[0].band.hungNotes == 1)
    }

    @Test func nothingButTheMelodyIsUnusable() {
        let melody = file([track("tune", 1, scale)])
        #expect(throws: EvaluationError.nothingToMeasure) { try EvaluatedPiece(melody: melody, output: melody) }
        #expect(throws: EvaluationError.nothingToMeasure) { try EvaluatedPiece(melody: melody) }
    }

    @Test func aFileOfDrumsHasNoMelody() {
        let drums = file([track("Drums", 10, bass)])
        #expect(throws: EvaluationError.self) { try EvaluatedPiece(melody: drums, output: drums) }
    }

    @Test func aMelodyOfHoursIsRefused() {
        let endless = file([track("tune", 1, [(60, 0, 96), (62, 5_000 * 384, 5_000 * 384 + 96)])])
        #expect(throws: EvaluationError.tooLong(bars: 5_001)) {
            try EvaluatedPiece(melody: endless, output: file([track("Bass", 2, bass)]))
        }
    }
}
