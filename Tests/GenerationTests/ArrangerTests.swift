import Music
import Testing

@testable import Generation

/// What holds for every arrangement, whatever the tune and the seed.
struct ArrangerTests {
    private static let seeds: [UInt64] = [0, 1, 2, 3, 7, 11, 1_000_003]
    private static let genres = ArrangerStyle.all.map(\.genre)

    private func arrange(
        _ tune: ArrangerTune, seed: UInt64, ending: Bool = false, style: ArrangerStyle = .pop
    ) -> [Part: [NoteEvent]] {
        Arranger(style: style).arrange(
            tune.phrase, plan: tune.plan, seed: seed,
            options: Arranger.Options(parts: Set(Part.allCases), ending: ending))
    }

    @Test(arguments: ArrangerTune.all, genres)
    func notesLieOnTheGridInsideThePhraseAndTheRanges(tune: ArrangerTune, genre: Genre) {
        let style = ArrangerStyle.standard(for: genre)!
        for (part, notes) in Self.seeds.flatMap({ arrange(tune, seed: $0, style: style) }) {
            let range = style.ranges[part] ?? 35...81
            #expect(notes.allSatisfy { $0.onset.rawValue % Grid.ticksPerStep == 0 })
            #expect(notes.allSatisfy { $0.length.rawValue % Grid.ticksPerStep == 0 && $0.length > .zero })
            #expect(notes.allSatisfy { $0.onset >= .zero && $0.end <= tune.phrase.length })
            #expect(notes.allSatisfy { range.contains($0.pitch.number) })
            #expect(notes == notes.sorted(by: NoteEvent.inScoreOrder))
            #expect(!notes.isEmpty)
        }
        #expect(Set(arrange(tune, seed: 1, style: style).keys) == Set(Part.allCases))
    }

    @Test(arguments: ArrangerTune.all, genres)
    func noPitchOfAPartIsStruckWhileItSounds(tune: ArrangerTune, genre: Genre) {
        let style = ArrangerStyle.standard(for: genre)!
        for (_, notes) in Self.seeds.flatMap({ arrange(tune, seed: $0, style: style) }) {
            var ends = [Tick](repeating: .zero, count: 128)
            for note in notes {
                #expect(note.onset >= ends[note.pitch.number])
                ends[note.pitch.number] = note.end
            }
        }
    }

    @Test(arguments: ArrangerTune.all, genres)
    func bassAndLineAreOneVoice(tune: ArrangerTune, genre: Genre) {
        let style = ArrangerStyle.standard(for: genre)!
        let all = Self.seeds.flatMap { arrange(tune, seed: $0, style: style) }
        for (_, notes) in all.filter({ $0.key == .bass || $0.key == .line }) {
            #expect(zip(notes, notes.dropFirst()).allSatisfy { $0.end <= $1.onset })
        }
    }

