import MIDI
import Music
import Playback
import TestSupport
import Testing
import Transport

private func tempo(_ quartersPerMinute: Double) -> Tempo { Tempo(quartersPerMinute: quartersPerMinute)! }

/// Another map through the same point.
private func map(through instant: Instant, of old: TempoMap, bpm: Double) -> TempoMap {
    let tick = old.tick(at: instant)
    return TempoMap(anchor: old.instant(of: tick), anchorTick: tick, tempo: tempo(bpm))
}

@Suite struct RetimeTests {
    @Test func aNewTempoKeepsEveryTick() {
        var (player, listener) = band(groove(), until: 600)
        let fast = map(through: at(1000), of: map, bpm: 240)
        listener.hear(player.handle(.retime(fast, at: at(600))))
        player.run(from: 600, to: 2400, &listener)
        #expect(
            listener.onsets.filter { $0[1] != 36 } == [[0, 40], [1500, 43], [2500, 40]])
        #expect(player.playing?.map == fast)
    }

    /// What a clock's follower does: a small correction at each of 24 clocks a quarter.
    @Test(arguments: 0..<UInt64(longCount(4, full: 100)))
    func smallCorrectionsLoseAndDoubleNothing(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let plan = PlaybackPlan(randomArrangement(seed: seed, meter: .fourFour, bpm: 120))
        var player = BandPlayer(routing: Routing(standard: synth))
        var listener = Listener()
        var current = map
        listener.hear(player.handle(.enter(plan, map: current, at: at(0), on: .bar)))
        var clock = Instant.zero
        for _ in 0..<(24 * 8 * 6) {
            listener.hear(player.handle(.advance(clock)))
            let bpm = min(140, max(100, current.tempo.quartersPerMinute + Double.random(in: -1...1, using: &random)))
            let next = map(through: clock, of: current, bpm: bpm)
            let nudge = Nanoseconds(Int64.random(in: -3_000_000...3_000_000, using: &random))
            current = TempoMap(anchor: next.anchor + nudge, anchorTick: next.anchorTick, tempo: next.tempo)
            listener.hear(player.handle(.retime(current, at: clock)))
            clock = clock + Nanoseconds(current.tempo.quarter.count / 24)
        }
        listener.messages.removeFirst(plan.setup.count)
        let expected = plan.messages.map(\.message)
        let heard = listener.messages.map(\.message)
        #expect(heard.count > expected.count * 5)
        #expect(heard == heard.indices.map { expected[$0 % expected.count] })
        #expect(listener.isMonotonic)
    }

    @Test(arguments: [(30.0, 60.0), (120, 240), (120, 60), (90, 180), (200, 77)])
    func suddenTemposLoseAndDoubleNothing(first: Double, second: Double) {
        let plan = PlaybackPlan(randomArrangement(seed: 7, meter: .threeFour, bpm: first))
        var player = BandPlayer(routing: Routing(standard: synth))
        var listener = Listener()
        var current = TempoMap(anchor: .zero, tempo: tempo(first))
        listener.hear(player.handle(.enter(plan, map: current, at: at(0), on: .bar)))
        for turn in 0..<12 {
            player.run(from: turn * 2500, to: turn * 2500 + 2480, &listener)
            let now = at(turn * 2500 + 2490)
            current = map(through: now, of: current, bpm: turn % 2 == 0 ? second : first)
            listener.hear(player.handle(.retime(current, at: now)))
        }
        listener.messages.removeFirst(plan.setup.count)
        let expected = plan.messages.map(\.message)
        let heard = listener.messages.map(\.message)
        #expect(heard == heard.indices.map { expected[$0 % expected.count] })
        #expect(listener.isMonotonic)
    }

    @Test func aWaitingBandComesInWhereTheNewMapSays() {
        var player = BandPlayer(routing: Routing(standard: synth))
        var listener = Listener()
        listener.hear(player.handle(.enter(groove(), map: map, at: at(2100), on: .bar)))
        listener.hear(player.handle(.retime(map(through: at(2000), of: map, bpm: 100), at: at(2200))))
        #expect(player.awaited == at(4400))
        player.run(from: 2200, to: 4500, &listener)
        #expect(listener.onsets == [[4400, 40], [4400, 36]])
    }

    @Test func theAwaitedStopMovesWithIt() {
        var (player, listener) = band(groove(), until: 600)
        listener.hear(player.handle(.stop(at: at(600))))
        for step in 0..<10 {
            let slower = map(through: at(1000), of: map, bpm: 119 - Double(step))
            listener.hear(player.handle(.retime(slower, at: at(620))))
        }
        let last = map(through: at(1000), of: map, bpm: 60)
        listener.hear(player.handle(.retime(last, at: at(640))))
        #expect(player.awaited == at(3000))
        player.run(from: 640, to: 7500, &listener)
        #expect(listener.onsets.suffix(3) == [[1000, 45], [2000, 45], [3000, 33]])
        #expect(listener.stillSounding == 0)
    }

    @Test func aQueuedPassageMovesWithIt() {
        var (player, listener) = band(groove(.none), until: 600)
        // Another phrase with a grid of its own from 2 s on.
        let own = TempoMap(anchor: at(2000), tempo: tempo(90))
        listener.hear(player.handle(.enter(groove(.none), map: own, at: at(2000), on: .bar, origin: .zero)))
        for ms in stride(from: 600, to: 1000, by: 20) {
            listener.hear(player.handle(.retime(map(through: at(1000), of: map, bpm: 100), at: at(ms))))
            listener.hear(player.handle(.advance(at(ms))))
        }
        #expect(player.awaited == at(2200))
        player.run(from: 1000, to: 3000, &listener)
        #expect(player.playing?.map.tempo == tempo(90))
        #expect(listener.onsets.filter { $0[0] > 1700 } == [[2200, 40], [2200, 36], [2866, 36]])
    }

    @Test func aFillMovesWithItAndStrikesNothingTwice() {
        var (player, listener) = band(groove(), until: 860)
        #expect(listener.onsets.last == [1000, 36])
        // The third beat was handed out and now lies 10 ms later, behind what was handed out.
        let later = TempoMap(anchor: at(20), tempo: .moderate)
        listener.hear(player.handle(.retime(later, at: at(861))))
        listener.hear(player.handle(.replace(groove(), at: at(861))))
        player.run(from: 880, to: 2100, &listener)
        #expect(
            listener.onsets.filter { $0[0] > 900 } == [[1000, 36], [1520, 45], [2020, 43], [2020, 36]])
    }

    @Test func aClockThatJumpsBehindTheEntranceLeavesTheChangeWhereTheBandBegins() {
        var (player, listener) = band(groove(), until: 100)
        let later = TempoMap(anchor: at(5000), tempo: .moderate)
        listener.hear(player.handle(.retime(later, at: at(120))))
        listener.hear(player.handle(.replace(groove(), at: at(140))))
        player.run(from: 140, to: 9100, &listener)
        #expect(listener.onsets.contains([9000, 40]))
        #expect(listener.illegal == 0 && listener.isMonotonic)
    }

    @Test func aWaitingBandIsSetUpBeforeTheEarlierEntranceOfAFasterClock() {
        var player = BandPlayer(routing: Routing(standard: synth))
        var listener = Listener()
        let slow = TempoMap(anchor: at(5000), tempo: tempo(60))
        listener.hear(player.handle(.enter(groove(.none), map: slow, at: at(5000), on: .bar, origin: .zero)))
        listener.hear(player.handle(.retime(TempoMap(anchor: at(1000), tempo: tempo(120)), at: at(100))))
        player.run(from: 120, to: 2100, &listener)
        #expect(listener.onsets.first == [1000, 40])
        let setUp = listener.messages.filter { $0.message.status & 0xF0 == 0xC0 }.map(\.time)
        #expect(setUp.contains { $0 <= at(1000) })
    }

    @Test func anEntranceDoesNotWaitForALaterOneThatWasGivenUp() {
        var player = BandPlayer(routing: Routing(standard: synth))
        var listener = Listener()
        listener.hear(player.handle(.enter(groove(.none), map: map, at: at(8000), on: .bar)))
        listener.hear(player.handle(.stop(at: at(50))))
        listener.hear(player.handle(.enter(groove(.none), map: map, at: at(2000), on: .bar)))
        player.run(from: 100, to: 2500, &listener)
        #expect(listener.onsets.first == [2000, 40])
    }
}
