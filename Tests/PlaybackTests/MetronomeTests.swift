import MIDI
import Music
import Playback
import TestSupport
import Testing
import Transport

private func ons(_ clicks: [ScheduledMessage]) -> [[Int]] {
    clicks.filter { $0.message.status & 0xF0 == 0x90 }.map {
        [Int($0.time.nanoseconds / 1_000_000), Int($0.message.data1)]
    }
}

private func clicks(
    _ meter: Meter, _ map: TempoMap = map, from: Int = 0, until ms: Int, countIn: Int? = nil
) -> (Metronome, [ScheduledMessage]) {
    var metronome = Metronome(destination: synth)
    var clicks = metronome.handle(.start(map: map, meter: meter, at: at(from), countIn: countIn))
    for ms in stride(from: from, through: ms, by: 20) { clicks += metronome.handle(.advance(at(ms))) }
    return (metronome, clicks)
}

/// Each click ends before the next begins, and times never go back.
private func isOrderly(_ clicks: [ScheduledMessage]) -> Bool {
    zip(clicks, clicks.dropFirst()).allSatisfy { $0.time <= $1.time }
        && clicks.indices.allSatisfy { clicks[$0].message.status & 0xF0 == ($0 % 2 == 0 ? 0x90 : 0x80) }
        && clicks.count % 2 == 0
}

@Suite struct MetronomeTests {
    @Test(arguments: [
        (Meter.fourFour, [76, 77, 77, 77, 76], [100, 80, 80, 80, 100]),
        (.threeFour, [76, 77, 77, 76, 77], [100, 80, 80, 100, 80]),
        (.sixEight, [76, 77, 77, 77, 77], [100, 50, 50, 80, 50]),
    ])
    func barsAndBeatsHaveTheirKeys(meter: Meter, keys: [UInt8], velocities: [UInt8]) {
        let (_, clicks) = clicks(meter, until: 3000)
        let begun = clicks.map(\.message).filter { $0.status & 0xF0 == 0x90 }
        #expect(begun.prefix(5).map(\.data1) == keys)
        #expect(begun.prefix(5).map(\.data2) == velocities)
        #expect(isOrderly(clicks))
    }

    @Test(arguments: [(Meter.fourFour, 1, 4), (.fourFour, 2, 8), (.threeFour, 1, 3), (.sixEight, 1, 6)])
    func aCountInEndsByItself(meter: Meter, bars: Int, count: Int) {
        var (metronome, heard) = clicks(meter, until: 0, countIn: bars)
        #expect(metronome.countInEnd == map.instant(of: meter.bar * bars))
        for ms in stride(from: 20, through: 6000, by: 20) { heard += metronome.handle(.advance(at(ms))) }
        #expect(ons(heard).count == count)
        #expect(ons(heard).first == [0, 76])
        #expect(isOrderly(heard))
        #expect(!metronome.isRunning)
        #expect(metronome.countInEnd == nil)
    }

    @Test func startedInTheMidstOfABarItGoesOnWithTheNextBeat() {
        let (_, heard) = clicks(.fourFour, from: 700, until: 2000)
        #expect(ons(heard) == [[1000, 77], [1500, 77], [2000, 76]])
    }

    @Test func beforeTheAnchorBarsAreCountedBackwards() {
        let ahead = TempoMap(anchor: at(2000), tempo: .moderate)
        let (_, heard) = clicks(.fourFour, ahead, until: 2000)
        #expect(ons(heard) == [[0, 76], [500, 77], [1000, 77], [1500, 77], [2000, 76]])
    }

    @Test func nothingIsClickedBeyondTheHorizonOrTwice() {
        var (metronome, heard) = clicks(.fourFour, until: 340)
        #expect(ons(heard) == [[0, 76]])
        heard += metronome.handle(.advance(at(350)))
        heard += metronome.handle(.advance(at(350)))
        heard += metronome.handle(.start(map: map, meter: .fourFour, at: at(360), countIn: nil))
        #expect(ons(heard) == [[0, 76], [500, 77]])
    }

    @Test func itFollowsCorrectionsWithoutLosingABeat() {
        var random = SeededGenerator(seed: 5)
        var (metronome, heard) = clicks(.fourFour, until: 0)
        for ms in stride(from: 20, through: 20_000, by: 20) {
            let anchor = at(Int.random(in: -8...8, using: &random))
            heard += metronome.handle(.retime(TempoMap(anchor: anchor, tempo: .moderate), at: at(ms)))
        }
        #expect(isOrderly(heard))
        #expect(ons(heard).count == 41)
        #expect(ons(heard).enumerated().allSatisfy { abs($0.element[0] - $0.offset * 500) <= 8 })
    }

    @Test func anotherTempoMovesTheNextBeat() {
        var (metronome, heard) = clicks(.fourFour, until: 600)
        let slow = TempoMap(anchor: at(500), anchorTick: .quarters(1), tempo: Tempo(quartersPerMinute: 60)!)
        heard += metronome.handle(.retime(slow, at: at(600)))
        for ms in stride(from: 600, through: 2600, by: 20) { heard += metronome.handle(.advance(at(ms))) }
        #expect(ons(heard) == [[0, 76], [500, 77], [1500, 77], [2500, 77]])
    }

    @Test func aMachineThatSleptDoesNotClickForWhatItMissed() {
        var (metronome, heard) = clicks(.fourFour, until: 600)
        heard += metronome.handle(.advance(at(60_100)))
        heard += metronome.handle(.advance(at(60_400)))
        #expect(ons(heard) == [[0, 76], [500, 77], [60_500, 77]])
    }

    @Test func stoppedItIsSilent() {
        var (metronome, _) = clicks(.fourFour, until: 600)
        #expect(metronome.handle(.stop(at: at(600))).isEmpty)
        #expect(metronome.handle(.advance(at(900))).isEmpty)
        #expect(metronome.handle(.retime(map, at: at(900))).isEmpty)
        #expect(!metronome.isRunning)
    }

    @Test func aLatePortIsClickedEarlier() {
        var metronome = Metronome(destination: synth, latency: .milliseconds(60))
        var heard: [ScheduledMessage] = []
        heard += metronome.handle(.start(map: map, meter: .fourFour, at: at(100), countIn: nil))
        for ms in stride(from: 100, through: 900, by: 20) { heard += metronome.handle(.advance(at(ms))) }
        #expect(ons(heard) == [[440, 77], [940, 77]])
    }
}