    @Test(arguments: ArrangerTune.all, genres)
    func chordsLieAboveTheBass(tune: ArrangerTune, genre: Genre) {
        let parts = arrange(tune, seed: 3, style: .standard(for: genre)!)
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

    @Test(arguments: ArrangerTune.all, genres)
    func theBandDoesNotStop(tune: ArrangerTune, genre: Genre) {
        let parts = arrange(tune, seed: 2, style: .standard(for: genre)!)
        for part in [Part.drums, .bass, .chords, .pad] {
            let silent = (0..<tune.phrase.bars).filter { bar in
                let start = tune.phrase.meter.bar * bar
                return !parts[part]!.contains { $0.onset < start + tune.phrase.meter.bar && $0.end > start }
            }
            #expect(silent.isEmpty, "\(part) is silent in bars \(silent)")
        }
    }

    @Test(arguments: ArrangerTune.all, genres)
    func theBassPlaysTheRootWhereTheHarmonyChanges(tune: ArrangerTune, genre: Genre) {
        let bass = arrange(tune, seed: 7, style: .standard(for: genre)!)[.bass]!
        for change in tune.plan.changes where change.onset < tune.phrase.length {
            let struck = bass.first { $0.onset == change.onset }
            #expect(struck?.pitch.pitchClass == change.chord.root)
        }
    }

    @Test(arguments: ArrangerTune.all, seeds)
    func padsHoldTonesOfTheChord(tune: ArrangerTune, seed: UInt64) {
        let pad = arrange(tune, seed: seed)[.pad]!
        #expect(pad.allSatisfy { tune.plan.chord(at: $0.onset)!.contains($0.pitch) })
        let changes = tune.plan.changes.map(\.onset).filter { $0 < tune.phrase.length }
        #expect(changes.allSatisfy { change in pad.contains { $0.onset <= change && $0.end > change } })
        let held = pad.filter { $0.length >= .quarter }
        #expect(held.count * 3 >= pad.count * 2)
    }

    @Test(arguments: ArrangerTune.all, [-6, -3, 0, 2, 5])
    func aTransposedPhraseGetsTheTransposedBand(tune: ArrangerTune, distanceFromNormal: Int) {
        for style in ArrangerStyle.all { expectTransposed(tune, distanceFromNormal: distanceFromNormal, style: style) }
    }

    private func expectTransposed(_ tune: ArrangerTune, distanceFromNormal: Int, style: ArrangerStyle) {
        // Inside the six semitones either way of C major or A minor the melody keeps its octave.
        let semitones = tune.phrase.key.semitonesToNormal - distanceFromNormal
        // A band that goes out of a low melody's way plays elsewhere in each key.
        guard style.leavesItsRanges(to: [tune.phrase, tune.phrase.transposed(by: semitones)]) else { return }
        let plain = arrange(tune, seed: 4, style: style)
        let moved = Arranger(style: style).arrange(
            tune.phrase.transposed(by: semitones), plan: tune.plan.transposed(by: semitones), seed: 4,
            options: Arranger.Options(parts: Set(Part.allCases)))
        // Timpani are tuned to the chords; every other drum stays what it is.
        func untuned(_ hits: [NoteEvent]?) -> [NoteEvent]? {
            guard style.kit == .orchestra else { return hits }
            return hits?.filter { !(41...53).contains($0.pitch.number) }
        }
        #expect(untuned(moved[.drums]) == untuned(plain[.drums]))
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

    @Test(arguments: ArrangerTune.all, genres)
    func anEndingHoldsTheLastChordOnItsRoot(tune: ArrangerTune, genre: Genre) {
        let parts = arrange(tune, seed: 9, ending: true, style: .standard(for: genre)!)
        let bass = parts[.bass]!.last!
        #expect(bass.pitch.pitchClass == tune.phrase.key.tonic)
        #expect(bass.end >= tune.phrase.length - .quarter)
        #expect(parts[.chords]!.filter { $0.onset == bass.onset }.count >= 3)
        #expect(parts[.drums]!.last?.onset == bass.onset)
        let marks = genre == .symphony ? Set(41...53) : [49]
        #expect(parts[.drums]!.contains { $0.onset == bass.onset && marks.contains($0.pitch.number) })
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
        for style in ArrangerStyle.all {
            let parts = Arranger(style: style).arrange(
                phrase, plan: plan, seed: 2, options: Arranger.Options(parts: Set(Part.allCases)))
            #expect(parts[.drums]?.isEmpty == false)
            #expect(parts[.bass]?.isEmpty == false)
            #expect(parts.values.joined().allSatisfy { $0.end <= phrase.length && $0.onset >= .zero })
        }
    }

    @Test(arguments: genres)
    func anEmptyMelodyGetsAWholeBand(genre: Genre) {
        let phrase = Phrase(notes: [], meter: .fourFour, tempo: .moderate, bars: 4)
        let plan = ChordPlan(
            window: Meter.fourFour.harmonyWindow,
            chords: [Chord(root: 9, quality: .minor), Chord(root: 5, quality: .major)])
        let parts = Arranger(style: .standard(for: genre)!).arrange(
            phrase, plan: plan, seed: 1, options: Arranger.Options(parts: Set(Part.allCases)))
        #expect(parts.count == Part.allCases.count)
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

extension ArrangerStyle {
    /// Whether all parts keep their ranges beside some melodies.
    func leavesItsRanges(to phrases: [Phrase]) -> Bool {
        phrases.compactMap { MelodyRoom($0.notes) }.allSatisfy { room in
            [Part.chords, .pad].allSatisfy { part in
                ranges[part].map { room.chords($0) == $0 } ?? true
            } && (ranges[.bass].map { room.bass($0) == $0 } ?? true)
        }
    }
}
