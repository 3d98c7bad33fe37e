import Music
import Testing

@testable import Evaluation

struct PerformanceModelTests {
    /// `bars` bars of quarters (or, in 6/8, of dotted quarters and eighths) up and down a scale.
    private func scale(_ meter: Meter = .fourFour, bars: Int = 8, length: Tick = .quarter, from: Tick = .zero) -> Phrase
    {
        let degrees = [0, 2, 4, 5, 7, 9, 11, 12, 11, 9, 7, 5, 4, 2]
        let count = (meter.bar.rawValue * bars - from.rawValue) / length.rawValue
        let notes = (0..<count).map { index in
            NoteEvent(
                pitch: Pitch(60 + degrees[index % degrees.count]), onset: from + length * index, length: length,
                velocity: .mezzoForte)
        }
        return Phrase(notes: notes, meter: meter, tempo: .moderate, bars: bars)
    }

    private func take(
        _ phrase: Phrase, seed: UInt64 = 1, _ change: (inout PerformanceModel.Parameters) -> Void = { _ in }
    ) throws -> PerformedTake {
        var parameters = PerformanceModel.Parameters.mechanical
        change(&parameters)
        return try #require(PerformanceModel(parameters: parameters).perform(phrase, seed: seed))
    }

    @Test func runsWithNeighbouringSeedsShareNoTake() {
        var seeds: Set<UInt64> = []
        for run in 1...8 as ClosedRange<UInt64> {
            for melody in 0..<60 {
                for take in 0..<12 { seeds.insert(PerformanceModel.seed(run, melody: melody, take: take)) }
            }
        }
        #expect(seeds.count == 8 * 60 * 12)
    }

