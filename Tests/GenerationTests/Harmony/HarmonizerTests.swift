import Music
import Testing

@testable import Generation

/// "Twinkle, twinkle": eight bars of 2/4 read as four of 4/4 in C.
private let twinkle = phrase(
    [60, 60, 67, 67, 69, 69, 67, 65, 65, 64, 64, 62, 62, 60].enumerated().map { index, pitch in
        // The seventh note of each half is a half note.
        note(pitch, index * 12 + (index > 6 ? 12 : 0), index % 7 == 6 ? 24 : 12)
    }, bars: 4)

@Suite struct HarmonizerTests {
    let harmonizer = Harmonizer()

    @Test func aSimpleTuneGetsItsChords() {
        let plan = harmonizer.plan(for: twinkle)
        #expect(plan.window == .steps(24))
        #expect(plan.chords.count == 8)
        #expect(plan.chords[0] == Chord(root: 0, quality: .major))
        #expect(plan.chords[7] == Chord(root: 0, quality: .major))
        let roots = Set(plan.chords.map(\.root))
        #expect(roots.isSubset(of: [0, 2, 5, 7, 9]))
        #expect(roots.count > 1)
    }

    @Test(arguments: 1..<12)
    func aTransposedMelodyGetsTheTransposedChords(semitones: Int) {
        let options = Harmonizer.Options(daring: 0.8, seed: 5)
        for melody in [twinkle, scale(bars: 8), scale(bars: 5, meter: .threeFour)] {
            #expect(
                harmonizer.plan(for: melody.transposed(by: semitones))
                    == harmonizer.plan(for: melody).transposed(by: semitones))
            #expect(
                harmonizer.plan(for: melody.transposed(by: semitones), options: options)
                    == harmonizer.plan(for: melody, options: options).transposed(by: semitones))
        }
    }

    @Test(arguments: [
        (Meter.fourFour, 6), (.threeFour, 3), (.sixEight, 3), (.twoFour, 3), (Meter(12, 8)!, 6), (Meter(5, 4)!, 6),
    ])
    func everyMetreHasAChordInEveryWindow(meter: Meter, windows: Int) {
        let melody = scale(bars: 3, meter: meter)
        let plan = harmonizer.plan(for: melody)
        #expect(plan.chords.count == windows)
        #expect(plan.window.rawValue * windows == melody.length.rawValue)
    }

    @Test(arguments: [
        (1, ["C"]), (2, ["C", "C"]), (4, ["C", "Am", "G7", "C"]), (6, ["C", "Am", "F", "G7", "G7", "C"]),
    ])
    func aPhraseWithoutNotesGetsATurnaround(bars: Int, chords: [String]) {
        let plan = harmonizer.plan(for: phrase([], bars: bars, meter: .threeFour))
        #expect(plan.chords.map(\.description) == chords)
    }

    @Test func oneNoteGetsChordsThatHoldIt() {
        let plan = harmonizer.plan(for: phrase([note(64, 0, 48 * 4)], bars: 4))
        #expect(plan.chords.allSatisfy { $0.contains(Pitch(64)) })
    }

    @Test func theLastChordIsTheTonicWhereTheMelodyAllowsIt() {
        let ending = phrase(twinkle.notes.dropLast() + [note(64, 180, 12)], bars: 4)
        let plan = harmonizer.plan(for: ending, options: .init(cadence: 20))
        #expect(plan.chords.last?.root == 0)
        let open = phrase(twinkle.notes.dropLast() + [note(62, 168, 24)], bars: 4)
        let without = harmonizer.plan(for: open, key: Key(tonic: 0, mode: .major), options: .init(cadence: 0))
        #expect(
            harmonizer.plan(for: open, key: Key(tonic: 0, mode: .major), options: .init(cadence: 20)) == without)
    }

    @Test func theSameSeedDaresTheSameAndAnotherDaresOtherwise() {
        func plan(_ seed: UInt64) -> ChordPlan {
            harmonizer.plan(for: scale(bars: 16), options: .init(daring: 1.5, seed: seed))
        }
        #expect(plan(1) == plan(1))
        #expect(plan(1) != plan(2))
    }

    @Test func livelyHarmonyChangesMoreOften() {
        func changes(_ options: Harmonizer.Options) -> Int {
            (0..<8).reduce(0) { sum, seed in
                var options = options
                options.seed = UInt64(seed)
                return sum + harmonizer.plan(for: scale(bars: 16), options: options).changes.count
            }
        }
        #expect(changes(.lively) > changes(.melodyOnly))
    }

    @Test func motionAgainstHoldingMakesChordsChangeMoreOften() {
        let changes = [0.0, 1, 2, 4].map { motion in
            harmonizer.plan(for: scale(bars: 16), options: .init(motion: motion)).changes.count
        }
        #expect(changes == changes.sorted())
        #expect(changes[3] > changes[0])
        // With a whole bar's log-odds at the bar line and half inside, most chords last a bar rather than half of one.
        #expect(changes[1] < 32)
    }

    @Test func aPhraseThatClosesOnTheFifthOrTheTonicIsClosedThere() {
        // Bars 1-4 end on a long D, which asks for the dominant; bars 5-8 on a long C, for the tonic behind it.
        let half = [60, 62, 64, 65, 67, 65, 64, 62, 64, 60, 64, 60].enumerated().map { note($1, $0 * 12, 12) }
        let notes =
            half + [note(62, 144, 48)] + half.dropLast(2).map { note($0.pitch.number, $0.onset.nearestStep + 192, 12) }
            + [note(62, 312, 12), note(59, 324, 12)]
            + [note(60, 336, 48)]
            + (0..<16).map { note([64, 65, 67, 69][$0 % 4], 384 + $0 * 12, 12) }
        let melody = phrase(notes, bars: 12)
        let plan = harmonizer.plan(
            for: melody, key: Key(tonic: 0, mode: .major), options: .init(phraseClose: 12))
        #expect(plan.chords[7].root == 7)
        #expect(plan.chords[15] == Chord(root: 0, quality: .major))
        #expect(plan.chords[13].root == 7)
    }

    @Test func aNetworkThatIsSureIsBelievedInTheRealKey() {
        // The network says F (IV of C) all along; the melody is in D, where that is G.
        let melody = scale(bars: 2, up: 2)
        var row = [Double](repeating: -30, count: Chord.count)
        row[Chord(root: 5, quality: .major).index] = -0.01
        let plan = harmonizer.plan(
            for: melody, key: Key(tonic: 2, mode: .major), network: [[Double]](repeating: row, count: 4))
        #expect(plan.chords == [Chord](repeating: Chord(root: 7, quality: .major), count: 4))
    }

    @Test func aNetworkInMinorCountsFromA() {
        // A minor is the normal key of E minor: its tonic triad is E minor's.
        let melody = phrase([note(64, 0, 48), note(67, 48, 48)], bars: 2)
        var row = [Double](repeating: -30, count: Chord.count)
        row[Chord(root: 9, quality: .minor).index] = -0.01
        let plan = harmonizer.plan(
            for: melody, key: Key(tonic: 4, mode: .minor), network: [[Double]](repeating: row, count: 4))
        #expect(plan.chords == [Chord](repeating: Chord(root: 4, quality: .minor), count: 4))
    }
}

