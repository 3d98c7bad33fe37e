import MIDI
import Music
import Playback
import TestSupport
import Testing
import Transport

/// Two bars of 4/4 at 120: a note on each bar line.
private let simple = PlaybackPlan(arrangement([.bass: [note(40, 0, 24), note(43, 48, 48)]]))
private let other = PlaybackPlan(arrangement([.bass: [note(50, 0, 24), note(53, 48, 48)]]))

private func playing(_ plan: PlaybackPlan = simple, until ms: Int) -> (BandPlayer, Listener) {
    var player = BandPlayer(routing: Routing(standard: synth))
    var listener = Listener()
    listener.hear(player.handle(.enter(plan, map: map, at: at(0), on: .bar)))
    player.run(from: 0, to: ms, &listener)
    return (player, listener)
}

@Suite struct BandPlayerEntryTests {
    @Test func theBandComesInAtTheNextBarLine() {
        var player = BandPlayer(routing: Routing(standard: synth))
        var listener = Listener()
        listener.hear(player.handle(.enter(simple, map: map, at: at(2100), on: .bar)))
        #expect(player.awaited == at(4000))
        player.run(from: 2100, to: 5000, &listener)
        #expect(listener.onsets == [[4000, 40]])
        #expect(listener.phases == [.waiting, .playing])
        #expect(player.position(at: at(5000)) == Tick(960))
    }

    @Test func anInstantOnTheBarLineIsInTime() {
        var player = BandPlayer(routing: Routing(standard: synth))
        _ = player.handle(.enter(simple, map: map, at: at(4000), on: .bar))
        #expect(player.awaited == at(4000))
    }

    @Test func aBandThatMissedItsEntranceWaitsForTheNextBarLine() {
        var player = BandPlayer(routing: Routing(standard: synth))
        var listener = Listener()
        listener.hear(player.handle(.enter(simple, map: map, at: at(2100), on: .bar)))
        player.run(from: 2100, to: 3000, &listener)
        player.run(from: 4300, to: 7000, &listener)
        #expect(listener.onsets == [[6000, 40]])
        #expect(listener.phases == [.waiting, .playing])
    }

    @Test func onABeatTheBandComesInInsideTheBar() {
        var player = BandPlayer(routing: Routing(standard: synth))
        var listener = Listener()
        listener.hear(player.handle(.enter(simple, map: map, at: at(2300), on: .beat)))
        player.run(from: 2300, to: 4500, &listener)
        // The bass of the bar's beginning sounds until the third beat and is taken up.
        #expect(listener.onsets == [[2500, 40], [4000, 43]])
    }

    @Test func programsAreSentBeforeTheFirstNote() {
        let (_, listener) = playing(until: 100)
        #expect(listener.messages.first?.message == .programChange(Channel(10), Program(8)))
        #expect(listener.messages.firstIndex { $0.message.status & 0xF0 == 0x90 } == 13)
    }

    @Test func nothingIsHandedOutTwiceOrBeyondTheHorizon() {
        let (player, listener) = playing(until: 3840)
        var copy = player
        #expect(listener.onsets == [[0, 40], [2000, 43]])
        #expect(copy.handle(.advance(at(3840))).isEmpty)
    }

    @Test func voicesGoToTheirPorts() {
        let drums = PortAddress(client: 20, port: 1)
        let plan = PlaybackPlan(arrangement([.bass: [note(40, 0, 24)], .drums: [note(36, 0, 3)]]))
        var player = BandPlayer(routing: Routing(standard: synth, exceptions: [.part(.drums): drums]))
        var listener = Listener()
        listener.hear(player.handle(.enter(plan, map: map, at: at(0), on: .bar)))
        player.run(from: 0, to: 500, &listener)
        let ports = Dictionary(grouping: listener.messages, by: \.destination).mapValues {
            Set($0.compactMap(\.message.channel?.number))
        }
        #expect(ports == [synth: [2, 3, 4, 5], drums: [10]])
    }
}

