import Music
import Testing

@testable import Evaluation

@Suite struct TonalCentroidTests {
    @Test func aCIsAtTheStartOfEveryCircle() {
        #expect(TonalCentroid(pitchClasses: [0])?.coordinates == [0, 1, 0, 1, 0, 0.5])
    }

    @Test func pitchClassesAFifthApartAreNearerThanThoseASemitoneApart() throws {
        let c = try #require(TonalCentroid(pitchClasses: [0]))
        let g = try #require(TonalCentroid(pitchClasses: [7]))
        let cSharp = try #require(TonalCentroid(pitchClasses: [1]))
        // G lies at 30 degrees on the circle of fifths, at 90 and 120 on those of minor and major thirds.
        #expect(near(g.coordinates[0], 0.5))
        #expect(near(g.coordinates[1], 3.0.squareRoot() / 2))
        #expect(near(g.coordinates[2], 1))
        #expect(near(g.coordinates[3], 0))
        #expect(near(g.coordinates[4], 3.0.squareRoot() / 4))
        #expect(near(g.coordinates[5], -0.25))
        #expect(c.distance(to: g) < c.distance(to: cSharp))
    }

    @Test func silenceHasNoCentroid() {
        #expect(TonalCentroid([Double](repeating: 0, count: 12)) == nil)
    }
}

@Suite struct ChordTemplateTests {
    @Test(arguments: [
        ([0, 4, 7], 0, ChordTemplate.Kind.major), ([9, 0, 4], 9, .minor), ([11, 2, 5], 11, .diminished),
        ([0, 4, 8], 0, .augmented), ([7, 11, 2, 5], 7, .seventh), ([5, 9, 0, 4], 5, .majorSeventh), ([0], 0, .major),
    ])
    func equalSoundIsHeardAsItsChord(pitchClasses: [Int], root: Int, kind: ChordTemplate.Kind) {
        var durations = [Double](repeating: 0, count: 12)
        for pitchClass in pitchClasses { durations[pitchClass] = 1 }
        let best = ChordTemplate.best(for: durations)
        #expect(best?.chord == ChordTemplate(root: root, kind: kind))
        #expect(near(best?.clarity, 1))
    }

    @Test func theLongerToneIsTheRootOfAnAmbiguousChord() {
        // C E G A: C sixth or A minor seventh. A holds longer.
        var durations = [Double](repeating: 0, count: 12)
        for (pitchClass, time) in [(0, 1.0), (4, 1), (7, 1), (9, 1.5)] { durations[pitchClass] = time }
        #expect(ChordTemplate.best(for: durations)?.chord == ChordTemplate(root: 9, kind: .minorSeventh))
    }

    @Test func silenceIsNoChord() {
        #expect(ChordTemplate.best(for: [Double](repeating: 0, count: 12)) == nil)
    }
}

@Suite struct HarmonyMetricsTests {
    /// One bar: C E F# G in quarters over C major, then G7 without its melody note's chord tone.
    let piece = EvaluatedPiece(
        melody: [note(72, 0, 12), note(76, 12, 12), note(78, 24, 12), note(79, 36, 12)], meter: .fourFour,
        parts: [.chords: chord([48, 52, 55], 0, 24) + chord([55, 59, 62, 65], 24, 24)])

    @Test func everyWindowIsHarmonised() {
        #expect(HarmonyMetrics(piece).harmonised == 1)
        let half = EvaluatedPiece(melody: piece.melody, meter: .fourFour, parts: [.chords: chord([48, 52, 55], 0, 24)])
        #expect(HarmonyMetrics(half).harmonised == 0.5)
    }

    @Test func chordTonesAreWeightedByTime() {
        // C, E in C major and G in G7 are chord tones, F sharp is not: 3 of 4 quarters.
        #expect(near(HarmonyMetrics(piece).chordToneRatio, 0.75))
    }

    @Test func aToneThatStepsOnIsProper() {
        // F sharp goes to G by a semitone.
        #expect(near(HarmonyMetrics(piece).chordToneOrProperRatio, 1))
        let leap = EvaluatedPiece(
            melody: [note(78, 0, 12), note(84, 12, 36)], meter: .fourFour, parts: [.chords: chord([48, 52, 55], 0, 48)])
        #expect(near(HarmonyMetrics(leap).chordToneOrProperRatio, 0.5))
    }

