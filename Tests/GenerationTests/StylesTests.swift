import Music
import Testing

@testable import Generation

/// What holds for every genre of the arranger.
struct StylesTests {
    private static let genres = ArrangerStyle.all.map(\.genre)
    private static let seeds: [UInt64] = [1, 7]

    private func arrange(_ tune: ArrangerTune, _ genre: Genre, seed: UInt64, ending: Bool = false) -> [Part:
        [NoteEvent]]
    {
        Arranger(style: .fallback(for: genre)).arrange(
            tune.phrase, plan: tune.plan, seed: seed, options: .init(parts: Set(Part.allCases), ending: ending))
    }

    @Test func theFourGenresHaveStylesAndAnotherOneFallsBackToPop() {
        #expect(Set(Self.genres) == [.pop, .jazz, .rock, .symphony])
        for genre in Self.genres { #expect(ArrangerStyle.fallback(for: genre).genre == genre) }
        let ska = Genre(rawValue: "ska")!
        #expect(ArrangerStyle.standard(for: ska) == nil)
        #expect(ArrangerStyle.fallback(for: ska).genre == .pop)
    }

    @Test(arguments: genres)
    func whatIsDecodedLiesInTheStylesRanges(genre: Genre) {
        let style = ArrangerStyle.fallback(for: genre)
        let options = DecodingOptions(genre: genre)
        #expect(options.ranges == style.ranges)
        #expect(options.kit == style.kit)
        #expect(Set(style.ranges.keys) == [.bass, .chords, .pad, .line])
        #expect(style.ranges.values.allSatisfy { $0.count > 12 })
        for seed in 0..<8 {
            #expect(Set(style.instrumentation(seed: UInt64(seed)).programs.keys) == Set(Part.allCases))
        }
    }

    @Test(arguments: genres, MeterFamily.allCases)
    func everyMetreHasPatternsForEveryLevelAndFeel(genre: Genre, family: MeterFamily) {
        let library = ArrangerStyle.fallback(for: genre).library[family]!
        for feel in [Feel.eighths, .sixteenths, .triplets] {
            for level in 0...3 {
                #expect(library.grooves.contains { $0.levels.contains(level) && feel.allows($0.feel) })
                #expect(library.bass.contains { $0.levels.contains(level) && feel.allows($0.feel) })
                #expect(library.comping.contains { $0.levels.contains(level) && feel.allows($0.feel) })
                let other: Feel = feel == .triplets ? .sixteenths : .triplets
                #expect(library.fills.contains { $0.levels.contains(level) && $0.feel != other && $0.beats == 1 })
            }
        }
        #expect(library.grooves.allSatisfy { $0.beats == family.beats })
        #expect(library.bass.allSatisfy { $0.beats == family.beats })
        #expect(library.comping.allSatisfy { $0.beats == family.beats })
        #expect(library.pads.allSatisfy { $0.beats == family.beats })
        #expect(library.fills.allSatisfy { $0.beats <= family.beats })
    }

    @Test(arguments: ArrangerTune.all, genres)
    func notesLieInThePhraseAndTheRangesAndNoVoiceOverlaps(tune: ArrangerTune, genre: Genre) {
        let style = ArrangerStyle.fallback(for: genre)
        for seed in Self.seeds {
            let parts = arrange(tune, genre, seed: seed)
            #expect(Set(parts.keys) == Set(Part.allCases))
            for (part, notes) in parts {
                #expect(!notes.isEmpty)
                #expect(notes.allSatisfy { $0.onset >= .zero && $0.length > .zero && $0.end <= tune.phrase.length })
                guard let range = style.ranges[part] else { continue }
                #expect(notes.allSatisfy { range.contains($0.pitch.number) })
                var ends: [Int: Tick] = [:]
                for note in notes {
                    let voice = part == .bass || part == .line ? 0 : note.pitch.number
                    #expect(note.onset >= ends[voice] ?? .zero)
                    ends[voice] = note.end
                }
            }
            for chord in parts[.chords]! {
                let below = parts[.bass]!.filter { $0.onset < chord.end && chord.onset < $0.end }
                #expect(below.allSatisfy { $0.pitch < chord.pitch }, "seed \(seed), \(chord)")
            }
        }
    }

    @Test(arguments: ArrangerTune.all, [Genre.rock, .symphony])
    func noPartRestsForLong(tune: ArrangerTune, genre: Genre) {
        for seed in Self.seeds {
            let parts = arrange(tune, genre, seed: seed)
            for part in Part.allCases {
                let silent = (0..<tune.phrase.bars).filter { bar in
                    let start = tune.phrase.meter.bar * bar
                    return !parts[part]!.contains { $0.onset < start + tune.phrase.meter.bar && $0.end > start }
                }
                #expect(Double(silent.count) <= 0.35 * Double(tune.phrase.bars), "\(part), seed \(seed): \(silent)")
            }
        }
    }

    @Test(arguments: ArrangerTune.all, [-6, -3, 2, 5])
    func aTransposedPhraseGetsTheTransposedBand(tune: ArrangerTune, distanceFromNormal: Int) {
        let semitones = tune.phrase.key.semitonesToNormal - distanceFromNormal
        let moved = ArrangerTune.Transposed(tune, by: semitones)
        for genre in [Genre.rock, .symphony]
        where ArrangerStyle.fallback(for: genre).leavesItsRanges(to: [tune.phrase, moved.phrase]) {
            let plain = arrange(tune, genre, seed: 4)
            let there = Arranger(style: .fallback(for: genre)).arrange(
                moved.phrase, plan: moved.plan, seed: 4, options: .init(parts: Set(Part.allCases)))
            for part in Part.allCases where part != .drums {
                // A part that leaves its range is moved by octaves, so tones are compared, onset by onset.
                #expect(tones(there[part]!) == tones(plain[part]!.map { $0.moved(by: semitones) }), "\(genre) \(part)")
            }
            #expect(there[.drums]!.map(\.onset) == plain[.drums]!.map(\.onset))
        }
    }

    private func tones(_ notes: [NoteEvent]) -> [[Int]] {
        Set(notes.map { [$0.onset.rawValue, $0.pitch.pitchClass] }).sorted { $0.lexicographicallyPrecedes($1) }
    }

    // MARK: Rock

    @Test func aPowerChordIsRootFifthAndOctave() {
        #expect(PowerChord.keys(Chord(root: 4, quality: .minor)) == [52, 59, 64])
        #expect(PowerChord.keys(Chord(root: 11, quality: .diminished)) == [47, 53, 59])
    }

    @Test(arguments: ArrangerTune.all)
    func withoutAnOrganTheGuitarPlaysTheThirds(tune: ArrangerTune) {
        func thirds(_ parts: Set<Part>) -> Int {
            (0..<8).map { seed in
                let band = Arranger(style: .rock).arrange(
                    tune.phrase, plan: tune.plan, seed: UInt64(seed), options: .init(parts: parts, energy: 2))
                return band[.chords]!.filter {
                    $0.pitch.pitchClass == tune.plan.chord(at: $0.onset)!.pitchClasses[1]
                }.count
            }.reduce(0, +)
        }
        #expect(thirds([.bass, .chords]) > thirds([.bass, .chords, .pad]))
    }

    // MARK: Symphony

    @Test(arguments: ArrangerTune.all)
    func timpaniPlayRootOrFifthOfTheChordAndNothingElseSoundsOnTheirKeys(tune: ArrangerTune) {
        for seed in Self.seeds {
            let drums = arrange(tune, .symphony, seed: seed)[.drums]!
            let timpani = drums.filter { (41...53).contains($0.pitch.number) }
            #expect(!timpani.isEmpty)
            for note in timpani {
                let chord = tune.plan.chord(at: note.onset)!
                #expect([chord.root, chord.pitchClasses[2]].contains(note.pitch.pitchClass))
            }
            #expect(
                drums.allSatisfy { note in
                    let chord = tune.plan.chord(at: note.onset)!
                    return DrumClass(note.pitch, in: .orchestra, over: chord).pitch(in: .orchestra, over: chord)
                        == note.pitch
                })
        }
    }