@Suite struct BandPlayerStopTests {
    @Test func theFirstPressStopsAtTheBarLine() {
        var (player, listener) = playing(until: 2400)
        listener.hear(player.handle(.stop(at: at(2400))))
        #expect(player.phase == .stopping)
        player.run(from: 2400, to: 8000, &listener)
        #expect(player.phase == .stopped)
        #expect(listener.onsets == [[0, 40], [2000, 43]])
        #expect(listener.messages.last?.time == at(4000))
        #expect(listener.stillSounding == 0)
        #expect(listener.silences == 0)
    }

    @Test func aPressJustBeforeTheBarLineTakesBackWhatLiesBehindIt() {
        var (player, listener) = playing(until: 3900)
        #expect(listener.onsets.last == [4000, 40])
        let before = listener.messages.count
        listener.hear(player.handle(.stop(at: at(3910))))
        player.run(from: 3920, to: 8000, &listener)
        #expect(listener.silences == 1)
        #expect(listener.messages.count == before)
        #expect(player.phase == .stopped)
    }

    @Test func theRestOfTheBarIsHandedOutAnewAfterATakeBack() {
        let plan = PlaybackPlan(arrangement([.bass: [note(40, 0, 24), note(45, 46, 2), note(43, 48, 48)]]))
        var (player, listener) = playing(plan, until: 1880)
        listener = Listener()
        listener.hear(player.handle(.stop(at: at(1890))))
        #expect(listener.onsets == [[1916, 45]])
        #expect(listener.messages.map { $0.time }.last == at(2000))
        #expect(listener.stillSounding == 0)
    }

    @Test func theSecondPressStopsAtOnce() {
        var (player, listener) = playing(until: 2400)
        listener.hear(player.handle(.stop(at: at(2400))))
        listener.hear(player.handle(.stop(at: at(2700))))
        #expect(player.phase == .stopped)
        #expect(listener.silences == 1)
        let count = listener.messages.count
        player.run(from: 2700, to: 8000, &listener)
        #expect(listener.messages.count == count)
    }

    @Test func theThirdPressIsPanic() throws {
        var (player, listener) = playing(until: 2400)
        for ms in [2400, 2700, 3000] { listener.hear(player.handle(.stop(at: at(ms)))) }
        #expect(try #require(listener.panics.first).count == 16 * 7)
    }

    @Test func aPanicEndsTheNotesThatItKnowsOf() throws {
        // Three quick presses before the second is acted upon are still a panic of a band that plays.
        var (player, listener) = playing(until: 2400)
        listener.hear(player.handle(.stop(at: at(2400))))
        listener.hear(player.handle(.enter(simple, map: map, at: at(2500), on: .bar)))
        listener.hear(player.handle(.stop(at: at(2600))))
        listener.hear(player.handle(.stop(at: at(2700))))
        #expect(try #require(listener.panics.first).first == .noteOff(Channel(2), Pitch(43)))
        #expect(player.phase == .stopped)
    }

    @Test func pressesFarApartAreNotAPanic() {
        var (player, listener) = playing(until: 400)
        for ms in [400, 3000, 6000, 9000] {
            listener.hear(player.handle(.stop(at: at(ms))))
            player.run(from: ms, to: ms + 2500, &listener)
        }
        #expect(listener.panics.isEmpty)
        #expect(listener.phases == [.waiting, .playing, .stopping, .stopped])
    }

    @Test func stoppingBeforeTheEntryPlaysNothing() {
        var player = BandPlayer(routing: Routing(standard: synth))
        var listener = Listener()
        listener.hear(player.handle(.enter(simple, map: map, at: at(2100), on: .bar)))
        listener.hear(player.handle(.stop(at: at(2200))))
        player.run(from: 2200, to: 6000, &listener)
        #expect(listener.noteOns.isEmpty)
        #expect(listener.phases == [.waiting, .stopped])
    }

    @Test func withoutLoopingTheBandEndsWithTheRound() {
        var (player, listener) = playing(until: 2400)
        listener.hear(player.handle(.loop(false)))
        player.run(from: 2400, to: 9000, &listener)
        #expect(listener.onsets == [[0, 40], [2000, 43]])
        #expect(player.phase == .stopped)
        #expect(listener.stillSounding == 0)
    }

