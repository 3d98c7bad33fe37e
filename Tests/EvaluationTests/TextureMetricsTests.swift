import Music
import Testing

@testable import Evaluation

@Suite struct TextureMetricsTests {
    let piece = EvaluatedPiece(
        melody: [note(72, 0, 192)], meter: .fourFour,
        parts: [
            .bass: [note(36, 0, 12), note(43, 24, 60)],
            .drums: [note(36, 0, 3), note(38, 13, 3), note(42, 4, 1), note(42, 8, 3)],
        ])

    @Test func aNoteSoundsInEveryBarThatItReaches() {
        let bass = TextureMetrics(.bass, of: piece)
        #expect(bass.emptyBars == 0.5)
        #expect(bass.notesPerBar == 0.5)
        #expect(bass.pitchClassesPerBar == 1.5)
        #expect(bass.polyphony == 1)
    }

    @Test func aMissingPartIsEmptyEverywhere() {
        let pad = TextureMetrics(.pad, of: piece)
        #expect(pad.emptyBars == 1)
        #expect(pad.qualifiedNotes == nil)
        #expect(pad.groove == nil)
    }

    @Test func drumsOnTripletsArePattern() {
        let drums = TextureMetrics(.drums, of: piece)
        // Steps 0, 13, 4, 8: three on triplets, one on a sixteenth.
        #expect(drums.drumPattern == 0.75)
        #expect(drums.qualifiedNotes == 0.75)
    }

    @Test func grooveComparesNeighbouringBars() {
        let same = [0, 24, 48, 72].map { note(36, $0, 12) }
        let other = same.dropLast() + [note(36, 84, 12)]
        func groove(_ notes: [NoteEvent]) -> Double? {
            TextureMetrics(
                .bass, of: EvaluatedPiece(melody: [note(72, 0, 96)], meter: .fourFour, parts: [.bass: notes])
            ).groove
        }
        #expect(groove(same) == 1)
        #expect(near(groove(Array(other)), 1 - 2.0 / 16))
    }

    @Test func pitchesAreToldByPercentilesAndEntropy() {
        let line = [60, 62, 64, 65, 67].enumerated().map { note($1, $0 * 12, 12) }
        let texture = TextureMetrics(
            .line, of: EvaluatedPiece(melody: [note(84, 0, 96)], meter: .fourFour, parts: [.line: line]))
        #expect(near(texture.lowPitch, 60.4))
        #expect(texture.medianPitch == 64)
        #expect(near(texture.highPitch, 66.6))
        #expect(near(texture.pitchClassEntropy, 2.321928094887362))
        #expect(texture.meanLength == 1)
    }

    @Test(arguments: [
        (0, true), (20, true), (21, false), (100, true), (120, true), (141, true), (181, false), (320, true),
    ])
    func onGridIsWithinA24thOfASixteenthOrATripletEighth(tick: Int, isOn: Bool) {
        let hit = NoteEvent(pitch: Pitch(42), onset: Tick(tick), length: Tick(60), velocity: .mezzoForte)
        let texture = TextureMetrics(
            .drums, of: EvaluatedPiece(melody: [note(84, 0, 48)], meter: .fourFour, parts: [.drums: [hit]]))
        #expect(texture.onGrid == (isOn ? 1 : 0))
    }
}
