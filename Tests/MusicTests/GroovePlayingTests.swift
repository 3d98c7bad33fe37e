import Music
import Testing

/// Accents and micro-timing as they are played.
@Suite struct GroovePlayingTests {
    private static let genres: [Genre] = [.pop, .jazz, .rock, .symphony]

    private func arrangement(
        _ parts: [Part: [NoteEvent]], _ groove: Groove, meter: Meter = .fourFour, melody: [NoteEvent] = []
    ) -> Arrangement {
        Arrangement(
            phrase: Phrase(notes: melody, meter: meter, tempo: .moderate, bars: 2),
            accompaniment: Accompaniment(
                genre: .pop, parts: parts, plan: ChordPlan(window: meter.harmonyWindow, chords: []),
                instrumentation: Instrumentation(programs: [:], melody: Program(0)), groove: groove,
                provenance: .init(
                    seed: 1, accompanist: "arranger", modelHash: "", instructionSet: "", temperature: 1)))
    }

    private func hit(_ pitch: Int, _ step: Int, _ length: Int = 3) -> NoteEvent {
        NoteEvent(pitch: Pitch(pitch), onset: .steps(step), length: .steps(length), velocity: Velocity(80))
    }

    @Test func theSnareIsLateAndStressesTheBackBeat() {
        let groove = Groove(swing: 0.5, touches: [.snare: .init(late: 10, accents: [.backbeat: 7])])
        let played = arrangement([.drums: [hit(38, 12), hit(38, 24), hit(36, 24)]], groove).grooved(.drums)
        // 10 ms are 9.6 ticks at 120 quarters a minute.
        #expect(played.map(\.onset.rawValue) == [490, 960, 970])
        #expect(played.map(\.velocity.number) == [87, 80, 80])
        #expect(played.map(\.pitch.number) == [38, 36, 38])
    }

    @Test func nothingBeginsBeforeTheStartOrSoundsPastTheEnd() {
        let groove = Groove(swing: 0.5, touches: [.bass: .init(late: -8), .pad: .init(late: 8)])
        let band = arrangement([.bass: [hit(40, 0, 12)], .pad: [hit(60, 93)]], groove)
        #expect(band.grooved(.bass) == [hit(40, 0, 12)])
        #expect(band.grooved(.pad)[0].end == band.phrase.length)
    }

    @Test(arguments: [20.0, 120, 400])
    func noOffsetExceedsAQuarterOfAStep(quarters: Double) {
        let tempo = Tempo(quartersPerMinute: quarters)!
        for genre in Self.genres {
            for touch in Groove.touches(of: genre).values {
                #expect(abs(touch.shift(at: tempo).rawValue) <= Grid.ticksPerStep / 4)
                #expect(abs(touch.late) <= 15)
                #expect(touch.accents.values.allSatisfy { abs($0) <= 10 })
            }
        }
    }

    @Test(arguments: genres, [Meter.fourFour, .threeFour, .sixEight, Meter(7, 8)!])
    func everyNoteIsPlayedOnceInOrderAndIsReadBackAsWritten(genre: Genre, meter: Meter) {
        let steps = meter.stepsPerBar * 2
        for swing in [0.5, 2.0 / 3] {
            // A swung eighth falls on the place of a triplet; only one of them can be read back.
            let written = swing == 0.5 ? [0, 3, 4, 6, 8, 9] : [0, 3, 6, 9]
            let places = (0..<steps).filter { written.contains($0 % 12) }
            let groove = Groove(swing: swing).played(as: genre)
            for part in Part.allCases {
                let notes = places.map { hit(part == .drums ? 38 : 60, $0, 1) }
                let played = arrangement([part: notes], groove, meter: meter).grooved(part)
                #expect(played.count == notes.count)
                #expect(played == played.sorted(by: NoteEvent.inScoreOrder))
                #expect(played.allSatisfy { $0.onset >= .zero && $0.length > .zero && $0.end <= meter.bar * 2 })
                let read = meter.isCompound ? Groove.straight : groove
                #expect(played.map { read.writtenStep(of: $0.onset) } == places)
            }
        }
    }

    @Test func theMelodyKeepsItsVelocitiesAndItsTimeButForTheSwing() {
        let melody = [hit(72, 0, 6), hit(74, 6, 6)]
        let swung = arrangement([:], Groove(swing: 2.0 / 3), melody: melody).groovedMelody()
        #expect(arrangement([:], Groove(swing: 2.0 / 3).played(as: .jazz), melody: melody).groovedMelody() == swung)
        #expect(swung.map(\.velocity.number) == [80, 80])
    }

    @Test func straightIsAsWritten() {
        let notes = [hit(40, 0, 6), hit(43, 6, 6)]
        let band = arrangement([.bass: notes], Groove(swing: 2.0 / 3).played(as: .jazz))
        #expect(band.grooved(.bass) != notes)
        #expect(band.straight.grooved(.bass) == notes)
    }

    @Test(arguments: [
        (Meter.fourFour, [Groove.Place.downbeat, .backbeat, .beat, .backbeat]), (.threeFour, [.waltz, .beat, .beat]),
        (.sixEight, [.downbeat, .backbeat]), (.twoFour, [.downbeat, .backbeat]),
    ])
    func beatsHaveTheirPlaces(meter: Meter, places: [Groove.Place]) {
        #expect(places.indices.map { Groove.Place(meter.beat * $0 + meter.bar, in: meter) } == places)
    }

    @Test func offBeatsHaveTheirPlaces() {
        #expect(Groove.Place(.steps(6), in: .fourFour) == .offbeat)
        #expect(Groove.Place(.steps(8), in: .fourFour) == .offbeat)
        #expect(Groove.Place(.steps(3), in: .fourFour) == .between)
        #expect(Groove.Place(.steps(12), in: .sixEight) == .offbeat)
        #expect(Groove.Place(.steps(9), in: .sixEight) == .between)
    }

    @Test func turnsArePlayedWithTheBandsGroove() {
        let band = arrangement([:], Groove(swing: 2.0 / 3, touches: [.snare: .init(late: 5)]))
        let turns = Turns(fill: [hit(38, 42), hit(36, 42)], fillStart: .steps(36), ending: [.bass: [hit(40, 0, 47)]])
        let played = band.grooved(turns)
        #expect(played.fill.map(\.onset.rawValue) == [1760, 1765])
        #expect(played.ending[.bass]?[0].onset == .zero)
        #expect(played.fillStart == turns.fillStart)
    }
}
