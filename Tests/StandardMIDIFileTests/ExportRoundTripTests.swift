import MIDI
import Music
import StandardMIDIFile
import TestSupport
import Testing

/// What is exported is imported again as it was.
@Suite struct ExportRoundTripTests {
    /// A phrase with a band of a few notes and any groove.
    private func arrangement(_ seed: UInt64) -> Arrangement {
        var draws = Draws(seed: Draws.seed(seed, stream: 2))
        let swing = [0.5, 0.62, 2.0 / 3][Int(seed % 3)]
        var phrase = randomPhrase(seed, voices: 2)
        if swing != 0.5 {
            // A swung sixteenth lies where a triplet lies, and is read for one: eighths alone.
            phrase = Phrase(
                notes: phrase.notes.filter { $0.onset.nearestStep % 6 == 0 && $0.length.nearestStep % 6 == 0 },
                meter: phrase.meter, tempo: phrase.tempo, bars: phrase.bars)
        }
        var parts: [Part: [NoteEvent]] = [:]
        for part in Part.allCases where draws.happens(0.8) {
            let pitches = part == .drums ? [36, 38, 42] : [48, 52, 55]
            parts[part] = stride(from: 0, to: phrase.length.nearestStep - 5, by: 6).flatMap { step in
                pitches.filter { _ in draws.happens(0.3) }.map { note($0, step, 6) }
            }
        }
        return Arrangement(
            phrase: phrase,
            accompaniment: Accompaniment(
                genre: .jazz, parts: parts.filter { !$0.value.isEmpty }, plan: randomPlan(seed, for: phrase),
                instrumentation: Instrumentation(
                    programs: Dictionary(
                        uniqueKeysWithValues: parts.filter { !$0.value.isEmpty }.keys.map { ($0, Program(7)) }),
                    melody: Program(73)), groove: Groove(swing: swing).played(as: .jazz),
                provenance: .init(
                    seed: seed, accompanist: "arranger", modelHash: "", instructionSet: "", temperature: 1)))
    }

    @Test(arguments: 0..<UInt64(longCount(40, full: 3000)), [true, false])
    func anArrangementIsImportedAsItWasExported(seed: UInt64, straight: Bool) throws {
        let written = arrangement(seed)
        let file = MIDIFile(arrangement: written, straight: straight, title: "Für Elise")
        let read = try ImportedTake(bytes: file.bytes, file: "tune.mid")
        #expect(read.isOwn)
        #expect(read.notices == [])
        #expect(read.title == "Für Elise")
        #expect(read.take.phrase == written.phrase)
        #expect(read.writtenKey == written.phrase.key)
        #expect(read.chords == written.accompaniment.plan)
        // Accents are a part of the groove.
        let notes = { (parts: [Part: [NoteEvent]]) in
            parts.mapValues { notes in
                notes.map {
                    straight
                        ? $0 : NoteEvent(pitch: $0.pitch, onset: $0.onset, length: $0.length, velocity: .mezzoForte)
                }
            }
        }
        #expect(notes(read.arrangement?.accompaniment.parts ?? [:]) == notes(written.accompaniment.parts))
    }

    @Test(arguments: 0..<UInt64(longCount(40, full: 3000)))
    func aTakeIsImportedAsItsPhrase(seed: UInt64) throws {
        let phrase = randomPhrase(seed, voices: 2)
        let map = TempoMap(anchor: .zero + .seconds(5), tempo: phrase.tempo)
        let take = Take(
            phrase: phrase, performance: [], tempoMap: map, origin: .init(keyboard: "test", trigger: "record"),
            isDamaged: false)
        let plan = randomPlan(seed, for: phrase)
        let read = try ImportedTake(bytes: MIDIFile(take: take, quantized: true, chords: plan).bytes, file: "tune.mid")
        #expect(read.take.phrase == phrase)
        #expect(read.chords == plan)
        #expect(read.title == nil)
        #expect(read.take.origin == .init(keyboard: "file", trigger: "import"))
        #expect(read.take.performance.count == phrase.notes.count)
    }

    /// Every note up to a hundredth of a quarter early or late, so that the first may lie ahead of bar 1.
    @Test(arguments: 0..<UInt64(longCount(40, full: 3000)))
    func aPerformanceIsImportedAsThePhraseThatWasPlayed(seed: UInt64) throws {
        let phrase = randomPhrase(seed)
        var draws = Draws(seed: seed)
        let map = TempoMap(anchor: .zero + .seconds(5), tempo: phrase.tempo)
        let performance = phrase.notes.map { note in
            let shift = Tick(Int(draws.uniform() * 11) - 5)
            return PerformedNote(
                pitch: note.pitch, onset: map.instant(of: note.onset + shift), length: map.length(of: note.length),
                velocity: note.velocity)
        }.sorted { $0.onset < $1.onset }
        let take = Take(
            phrase: phrase, performance: performance, tempoMap: map, origin: .init(keyboard: "test", trigger: "record"),
            isDamaged: false)
        let plan = randomPlan(seed, for: phrase)
        let read = try ImportedTake(bytes: MIDIFile(take: take, chords: plan).bytes, file: "tune.mid")
        #expect(read.take.phrase == phrase)
        #expect(read.chords == plan)
        let times = { (take: Take) in take.performance.map { ($0.onset - take.tempoMap.anchor).seconds } }
        #expect(zip(times(take), times(read.take)).allSatisfy { abs($0 - $1) < 0.003 })
    }

    @Test func whatWasPlayedABeatAheadOfBar1KeepsABarOfItsOwn() throws {
        let phrase = Phrase(notes: [note(62, 0, 12), note(64, 12, 12)], meter: .fourFour, tempo: .moderate, bars: 1)
        let map = TempoMap(anchor: .zero + .seconds(5), tempo: .moderate)
        let performance = [(60, -1), (62, 0), (64, 1)].map { pitch, quarter in
            PerformedNote(
                pitch: Pitch(pitch), onset: map.instant(of: .quarter * quarter), length: .milliseconds(500),
                velocity: .mezzoForte)
        }
        let take = Take(
            phrase: phrase, performance: performance, tempoMap: map, origin: .init(keyboard: "test", trigger: "record"),
            isDamaged: false)
        let read = try ImportedTake(bytes: MIDIFile(take: take).bytes, file: "tune.mid").take
        #expect(read.phrase.notes == [note(60, 36, 12), note(62, 48, 12), note(64, 60, 12)])
        #expect(read.phrase.bars == 2)
        #expect(read.performance.count == 3)
    }

    @Test func everyTrackEndsWithTheLastBar() {
        for seed in 0..<20 as Range<UInt64> {
            let written = arrangement(seed)
            let lengths = Set(MIDIFile(arrangement: written, straight: false).tracks.map(\.length))
            #expect(lengths == [written.phrase.length.rawValue])
        }
    }

    @Test func volumesAndPansStandBeforeTheFirstNote() {
        let written = arrangement(3)
        let file = MIDIFile(arrangement: written, mix: [Channel(1): ChannelMix(volume: 101, pan: 32)])
        #expect(
            file.tracks[1].events.dropFirst(2).prefix(2).map(\.body) == [
                .message(.controlChange(Channel(1), Controller.volume, 101)),
                .message(.controlChange(Channel(1), Controller.pan, 32)),
            ])
        let others = MIDIFile(arrangement: written).tracks.flatMap(\.events).filter { event in
            if case .message(let message) = event.body { return message.status & 0xF0 == 0xB0 }
            return false
        }
        #expect(others.isEmpty)
    }
}