    @Test(arguments: ArrangerTune.all)
    func anOrchestrasEndingStrikesTheTonicWithCymbalsOrBassDrum(tune: ArrangerTune) {
        let parts = arrange(tune, .symphony, seed: 3, ending: true)
        let last = parts[.drums]!.filter { $0.onset == parts[.drums]!.last!.onset }
        #expect(last.contains { $0.pitch.pitchClass == tune.phrase.key.tonic && (41...53).contains($0.pitch.number) })
        #expect(last.contains { $0.pitch.number == 36 })
        #expect(parts[.bass]!.last!.pitch.pitchClass == tune.phrase.key.tonic)
    }

    @Test func anOrchestraPlaysLouderUnderALouderMelodyAndHasCymbalsOnlyThere() {
        let notes = { (velocity: Int) in
            (0..<64).map {
                NoteEvent(
                    pitch: Pitch([60, 64, 67, 72][$0 % 4]), onset: .steps($0 * 12), length: .steps(12),
                    velocity: Velocity(velocity))
            }
        }
        let plan = ChordPlan(window: Meter.fourFour.harmonyWindow, chords: [Chord(root: 0, quality: .major)])
        let band = { (velocity: Int) in
            Self.seeds.map { seed in
                Arranger(style: .symphony).arrange(
                    Phrase(notes: notes(velocity), meter: .fourFour, tempo: .moderate, bars: 16), plan: plan,
                    seed: seed,
                    options: .init(parts: Set(Part.allCases), crashAtStart: false))
            }
        }
        let soft = band(45)
        let loud = band(118)
        let mean = { (bands: [[Part: [NoteEvent]]], part: Part) in
            let all = bands.flatMap { $0[part]!.map(\.velocity.number) }
            return Double(all.reduce(0, +)) / Double(all.count)
        }
        for part in Part.allCases { #expect(mean(soft, part) + 8 < mean(loud, part)) }
        let crashes = { (bands: [[Part: [NoteEvent]]]) in
            bands.flatMap { $0[.drums]! }.filter { $0.pitch.number == 57 }.count
        }
        #expect(crashes(loud) > crashes(soft))
    }
}

extension ArrangerTune {
    /// A tune in another key.
    struct Transposed {
        let phrase: Phrase
        let plan: ChordPlan

        init(_ tune: ArrangerTune, by semitones: Int) {
            phrase = tune.phrase.transposed(by: semitones)
            plan = tune.plan.transposed(by: semitones)
        }
    }
}

extension NoteEvent {
    fileprivate func moved(by semitones: Int) -> NoteEvent {
        var note = self
        note.pitch = Pitch(pitch.number + semitones)
        return note
    }
}