    @Test func withoutLoopingARoundThatEndsInSilenceEndsToo() {
        let plan = PlaybackPlan(arrangement([.bass: [note(40, 0, 12)]]))
        var (player, listener) = playing(plan, until: 100)
        listener.hear(player.handle(.loop(false)))
        player.run(from: 120, to: 9000, &listener)
        #expect(listener.onsets == [[0, 40]])
        #expect(player.phase == .stopped)
    }
}

@Suite struct BandPlayerChangeTests {
    @Test func anotherVariationBeginsAtTheNextBarInTheSamePlace() {
        var (player, listener) = playing(until: 600)
        listener.hear(player.handle(.replace(other, at: at(600))))
        player.run(from: 600, to: 4500, &listener)
        #expect(listener.onsets == [[0, 40], [2000, 53], [4000, 50]])
        #expect(listener.replacements == 1)
        #expect(listener.isMonotonic)
        #expect(listener.illegal == 0)
    }

    @Test func aPlanOfAnotherLengthBeginsAtItsBeginning() {
        let long = PlaybackPlan(arrangement([.bass: [note(50, 0, 24), note(53, 48, 48)]], bars: 3))
        var (player, listener) = playing(until: 600)
        listener.hear(player.handle(.replace(long, at: at(600))))
        player.run(from: 600, to: 4500, &listener)
        #expect(listener.onsets == [[0, 40], [2000, 50], [4000, 53]])
    }

    @Test func theLastReplacementWins() {
        var (player, listener) = playing(until: 600)
        listener.hear(player.handle(.replace(other, at: at(600))))
        listener.hear(player.handle(.replace(simple, at: at(700))))
        player.run(from: 700, to: 2500, &listener)
        #expect(listener.onsets == [[0, 40], [2000, 43]])
        #expect(listener.replacements == 1)
    }

    @Test func aNewPhraseInAnotherTempoTakesOverAtItsBarLine() {
        var (player, listener) = playing(until: 2600)
        let faster = TempoMap(anchor: at(300), tempo: Tempo(quartersPerMinute: 180)!)
        listener.hear(player.handle(.enter(other, map: faster, at: at(2600), on: .bar)))
        player.run(from: 2600, to: 4600, &listener)
        // Bars of 4/3 s from 0.3 s: the next line is at 2.967 s, and one more at 4.3 s.
        #expect(listener.onsets == [[0, 40], [2000, 43], [2966, 50], [4300, 53]])
        #expect(listener.isMonotonic)
        #expect(listener.illegal == 0)
    }

    @Test func aMutedVoiceIsReleasedAndHeardAgainFromItsNextNote() {
        var (player, listener) = playing(until: 2400)
        listener.hear(player.handle(.mute([.part(.bass)], at: at(2400))))
        #expect(listener.stillSounding == 0)
        player.run(from: 2400, to: 5000, &listener)
        listener.hear(player.handle(.mute([], at: at(5000))))
        player.run(from: 5000, to: 6500, &listener)
        #expect(listener.onsets == [[0, 40], [2000, 43], [6000, 43]])
        #expect(listener.illegal == 0)
        #expect(listener.isMonotonic)
    }

    @Test func anotherPortGetsProgramsAndTheOldOneItsNoteOffs() {
        let newPort = PortAddress(client: 30, port: 0)
        var (player, listener) = playing(until: 2400)
        listener = Listener()
        listener.hear(player.handle(.reroute(Routing(standard: newPort), at: at(2400))))
        player.run(from: 2400, to: 4500, &listener)
        #expect(listener.messages.first.map { [$0.destination] } == [synth])
        #expect(listener.messages.dropFirst().allSatisfy { $0.destination == newPort })
        #expect(listener.noteOns.count == 1)
    }

