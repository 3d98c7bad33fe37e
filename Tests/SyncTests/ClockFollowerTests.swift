import Glibc
import MIDI
import Music
import Sync
import TestSupport
import Testing

@Suite struct ClockFollowerTests {
    enum Noise: CaseIterable { case none, normal1, uniform3, frames }

    private static func noise(_ kind: Noise, _ time: Double, _ jitter: inout Jitter) -> Double {
        switch kind {
        case .none: 0
        case .normal1: jitter.normal(0.001)
        case .uniform3: jitter.uniform(0.003)
        case .frames: (time * 1000).rounded(.up) / 1000 - time - 0.0005 + jitter.normal(0.0001)
        }
    }

    /// A song of clocks at given times, jittered and in order.
    private func follow(
        _ times: [Double], _ kind: Noise, seed: UInt64, _ look: (Int, inout Clock) -> Void
    ) -> Clock {
        var jitter = Jitter(seed: seed)
        var clock = Clock()
        clock.send(.realTimeStart, at: max(0, times[0] - 0.001))
        var last = 0.0
        for (number, time) in times.enumerated() {
            last = max(last, time + ClockFollowerTests.noise(kind, time, &jitter))
            clock.send(Clock.clock, at: last)
            look(number, &clock)
        }
        return clock
    }

    @Test func theClockBehindAStartIsTickZero() {
        var clock = Clock()
        for number in 0..<48 { clock.send(Clock.clock, at: 1 + Double(number) / 48) }
        clock.send(.realTimeStart, at: 1.99)
        #expect(!clock.names.contains("began"))
        clock.send(Clock.clock, at: 2)
        #expect(clock.names == ["tempo", "began"])
        #expect(abs(clock.error(ofClock: 0, meant: 2)) < 1e-6)
        #expect(abs(clock.error(ofClock: 96, meant: 4)) < 1e-6)
    }

    @Test func withoutATempoTheSongIsToldOfWithItsFourthClock() {
        let clock = follow((0..<4).map { 1 + Double($0) / 48 }, .none, seed: 0) { number, clock in
            #expect(clock.effects.isEmpty == (number < 3))
        }
        #expect(clock.names == ["began"])
        #expect(abs(clock.error(ofClock: 0, meant: 1)) < 1e-6)
    }

    @Test func anAssumedTempoBeginsAtOnceAndIsCorrected() {
        var clock = Clock(ClockFollower(assumed: Clock.tempo(110)))
        clock.send(.realTimeStart, at: 0.9)
        clock.send(Clock.clock, at: 1)
        #expect(clock.names == ["began"])
        for number in 1..<48 { clock.send(Clock.clock, at: 1 + Double(number) / 48) }
        #expect(abs(clock.error(ofClock: 72, meant: 2.5)) < 0.001)
    }

    @Test func aStopTellsWhereTheSongGoesOn() {
        var clock = follow((0..<30).map { 1 + Double($0) / 48 }, .none, seed: 0) { _, _ in }
        clock.send(.realTimeStop, at: 1.63)
        for number in 31..<50 { clock.send(Clock.clock, at: 1 + Double(number) / 48) }
        clock.send(.realTimeContinue, at: 2.03)
        clock.send(Clock.clock, at: 1 + 50.0 / 48)
        #expect(clock.names == ["began", "stopped at 600", "tempo", "continued"])
        #expect(abs(clock.error(ofClock: 30, meant: 1 + 50.0 / 48)) < 1e-6)
    }

    @Test(arguments: [0, 1, 16, 129, 16_383]) func aContinueGoesOnAtTheSongPosition(sixteenths: Int) {
        var clock = Clock(ClockFollower(assumed: .moderate))
        clock.send(Clock.position(sixteenths), at: 0.5)
        clock.send(.realTimeContinue, at: 0.99)
        clock.send(Clock.clock, at: 1)
        #expect(clock.names == [sixteenths == 0 ? "began" : "continued"])
        #expect(abs(clock.error(ofClock: 6 * sixteenths, meant: 1)) < 1e-6)
    }

