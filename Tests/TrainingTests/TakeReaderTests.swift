import Music
import Testing

@testable import Training

struct TakeReaderTests {
    private static func phrase(bars: Int, every: Int = 12) -> Phrase {
        let notes = stride(from: 0, to: bars * 48, by: every).map { step in
            NoteEvent(
                pitch: Pitch(60 + [0, 4, 7, 5][step / every % 4]), onset: .steps(step), length: .steps(every),
                velocity: .mezzoForte)
        }
        return Phrase(notes: notes, meter: .fourFour, tempo: Tempo(quartersPerMinute: 96)!, bars: bars)
    }

    @Test func aTakeIsASongWithTheChordsOfItsBand() throws {
        var report = ImportReport()
        let chords = ChordPlan(
            window: Meter.fourFour.harmonyWindow, chords: (0..<16).map { Chord(root: $0 % 12, quality: .minor) })
        let song = try #require(
            TakeReader.song(number: 12, phrase: Self.phrase(bars: 8), chords: chords, tags: ["waltz"], report: &report))
        #expect(song.source == .takes && song.id == "take 12" && song.tags == ["waltz"])
        #expect(song.plan == chords && song.melody.bars == 8 && song.tempo?.quartersPerMinute == 96)
        #expect(report.works[.takes] == 1 && report.pieces[.takes] == 1)
    }

    @Test func withoutABandItsChordsAreEstimated() throws {
        var report = ImportReport()
        let song = try #require(
            TakeReader.song(number: 1, phrase: Self.phrase(bars: 4), chords: nil, tags: [], report: &report))
        #expect(song.plan.chords.count == 8 && song.plan.chords[0].root == 0)
    }

    @Test(arguments: [(3, 12, "it has fewer than 4 bars"), (8, 96, "it has less than a note a bar")])
    func whatGivesNoSongIsNamed(bars: Int, every: Int, reason: String) {
        var report = ImportReport()
        let phrase = Self.phrase(bars: bars, every: every)
        #expect(TakeReader.song(number: 7, phrase: phrase, chords: nil, tags: [], report: &report) == nil)
        #expect(report.drops.map(\.reason) == [reason] && report.drops[0].name == "take 7")
    }
}
