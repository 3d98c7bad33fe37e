import Music
import Testing

@testable import Generation

/// How the band answers what the melody does.
struct ArrangerListeningTests {
    private static let seeds: [UInt64] = [0, 1, 2, 3, 4, 5]

    private static let genres = ArrangerStyle.all.map(\.genre)

    private func arrange(
        _ phrase: Phrase, _ plan: ChordPlan, seed: UInt64, energy: Int = 0, style: ArrangerStyle = .pop
    ) -> [Part: [NoteEvent]] {
        Arranger(style: style).arrange(
            phrase, plan: plan, seed: seed, options: Arranger.Options(parts: Set(Part.allCases), energy: energy))
    }

    private func notes(_ pattern: [(step: Int, length: Int, pitch: Int)], velocity: Int = 80) -> [NoteEvent] {
        pattern.map {
            NoteEvent(
                pitch: Pitch($0.pitch), onset: .steps($0.step), length: .steps($0.length), velocity: Velocity(velocity))
        }
    }

    private let oneChord = ChordPlan(window: Meter.fourFour.harmonyWindow, chords: [Chord(root: 0, quality: .major)])

    /// Eight bars of the same notes a bar.
    private func phrase(eachBar: [(step: Int, length: Int, pitch: Int)], velocity: Int = 80) -> Phrase {
        let all = (0..<8).flatMap { bar in eachBar.map { (bar * 48 + $0.step, $0.length, $0.pitch) } }
        return Phrase(notes: notes(all, velocity: velocity), meter: .fourFour, tempo: .moderate, bars: 8)
    }

    @Test(arguments: ArrangerTune.all, genres)
    func theLineNeverDoublesTheMelodyNorRubsAgainstIt(tune: ArrangerTune, genre: Genre) {
        let style = ArrangerStyle.standard(for: genre)!
        let line = Self.seeds.flatMap { arrange(tune.phrase, tune.plan, seed: $0, style: style)[.line]! }
        for note in line {
            let together = tune.phrase.notes.filter { $0.onset < note.end && note.onset < $0.end }
            #expect(together.allSatisfy { abs($0.pitch.number - note.pitch.number) > 2 })
        }
    }

    @Test(arguments: ArrangerTune.all, genres)
    func theLineKeepsOutOfTheMelodysWay(tune: ArrangerTune, genre: Genre) {
        let style = ArrangerStyle.standard(for: genre)!
        let line = Self.seeds.flatMap { arrange(tune.phrase, tune.plan, seed: $0, style: style)[.line]! }
        let near = line.filter { note in
            tune.phrase.notes.contains { abs($0.onset.rawValue - note.onset.rawValue) <= 4 * Grid.ticksPerStep }
        }
        #expect(Double(near.count) <= 0.25 * Double(line.count))
    }