    @Test func aStartWhileTheSongRunsBeginsItAgain() {
        var clock = follow((0..<30).map { 1 + Double($0) / 48 }, .none, seed: 0) { _, _ in }
        clock.send(.realTimeStart, at: 1.62)
        clock.send(Clock.clock, at: 1.625)
        #expect(clock.names == ["began", "began"])
        #expect(abs(clock.error(ofClock: 0, meant: 1.625)) < 1e-6)
    }

    @Test(arguments: [MIDIMessage(status: 0xFE), MIDIMessage(status: 0x90, data1: 60, data2: 9), .realTimeStop])
    func otherMessagesAndAStrayStopSayNothing(message: MIDIMessage) {
        var clock = Clock()
        clock.send(message, at: 1)
        #expect(clock.effects.isEmpty && !clock.follower.isRunning)
    }

    @Test(arguments: [60.0, 120, 200], [Noise.normal1, .uniform3, .frames])
    func theBeatIsFoundBehindTheJitter(tempo: Double, noise: Noise) {
        var (worstTempo, worstPhase, retimings) = (0.0, 0.0, 0)
        for seed in 0..<UInt64(4) {
            let clock = follow((0..<720).map { 1 + Double($0) * 2.5 / tempo }, noise, seed: seed) { number, clock in
                // After two seconds and four quarters.
                guard number >= max(96, Int(tempo * 0.8)), let map = clock.follower.map else { return }
                worstTempo = max(worstTempo, abs(map.tempo.quartersPerMinute / tempo - 1))
                worstPhase = max(worstPhase, abs(clock.error(ofClock: number, meant: 1 + Double(number) * 2.5 / tempo)))
            }
            retimings += clock.names.filter { $0 == "retimed" }.count
        }
        #expect(worstTempo < 0.002)
        #expect(worstPhase < 0.0015)
        // 30 quarters, most of which need no correction.
        #expect(retimings < 60)
    }

    /// When clocks come whose tempo moves as a function of the quarter.
    private func times(_ count: Int, _ tempo: (Double) -> Double) -> [Double] {
        var times = [1.0]
        for number in 1..<count { times.append(times[number - 1] + 2.5 / tempo((Double(number) - 0.5) / 24)) }
        return times
    }

    @Test(arguments: [1.1, 0.9], Noise.allCases) func aRampIsFollowed(change: Double, noise: Noise) {
        let times = times(24 * 24) { 120 * (1 + (change - 1) * min(1, max(0, ($0 - 8) / 8))) }
        var (worst, worstAhead) = (0.0, 0.0)
        for seed in 0..<UInt64(3) {
            _ = follow(times, noise, seed: seed) { number, clock in
                guard number >= 192, number + 8 < times.count else { return }
                worst = max(worst, abs(clock.error(ofClock: number, meant: times[number])))
                // What is handed out now sounds about 150 ms later.
                worstAhead = max(worstAhead, abs(clock.error(ofClock: number + 7, meant: times[number + 7])))
            }
        }
        #expect(worst < 0.015)
        #expect(worstAhead < 0.015)
    }

    @Test(arguments: [(100.0, 140.0), (140, 100), (100, 200), (200, 100), (120, 125), (60, 300)], Noise.allCases)
    func aJumpIsCaughtWithinTwoBeats(tempos: (Double, Double), noise: Noise) {
        let times = times(24 * 16) { $0 < 8 ? tempos.0 : tempos.1 }
        var (worst, worstTempo) = (0.0, 0.0)
        for seed in 0..<UInt64(3) {
            _ = follow(times, noise, seed: seed) { number, clock in
                guard number >= 240 else { return }
                worst = max(worst, abs(clock.error(ofClock: number, meant: times[number])))
                worstTempo = max(worstTempo, abs(clock.follower.tempo!.quartersPerMinute / tempos.1 - 1))
            }
        }
        #expect(worst < 0.006)
        #expect(worstTempo < 0.01)
    }

    @Test(arguments: [(5.0, 20.0), (1000, 400)]) func temposAreHeldToTheirRange(sent: Double, held: Double) {
        let clock = follow((0..<48).map { 1 + Double($0) * 2.5 / sent }, .none, seed: 0) { _, _ in }
        #expect(clock.follower.tempo?.quartersPerMinute == held)
    }

