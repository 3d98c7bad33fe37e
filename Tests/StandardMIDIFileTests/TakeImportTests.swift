import MIDI
import Music
import StandardMIDIFile
import TestSupport
import Testing

/// Files of other programs as takes.
@Suite struct TakeImportTests {
    private func file(
        _ melody: MIDIFile.Track, conductor: [MIDIFile.Event] = [], more: [MIDIFile.Track] = [], ticks: Int = 480
    ) -> [UInt8] {
        MIDIFile(format: .parallel, ticksPerQuarter: ticks, tracks: [.init(events: conductor), melody] + more).bytes
    }

    private func track(_ notes: [(pitch: Int, onset: Int, length: Int)], _ more: [MIDIFile.Event] = [])
        -> MIDIFile.Track
    {
        let c = Channel(1)
        let events =
            notes.flatMap { pitch, onset, length in
                [
                    MIDIFile.Event(tick: onset, .message(.noteOn(c, Pitch(pitch), Velocity(90)))),
                    MIDIFile.Event(tick: onset + length, .message(.noteOff(c, Pitch(pitch)))),
                ]
            } + more
        return .init(
            events: events.enumerated().sorted { ($0.element.tick, $0.offset) < ($1.element.tick, $1.offset) }.map(
                \.element))
    }

    private func tempo(_ tick: Int, _ microseconds: Int) -> MIDIFile.Event {
        meta(tick, MetaType.tempo, [16, 8, 0].map { UInt8(truncatingIfNeeded: microseconds >> $0) })
    }

    private func time(_ tick: Int, _ numerator: UInt8, _ power: UInt8) -> MIDIFile.Event {
        meta(tick, MetaType.timeSignature, [numerator, power, 24, 8])
    }

    @Test func aPickupBarIsFilledUpInFront() throws {
        let notes = (0..<9).map { (60 + $0, $0 * 480, 480) }
        let take = try ImportedTake(
            bytes: file(track(notes), conductor: [time(0, 1, 2), time(480, 4, 2)]), file: "x.mid")
        #expect(take.take.phrase.meter == .fourFour)
        #expect(take.take.phrase.bars == 3)
        #expect(take.take.phrase.notes.map(\.onset) == (3..<12).map { Tick.quarter * $0 })
        #expect(take.notices == [])
        // At 120 a minute bar 1 lies a second behind zero, and the pickup on its fourth beat.
        #expect(take.take.performance[0].onset == .zero + .milliseconds(2500))
        #expect(take.take.tempoMap.tick(at: take.take.performance[0].onset) == Tick.quarter * 3)
    }

    @Test func anEighthAheadOfSixEightIsAPickupToo() throws {
        let notes = [(60, 0, 240)] + (0..<4).map { (62 + $0, 240 + $0 * 720, 720) }
        let take = try ImportedTake(
            bytes: file(track(notes), conductor: [time(0, 1, 3), time(240, 6, 3)]), file: "x.mid")
        #expect(take.take.phrase.meter == .sixEight)
        #expect(take.take.phrase.notes.map(\.onset.rawValue) == [1200, 1440, 2160, 2880, 3600])
    }

    @Test func theMetreThatHoldsLongestIsTaken() throws {
        let notes = (0..<40).map { (60 + $0 % 12, $0 * 480, 480) }
        let take = try ImportedTake(
            bytes: file(track(notes), conductor: [time(0, 3, 2), time(3 * 1440, 4, 2)]), file: "x.mid")
        #expect(take.take.phrase.meter == .fourFour)
        // Nine beats come before the first bar line of 4/4: they are two bars and a beat, which is filled up.
        #expect(take.take.phrase.notes[0].onset == Tick.quarter * 3)
        #expect(take.notices == ["It begins in 3/4; bars are counted in 4/4 as most of it is."])
    }