    @Test func pitchConsonanceCountsIntervalsAboveTheChordTones() {
        // C over C E G: 0, 8, 5 -> 1 + 1 + 0 of 3. E: 4, 0, 9 -> 1. F sharp over G B D F: 11, 7, 4, 1 -> 0. G: 0, 8, 5, 2 -> 1 + 1 + 0 - 1 of 4.
        let expected = (2.0 / 3 + 1 + 0 + 0.25) / 4
        #expect(near(HarmonyMetrics(piece).pitchConsonance, expected))
    }

    @Test func clashesAreSemitonesInAnyOctaveByTime() {
        // Pairs: 2 quarters x 3 notes and 2 x 4 notes = 14 of a quarter; F sharp rubs against G and F, and nothing else.
        #expect(near(HarmonyMetrics(piece).semitoneClash, 2.0 / 14))
        #expect(near(HarmonyMetrics(piece).tritoneRate, 0))
    }

    @Test func inKeyFollowsTheMelodysScale() {
        let melody = [60, 62, 64, 65, 67, 69, 71, 72, 67, 64, 60].enumerated().map { note($1, $0 * 12, 12) }
        let piece = EvaluatedPiece(
            melody: melody, meter: .fourFour, parts: [.pad: [note(48, 0, 36)], .line: [note(61, 48, 12)]])
        #expect(near(HarmonyMetrics(piece).inKey, 0.75))
    }

    @Test func chordsAreCountedAndTheirMovementIsMeasured() throws {
        let metrics = HarmonyMetrics(piece)
        #expect(metrics.chordCount == 2)
        #expect(near(metrics.chordEntropy, 0.6931471805599453))
        let c = try #require(TonalCentroid(pitchClasses: [0, 4, 7]))
        let g7 = try #require(TonalCentroid(pitchClasses: [7, 11, 2, 5]))
        #expect(near(metrics.chordDistance, c.distance(to: g7)))
        #expect(near(metrics.clarity, 1))
    }

    @Test func distanceOfTheRootAloneFromItsTriadIsKnown() throws {
        let piece = EvaluatedPiece(
            melody: [note(72, 0, 48)], meter: .fourFour, parts: [.chords: chord([48, 52, 55], 0, 48)])
        // C (0, 1, 0, 1, 0, .5); E at 120, 0 and 120 degrees; G at 30, 90 and 120 degrees (radius .5 in the last): the mean of the three.
        let high = 3.0.squareRoot() / 2
        let mean = [(high + 0.5) / 3, (1 - 0.5 + high) / 3, 1.0 / 3, 2.0 / 3, high / 3, (0.5 - 0.25 - 0.25) / 3]
        let single = [0, 1, 0, 1, 0, 0.5]
        let expected = zip(mean, single).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
        #expect(near(HarmonyMetrics(piece).melodyChordDistance, expected))
    }

    @Test func rhythmCopyIsTheOverlapOfOnsets() {
        // The melody begins at 0, 12, 24, 36, the chords at 0 and 24.
        #expect(near(HarmonyMetrics(piece).rhythmCopy, 0.5))
    }

    @Test func withoutPitchedSoundOnlyHarmonisedExists() {
        let silent = EvaluatedPiece(melody: piece.melody, meter: .fourFour, parts: [.drums: [note(36, 0, 3)]])
        let metrics = HarmonyMetrics(silent)
        #expect(metrics.harmonised == 0)
        #expect(metrics.chordToneRatio == nil)
        #expect(metrics.inKey == nil)
    }

    @Test func inThreeFourAWindowIsABar() {
        let waltz = EvaluatedPiece(
            melody: [note(72, 0, 72)], meter: .threeFour,
            parts: [.chords: chord([48, 52, 55], 0, 36) + chord([53, 57, 60], 36, 36)])
        #expect(HarmonyMetrics(waltz).chordCount == 2)
        #expect(near(HarmonyMetrics(waltz).chordToneRatio, 1))
    }
}
