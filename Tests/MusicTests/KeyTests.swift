import Music
import Testing

@Suite struct KeyTests {
    @Test(arguments: 0..<12, Key.Mode.allCases)
    func aScalePlayedWithItsTonicHeldIsFound(tonic: Int, mode: Key.Mode) {
        let key = Key(tonic: tonic, mode: mode)
        var durations = [Double](repeating: 0, count: 12)
        for step in mode == .major ? [0, 2, 4, 5, 7, 9, 11] : [0, 2, 3, 5, 7, 8, 10] {
            durations[(tonic + step) % 12] = 1
        }
        durations[tonic] = 3
        durations[(tonic + 7) % 12] = 2
        durations[(tonic + (mode == .major ? 4 : 3)) % 12] = 2
        let ranked = Key.ranked(durations: durations)
        #expect(ranked.count == 24)
        #expect(ranked[0].key == key)
        #expect(zip(ranked, ranked.dropFirst()).allSatisfy { $0.correlation >= $1.correlation })
        #expect(Set(ranked.map(\.key)).count == 24)
    }

    @Test func silenceIsCMajorWithoutCorrelation() {
        let ranked = Key.ranked(durations: [Double](repeating: 0, count: 12))
        #expect(ranked[0].key == Key(tonic: 0, mode: .major))
        #expect(ranked.allSatisfy { $0.correlation == 0 })
    }

    @Test func theProfileItselfCorrelatesFully() {
        let profile = [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88]
        #expect(abs(Key.ranked(durations: profile)[0].correlation - 1) < 1e-12)
    }

    @Test(arguments: -12..<24, Key.Mode.allCases)
    func normalMovesToCMajorOrAMinorByTheShorterWay(tonic: Int, mode: Key.Mode) {
        let key = Key(tonic: tonic, mode: mode)
        #expect((-6...5).contains(key.semitonesToNormal))
        #expect(Key(tonic: key.tonic + key.semitonesToNormal, mode: mode).tonic == (mode == .major ? 0 : 9))
    }

    @Test func theMinorScaleHoldsBothSevenths() {
        #expect(Key(tonic: 9, mode: .minor).scale == [9, 11, 0, 2, 4, 5, 7, 8])
    }
}

@Suite struct ChordTests {
    @Test(arguments: 0..<Chord.count)
    func everyIndexIsAChordOfItsOwn(index: Int) {
        let chord = Chord(index: index)
        #expect(chord.index == index)
        #expect(Set(chord.pitchClasses).count == chord.quality.intervals.count)
        #expect(chord.transposed(by: 12) == chord)
        #expect(chord.transposed(by: 5).transposed(by: -5) == chord)
    }

    @Test func symbolsAreSpelledAsSongsSpellThem() {
        #expect(Chord(root: 10, quality: .majorSeventh).description == "Bbmaj7")
        #expect(Chord(root: -1, quality: .halfDiminished).description == "Bm7b5")
    }

    @Test func aPlanHoldsItsFirstAndLastChordBeyondItsEnds() {
        let c = Chord(root: 0, quality: .major)
        let g = Chord(root: 7, quality: .seventh)
        let plan = ChordPlan(window: Tick(960), chords: [c, c, g, g])
        #expect(plan.chord(at: Tick(-5000)) == c)
        #expect(plan.chord(at: Tick(1919)) == c)
        #expect(plan.chord(at: Tick(1920)) == g)
        #expect(plan.chord(at: Tick(99999)) == g)
        #expect(plan.changes.map(\.onset) == [Tick(0), Tick(1920)])
        #expect(ChordPlan(window: Tick(960), chords: []).chord(at: .zero) == nil)
    }
}