    @Test func lostAndDoubledClocksDoNotMoveTheSong() {
        var jitter = Jitter(seed: 3)
        var clock = Clock()
        clock.send(.realTimeStart, at: 0.99)
        for number in 0..<2400 {
            let time = 1 + Double(number) / 48 + jitter.uniform(0.002)
            // One in a hundred is lost, another comes twice.
            if number % 100 != 57 { clock.send(Clock.clock, at: time) }
            if number % 100 == 91 { clock.send(Clock.clock, at: time + 0.001) }
            guard number > 96, number % 100 == 56 || number % 100 == 90 else { continue }
            #expect(abs(clock.error(ofClock: number, meant: 1 + Double(number) / 48)) < 0.0025)
        }
        #expect(!clock.names.contains("lost"))
    }

    @Test func aBurstOfLateClocksIsCountedAndDoesNotMoveTheTempo() {
        var jitter = Jitter(seed: 4)
        var clock = Clock()
        clock.send(.realTimeStart, at: 0.99)
        for number in 0..<960 {
            var time = 1 + Double(number) / 48 + jitter.uniform(0.001)
            // Every fourth beat six clocks arrive together with the last of them.
            if number % 96 > 50, number % 96 <= 56 { time = 1 + Double(number / 96 * 96 + 56) / 48 + 0.0005 }
            clock.send(Clock.clock, at: time)
            guard number > 96 else { continue }
            #expect(abs(clock.error(ofClock: number, meant: 1 + Double(number) / 48)) < 0.004)
        }
    }

    @Test func aClockThatFallsSilentIsLostOnceAndFoundAgain() {
        var clock = follow((0..<192).map { 1 + Double($0) / 48 }, .none, seed: 0) { _, _ in }
        let before = clock.map
        for step in 0..<20 { clock.handle(.tick(Clock.at(5 + 0.2 * Double(step)))) }
        #expect(clock.names == ["began", "lost"])
        #expect(clock.map == before && clock.follower.isPlaying)
        for number in 400..<500 { clock.send(Clock.clock, at: 1.003 + Double(number) / 48) }
        #expect(clock.names.prefix(3) == ["began", "lost", "retimed"])
        #expect(abs(clock.error(ofClock: 499, meant: 1.003 + 499.0 / 48)) < 0.001)
    }

    @Test func aClockThatEndsWhileTheSongStandsIsNoLoss() {
        var clock = Clock()
        for number in 0..<48 { clock.send(Clock.clock, at: 1 + Double(number) / 48) }
        clock.handle(.tick(Clock.at(4)))
        #expect(clock.names == ["tempo"])
        #expect(!clock.follower.isRunning && clock.follower.tempo?.quartersPerMinute.rounded() == 120)
    }

    /// A day of a clock that drifts, stutters, loses clocks and falls silent.
    @Test func aDayOfClockDoesNotDrift() {
        var jitter = Jitter(seed: 24)
        var generator = SeededGenerator(seed: 5)
        var clock = Clock()
        clock.send(.realTimeStart, at: 0.99)
        let hours = Double(longCount(1, full: 48)) / 2
        var (time, number, silentUntil, worst, nextTick) = (1.0, 0, 0.0, 0.0, 0.0)
        var (skip, settled) = (0, 0)
        while time < hours * 3600 {
            // The tempo swings by 2 % within ten minutes.
            let tempo = 120 * (1 + 0.02 * sin(time / 95))
            let chance = Int.random(in: 0..<200_000, using: &generator)
            if chance < 20 { skip = 1 + chance % 5 }
            if chance == 100 { silentUntil = time + 2 }
            if time >= silentUntil, skip == 0 {
                clock.send(Clock.clock, at: time + jitter.uniform(0.002))
                settled += 1
            } else {
                settled = 0
            }
            skip = max(0, skip - 1)
            if time >= nextTick {
                clock.handle(.tick(Clock.at(time)))
                nextTick = time + 0.25
                clock.effects.removeAll(keepingCapacity: true)
            }
            if settled > 96 { worst = max(worst, abs(clock.error(ofClock: number, meant: time))) }
            number += 1
            time += 2.5 / tempo
        }
        #expect(worst < 0.005)
        #expect(clock.map?.tick(at: Clock.at(time)).rawValue ?? 0 > number * 20 - 10)
    }
}
