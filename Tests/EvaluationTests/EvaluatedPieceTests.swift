import Music
import Testing

@testable import Evaluation

@Suite struct EvaluatedPieceTests {
    @Test func theTotalIsTheMelodysEndInWholeBars() {
        func total(_ steps: Int) -> Int {
            EvaluatedPiece(melody: [note(60, 0, steps)], meter: .fourFour, parts: [:]).bars
        }
        #expect(total(48) == 1)
        #expect(total(49) == 2)
        let late = NoteEvent(pitch: Pitch(60), onset: .zero, length: Tick(1920 + 38), velocity: .mezzoForte)
        #expect(EvaluatedPiece(melody: [late], meter: .fourFour, parts: [:]).bars == 1)
        #expect(EvaluatedPiece(melody: [], meter: .fourFour, parts: [:]).bars == 1)
    }

    @Test func aPartThatDoublesTheMelodyIsNotMeasured() {
        let melody = (0..<10).map { note(60 + $0, $0 * 12, 12) }
        let octave = melody.map { note($0.pitch.number - 12, $0.onset.nearestStep, 6) }
        let piece = EvaluatedPiece(
            melody: melody, meter: .fourFour,
            parts: [.line: octave, .bass: [note(36, 0, 12)], .drums: octave, .pad: []])
        #expect(Set(piece.parts.keys) == [.bass, .drums])
    }

    @Test func aPartThatPlaysMuchMoreThanTheMelodyIsNoCopy() {
        let melody = (0..<8).map { note(60 + $0, $0 * 12, 12) }
        let busy = melody + melody.map { note(40, $0.onset.nearestStep + 6, 6) }
        #expect(EvaluatedPiece(melody: melody, meter: .fourFour, parts: [.chords: busy]).parts[.chords] != nil)
    }
}
