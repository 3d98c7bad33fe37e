import MIDI
import Music
import Playback
import TestSupport
import Testing
import Transport

private let drums = PortAddress(client: 20, port: 1)

@Suite struct LatencyTests {
    @Test(arguments: [(50, 1950), (-50, 2050), (150, 1850), (1000, 1850), (-1000, 2150)])
    func aPortIsSentItsMessagesAsMuchEarlierAsItIsLate(latency: Int, sent: Int) {
        let routing = Routing(standard: synth, latencies: [synth: .milliseconds(latency)])
        let (_, listener) = band(groove(), routing, until: 2100)
        #expect(listener.onsets.filter { $0[1] == 43 } == [[sent, 43]])
        #expect(listener.isMonotonic)
    }

    @Test func everyMessageIsHandedOutBeforeItIsDue() {
        let routing = Routing(standard: synth, latencies: [synth: .milliseconds(150)])
        var player = BandPlayer(routing: routing)
        var late = 0
        _ = player.handle(.enter(groove(), map: map, at: at(600), on: .bar))
        for ms in stride(from: 600, through: 9000, by: 20) {
            for case .schedule(let messages) in player.handle(.advance(at(ms))) {
                late += messages.count { $0.time < at(ms) }
            }
        }
        #expect(late == 0)
    }

    @Test func twoPortsAreInTimeEachForItself() {
        let routing = Routing(
            standard: synth, exceptions: [.part(.drums): drums],
            latencies: [synth: .milliseconds(-40), drums: .milliseconds(60)])
        let (_, listener) = band(groove(), routing, until: 2300)
        let kicks = listener.noteOns.filter { $0.destination == drums }.map(\.time)
        let bass = listener.noteOns.filter { $0.destination == synth }.map(\.time)
        #expect(kicks == [at(-60), at(440), at(940), at(1440), at(1940), at(2440)])
        #expect(bass == [at(40), at(2040)])
    }

    @Test func stopBeginsNothingTwiceAndTakesBackWhatIsNotSounding() {
        // A late port has had its last drum before the bar line already; an early one gets its note anew.
        let plan = PlaybackPlan(
            arrangement([.drums: [note(36, 47, 1)], .bass: [note(45, 47, 1), note(43, 48, 48)]]), turns: .none)
        let routing = Routing(
            standard: synth, exceptions: [.part(.drums): drums],
            latencies: [synth: .milliseconds(-60), drums: .milliseconds(100)])
        var (player, listener) = band(plan, routing, until: 1900)
        listener = Listener()
        listener.hear(player.handle(.stop(at: at(1905))))
        #expect(listener.silences == 2)
        #expect(listener.noteOns.map(\.destination) == [synth])
        #expect(listener.noteOns.map(\.time) == [map.instant(of: .steps(47)) + .milliseconds(60)])
        #expect(listener.stillSounding == 0)
        player.run(from: 1920, to: 5000, &listener)
        #expect(player.phase == .stopped)
        #expect(listener.noteOns.count == 1)
    }

    @Test func anotherDelayInTheMidstKeepsEachPortInOrder() {
        var random = SeededGenerator(seed: 3)
        let plan = PlaybackPlan(randomArrangement(seed: 3, meter: .fourFour, bpm: 120))
        var player = BandPlayer(routing: Routing(standard: synth))
        var synths = Synthesizers()
        synths.hear(player.handle(.enter(plan, map: map, at: at(0), on: .bar)))
        for ms in stride(from: 0, through: 20_000, by: 20) {
            synths.hear(player.handle(.advance(at(ms))))
            guard ms % 700 == 0 else { continue }
            let late = Nanoseconds.milliseconds(Int.random(in: -150...150, using: &random))
            let routing = Routing(standard: synth, exceptions: [.part(.drums): drums], latencies: [drums: late])
            synths.hear(player.handle(.reroute(routing, at: at(ms))))
        }
        #expect(synths.complaints == [])
    }
}