    @Test func thePerformanceFollowsTheTempoChangesAndThePhraseTheBeats() throws {
        let notes = (0..<8).map { (60 + $0, $0 * 480, 480) }
        let take = try ImportedTake(
            bytes: file(track(notes), conductor: [tempo(0, 500_000), tempo(1920, 1_000_000)]), file: "x.mid")
        #expect(take.take.phrase.notes.map(\.onset) == (0..<8).map { Tick.quarter * $0 })
        let seconds = take.take.performance.map { ($0.onset - take.take.tempoMap.anchor).seconds }
        #expect(seconds == [0, 0.5, 1, 1.5, 2, 3, 4, 5])
        // Eight quarters in six seconds.
        #expect(take.take.phrase.tempo.quartersPerMinute == 80)
        #expect(take.notices == ["The tempo changes in the melody; its mean, 80 a minute, was taken for the phrase."])
    }

    @Test func tempoChangesBehindTheMelodyAreOfNoConcern() throws {
        let notes = (0..<4).map { (60 + $0, $0 * 480, 480) }
        let take = try ImportedTake(
            bytes: file(track(notes), conductor: [tempo(0, 600_000), tempo(9600, 700_000)]), file: "x.mid")
        #expect(take.take.phrase.tempo.quartersPerMinute == 100)
        #expect(take.notices == [])
    }

