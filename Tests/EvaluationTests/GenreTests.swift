import Music
import Testing

@testable import Evaluation

@Suite struct GenreFeaturesTests {
    /// One bar: bass drum on one and three, swung hats, a bass of two halves.
    private let values = GenreFeatures.values(
        parts: [
            .drums: [note(36, 0, 3), note(36, 24, 3), note(42, 12, 3), note(42, 20, 3)],
            .bass: [note(36, 0, 24), note(43, 24, 18)],
        ], meter: .fourFour, bars: 1)

    @Test func thereAre157() {
        #expect(values.count == 157)
        #expect(GenreFeatures.count == 157)
    }

    @Test func histogramsAreSharesOfStepsAndQuarters() {
        // Bass drum: both on step 0, in quarters 0 and 2.
        #expect(Array(values[0..<12]) == [1] + [Double](repeating: 0, count: 11))
        #expect(Array(values[12..<16]) == [0.5, 0, 0.5, 0])
        // Hats, the third class: steps 0 and 8 of quarter 1.
        let hats = Array(values[34..<51])
        #expect(hats[0] == 0.5 && hats[8] == 0.5)
        #expect(Array(hats[12..<16]) == [0, 1, 0, 0])
    }

    @Test func countsAreThoseOfEightBars() {
        // Two hits in one bar are 16 in eight; two bass notes are 16 of 64.
        #expect(values[16] == 1)
        let bass = Array(values[85..<103])
        #expect(bass[16] == 0.25)
        #expect(bass[17] == 1.75)
    }

    @Test func whatDoesNotPlayIsZero() {
        #expect(values[17..<34].allSatisfy { $0 == 0 })
        #expect(values[103...].allSatisfy { $0 == 0 })
    }

    @Test func countsAreCapped() {
        let rolls = (0..<48).map { note(36, $0, 1) }
        #expect(GenreFeatures.values(parts: [.drums: rolls], meter: .fourFour, bars: 1)[16] == 2)
        #expect(GenreFeatures.values(parts: [.bass: rolls], meter: .fourFour, bars: 1)[101] == 3)
    }

    @Test func quartersBehindTheFourthCountAsTheFourth() {
        let values = GenreFeatures.values(
            parts: [.drums: [note(36, 48, 3)]], meter: Meter(5, 4)!, bars: 1)
        #expect(Array(values[12..<16]) == [0, 0, 0, 1])
    }
}

@Suite struct SoftmaxRegressionTests {
    @Test func threeCornersAreLearnedApart() {
        let corners: [[Double]] = [[0, 0], [10, 0], [0, 10]]
        let examples = corners.flatMap { corner in
            [[0.0, 0.0], [1, 0], [0, 1]].map { [corner[0] + $0[0], corner[1] + $0[1]] }
        }
        let labels = [0, 0, 0, 1, 1, 1, 2, 2, 2]
        let regression = SoftmaxRegression(learningFrom: examples, labels: labels, classes: 3, steps: 300)
        for (corner, label) in zip(corners, 0...) {
            let chances = regression.probabilities(corner)
            #expect(chances[label] > 0.8)
            #expect(near(chances.reduce(0, +), 1))
        }
    }

    @Test func aFeatureThatNeverChangesHasNoWeight() {
        let regression = SoftmaxRegression(
            learningFrom: [[0, 5], [1, 5]], labels: [0, 1], classes: 2, steps: 50)
        #expect(regression.weights.allSatisfy { abs($0[1]) < 1e-9 })
    }

    @Test func oneStepIsTheGradientOfTheCrossEntropy() {
        // Standardised inputs are +-1 / 1.002 (deviation .5 + .001); at the start both chances are one half.
        let regression = SoftmaxRegression(
            learningFrom: [[0], [1]], labels: [0, 1], classes: 2, steps: 1, rate: 0.3, decay: 0.01)
        let input = 0.5 / 0.501
        // Gradient of the second class: mean of (.5 - 0)(-input) and (.5 - 1)(input).
        let weight = 0.3 * 0.5 * input / 0.501
        #expect(near(regression.weights[1][0], weight))
        #expect(near(regression.weights[1][1], -weight / 2))
        #expect(near(regression.weights[0][0], -weight))
    }
}

@Suite struct GenreClassifierTests {
    @Test func itsTextIsReadBack() throws {
        let classifier = GenreClassifier.standard
        let again = try #require(GenreClassifier(text: classifier.text))
        #expect(again.text == classifier.text)
        #expect(GenreClassifier(text: "1 2 3") == nil)
    }

    /// Eight bars of a band that no book of patterns was needed for.
    private func band(_ bar: (_ start: Int) -> [Part: [NoteEvent]]) -> EvaluatedPiece {
        var parts: [Part: [NoteEvent]] = [:]
        for index in 0..<8 { parts.merge(bar(index * 48)) { $0 + $1 } }
        return EvaluatedPiece(melody: [note(84, 0, 384)], meter: .fourFour, parts: parts)
    }

    @Test func aWalkingBassUnderASwungRideIsJazz() {
        let piece = band { start in
            [
                .drums: [0, 12, 20, 24, 36, 44].map { note(51, start + $0, 3) }
                    + [12, 36].map { note(44, start + $0, 3) },
                .bass: [0, 12, 24, 36].map { note(36 + $0 / 12 * 2, start + $0, 11) },
                .chords: [8, 36].flatMap { chord([52, 58, 62, 65], start + $0, 8) },
            ]
        }
        #expect(GenreClassifier.standard.genre(piece) == .jazz)
    }

    @Test func probabilitiesOfAnyPieceAreOneTogether() {
        let piece = band { start in [.bass: [note(36, start, 48)]] }
        #expect(near(GenreClassifier.standard.probabilities(piece).reduce(0, +), 1))
    }
}

@Suite struct OverlapAreaTests {
    @Test func equalSetsOverlapWholly() throws {
        let numbers = (0..<100).map(Double.init)
        let area = try #require(OverlapArea.between(numbers, numbers))
        // A quarter of the range on either side cuts the tails of the density.
        #expect((0.9...1).contains(area))
        #expect(OverlapArea.between([5, 5], [5, 5]) == 1)
    }

    @Test func farApartTheyDoNotMeet() throws {
        #expect(try #require(OverlapArea.between([0, 0.1, 0.2], [100, 100.1, 100.2])) < 1e-6)
    }

    @Test func theNarrowestKernelIsAShareOfTheRange() throws {
        // Two points of mass at the ends of 0...1 with kernels .03 wide: half of each density is shared with none.
        let half = try #require(OverlapArea.between([0, 0, 1, 1], [0, 0, 0, 0]))
        #expect(half < 0.51)
    }

    @Test func oneNumberIsNoDistribution() {
        #expect(OverlapArea.between([1], [1, 2]) == nil)
    }
}