@Suite struct HarmonyModelTests {
    @Test func theTablesTextComesBack() throws {
        let table = HarmonyModel.standard.table
        #expect(try #require(HarmonyModel(table: table)) == .standard)
    }

    @Test(arguments: [
        "major", "dorian first 0:1", "major first 84:1", "major 84 0:1", "major e7 0:1", "major 3 x:1", "major 3 1",
    ])
    func aBrokenTableIsRefused(table: String) {
        #expect(HarmonyModel(table: table) == nil)
    }

    @Test func aChordsTonesAreLikelierThanItsNeighbours() {
        let emissions = HarmonyModel.standard.logarithms(.major).emissions
        let major = Chord.Quality.major.rawValue * 12
        #expect(min(emissions[major], emissions[major + 4], emissions[major + 7]) > emissions[major + 1])
        #expect(abs(emissions[major..<major + 12].map { Mathematics.exp($0) }.reduce(0, +) - 1) < 1e-9)
    }

    @Test func theTonicIsTheCommonestChord() {
        let key = Key(tonic: 3, mode: .major)
        let tonic = HarmonyModel.standard.logPrior(Chord(root: 3, quality: .major), in: key)
        #expect((0..<84).allSatisfy { HarmonyModel.standard.logPrior(Chord(index: $0), in: key) <= tonic })
    }
}
