import MIDI
import Music
import Playback
import TestSupport
import Testing
import Transport

private let beat = (0..<8).map { note(36, $0 * 12, 3) }
private let turns = Turns(
    fill: [note(45, 24, 3), note(45, 36, 3)], fillStart: .steps(24), ending: [.bass: [note(33, 0, 48)]])
private let plain = PlaybackPlan(arrangement([.bass: [note(40, 0, 24), note(43, 48, 48)]]))

private func playing(_ plan: PlaybackPlan, _ routing: Routing = Routing(standard: synth), until ms: Int) -> (
    BandPlayer, Listener
) {
    var player = BandPlayer(routing: routing)
    var listener = Listener()
    listener.hear(player.handle(.enter(plan, map: map, at: at(0), on: .bar)))
    player.run(from: 0, to: ms, &listener)
    return (player, listener)
}

@Suite struct FormTests {
    @Test func aFillLeadsToAChange() {
        let plan = PlaybackPlan(arrangement([.drums: beat]), turns: turns)
        var (player, listener) = playing(plan, until: 600)
        listener.hear(player.handle(.replace(plan, at: at(600))))
        player.run(from: 600, to: 2100, &listener)
        #expect(listener.onsets == [[0, 36], [500, 36], [1000, 45], [1500, 45], [2000, 36]])
        #expect(listener.illegal == 0)
    }

    @Test func aFillThatIsUnderWayGoesOnWhenStopIsPressedInItsLastBeat() {
        let plan = PlaybackPlan(arrangement([.drums: beat]), turns: turns)
        var (player, listener) = playing(plan, until: 600)
        listener.hear(player.handle(.replace(plan, at: at(600))))
        player.run(from: 600, to: 1340, &listener)
        listener.hear(player.handle(.stop(at: at(1345))))
        player.run(from: 1360, to: 6000, &listener)
        #expect(listener.onsets == [[0, 36], [500, 36], [1000, 45], [1500, 45], [2000, 33]])
        #expect(listener.stillSounding == 0)
    }

    @Test func stopPlaysTheFillAndTheEnding() {
        let plan = PlaybackPlan(arrangement([.drums: beat]), turns: turns)
        var (player, listener) = playing(plan, until: 600)
        listener.hear(player.handle(.stop(at: at(600))))
        player.run(from: 600, to: 6000, &listener)
        #expect(listener.onsets == [[0, 36], [500, 36], [1000, 45], [1500, 45], [2000, 33]])
        #expect(listener.phases == [.waiting, .playing, .stopping, .stopped])
        #expect(listener.messages.last?.time == at(4000))
        #expect(listener.stillSounding == 0)
    }

    @Test func aNewTempoKeepsEveryTick() {
        var (player, listener) = playing(plain, until: 600)
        let fast = TempoMap(
            anchor: at(1000), anchorTick: .quarters(2), tempo: Tempo(quartersPerMinute: 240)!)
        listener.hear(player.handle(.retime(fast, at: at(600))))
        player.run(from: 600, to: 2400, &listener)
        #expect(listener.onsets == [[0, 40], [1500, 43], [2500, 40]])
        #expect(player.playing?.map == fast)
    }

    @Test func volumeAndIntensityAreHeardFromNowOn() {
        var (player, listener) = playing(plain, until: 600)
        listener = Listener()
        listener.hear(player.handle(.volume([.part(.bass): 50], at: at(600))))
        #expect(listener.messages.map(\.message) == [.controlChange(Channel(2), Controller.volume, 50)])
        listener.hear(player.handle(.intensity(0.1, at: at(600))))
        player.run(from: 600, to: 2100, &listener)
        #expect(listener.noteOns.map(\.message.data2) == [48])
    }

    @Test func aLatePortIsSentItsMessagesEarlier() {
        let routing = Routing(standard: synth, latencies: [synth: .milliseconds(50)])
        let (_, listener) = playing(plain, routing, until: 2100)
        #expect(listener.onsets.last == [1950, 43])
    }

    @Test func theLiveMelodyKeepsOffThePlayersChannel() {
        let plan = PlaybackPlan(arrangement([:], melody: [note(72, 0, 12)]), mix: .live)
        #expect(Set(plan.messages.compactMap(\.message.channel?.number)) == [7])
    }

    @Test func anHourDoesNotDrift() {
        let map = TempoMap(anchor: at(0), tempo: Tempo(quartersPerMinute: 117.3)!)
        let plan = PlaybackPlan(arrangement([.bass: [note(40, 0, 12)]], bpm: 117.3, bars: 1))
        var random = SeededGenerator(seed: 1)
        var player = BandPlayer(routing: Routing(standard: synth))
        var listener = Listener()
        listener.hear(player.handle(.enter(plan, map: map, at: at(0), on: .bar)))
        var ms = 0
        while ms < 3_600_000 {
            listener.hear(player.handle(.advance(at(ms))))
            ms += Int.random(in: 5...140, using: &random)
        }
        let times = listener.noteOns.map(\.time)
        #expect(times.count >= 1759)
        #expect(times == times.indices.map { map.instant(of: Meter.fourFour.bar * $0) })
    }

    @Test func aCountInOfOneBarEndsByItself() {
        var metronome = Metronome(destination: synth)
        var clicks = metronome.handle(.start(map: map, meter: .fourFour, at: at(0), countIn: 1))
        #expect(metronome.countInEnd == at(2000))
        for ms in stride(from: 20, through: 3000, by: 20) { clicks += metronome.handle(.advance(at(ms))) }
        let ons = clicks.filter { $0.message.status & 0xF0 == 0x90 }
        #expect(ons.map(\.message.data1) == [76, 77, 77, 77])
        #expect(ons.map(\.time) == [at(0), at(500), at(1000), at(1500)])
        #expect(clicks.count == 8)
        #expect(!metronome.isRunning)
    }
}
