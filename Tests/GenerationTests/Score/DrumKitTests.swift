import Music
import Testing

@testable import Generation

struct DrumKitTests {
    @Test(arguments: 0..<84)
    func everyClassComesBackFromItsKeyOnEveryKit(chord: Int) {
        let chord = Chord(index: chord)
        for kit in [DrumKit.standard, .orchestra] {
            for drum in DrumClass.allCases {
                #expect(DrumClass(drum.pitch(in: kit, over: chord), in: kit, over: chord) == drum)
            }
        }
    }

    @Test(arguments: 0..<84)
    func onlyTimpaniSoundOnTheTimpanisKeysAndTheyAreRootAndFifth(chord: Int) {
        let chord = Chord(index: chord)
        for drum in DrumClass.allCases where drum != .lowTom && drum != .highTom {
            #expect(!(41...53).contains(drum.pitch(in: .orchestra, over: chord).number))
        }
        let low = DrumClass.lowTom.pitch(in: .orchestra, over: chord)
        let high = DrumClass.highTom.pitch(in: .orchestra, over: chord)
        #expect((41...53).contains(low.number) && low.pitchClass == chord.root)
        #expect((41...53).contains(high.number) && high.pitchClass == chord.pitchClasses[2])
    }

    @Test(arguments: [(48, DrumKit.orchestra), (0, .standard), (16, .standard), (32, .standard), (40, .standard)])
    func theProgramTellsTheKit(program: Int, kit: DrumKit) {
        #expect(DrumKit(program: Program(program)) == kit)
        #expect(DrumKit(program: nil) == .standard)
    }

    @Test func timpaniThatAreNoChordToneCountAsTheNearerOfTheTwo() {
        let c = Chord(root: 0, quality: .major)
        #expect(DrumClass(Pitch(49), in: .orchestra, over: c) == .lowTom)
        #expect(DrumClass(Pitch(44), in: .orchestra, over: c) == .highTom)
        #expect(DrumClass(Pitch(48), in: .orchestra, over: nil) == .lowTom)
    }

    @Test(arguments: [-5, 0, 3, 6])
    func timpaniAreTunedInTheRealKeyAndComeBackThroughTheCodec(semitones: Int) {
        let tones = [60, 64, 67, 72]
        let melody = Phrase(
            notes: (0..<16).map {
                NoteEvent(
                    pitch: Pitch(tones[$0 % 4]), onset: .steps($0 * 12), length: .steps(12), velocity: .mezzoForte)
            }, meter: .fourFour, tempo: .moderate, bars: 4
        ).transposed(by: semitones)
        let plan = ChordPlan(
            window: Meter.fourFour.harmonyWindow,
            chords: [0, 0, 5, 5, 7, 7, 0, 0].map { Chord(root: $0, quality: .major) }
        ).transposed(by: semitones)
        var drums: [NoteEvent] = []
        for bar in 0..<4 {
            for (step, drum) in [(0, DrumClass.kick), (0, .lowTom), (12, .closedHat), (24, .highTom), (36, .crash)] {
                let onset = Tick.steps(bar * 48 + step)
                drums.append(
                    NoteEvent(
                        pitch: drum.pitch(in: .orchestra, over: plan.chord(at: onset)), onset: onset,
                        length: .steps(3), velocity: Velocity(90)))
            }
        }
        drums.sort(by: NoteEvent.inScoreOrder)
        let normalized = NormalizedPhrase(melody)
        let normalPlan = normalized.normal(plan)
        var logits = StitchedLogits(grid: normalized.grid)
        for window in normalized.grid.windows {
            let target = ScoreCodec.encode(
                [.drums: drums], plan: normalPlan, normalized: normalized, window: window, kit: .orchestra)
            logits.add(target.headLogits().values, window: window)
        }
        let decoded = ScoreCodec.decode(
            logits, plan: normalPlan, normalized: normalized, options: DecodingOptions(genre: .symphony))
        #expect(decoded[.drums] == drums)
    }
}
