import Music
import Testing

@testable import Generation

/// What holds for every arrangement, whatever the tune and the seed.
struct ArrangerTests {
    private static let seeds: [UInt64] = [0, 1, 2, 3, 7, 11, 1_000_003]

    private func arrange(_ tune: ArrangerTune, seed: UInt64, ending: Bool = false) -> [Part: [NoteEvent]] {
        Arranger().arrange(
            tune.phrase, plan: tune.plan, seed: seed,
            options: Arranger.Options(parts: Set(Part.allCases), ending: ending))
    }

    @Test(arguments: ArrangerTune.all, seeds)
    func notesLieOnTheGridInsideThePhraseAndTheRanges(tune: ArrangerTune, seed: UInt64) {
        let parts = arrange(tune, seed: seed)
        for (part, notes) in parts {
            let range = ArrangerStyle.pop.ranges[part] ?? 35...81
            #expect(notes.allSatisfy { $0.onset.rawValue % Grid.ticksPerStep == 0 })
            #expect(notes.allSatisfy { $0.length.rawValue % Grid.ticksPerStep == 0 && $0.length > .zero })
            #expect(notes.allSatisfy { $0.onset >= .zero && $0.end <= tune.phrase.length })
            #expect(notes.allSatisfy { range.contains($0.pitch.number) })
            #expect(notes == notes.sorted(by: NoteEvent.inScoreOrder))
        }
        #expect(Set(parts.keys) == Set(Part.allCases))
    }

    @Test(arguments: ArrangerTune.all, seeds)
    func noPitchOfAPartIsStruckWhileItSounds(tune: ArrangerTune, seed: UInt64) {
        for (_, notes) in arrange(tune, seed: seed) {
            var ends = [Tick](repeating: .zero, count: 128)
            for note in notes {
                #expect(note.onset >= ends[note.pitch.number])
                ends[note.pitch.number] = note.end
            }
        }
    }

    @Test(arguments: ArrangerTune.all, seeds)
    func bassAndLineAreOneVoice(tune: ArrangerTune, seed: UInt64) {
        let parts = arrange(tune, seed: seed)
        for part in [Part.bass, .line] {
            let notes = parts[part]!
            #expect(zip(notes, notes.dropFirst()).allSatisfy { $0.end <= $1.onset })
        }
    }

    @Test(arguments: ArrangerTune.all, seeds)
    func chordsLieAboveTheBass(tune: ArrangerTune, seed: UInt64) {
        let parts = arrange(tune, seed: seed)
        for chord in parts[.chords]! {
            let below = parts[.bass]!.filter { $0.onset < chord.end && chord.onset < $0.end }
            #expect(below.allSatisfy { $0.pitch < chord.pitch })
        }
    }

    @Test(arguments: ArrangerTune.all)
    func theSameSeedGivesTheSameNotesAndAnotherSeedOtherNotes(tune: ArrangerTune) {
        #expect(arrange(tune, seed: 5) == arrange(tune, seed: 5))
        #expect(Set((0..<8).map { arrange(tune, seed: $0) }).count == 8)
    }

    @Test(arguments: ArrangerTune.all, seeds)
    func theBandDoesNotStop(tune: ArrangerTune, seed: UInt64) {
        let parts = arrange(tune, seed: seed)
        for part in [Part.drums, .bass, .chords, .pad] {
            let silent = (0..<tune.phrase.bars).filter { bar in
                let start = tune.phrase.meter.bar * bar
                return !parts[part]!.contains { $0.onset < start + tune.phrase.meter.bar && $0.end > start }
            }
            #expect(silent.isEmpty, "\(part) is silent in bars \(silent)")
        }
    }

    @Test(arguments: ArrangerTune.all, seeds)
    func theBassPlaysTheRootWhereTheHarmonyChanges(tune: ArrangerTune, seed: UInt64) {
        let bass = arrange(tune, seed: seed)[.bass]!
        for change in tune.plan.changes where change.onset < tune.phrase.length {
            let struck = bass.first { $0.onset == change.onset }
            #expect(struck?.pitch.pitchClass == change.chord.root)
        }
    }

    @Test(arguments: ArrangerTune.all, seeds)
    func padsMoveOnlyWithTheHarmonyOrTheSection(tune: ArrangerTune, seed: UInt64) {
        let pad = arrange(tune, seed: seed)[.pad]!
        let changes = Set(tune.plan.changes.map(\.onset))
        let bars = Set((0..<tune.phrase.bars).map { tune.phrase.meter.bar * $0 })
        #expect(pad.allSatisfy { changes.contains($0.onset) || bars.contains($0.onset) })
        #expect(pad.allSatisfy { tune.plan.chord(at: $0.onset)!.contains($0.pitch) })
    }

