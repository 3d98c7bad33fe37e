import Evaluation
import MIDI
import Music
import StandardMIDIFile
import Testing

struct CaptureScoreTests {
    /// Bars of 4/4 (or what else is wanted) at 120 from second 10 on.
    private func truth(_ meter: MeterClass = .fourFour, bars: Int = 4) -> CaptureTruth {
        let bar = meter == .fourFour ? 2.0 : 1.5
        return CaptureTruth(
            quartersPerMinute: 120, meter: meter, barLines: (0...bars).map { instant(10 + bar * Double($0)) })
    }

    private func instant(_ seconds: Double) -> Instant { Instant(nanoseconds: 0) + .seconds(seconds) }

    private func verdict(
        _ truth: CaptureTruth, _ tempo: Double, _ meter: Meter = .fourFour, at seconds: Double = 10
    ) -> CaptureVerdict {
        CaptureVerdict(
            name: "tune", truth: truth,
            answer: CaptureAnswer(
                tempo: Tempo(quartersPerMinute: tempo)!, meter: meter, downbeat: instant(seconds)), cost: 0.002)
    }

    @Test(arguments: [
        (120, true, true), (124.8, true, true), (115.2, true, true), (124.9, false, false), (60, true, false),
        (57.7, true, false), (57.5, false, false), (240, true, false), (249.5, true, false), (249.7, false, false),
        (80, false, false), (180, false, false), (30, false, false),
    ])
    func theTempoMayBeFourPerCentOffAndHalfOrDouble(tempo: Double, isRight: Bool, isItself: Bool) {
        #expect(verdict(truth(), tempo).isTempoRight == isRight)
        #expect(verdict(truth(), tempo).isTempoExact == isItself)
    }

    @Test(arguments: [
        (10, 0.0), (12, 0), (11, 2), (10.25, 0.5), (13.8, 0.4), (18, 0), (20, 0), (19.9, 0.2), (8, 0), (7.75, 0.5),
        (10.6, 1.2),
    ])
    func aBarLineIsRightWithinHalfABeatOfAnyBarLine(seconds: Double, beats: Double) throws {
        let verdict = verdict(truth(), 120, at: seconds)
        #expect(abs(try #require(verdict.barLineError) - beats) < 1e-6)
        #expect(verdict.isBarLineRight == (beats <= 0.5))
    }

    @Test func theFeltBeatOfSixEightIsADottedQuarter() {
        #expect(truth(.sixEight).beat == .milliseconds(750))
        #expect(verdict(truth(.sixEight), 120, .sixEight, at: 10.37).isMeterAndBarLineRight)
        #expect(!verdict(truth(.threeFour), 120, .threeFour, at: 10.37).isBarLineRight)
    }

    @Test(arguments: [
        ("4/4", MeterClass.fourFour), ("2/4", .fourFour), ("2/2", .fourFour), ("3/4", .threeFour), ("6/8", .sixEight),
        ("5/4", nil), ("12/8", nil), ("3/8", nil),
    ])
    func metresAreOfThreeClassesOrLeftOut(text: String, expected: MeterClass?) throws {
        #expect(MeterClass(try #require(Meter(text))) == expected)
    }

    @Test func metresAreCountedAsTheyWereHeardAndEachAlike() throws {
        let score = CaptureScore([
            verdict(truth(), 120), verdict(truth(), 120), verdict(truth(.threeFour), 120, .threeFour),
            verdict(truth(.threeFour), 120, .sixEight), verdict(truth(.sixEight), 120, .sixEight),
        ])
        #expect(score.count(of: .threeFour, heardAs: .sixEight) == 1)
        #expect(score.count(of: .threeFour, heardAs: .threeFour) == 1)
        #expect(score.count(of: .fourFour, heardAs: nil) == 0)
        #expect(abs(try #require(score.evenShare(of: \.isMeterRight)) - 2.5 / 3) < 1e-12)
        #expect(score.only(.fourFour).evenShare(of: \.isMeterRight) == nil)
    }

    @Test func errorsAreNamedByWhatATellerWouldSay() {
        #expect(verdict(truth(.sixEight), 120, .threeFour).error == "6/8 heard as 3/4")
        #expect(verdict(truth(), 80).error == "4/4 at two thirds the tempo")
        #expect(verdict(truth(), 111).error == "4/4 at another tempo")
        #expect(verdict(truth(), 120, at: 11).error == "4/4 with the bar line off by 2 beats")
        #expect(verdict(truth(), 120, at: 10.5).error == "4/4 with the bar line off by 1 beat")
        #expect(verdict(truth(), 60).error == nil)
        let silent = CaptureVerdict(name: "tune", truth: truth(), answer: nil, cost: 0)
        #expect(silent.error == "nothing was read")
        #expect(!silent.isTempoRight && !silent.isMeterRight && !silent.isBarLineRight)
    }

