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

    /// A player who hurries, drags and sways: the file's bar lines go along, and no note sounds at another time.
    @Test(arguments: 0..<UInt64(longCount(40, full: 3000)), [0.04, -0.04, 0])
    func barLinesFollowThePlayer(seed: UInt64, drift: Double) throws {
        let phrase = randomPhrase(seed)
        guard let last = phrase.notes.last, !phrase.notes.isEmpty else { return }
        let map = TempoMap(anchor: .zero + .seconds(5), tempo: phrase.tempo)
        func played(_ tick: Tick) -> Instant {
            let bars = Double(tick.rawValue) / Double(phrase.meter.bar.rawValue)
            let seconds = map.length(of: tick).seconds
            // A change of tempo by `drift` a bar.
            return map.anchor + .seconds(seconds * (1 + drift * bars / 2))
        }
        let performance = phrase.notes.map { note in
            PerformedNote(
                pitch: note.pitch, onset: played(note.onset), length: played(note.end) - played(note.onset),
                velocity: note.velocity)
        }
        let take = Take(
            phrase: phrase, performance: performance, tempoMap: map, origin: .init(keyboard: "test", trigger: "record"),
            isDamaged: false)
        let file = MIDIFile(take: take)
        let onsets = file.notes(track: 1).map(\.onset)
        let heard = file.timedMessages.compactMap { message -> Double? in
            if case .noteOn = message.message.kind { return message.seconds }
            return nil
        }
        let first = try #require(performance.first).onset
        #expect(heard.count == performance.count)
        #expect(zip(heard, performance).allSatisfy { abs($0 - heard[0] - ($1.onset - first).seconds) < 0.004 })
        if drift == 0 {
            #expect(file.tempoChanges.map(\.microsecondsPerQuarter) == [phrase.tempo.microsecondsPerQuarter])
            #expect(onsets == phrase.notes.map(\.onset.rawValue))
        }
        // With a note on every beat the bar lines are known.
        let beats = Set(phrase.notes.map(\.onset.rawValue))
        let isKnown = (0...last.onset.rawValue / phrase.meter.beat.rawValue).allSatisfy {
            beats.contains($0 * phrase.meter.beat.rawValue)
        }
        if isKnown, file.tempoChanges.count > 1 {
            #expect(zip(onsets, phrase.notes).allSatisfy { abs($0 - $1.onset.rawValue) < Tick.perQuarter / 4 })
        }
        #expect(try ImportedTake(bytes: file.bytes, file: "x.mid").take.phrase.tempo == phrase.tempo)
    }

    @Test func aPerformanceThatDraggedIsImportedAsItsPhrase() throws {
        let phrase = Phrase(
            notes: (0..<32).map { note(60 + $0 % 7, $0 * 12, 12) }, meter: .fourFour, tempo: .moderate, bars: 8)
        let map = TempoMap(anchor: .zero + .seconds(5), tempo: .moderate)
        let performance = phrase.notes.enumerated().map { index, note in
            // From 120 a minute to 96.
            PerformedNote(
                pitch: note.pitch, onset: map.anchor + .seconds(Double(index) * 0.5 + Double(index * index) * 0.002),
                length: .milliseconds(480), velocity: note.velocity)
        }
        let take = Take(
            phrase: phrase, performance: performance, tempoMap: map, origin: .init(keyboard: "test", trigger: "record"),
            isDamaged: false)
        let file = MIDIFile(take: take)
        #expect(file.tempoChanges.count == 8)
        let read = try ImportedTake(bytes: file.bytes, file: "x.mid").take
        #expect(read.phrase.notes.map(\.onset) == phrase.notes.map(\.onset))
        #expect(read.phrase.bars == 8)
        let times = { (take: Take) in take.performance.map { ($0.onset - take.performance[0].onset).seconds } }
        #expect(zip(times(read), times(take)).allSatisfy { abs($0 - $1) < 0.002 })
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