    @Test(arguments: seeds)
    func theLinePlaysMoreWhereTheMelodyRests(seed: UInt64) {
        let busy = phrase(eachBar: (0..<8).map { ($0 * 6, 6, 72) })
        let open = phrase(eachBar: [(0, 12, 72)])
        #expect(
            arrange(open, oneChord, seed: seed)[.line]!.count > 2 * arrange(busy, oneChord, seed: seed)[.line]!.count)
    }

    @Test(arguments: seeds)
    func chordsThinOutUnderFastNotes(seed: UInt64) {
        let busy = phrase(eachBar: (0..<16).map { ($0 * 3, 3, 72 + $0 % 3) })
        let open = phrase(eachBar: [(0, 48, 72)])
        let onsets = { (phrase: Phrase) in
            Set(arrange(phrase, oneChord, seed: seed)[.chords]!.map(\.onset)).count
        }
        #expect(onsets(busy) < onsets(open))
    }

    @Test(arguments: seeds)
    func kickAndChordsJoinASyncopatedAccent(seed: UInt64) {
        // Tied over the third beat in every bar.
        let syncopated = phrase(eachBar: [(0, 12, 72), (18, 24, 76)])
        let parts = arrange(syncopated, oneChord, seed: seed)
        let accents = (0..<7).map { Tick.steps($0 * 48 + 18) }
        let near = { (note: NoteEvent, accent: Tick) in
            abs(note.onset.rawValue - accent.rawValue) <= 3 * Grid.ticksPerStep
        }
        #expect(accents.allSatisfy { accent in parts[.chords]!.contains { near($0, accent) } })
        let low = parts[.drums]!.filter { [36, 38].contains($0.pitch.number) }
        #expect(accents.filter { accent in low.contains { near($0, accent) } }.count >= 5)
    }

    @Test(arguments: seeds)
    func aBreathOfTheMelodyIsFilled(seed: UInt64) {
        // The second bar is one note and a rest; the others are full.
        let full = (0..<8).map { ($0 * 6, 6, 72) }
        var all = (0..<8).filter { $0 != 1 }.flatMap { bar in full.map { (bar * 48 + $0.0, $0.1, $0.2) } }
        all.append((48, 12, 72))
        let breathing = Phrase(notes: notes(all), meter: .fourFour, tempo: .moderate, bars: 8)
        let parts = arrange(breathing, oneChord, seed: seed)
        let bar = { (part: Part, bar: Int) in
            parts[part]!.filter { $0.onset >= .steps(bar * 48) && $0.onset < .steps(bar * 48 + 48) }
                .map { [$0.onset.rawValue - bar * 1920, $0.pitch.number] }
        }
        #expect(bar(.drums, 1) != bar(.drums, 5) || bar(.bass, 1) != bar(.bass, 5))
        #expect(bar(.line, 1).count >= 2)
    }

    @Test(arguments: seeds)
    func aLouderMelodyGetsALouderBand(seed: UInt64) {
        let quarters = (0..<4).map { (step: $0 * 12, length: 12, pitch: 72) }
        let loudness = { (velocity: Int) in
            let drums = arrange(phrase(eachBar: quarters, velocity: velocity), oneChord, seed: seed)[.bass]!
            return Double(drums.map(\.velocity.number).reduce(0, +)) / Double(drums.count)
        }
        #expect(loudness(50) + 6 < loudness(80))
        #expect(loudness(80) + 6 < loudness(115))
    }

    @Test(arguments: seeds)
    func sectionsOfALongPhraseDifferInTheirGroove(seed: UInt64) {
        let bars = 32
        let all = (0..<bars).flatMap { bar in (0..<4).map { (bar * 48 + $0 * 12, 12, 72) } }
        let long = Phrase(notes: notes(all), meter: .fourFour, tempo: .moderate, bars: bars)
        let drums = arrange(long, oneChord, seed: seed)[.drums]!
        let second = (0..<4).map { section in
            drums.filter { $0.onset >= .steps((section * 8 + 1) * 48) && $0.onset < .steps((section * 8 + 2) * 48) }
                .map { [$0.onset.rawValue % 1920, $0.pitch.number] }
        }
        // The form is A A B A: the middle part has a groove of its own, and A comes back as it was.
        #expect(second[2] != second[0])
        #expect(Set(second).count >= 2)
    }

    @Test(arguments: seeds)
    func aTripletMelodyIsAccompaniedInTriplets(seed: UInt64) {
        let triplets = phrase(eachBar: (0..<12).map { ($0 * 4, 4, 72) })
        let parts = arrange(triplets, oneChord, seed: seed)
        #expect(parts.values.joined().allSatisfy { $0.onset.nearestStep % 4 == 0 })
    }

    @Test(arguments: ArrangerTune.all)
    func aPlayerDoesNotRepeatABarFromEndToEnd(tune: ArrangerTune) {
        let parts = arrange(tune.phrase, tune.plan, seed: 1)
        let bar = tune.phrase.meter.bar
        let bars = (0..<tune.phrase.bars).map { index in
            Set(
                parts.values.joined().filter { $0.onset >= bar * index && $0.onset < bar * (index + 1) }
                    .map { [$0.onset.rawValue - (bar * index).rawValue, $0.pitch.number] })
        }
        #expect(Double(Set(bars).count) >= 0.8 * Double(bars.count))
    }

    @Test(arguments: ArrangerTune.all, genres)
    func theBandListens(tune: ArrangerTune, genre: Genre) {
        // The same chords and seed without the melody: at least 35 of 100 notes are others.
        let style = ArrangerStyle.standard(for: genre)!
        let silence = Phrase(notes: [], meter: tune.phrase.meter, tempo: tune.phrase.tempo, bars: tune.phrase.bars)
        let keyed = { (parts: [Part: [NoteEvent]]) in
            Set(parts.flatMap { part, notes in notes.map { "\(part) \($0.onset.rawValue) \($0.pitch.number)" } })
        }
        var heard = 0
        var changed = 0
        for seed in Self.seeds {
            let with = keyed(arrange(tune.phrase, tune.plan, seed: seed, style: style))
            heard += with.count
            changed += with.subtracting(keyed(arrange(silence, tune.plan, seed: seed, style: style))).count
        }
        #expect(Double(changed) >= 0.25 * Double(heard))
    }

    @Test(arguments: ArrangerTune.all, genres)
    func chordsMoveWithTheMelody(tune: ArrangerTune, genre: Genre) {
        let style = ArrangerStyle.standard(for: genre)!
        let sung = Set(tune.phrase.notes.map(\.onset))
        let struck = Self.seeds.flatMap { seed in
            Set(arrange(tune.phrase, tune.plan, seed: seed, style: style)[.chords]!.map(\.onset))
        }
        #expect(Double(struck.filter(sung.contains).count) >= 0.6 * Double(struck.count))
    }

    @Test(arguments: genres)
    func chordsLieUnderAHighMelody(genre: Genre) {
        let high = phrase(eachBar: [(0, 12, 79), (12, 12, 76), (24, 24, 79)])
        for seed in Self.seeds {
            let parts = arrange(high, oneChord, seed: seed, style: .standard(for: genre)!)
            #expect((parts[.chords]! + parts[.pad]!).allSatisfy { $0.pitch.number < 76 })
        }
    }

    @Test(arguments: genres)
    func aSongOfFourPartsComesBackToItsBeginning(genre: Genre) {
        #expect((0..<4).map { Form.letter($0, of: 4) } == [0, 0, 1, 0])
        let all = (0..<32).flatMap { bar in (0..<4).map { (bar * 48 + $0 * 12, 12, 72) } }
        let long = Phrase(notes: notes(all), meter: .fourFour, tempo: .moderate, bars: 32)
        let style = ArrangerStyle.standard(for: genre)!
        let kits = Self.seeds.map { seed in
            let drums = arrange(long, oneChord, seed: seed, style: style)[.drums]!
            return (0..<4).map { section in
                Set(
                    drums.filter {
                        $0.onset >= .steps((section * 8 + 1) * 48) && $0.onset < .steps((section * 8 + 2) * 48)
                    }
                    .map { [$0.onset.rawValue % 1920, $0.pitch.number] })
            }
        }
        #expect(kits.allSatisfy { $0[2] != $0[1] })
    }
}