    @Test func sharesCostsAndGatesAreOverAllTakes() throws {
        let right = verdict(truth(), 120)
        let score = CaptureScore(
            [CaptureVerdict](repeating: right, count: 17) + [
                verdict(truth(.sixEight), 120, .threeFour), verdict(truth(.sixEight), 120, .threeFour),
                verdict(truth(), 120, at: 11),
            ])
        #expect(score.share(of: \.isTempoRight) == 1)
        #expect(score.share(of: \.isMeterRight) == 0.9)
        #expect(score.share(of: \.isMeterAndBarLineRight) == 0.85)
        #expect(score.only(.sixEight).share(of: \.isMeterRight) == 0)
        #expect(score.only(.threeFour).share(of: \.isMeterRight) == nil)
        #expect(score.errors.map(\.error) == ["6/8 heard as 3/4", "4/4 with the bar line off by 2 beats"])
        #expect(score.gates.map(\.isPassed) == [true, true])
        #expect(abs(try #require(score.cost).mean - 0.002) < 1e-9)
        #expect(CaptureScore([verdict(truth(), 80)]).gates.map(\.isPassed) == [false, true])
        #expect(CaptureScore([]).gates.map(\.isPassed) == [false, false])
    }

    @Test(arguments: [(99.0, 0.01), (50, 0), (206, 0.03)])
    func theTempoAtTheEndIsComparedWithTheLastBars(read: Double, error: Double) throws {
        let truth = CaptureTruth(
            quartersPerMinute: 110, latestQuartersPerMinute: 100, meter: .fourFour, barLines: [instant(10)])
        let answer = CaptureAnswer(
            tempo: Tempo(quartersPerMinute: 110)!, latestTempo: Tempo(quartersPerMinute: read)!, meter: .fourFour,
            downbeat: instant(10))
        let verdict = CaptureVerdict(name: "tune", truth: truth, answer: answer, cost: 0)
        #expect(abs(try #require(verdict.latestTempoError) - error) < 1e-9)
        #expect(abs(try #require(CaptureScore([verdict, verdict]).latestTempoError).median - error) < 1e-9)
        #expect(self.verdict(self.truth(), 120).latestTempoError == nil)
    }

    // MARK: - Recordings

    /// Quarters of 480 ticks with a tempo for each bar, in microseconds a quarter.
    private func recording(tempi: [Int], signature: [UInt8]? = [3, 2, 24, 8], shift: Int = 0) -> MIDIFile {
        var events: [MIDIFile.Event] = []
        if let signature { events.append(.init(tick: 0, .meta(MetaType.timeSignature, signature))) }
        for (bar, tempo) in tempi.enumerated() {
            events.append(
                .init(
                    tick: bar * 1440,
                    .meta(MetaType.tempo, [UInt8(tempo >> 16 & 255), UInt8(tempo >> 8 & 255), UInt8(tempo & 255)])))
        }
        let channel = Channel(1)
        for note in 0..<12 {
            let tick = note * 480 + note * note * shift
            events.append(.init(tick: tick, .message(.noteOn(channel, Pitch(60 + note), .mezzoForte))))
            events.append(.init(tick: tick + 240, .message(.noteOff(channel, Pitch(60 + note)))))
        }
        events.sort { $0.tick < $1.tick }
        return MIDIFile(format: .single, ticksPerQuarter: 480, tracks: [.init(events: events)])
    }

    @Test func aRecordingsTempoMapGivesItsBarLines() throws {
        let recording = RecordedPerformance(recording(tempi: [500_000, 1_000_000, 500_000, 500_000]))
        let truth = try #require(recording.truth)
        #expect(truth.meter == .threeFour)
        #expect(Array(truth.barLines.prefix(4)) == [0, 1.5, 4.5, 6].map { instant($0) })
        // Eleven quarters: eight of half a second, three of one.
        #expect(abs(truth.quartersPerMinute - 60 * 11 / 7) < 1e-6)
        #expect(recording.notes.count == 12)
        #expect(recording.notes[3].onset == instant(1.5) && recording.notes[3].length == .milliseconds(500))
    }

    @Test func aSteadyTempoCountsWhereTheNotesKeepToIt() {
        #expect(RecordedPerformance(recording(tempi: [500_000])).truth != nil)
        let free = RecordedPerformance(recording(tempi: [500_000], shift: 7))
        #expect(free.truth == nil)
        #expect(free.reason == "it was played apart from its steady tempo")
    }

    @Test func withoutTimeSignatureOrTempoThereIsNothingToCompare() {
        #expect(RecordedPerformance(recording(tempi: [500_000], signature: nil)).reason == "it has no time signature")
        #expect(RecordedPerformance(recording(tempi: [])).reason == "it has no tempo")
        #expect(
            RecordedPerformance(recording(tempi: [500_000], signature: [5, 2, 24, 8])).reason
                == "its metre is not measured")
    }

    @Test func onlyTheBeginningOfALongRecordingIsRead() {
        let recording = RecordedPerformance(recording(tempi: [500_000]), seconds: 2)
        #expect(recording.notes.count == 4)
    }
}