    @Test func afterTheMachineSleptTheBandGoesOnFromWhereItShouldBe() {
        var (player, listener) = playing(until: 2400)
        player.run(from: 3_601_000, to: 3_604_500, &listener)
        #expect(listener.onsets == [[0, 40], [2000, 43], [3_602_000, 43], [3_604_000, 40]])
        #expect(listener.illegal == 0)
        #expect(listener.isMonotonic)
    }
}

@Suite struct BandPlayerPropertyTests {
    @Test(arguments: [(Meter.fourFour, 97.0), (.threeFour, 133.3), (.sixEight, 71.7)])
    func aThousandRoundsDoNotDrift(meter: Meter, bpm: Double) {
        let plan = PlaybackPlan(arrangement([.bass: [note(40, 0, 12)]], meter: meter, bpm: bpm, bars: 1))
        let tempoMap = TempoMap(anchor: at(1234), tempo: Tempo(quartersPerMinute: bpm)!)
        var player = BandPlayer(routing: Routing(standard: synth))
        var listener = Listener()
        listener.hear(player.handle(.enter(plan, map: tempoMap, at: at(1234), on: .bar)))
        let round = meter.bar.quarters * 60_000 / bpm
        player.run(from: 1234, to: 1234 + Int(round * 1000), &listener)
        let exact = (0...1000).map { tempoMap.instant(of: meter.bar * $0) }
        #expect(listener.noteOns.map(\.time) == exact)
        #expect(abs(listener.noteOns[1000].time.nanoseconds - 1_234_000_000 - Int64(round * 1e9)) <= 1000)
    }

    /// Whatever is pressed whenever: time never goes back, no note is begun twice or ended twice, and nothing sounds
    /// on.
    @Test(arguments: 0..<UInt64(longCount(30, full: 3_000)))
    func everyNoteOnIsEndedWhateverIsPressed(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let meter = [Meter.fourFour, .threeFour, .sixEight][Int(seed % 3)]
        let bpm = Double.random(in: 60...180, using: &random)
        let tempoMap = TempoMap(anchor: at(0), tempo: Tempo(quartersPerMinute: bpm)!)
        let plans = (0..<3).map {
            PlaybackPlan(randomArrangement(seed: seed * 10 + $0, meter: meter, bpm: bpm, bars: Int($0) + 1))
        }
        var player = BandPlayer(routing: Routing(standard: synth))
        var listener = Listener()
        var ms = 0
        var broken = 0
        let judge = { (listener: inout Listener) in
            broken += listener.isMonotonic ? 0 : 1
            broken += listener.illegal
        }
        for _ in 0..<300 {
            let now = at(ms)
            let event: BandPlayer.Event
            switch Int.random(in: 0..<12, using: &random) {
            case 0: event = .enter(plans.randomElement(using: &random)!, map: tempoMap, at: now, on: .bar)
            case 1: event = .enter(plans.randomElement(using: &random)!, map: tempoMap, at: now, on: .beat)
            case 2...4: event = .replace(plans.randomElement(using: &random)!, at: now)
            case 5: event = .stop(at: now)
            case 6: event = .mute(Bool.random(using: &random) ? [.part(.bass), .part(.drums)] : [], at: now)
            case 7: event = .loop(Bool.random(using: &random))
            default: event = .advance(now)
            }
            let effects = player.handle(event)
            let isCut = effects.contains { if case .silence = $0 { true } else { false } }
            if isCut {
                // The transport takes back and releases: a new page.
                judge(&listener)
                listener = Listener()
            }
            listener.hear(effects)
            let pause = Int.random(in: 1...700, using: &random)
            player.run(from: ms, to: ms + pause, &listener)
            ms += pause
        }
        let last = player.handle(.stop(at: at(ms + 5000)))
        if last.contains(where: { if case .silence = $0 { true } else { false } }) {
            // The band was stopping already: this press ends it at once, and the transport releases.
            judge(&listener)
            listener = Listener()
        }
        listener.hear(last)
        player.run(from: ms + 5000, to: ms + 15000, &listener)
        judge(&listener)
        #expect(broken == 0)
        #expect(listener.stillSounding == 0)
        #expect(player.phase == .stopped)
    }
}