    @Test(arguments: ArrangerTune.all, [-6, -3, 0, 2, 5])
    func aTransposedPhraseGetsTheTransposedBand(tune: ArrangerTune, distanceFromNormal: Int) {
        // Inside the six semitones either way of C major or A minor the melody keeps its octave.
        let semitones = tune.phrase.key.semitonesToNormal - distanceFromNormal
        let plain = arrange(tune, seed: 4)
        let moved = Arranger().arrange(
            tune.phrase.transposed(by: semitones), plan: tune.plan.transposed(by: semitones), seed: 4,
            options: Arranger.Options(parts: Set(Part.allCases)))
        #expect(moved[.drums] == plain[.drums])
        for part in [Part.chords, .pad] {
            #expect(moved[part]!.map { $0.pitch.number } == plain[part]!.map { $0.pitch.number + semitones })
            #expect(moved[part]!.map(\.onset) == plain[part]!.map(\.onset))
        }
        for part in [Part.bass, .line] {
            let classes = plain[part]!.map { ($0.pitch.number + semitones + 12) % 12 }
            #expect(moved[part]!.map { $0.pitch.pitchClass } == classes)
            #expect(moved[part]!.map(\.length) == plain[part]!.map(\.length))
        }
    }

    @Test(arguments: ArrangerTune.all)
    func anEndingHoldsTheLastChordOnItsRoot(tune: ArrangerTune) {
        let parts = arrange(tune, seed: 9, ending: true)
        let bass = parts[.bass]!.last!
        #expect(bass.pitch.pitchClass == tune.phrase.key.tonic)
        #expect(bass.end >= tune.phrase.length - .quarter)
        #expect(parts[.chords]!.filter { $0.onset == bass.onset }.count >= 3)
        #expect(parts[.drums]!.last?.onset == bass.onset)
        #expect(parts[.drums]!.contains { $0.onset == bass.onset && $0.pitch == Pitch(49) })
    }

    @Test(
        arguments: ["4/4", "3/4", "2/4", "6/8", "12/8", "9/8", "5/4", "7/8", "3/8", "2/2", "7/4", "1/32"],
        [1, 2, 9, 64])
    func everyMetreAndLengthIsPlayed(meter: String, bars: Int) {
        let meter = Meter(meter)!
        let phrase = Phrase(
            notes: [
                NoteEvent(pitch: Pitch(60), onset: .zero, length: .steps(4), velocity: .mezzoForte)
            ], meter: meter, tempo: .moderate, bars: bars)
        let plan = ChordPlan(window: meter.harmonyWindow, chords: [Chord(root: 0, quality: .major)])
        let parts = Arranger().arrange(phrase, plan: plan, seed: 2, options: Arranger.Options(parts: [.drums, .bass]))
        #expect(parts[.drums]?.isEmpty == false)
        #expect(parts[.bass]?.isEmpty == false)
        #expect(parts.values.joined().allSatisfy { $0.end <= phrase.length })
    }

    @Test func anEmptyMelodyGetsAWholeBand() {
        let phrase = Phrase(notes: [], meter: .fourFour, tempo: .moderate, bars: 4)
        let plan = ChordPlan(
            window: Meter.fourFour.harmonyWindow,
            chords: [Chord(root: 9, quality: .minor), Chord(root: 5, quality: .major)])
        let parts = Arranger().arrange(
            phrase, plan: plan, seed: 1, options: Arranger.Options(parts: Set(Part.allCases)))
        #expect(parts.values.allSatisfy { !$0.isEmpty })
    }

    @Test func withoutHarmonyOnlyTheDrumsPlay() {
        let parts = Arranger().arrange(
            ArrangerTune.auraLee.phrase, plan: ChordPlan(window: Tick(960), chords: []), seed: 1)
        #expect(Array(parts.keys) == [.drums])
    }

    @Test func onlyThePartsAskedForPlay() {
        let tune = ArrangerTune.auraLee
        let parts = Arranger().arrange(
            tune.phrase, plan: tune.plan, seed: 1, options: Arranger.Options(parts: [.bass, .line]))
        #expect(Set(parts.keys) == [.bass, .line])
    }
}
