import Music
import Testing

@testable import Generation

/// Fills before a change, and endings.
struct TurnsTests {
    private static let genres = ArrangerStyle.all.map(\.genre)

    private func arrangement(_ tune: ArrangerTune, _ genre: Genre, seed: UInt64) -> Arrangement {
        let accompanist = ArrangerAccompanist(style: .standard(for: genre)!)
        return Arrangement(
            phrase: tune.phrase,
            accompaniment: accompanist.accompany(tune.phrase, request: .init(seed: seed, chords: tune.plan)))
    }

    @Test(arguments: ArrangerTune.all, genres)
    func aFillIsABarThatEndsInAFill(tune: ArrangerTune, genre: Genre) {
        for seed in UInt64(1)...3 {
            let arrangement = arrangement(tune, genre, seed: seed)
            let turns = Arranger.turns(of: arrangement)
            let bar = tune.phrase.meter.bar
            #expect(turns.fillStart >= .zero && bar - turns.fillStart >= tune.phrase.meter.beat)
            #expect((bar - turns.fillStart) * 2 <= bar || tune.phrase.meter.beatsPerBar % 2 == 1)
            #expect(turns.fill.contains { $0.onset >= turns.fillStart })
            #expect(turns.fill == turns.fill.sorted(by: NoteEvent.inScoreOrder))
            #expect(turns.fill.allSatisfy { $0.onset >= .zero && $0.length > .zero && $0.end <= bar })
            #expect(turns.fill.soundingOnce(until: bar) == turns.fill)
            #expect(Arranger.turns(of: arrangement) == turns)
        }
    }

    @Test(arguments: ArrangerTune.all, genres)
    func anEndingIsTheTonicStruckOnTheBarLine(tune: ArrangerTune, genre: Genre) {
        for seed in UInt64(1)...3 {
            let arrangement = arrangement(tune, genre, seed: seed)
            let ending = Arranger.turns(of: arrangement).ending
            let key = Chart.key(of: tune.phrase, plan: tune.plan)
            let bar = tune.phrase.meter.bar
            let style = ArrangerStyle.standard(for: genre)!
            #expect(ending.values.joined().allSatisfy { $0.onset == .zero && $0.length > .zero && $0.end <= bar })
            #expect(ending[.bass]?.map(\.pitch.pitchClass) == [key.tonic])
            for part in [Part.chords, .pad] {
                let keys = ending[part, default: []].map(\.pitch)
                #expect(keys.count >= 2 && Set(keys).count == keys.count)
                #expect(keys.allSatisfy { style.ranges[part]!.contains($0.number) && $0 > ending[.bass]![0].pitch })
                let allowed = genre == .jazz ? [0, 2, 3, 4, 7, 9, 10, 11] : [0, 3, 4, 7, 10, 11]
                #expect(keys.allSatisfy { allowed.contains(($0.pitchClass - key.tonic + 12) % 12) })
            }
            let drums = ending[.drums]!.map(\.pitch.number)
            if genre == .symphony {
                #expect(drums.contains { DrumKit.timpaniKeys.contains($0) && $0 % 12 == key.tonic })
                #expect(drums.contains(57))
            } else {
                #expect(drums == [36, 49])
            }
        }
    }

    @Test(arguments: genres)
    func theLastChordIsReachedByLittleMovement(genre: Genre) throws {
        let arrangement = arrangement(.auraLee, genre, seed: 3)
        let ending = Arranger.turns(of: arrangement).ending
        for part in [Part.bass, .chords, .pad] {
            let notes = try #require(arrangement.accompaniment.parts[part])
            let late = notes.filter { $0.end > arrangement.phrase.length - arrangement.phrase.meter.bar }
            let after = try #require(ending[part])
            #expect(abs(mean(late) - mean(after)) <= 9, "\(part)")
        }
    }

    private func mean(_ notes: [NoteEvent]) -> Double {
        Double(notes.map(\.pitch.number).reduce(0, +)) / Double(notes.count)
    }

    @Test func aSoftBandEndsSoftly() {
        func velocity(_ melody: Int) -> Int {
            let tune = ArrangerTune.odeToJoy
            let phrase = Phrase(
                notes: tune.phrase.notes.map { note in
                    var note = note
                    note.velocity = Velocity(melody)
                    return note
                }, meter: tune.phrase.meter, tempo: tune.phrase.tempo, bars: tune.phrase.bars)
            let accompaniment = ArrangerAccompanist(style: .pop).accompany(
                phrase, request: .init(seed: 2, chords: tune.plan))
            let turns = Arranger.turns(of: Arrangement(phrase: phrase, accompaniment: accompaniment))
            return turns.ending.values.joined().map(\.velocity.number).max()!
        }
        #expect(velocity(40) + 10 <= velocity(110))
    }

    @Test func aBandWithoutDrumsHasNoFillAndEndsWithoutThem() {
        let tune = ArrangerTune.clementine
        let accompaniment = ArrangerAccompanist(style: .pop).accompany(
            tune.phrase, request: .init(seed: 2, parts: [.bass, .pad]))
        let turns = Arranger.turns(of: Arrangement(phrase: tune.phrase, accompaniment: accompaniment))
        #expect(turns.fill.isEmpty)
        #expect(Set(turns.ending.keys) == [.bass, .pad])
    }

    @Test func anEmptyBandJustStops() {
        let tune = ArrangerTune.clementine
        let accompaniment = ArrangerAccompanist(style: .pop).accompany(
            tune.phrase, request: .init(seed: 2, parts: []))
        #expect(Arranger.turns(of: Arrangement(phrase: tune.phrase, accompaniment: accompaniment)) == .none)
    }

    @Test(arguments: ["1/4", "1/32", "2/4", "5/4", "7/8", "5/8", "9/8", "12/8", "3/8", "3/16"])
    func everyMetreTurns(meter: String) {
        let meter = Meter(meter)!
        let phrase = Phrase(notes: [], meter: meter, tempo: .moderate, bars: 2)
        for style in ArrangerStyle.all {
            let accompaniment = ArrangerAccompanist(style: style).accompany(phrase, request: .init(seed: 5))
            let turns = Arranger.turns(of: Arrangement(phrase: phrase, accompaniment: accompaniment))
            #expect(turns.fillStart >= .zero && turns.fillStart < meter.bar)
            #expect(turns.fill.allSatisfy { $0.end <= meter.bar })
            #expect(turns.ending.values.joined().allSatisfy { $0.end <= meter.bar })
        }
    }
}