    @Test func emptyBarsBeforeTheMelodyAreLeftOut() throws {
        let notes = (0..<4).map { (60 + $0, 3 * 1920 + $0 * 480, 480) }
        let drums = MIDIFile.Track(events: melodyTrack(nil, Array(repeating: 36, count: 16), channel: 10).events)
        let take = try ImportedTake(bytes: file(track(notes), more: [drums]), file: "x.mid")
        #expect(take.take.phrase.bars == 1)
        #expect(take.take.phrase.notes.map(\.onset) == (0..<4).map { Tick.quarter * $0 })
        #expect(take.take.tempoMap.anchor == .zero + .seconds(1))
        #expect(take.arrangement?.accompaniment.parts[.drums]?.map(\.onset) == (0..<4).map { Tick.quarter * $0 })
        #expect(take.notices == ["The first 3 bars are empty and were left out."])
        #expect(
            try ImportedTake(bytes: file(track(notes), more: [drums]), file: "x.mid", keepsBand: false).arrangement
                == nil)
    }

    @Test func aFileOfFormat0WithoutMetreAndKeyIsTaken() throws {
        // Running status, note-ons of velocity 0, a Latin-1 name, 96 ticks a quarter.
        let body: [UInt8] =
            [0, 0xFF, 3, 5, 0x4D, 0xE4, 0x72, 0x7A, 0x65] + [0, 0x90, 60, 80, 96, 60, 0, 0, 64, 80, 96, 64, 0]
            + endOfTrack
        let take = try ImportedTake(bytes: header(format: 0, division: 96) + chunk(body), file: "x.mid")
        #expect(take.title == "Märze")
        #expect(take.take.phrase.meter == .fourFour)
        #expect(take.take.phrase.tempo == .moderate)
        #expect(take.take.phrase.notes == [note(60, 0, 12), note(64, 12, 12)])
        #expect(take.writtenKey == nil)
        #expect(take.chords == nil)
        #expect(take.arrangement == nil)
    }

    @Test func thePedalIsKept() throws {
        let c = Channel(1)
        let pedal = [(0, 127), (960, 0), (960, 0), (1000, 64), (1440, 20), (1900, 100)].map {
            MIDIFile.Event(tick: $0, .message(.controlChange(c, Controller.sustain, UInt8($1))))
        }
        let take = try ImportedTake(bytes: file(track([(60, 0, 480), (62, 480, 1440)], pedal)), file: "x.mid").take
        let spans = take.pedal.map { [$0.down, $0.up].map { (take.tempoMap.tick(at: $0)).rawValue } }
        #expect(spans == [[0, 960], [1000, 1440], [1900, 1920]])
    }

    @Test func theFirst64BarsOfALongMelodyAreTaken() throws {
        let take = try ImportedTake(bytes: file(melodyTrack("Melody", (0..<280).map { 60 + $0 % 12 })), file: "x.mid")
        #expect(take.take.phrase.bars == 64)
        #expect(take.take.performance.count == 256)
        #expect(take.notices == ["The melody has 70 bars; the first 64 were taken."])
    }

    @Test func aPerformanceOffTheGridSaysHowFar() throws {
        let notes = (0..<40).map { (60 + $0 % 12, $0 * 517, 400) }
        let straight = (0..<40).map { (60 + $0 % 12, $0 * 480, 400) }
        #expect(try ImportedTake(bytes: file(track(notes)), file: "x.mid").gridError > 0.03)
        #expect(try ImportedTake(bytes: file(track(straight)), file: "x.mid").gridError == 0)
    }

    @Test func anotherTrackIsTakenWhereItIsAskedFor() throws {
        let bytes = file(
            melodyTrack("Melody", [60, 62, 64, 65]), more: [melodyTrack("Flute", [80, 81], channel: 2, program: 73)])
        let take = try ImportedTake(bytes: bytes, file: "x.mid", track: .named("flute"))
        #expect(take.trackNumber == 3)
        #expect(take.take.phrase.notes.map(\.pitch.number) == [80, 81])
        #expect(take.arrangement?.accompaniment.instrumentation.melody == Program(73))
        #expect(take.arrangement?.phrase == take.take.phrase)
    }

    struct Refusal: Sendable {
        var bytes: [UInt8]
        var track = TrackChoice.automatic
        var words: String
    }

    @Test(arguments: [
        Refusal(
            bytes: Array("PK..".utf8),
            words:
                "cannot import a.mid as a take: it does not begin with MThd; it looks like a score: open it in its program and export a MIDI file"
        ),
        Refusal(
            bytes: [],
            words:
                "cannot import a.mid as a take: it does not begin with MThd; choose a Standard MIDI File, whose name usually ends in .mid"
        ),
        Refusal(
            bytes: header(division: 0xE728) + chunk(endOfTrack),
            words:
                "cannot import a.mid as a take: its time is counted in film frames (SMPTE), not in beats; export it with ticks a quarter note; no part of it was imported"
        ),
        Refusal(
            bytes: header() + Array("MTrk".utf8) + [0, 0, 0, 9, 0],
            words:
                "cannot import a.mid as a take: track 1 says that it has 9 bytes, but 1 are left; copy the file again, or open it in the program that it comes from and export it once more"
        ),
        Refusal(
            bytes: header() + chunk(endOfTrack),
            words:
                "cannot import a.mid as a take: the MIDI file has no notes other than drums: nothing to take a melody from; choose a file with a melody in it"
        ),
        Refusal(
            bytes: header() + chunk([0, 0x90, 60, 80, 96, 60, 0] + endOfTrack), track: .number(7),
            words:
                "cannot import a.mid as a take: the MIDI file has no track 7 with notes; it has 1; choose one of these, or none to have the melody found"
        ),
    ])
    func aRefusalSaysWhichFileWhyAndWhatNext(_ row: Refusal) {
        let error = #expect(throws: ImportError.self) {
            try ImportedTake(bytes: row.bytes, file: "a.mid", track: row.track)
        }
        #expect(error?.description == row.words)
    }

    /// Mutations of a file with everything in it: never a crash, and what is read can be exported and read again.
    @Test(arguments: 0..<UInt64(longCount(4, full: 200)))
    func mutatedFilesAreImportedOrRefused(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let good = file(
            track((0..<12).map { (60 + $0, $0 * 40, 40) }, [meta(100, MetaType.marker, Array("Am7".utf8))]),
            conductor: [
                time(0, 1, 2), tempo(0, 500_000), time(480, 3, 2), meta(480, MetaType.keySignature, [1, 0]),
                tempo(600, 9_000_000),
            ],
            more: [melodyTrack("Bass", [36, 38, 40], channel: 2)], ticks: 40)
        var failures = 0
        var read = 0
        for _ in 0..<400 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let take = try? ImportedTake(bytes: bytes, file: "x.mid") else { continue }
            read += 1
            let again = try ImportedTake(bytes: MIDIFile(take: take.take, quantized: true).bytes, file: "x.mid")
            failures += again.take.phrase.notes == take.take.phrase.notes ? 0 : 1
            failures += take.take.performance.allSatisfy { $0.onset >= .zero && $0.length > .zero } ? 0 : 1
        }
        #expect(failures == 0)
        #expect(read > 50)
    }
}
