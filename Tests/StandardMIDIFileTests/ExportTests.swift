import MIDI
import Music
import StandardMIDIFile
import Testing

@Suite struct ExportTests {
    private let c = Chord(root: 0, quality: .major)
    private let g = Chord(root: 7, quality: .seventh)

    private func arrangement(groove: Groove = .straight, meter: Meter = .fourFour) -> Arrangement {
        let bar = meter.stepsPerBar
        return Arrangement(
            phrase: Phrase(
                notes: [note(67, 0, 12), note(64, 12, 6), note(60, 18, bar - 18), note(72, bar, bar)], meter: meter,
                tempo: Tempo(quartersPerMinute: 97)!, bars: 2),
            accompaniment: Accompaniment(
                genre: .jazz,
                parts: [
                    .bass: [note(36, 0, 24), note(43, bar, 24)], .drums: [note(36, 0, 3), note(38, 6, 3)], .pad: [],
                ], plan: ChordPlan(window: meter.bar, chords: [c, g]),
                instrumentation: Instrumentation(
                    programs: [.bass: Program(32), .drums: Program(40)], melody: Program(73)), groove: groove,
                provenance: .init(seed: 1, accompanist: "arranger", modelHash: "", instructionSet: "", temperature: 1)))
    }

    @Test func anArrangementHasNamedTracksOnTheirChannelsWithTheirPrograms() throws {
        let file = try MIDIFile(bytes: MIDIFile(arrangement: arrangement()).bytes)
        #expect(file.format == .parallel)
        #expect(file.ticksPerQuarter == 480)
        #expect(file.tracks.map(\.name) == ["Continuo", "Melody", "Drums", "Bass"])
        #expect(file.programs(track: 1) == [Channel(1): Program(73)])
        #expect(file.programs(track: 2) == [Channel(10): Program(40)])
        #expect(file.programs(track: 3) == [Channel(2): Program(32)])
    }

    @Test(arguments: [Meter.fourFour, .threeFour, .sixEight, .twoFour])
    func tempoMetreKeyAndChordsAreInTheFirstTrack(meter: Meter) throws {
        let file = try MIDIFile(bytes: MIDIFile(arrangement: arrangement(meter: meter)).bytes)
        #expect(file.tempoChanges.map(\.microsecondsPerQuarter) == [618_557])
        #expect(file.meterChanges.map(\.meter) == [meter])
        #expect(file.keyChanges.map(\.key) == [arrangement(meter: meter).phrase.key])
        #expect(file.markers.map(\.text) == ["C", "G7"])
        #expect(file.markers.map(\.tick) == [0, meter.bar.rawValue])
    }

    @Test(arguments: 0..<12, Key.Mode.allCases)
    func everyKeySurvivesItsSignature(tonic: Int, mode: Key.Mode) {
        let third = mode == .major ? 4 : 3
        let tune = [0, third, 7, 0].enumerated().map { note(60 + tonic + $1, $0 * 12, 12) }
        var arrangement = arrangement()
        arrangement.phrase = Phrase(notes: tune, meter: .fourFour, tempo: .moderate, bars: 1)
        #expect(arrangement.phrase.key == Key(tonic: tonic, mode: mode))
        #expect(MIDIFile(arrangement: arrangement).keyChanges.map(\.key) == [Key(tonic: tonic, mode: mode)])
    }

    @Test func theGrooveIsAppliedUnlessStraight() {
        let drums = { (groove: Groove) in
            MIDIFile(arrangement: self.arrangement(groove: groove)).notes(track: 2).map(\.onset)
        }
        #expect(drums(.straight) == [0, 240])
        #expect(drums(Groove(swing: 2.0 / 3)) == [0, 320])
    }

    @Test func theSameArrangementGivesTheSameBytesAndNoNoteHangs() {
        let file = MIDIFile(arrangement: arrangement(groove: Groove(swing: 0.6)))
        #expect(file.bytes == MIDIFile(arrangement: arrangement(groove: Groove(swing: 0.6))).bytes)
        #expect(file.tracks.indices.flatMap { file.notes(track: $0) }.allSatisfy { !$0.isHung })
    }

    @Test(arguments: [Meter.fourFour, .threeFour, .sixEight, .twoFour])
    func theMelodyOfAnExportIsThePhrase(meter: Meter) throws {
        let phrase = arrangement(meter: meter).phrase
        let file = try MIDIFile(bytes: MIDIFile(arrangement: arrangement(meter: meter)).bytes)
        let imported = try MelodyFinder(file).melody()
        #expect(imported.phrase.notes == phrase.notes)
        #expect(imported.phrase.meter == phrase.meter)
        #expect(imported.phrase.bars == phrase.bars)
        #expect(abs(imported.phrase.tempo.quartersPerMinute - 97) < 0.001)
        #expect(imported.trackName == "Melody")
        #expect(imported.notices == [])
    }

    private func take() -> Take {
        let map = TempoMap(anchor: Instant(nanoseconds: 1_000_000_000), tempo: .moderate)
        return Take(
            phrase: Phrase(notes: [note(60, 0, 12), note(62, 12, 12)], meter: .fourFour, tempo: .moderate, bars: 1),
            performance: [
                PerformedNote(
                    pitch: Pitch(60), onset: Instant(nanoseconds: 990_000_000), length: .milliseconds(400),
                    velocity: Velocity(70)),
                PerformedNote(
                    pitch: Pitch(62), onset: Instant(nanoseconds: 1_510_000_000), length: .milliseconds(450),
                    velocity: Velocity(75)),
            ], tempoMap: map, origin: .init(keyboard: "test", trigger: "record"), isDamaged: false)
    }

    @Test func aTakeIsExportedAsItWasPlayed() {
        // A note 10 ms before bar 1 moves all by a bar.
        let notes = MIDIFile(take: take()).notes(track: 1)
        #expect(notes.map(\.onset) == [1910, 2410])
        #expect(notes.map(\.length) == [384, 432])
    }

    @Test func aTakeIsExportedQuantizedWhereAsked() {
        #expect(MIDIFile(take: take(), quantized: true).notes(track: 1).map(\.onset) == [0, 480])
    }

    /// The pedal of a take, as (tick, value).
    private func pedal(of take: Take, quantized: Bool = false) -> [[Int]] {
        MIDIFile(take: take, quantized: quantized).tracks[1].events.compactMap { event in
            guard case .message(let message) = event.body, message.status == 0xB0, message.data1 == 64 else {
                return nil
            }
            return [event.tick, Int(message.data2)]
        }
    }

    @Test func thePedalIsExportedAsItWasPlayed() {
        var take = take()
        let span = { PedalSpan(down: .zero + .milliseconds($0), up: .zero + .milliseconds($1)) }
        take.pedal = [span(-4000, -3500), span(1000, 1500), span(1500, 1500), span(2000, 4000)]
        // Before the file's beginning it goes down with the beginning; it never goes up and down in one tick.
        #expect(
            pedal(of: take) == [
                [0, 127], [1, 0], [1920, 127], [2400, 0], [2401, 127], [2402, 0], [2880, 127], [4800, 0],
            ])
        // A track ends with a bar.
        #expect(MIDIFile(take: take).tracks[1].length == 5760)
        #expect(pedal(of: take, quantized: true).isEmpty)
    }
}