    private func deviation(_ numbers: [Double]) -> Double {
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        return (numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count)).squareRoot()
    }

    private func intervals(_ take: PerformedTake) -> [Double] {
        zip(take.notes.dropFirst(), take.notes).map { ($0.onset - $1.onset).seconds }
    }

    // MARK: - Truth

    @Test(arguments: [Meter.fourFour, .threeFour, .sixEight, .twoFour, Meter(2, 2)!])
    func withoutNoiseTheTruthIsWhatTheNotesSay(meter: Meter) throws {
        let phrase = scale(meter, length: Tick(240))
        let take = try take(phrase, seed: 7)
        let quarter = 60 / take.truth.quartersPerMinute
        #expect(take.truth.meter == MeterClass(meter))
        #expect((60.0...160).contains(60 / take.truth.beat.seconds))
        for (note, written) in zip(take.notes, phrase.notes) {
            #expect(abs((note.onset - take.notes[0].onset).seconds - written.onset.quarters * quarter) < 1e-6)
        }
        #expect(take.truth.barLines.count == phrase.bars + 1)
        for (number, line) in take.truth.barLines.enumerated() {
            let expected = meter.bar.quarters * Double(number) * quarter
            #expect(abs((line - take.notes[0].onset).seconds - expected) < 1e-6)
        }
    }

    @Test func aPickupComesBeforeItsBarLine() throws {
        let take = try take(scale(from: .quarter * 3))
        let quarter = 60 / take.truth.quartersPerMinute
        #expect(abs((take.truth.barLines[1] - take.notes[0].onset).seconds - quarter) < 1e-6)
        #expect(take.truth.barLines[0] < take.notes[0].onset)
    }

    @Test func otherMetresAndEmptyPhrasesAreNotPlayed() {
        let model = PerformanceModel()
        #expect(model.perform(scale(Meter(5, 4)!), seed: 1) == nil)
        #expect(model.perform(Phrase(notes: [], meter: .fourFour, tempo: .moderate, bars: 1), seed: 1) == nil)
    }

    // MARK: - Noise

    @Test func theSameSeedPlaysTheSameTakeAndAnotherSeedAnother() throws {
        let model = PerformanceModel()
        #expect(model.perform(scale(), seed: 3) == model.perform(scale(), seed: 3))
        #expect(model.perform(scale(), seed: 3) != model.perform(scale(), seed: 4))
    }

    @Test func motorNoiseSpreadsIntervalsByTheRootOfTwoAndTurnsThemBack() throws {
        let take = try take(scale(bars: 64)) { $0.motorDeviation = 0.008 }
        let found = intervals(take)
        #expect(abs(deviation(found) - 0.008 * 2.0.squareRoot()) < 0.0015)
        // Wing and Kristofferson: a late stroke lengthens one interval and shortens the next.
        let mean = found.reduce(0, +) / Double(found.count)
        let lagged = zip(found, found.dropFirst()).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
        let correlation = lagged / Double(found.count) / (deviation(found) * deviation(found))
        #expect((-0.6 ... -0.4).contains(correlation))
    }

    @Test func theTimekeepersErrorIsAShareOfTheBeat() throws {
        let take = try take(scale(bars: 64)) { $0.clockDeviation = 0.025 }
        #expect(abs(deviation(intervals(take)) / take.truth.beat.seconds - 0.025) < 0.004)
    }

    @Test func driftHasItsDeviationAndIsSlow() {
        var draws = Draws(seed: Draws.seed(5, stream: 0))
        var drift = Drift(deviation: 0.02, draws: &draws)
        let found = (0..<20_000).map { _ in drift.next(&draws) }
        #expect(abs(deviation(found) - 0.02) < 0.002)
        let steps = zip(found.dropFirst(), found).map { $0 - $1 }
        #expect(deviation(steps) < 0.02)
        // Near 1/f: means of 16 beats spread nearly as widely as beats do; those of white noise would a quarter so.
        let means = stride(from: 0, to: found.count, by: 16).map { begin in
            found[begin..<begin + 16].reduce(0, +) / 16
        }
        #expect(deviation(means) > 0.02 * 0.45)
    }

    @Test func phrasesEndSlower() throws {
        let take = try take(scale(bars: 8)) { $0.phraseEndLengthening = 0.08...0.08 }
        let found = intervals(take)
        #expect(found[15] / found[6] > 1.05 && found[15] / found[6] < 1.09)
        #expect(found[30] > found[22] && found[0] > found[6] && found[0] < found[15])
        #expect(PerformedClock.lengthening(at: 1) == 1)
        #expect(PerformedClock.lengthening(at: 0.4) == 0)
    }

    @Test func theMelodyLeadsItsChords() throws {
        let notes = (0..<256).flatMap { beat in
            [60, 64, 67].map {
                NoteEvent(pitch: Pitch($0), onset: .quarter * beat, length: Tick(240), velocity: .mezzoForte)
            }
        }
        let phrase = Phrase(notes: notes, meter: .fourFour, tempo: .moderate, bars: 64)
        let take = try take(phrase) {
            $0.melodyLead = 0.025
            $0.asynchrony = 0.012
        }
        let top = take.notes.filter { $0.pitch.number == 67 }
        let leads = take.notes.filter { $0.pitch.number == 60 }.map { note in
            (note.onset - top.min { abs(($0.onset - note.onset).seconds) < abs(($1.onset - note.onset).seconds) }!.onset)
                .seconds
        }
        #expect(leads.count == 256)
        #expect(abs(leads.reduce(0, +) / 256 - 0.025) < 0.003)
        #expect(abs(deviation(leads) - 0.012) < 0.002)
    }

    // MARK: - Slips

    @Test func slipsAreAsFrequentAsTheyAreSaidToBe() {
        let model = PerformanceModel()
        var slips = PerformedTake.Slips()
        for seed in 0..<60 as Range<UInt64> {
            guard let found = model.perform(scale(bars: 64), seed: seed)?.slips else { continue }
            slips.notes += found.notes
            slips.substitutions += found.substitutions
            slips.omissions += found.omissions
            slips.additions += found.additions
            slips.graces += found.graces
        }
        func share(_ count: Int) -> Double { Double(count) / Double(slips.notes) }
        #expect(slips.notes == 60 * 256)
        #expect(abs(share(slips.substitutions) - 0.006) < 0.002)
        #expect(abs(share(slips.omissions) - 0.008) < 0.002)
        #expect(abs(share(slips.additions) - 0.006) < 0.002)
        #expect(abs(share(slips.graces) - 0.015) < 0.004)
    }

    @Test func anErrorMovesNothingBehindIt() throws {
        let right = try take(scale()) { $0.motorDeviation = 0.008 }
        let wrong = try take(scale()) {
            $0.motorDeviation = 0.008
            $0.omissionRate = 0.3
        }
        #expect(wrong.slips.omissions > 0)
        #expect(Set(wrong.notes.map(\.onset)).isSubset(of: Set(right.notes.map(\.onset))))
        #expect(wrong.truth == right.truth)
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func everyTakeCanBePlayedOnAKeyboard(seed: UInt64) throws {
        let take = try #require(PerformanceModel().perform(scale(.sixEight, length: Tick(240)), seed: seed))
        #expect(!take.notes.isEmpty)
        #expect(take.notes == take.notes.sorted { ($0.onset, $0.pitch) < ($1.onset, $1.pitch) })
        #expect(take.notes.allSatisfy { $0.length.count > 0 && $0.onset.nanoseconds > 0 })
        for (_, notes) in Dictionary(grouping: take.notes, by: \.pitch) {
            #expect(zip(notes, notes.dropFirst()).allSatisfy { $0.end < $1.onset })
        }
        #expect(zip(take.truth.barLines, take.truth.barLines.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func aLeftHandPlaysInAThirdOfTheTakes() {
        let takes = (0..<300 as Range<UInt64>).compactMap { PerformanceModel().perform(scale(bars: 2), seed: $0) }
        #expect((75...125).contains(takes.count(where: \.hasLeftHand)))
        let both = takes.filter(\.hasLeftHand)
        #expect(both.allSatisfy { take in take.notes.contains { $0.pitch.number < 60 - 2 } })
    }
}
