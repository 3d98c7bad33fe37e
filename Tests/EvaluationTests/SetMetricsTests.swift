import Music
import Testing

@testable import Evaluation

@Suite struct SetMetricsTests {
    /// Eight bars on one chord, the melody on its tones.
    private func piece(root: Int) -> EvaluatedPiece {
        let melody = (0..<8).map { note(60 + (root + [0, 4, 7, 4][$0 % 4]) % 12, $0 * 24, 24) }
        let chords = (0..<4).flatMap { chord([48 + root, 52 + root, 55 + root], $0 * 48 + 6, 42) }
        return EvaluatedPiece(melody: melody, meter: .fourFour, parts: [.chords: chords])
    }

    @Test func theGapIsHowMuchBetterTheOwnMelodyFits() {
        // C major and F sharp major share no tone: 1 with the own, 0 with the other.
        #expect(near(SetMetrics([piece(root: 0), piece(root: 6)]).conditioningGap, 1))
        #expect(near(SetMetrics([piece(root: 0), piece(root: 0)]).conditioningGap, 0))
        #expect(SetMetrics([piece(root: 0)]).conditioningGap == nil)
    }

    @Test func aMelodyOfAnotherMetreIsNotCompared() {
        let waltz = EvaluatedPiece(
            melody: [note(61, 0, 36)], meter: .threeFour, parts: [.chords: chord([49, 53, 56], 0, 36)])
        #expect(SetMetrics([piece(root: 0), waltz]).conditioningGap == nil)
    }

    @Test func transposedBarsAreTheSameBar() {
        // Four equal bars in each of two keys.
        #expect(near(SetMetrics([piece(root: 0), piece(root: 5)]).distinctBars, 1.0 / 8))
    }

    @Test func humanNumbersScoreOneAndAnothersAccompanimentZero() {
        func score(
            _ chordTone: Double, _ consonance: Double, _ distance: Double, _ clash: Double, _ inKey: Double,
            _ gap: Double
        )
            -> Double
        {
            SetMetrics.score(
                chordTone: chordTone, consonance: consonance, distance: distance, clash: clash, inKey: inKey, gap: gap,
                movement: 0.8, chordCount: 6, distinctBars: 0.9, rhythmCopy: 0.4)
        }
        #expect(near(score(0.68, 0.48, 1.37, 0.0265, 0.91, 0.38), 1))
        #expect(near(score(0.305, 0.10, 1.70, 0.144, 0.68, 0), 0))
        #expect(near(score(2, 2, 0, 0, 2, 2), 1.1))
    }

    static let drones: [(Double, Double, Double, Double, Double)] = [
        (0.45, 3, 0.3, 0.8, 1), (0.225, 3, 0.3, 0, 0.5), (1, 1, 1, 0, 1.0 / 3), (1, 3, 0.15, 0, 0.5),
        (1, 3, 1, 0.9, 0.5),
        (0, 3, 1, 0, 0),
    ]

    @Test(arguments: drones)
    func dronesAndGluedChordsAreLowered(
        movement: Double, count: Double, distinct: Double, copy: Double, expected: Double
    ) {
        let score = SetMetrics.score(
            chordTone: 0.68, consonance: 0.48, distance: 1.37, clash: 0.0265, inKey: 0.91, gap: 0.38,
            movement: movement, chordCount: count, distinctBars: distinct, rhythmCopy: copy)
        #expect(near(score, expected, 1e-6))
    }

    @Test func aSemitoneUpTheHarmonyStaysAndTheMelodyFallsOut() {
        let set = [piece(root: 0), piece(root: 2)]
        let wrong = SetMetrics.wrongKey(set)
        #expect(wrong.mean(\.clarity) == SetMetrics(set).mean(\.clarity))
        #expect(near(SetMetrics(set).mean(\.chordToneRatio), 1))
        #expect(near(wrong.mean(\.chordToneRatio), 0))
    }

    @Test func underAnotherMelodyTheBandIsCutToTheShorter() {
        let short = EvaluatedPiece(
            melody: [note(61, 0, 48)], meter: .fourFour, parts: [.chords: chord([49, 53, 56], 6, 42)])
        let swapped = piece(root: 0).accompanied(by: short)
        #expect(swapped.bars == 1)
        #expect(swapped.melody.count == 2)
        #expect(short.accompanied(by: piece(root: 0)).pitched.allSatisfy { $0.onset < swapped.total })
        #expect(near(SetMetrics.otherPiece([piece(root: 0), short]).mean(\.chordToneRatio), 0))
    }

    @Test func aPieceAloneInItsMetreHasNoOtherPiece() {
        #expect(SetMetrics.otherPiece([piece(root: 0)]).pieces.isEmpty)
    }

    @Test func metricsAreMeansOfThePiecesThatHaveThem() {
        let deaf = EvaluatedPiece(melody: [note(60, 0, 48)], meter: .fourFour, parts: [.drums: [note(36, 0, 3)]])
        let set = SetMetrics([piece(root: 0), deaf])
        let values = Dictionary(uniqueKeysWithValues: Metric.all.map { ($0.name, $0.value(set)) })
        #expect(values["harmonised"] == 0.5)
        #expect(near(values["chordToneRatio"] ?? nil, 1))
        #expect(set.genreShares.reduce(0, +) == 1)
        #expect(set.roles == [.drums, .chords])
    }
}
