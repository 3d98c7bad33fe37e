import Music
import Testing

@testable import Generation

@Suite struct ConditionEncoderTests {
    let major = Key(tonic: 0, mode: .major)

    @Test func theMelodyIsWrittenInTheNormalKeyAndAgainFromTheRoot() {
        // D major, its third F sharp on the first beat: the normal key's E.
        let melody = phrase([note(66, 0, 12, 127), note(62, 24, 24, 64)], bars: 1)
        let normalized = NormalizedPhrase(melody, key: Key(tonic: 2, mode: .major))
        let plan = ChordPlan(
            window: .steps(24), chords: [Chord(root: 0, quality: .major), Chord(root: 5, quality: .major)])
        let planes = ConditionEncoder(normalized, plan: plan).planes(window: 0)
        #expect(normalized.shift == -2)
        #expect(planes[0, 4] == 1)
        #expect(planes[0, 12 + 4] == 1)
        #expect(planes[0, 24] == 1)
        #expect(planes[1, 12 + 4] == 0)
        #expect(planes[11, 4] == 1)
        #expect(planes[12, 27] == 1)
        #expect(planes[0, 26] == 1)
        #expect(planes[0, 25] == Float(64 - 72) / 24)
        #expect(planes[0, 28 + 4] == 1)
        // The normal key's C over F is the fifth.
        #expect(planes[24, 28 + 7] == 1)
        #expect(planes[24, 40 + 7] == 1)
    }

    @Test func thePlaceInBarAndPhraseIsWritten() {
        let normalized = NormalizedPhrase(scale(bars: 7), key: major)
        let planes = ConditionEncoder(normalized, plan: cadence(bars: 7)).planes(window: 4)
        let step = 48 + 25
        #expect(planes[step, 52 + 1] == 1)
        #expect(planes[step, 64 + 2] == 1)
        #expect(planes[step, 68] == 1)
        #expect(planes[step, 72 + 1] == 1)
        #expect(planes[step, 76] == 1)
        #expect(planes[step, 77] == 0)
        #expect(planes[step, 78] == 0)
        #expect(planes[96, 78] == 1)
        #expect(planes[48, 79] == 1)
        #expect(planes[49, 79] == 0)
        #expect((0..<144).allSatisfy { planes[144, $0] == 0 })
    }

    @Test func thePlanIsWrittenWithItsTonesItsChangeAndWhatComesNext() {
        let normalized = NormalizedPhrase(scale(bars: 4), key: major)
        let planes = ConditionEncoder(normalized, plan: cadence(bars: 4)).planes(window: 0)
        let g7 = 2 * 48
        #expect(planes[g7, 83 + 7] == 1)
        #expect(planes[g7, 95 + Chord.Quality.seventh.rawValue] == 1)
        #expect((0..<12).filter { planes[g7, 102 + $0] == 1 } == [2, 5, 7, 11])
        #expect((0..<12).filter { planes[g7, 114 + $0] == 1 } == [0, 4, 7, 10])
        #expect((0..<12).filter { planes[g7, 126 + $0] == 1 } == [5])
        #expect(planes[g7, 138] == 1)
        #expect(planes[g7 + 24, 138] == 0)
        #expect((0..<12).allSatisfy { planes[3 * 48, 126 + $0] == 0 })
    }

    @Test func thePartsThatAreToPlayAreBits() {
        let normalized = NormalizedPhrase(scale(bars: 1), key: major)
        let planes = ConditionEncoder(normalized, plan: cadence(bars: 1), parts: [.bass, .line]).planes(window: 0)
        #expect((0..<5).map { planes[3, 139 + $0] } == [0, 1, 0, 0, 1])
    }

    @Test func aTransposedTuneGivesTheSameCondition() {
        func planes(_ semitones: Int) -> [Float] {
            let melody = scale(bars: 4).transposed(by: semitones)
            let normalized = NormalizedPhrase(melody)
            let plan = normalized.normal(cadence(bars: 4).transposed(by: semitones))
            var planes = ConditionEncoder(normalized, plan: plan).planes(window: 0)
            // The octave may differ: F sharp is six semitones from C both ways.
            for step in 0..<192 { planes[step, 25] = 0 }
            return planes.values
        }
        let original = planes(0)
        #expect((1..<12).allSatisfy { planes($0) == original })
    }
}

@Suite struct PlanEncoderTests {
    @Test func aQuarterHoldsTheMeansOfItsSlots() {
        let melody = phrase([note(60, 0, 6), note(64, 6, 3)], bars: 1)
        let normalized = NormalizedPhrase(melody, key: Key(tonic: 0, mode: .major))
        let planes = PlanEncoder(normalized).planes(window: 0)
        #expect(abs(planes[0, 0] - 0.5) < 1e-6)
        #expect(abs(planes[0, 4] - 0.25) < 1e-6)
        #expect(abs(planes[0, 34] - 4 * 2 / 12) < 1e-6)
        #expect(abs(planes[0, 35] - 0.25) < 1e-6)
        #expect(planes[0, 36] == 1)
        #expect(planes[1, 35] >= 0.999)
        #expect(planes[4, 36] == 0)
    }

    @Test func unusedHalfBarsHaveNoLabel() {
        let grid = ScoreGrid(meter: .twoFour, bars: 2)
        let plan = cadence(bars: 2, meter: .twoFour)
        #expect(PlanEncoder.labels(plan, grid: grid, window: 0) == [0, -1, 5, -1, -1, -1, -1, -1])
        let normalized = NormalizedPhrase(scale(bars: 2, meter: .twoFour))
        #expect(PlanEncoder(normalized).slotMask(window: 0) == [1, 0, 1, 0, 0, 0, 0, 0])
    }

    @Test func labelsFollowThePlanByHalfBars() {
        let chords = [0, 9, 5, 7].map { Chord(root: $0, quality: .major) }
        let plan = ChordPlan(window: .steps(24), chords: chords)
        let labels = PlanEncoder.labels(plan, grid: ScoreGrid(meter: .fourFour, bars: 2), window: 0)
        #expect(labels == [0, 9, 5, 7, -1, -1, -1, -1])
    }

    @Test(arguments: [(Meter.fourFour, 12), (.threeFour, 6), (.twoFour, 6), (Meter(12, 8)!, 12), (Meter(5, 4)!, 12)])
    func perfectAnswersForLabelsNameThePlansChords(meter: Meter, windows: Int) throws {
        let plan = cadence(bars: 6, meter: meter)
        let grid = ScoreGrid(meter: meter, bars: 6)
        let answers = grid.windows.map { window in
            PlanEncoder.labels(plan, grid: grid, window: window).flatMap { label in
                (0..<84).map { Int32($0) == label ? Float(-0.1) : -5 }
            }
        }
        let scores = PlanEncoder.windowScores(answers, grid: grid)
        #expect(scores.count == windows)
        let best = scores.map { row in row.indices.max { row[$0] < row[$1] } ?? -1 }
        #expect(best == plan.chords.map(\.index))
    }
}
