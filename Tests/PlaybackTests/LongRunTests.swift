import MIDI
import Music
import TestSupport
import Testing
import Transport

@testable import Playback

private let drums = PortAddress(client: 20, port: 1)
private let other = PortAddress(client: 30, port: 0)

@Suite struct LongRunTests {
    @Test func anHourDoesNotDriftAndKeepsNothing() {
        let map = TempoMap(anchor: at(0), tempo: Tempo(quartersPerMinute: 117.3)!)
        let plan = PlaybackPlan(arrangement([.bass: [note(40, 0, 12)]], bpm: 117.3, bars: 1))
        var random = SeededGenerator(seed: 1)
        var player = BandPlayer(routing: Routing(standard: synth))
        var listener = Listener()
        listener.hear(player.handle(.enter(plan, map: map, at: at(0), on: .bar)))
        var ms = 0
        var most = 0
        while ms < 3_600_000 {
            listener.hear(player.handle(.advance(at(ms))))
            most = max(most, player.pending.count + player.sounding.count + player.lastTimes.count)
            ms += Int.random(in: 5...140, using: &random)
        }
        let times = listener.noteOns.map(\.time)
        #expect(times.count >= 1759)
        #expect(times == times.indices.map { map.instant(of: Meter.fourFour.bar * $0) })
        #expect(most <= 20)
        #expect(listener.illegal == 0)
        listener.hear(player.handle(.stop(at: at(ms))))
        player.run(from: ms, to: ms + 5000, &listener)
        #expect(listener.stillSounding == 0)
    }

    /// Every event at any time, and machines that sleep: notes balance on each port, times never go back, and nobody who
    /// is muted begins a note.
    @Test(arguments: 0..<UInt64(longCount(12, full: 2_000)))
    func whateverHappensEveryNoteIsEnded(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let meter = [Meter.fourFour, .threeFour, .sixEight][Int(seed % 3)]
        var map = TempoMap(
            anchor: at(0), tempo: Tempo(quartersPerMinute: .random(in: 60...180, using: &random))!)
        let plans = (0..<UInt64(3)).map { number in
            let made = randomArrangement(
                seed: seed * 10 + number, meter: meter, bpm: 120, bars: Int(number) + 1)
            let turns = Turns(
                fill: (made.accompaniment.parts[.drums] ?? []).map { drum in
                    var drum = drum
                    drum.onset = Tick(drum.onset.rawValue % meter.bar.rawValue)
                    return drum
                }, fillStart: meter.beat, ending: [.bass: [note(33, 0, 30)], .drums: [note(49, 0, 30)]])
            return PlaybackPlan(made, mix: .live, turns: seed % 4 == 0 ? .none : turns)
        }
        let voices = Voice.all
        var player = BandPlayer(routing: Routing(standard: synth))
        var synths = Synthesizers()
        var ms = 0
        for _ in 0..<200 {
            let now = at(ms)
            let plan = plans.randomElement(using: &random)!
            let event: BandPlayer.Event
            switch Int.random(in: 0..<17, using: &random) {
            case 0: event = .enter(plan, map: map, at: now, on: .bar)
            case 1: event = .enter(plan, map: map, at: now, on: .beat)
            case 2:
                let origin = map.tick(at: now - .milliseconds(Int.random(in: -5000...20_000, using: &random)))
                event = .enter(plan, map: map, at: now, on: .beat, origin: origin)
            case 3:
                map = TempoMap(anchor: now, tempo: Tempo(quartersPerMinute: .random(in: 60...180, using: &random))!)
                event = .enter(plan, map: map, at: now, on: .bar, origin: .zero)
            case 4...5: event = .replace(plan, at: now)
            case 6...7: event = .stop(at: now)
            case 8:
                synths.muted = Set(voices.filter { _ in Int.random(in: 0..<3, using: &random) == 0 })
                event = .mute(synths.muted, at: now)
            case 9:
                event = .volume([voices.randomElement(using: &random)!: .random(in: 0...127, using: &random)], at: now)
            case 10: event = .intensity(.random(in: 0...2, using: &random), at: now)
            case 11...12:
                let tick = (player.playing?.map ?? map).tick(at: now) + Tick(.random(in: -60...60, using: &random))
                map = TempoMap(
                    anchor: now, anchorTick: tick,
                    tempo: Tempo(quartersPerMinute: .random(in: 60...180, using: &random))!)
                event = .retime(map, at: now)
            case 13:
                let ports = [synth, drums, other]
                let latencies = Dictionary(
                    uniqueKeysWithValues: ports.map {
                        ($0, Nanoseconds.milliseconds(.random(in: -150...150, using: &random)))
                    })
                event = .reroute(
                    Routing(
                        standard: ports.randomElement(using: &random)!,
                        exceptions: Bool.random(using: &random)
                            ? [.part(.drums): ports.randomElement(using: &random)!] : [:],
                        latencies: Bool.random(using: &random) ? latencies : [:]), at: now)
            case 14: event = .halt(at: now)
            case 15: event = .loop(Bool.random(using: &random))
            default:
                ms += Int.random(in: 1...20_000, using: &random)
                event = .advance(at(ms))
            }
            synths.hear(player.handle(event))
            let pause = Int.random(in: 1...900, using: &random)
            for step in stride(from: ms, through: ms + pause, by: 20) { synths.hear(player.handle(.advance(at(step)))) }
            ms += pause
        }
        synths.hear(player.handle(.stop(at: at(ms + 5000))))
        for step in stride(from: ms + 5000, through: ms + 20_000, by: 20) {
            synths.hear(player.handle(.advance(at(step))))
        }
        #expect(synths.complaints == [])
        #expect(synths.stillSounding == 0)
        #expect(player.phase == .stopped)
        #expect(player.sounding.isEmpty)
        #expect(player.pending.count < 500)
    }
}
