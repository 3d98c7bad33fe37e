import MIDI
import Music
import Playback
import Testing
import Transport

private func pitches(_ listener: Listener, from ms: Int = 0) -> [[Int]] {
    listener.onsets.filter { $0[0] >= ms }
}

@Suite struct FillTests {
    @Test func aFillTakesThePlaceOfTheDrumsAlone() {
        var (player, listener) = band(groove(), until: 600)
        listener.hear(player.handle(.replace(groove(), at: at(600))))
        player.run(from: 600, to: 2100, &listener)
        #expect(
            listener.onsets == [[0, 40], [0, 36], [500, 36], [1000, 45], [1500, 45], [2000, 43], [2000, 36]])
        #expect(listener.illegal == 0)
    }

    @Test func itIsPlayedOnce() {
        var (player, listener) = band(groove(), until: 600)
        listener.hear(player.handle(.replace(groove(), at: at(600))))
        listener.hear(player.handle(.replace(groove(), at: at(700))))
        player.run(from: 700, to: 7000, &listener)
        #expect(listener.onsets.filter { $0[1] == 45 } == [[1000, 45], [1500, 45]])
    }

    @Test func itBeginsWhereWhatWasHandedOutEnds() {
        var (player, listener) = band(groove(), until: 1100)
        listener.hear(player.handle(.replace(groove(), at: at(1100))))
        player.run(from: 1100, to: 2100, &listener)
        #expect(pitches(listener, from: 900) == [[1000, 36], [1500, 45], [2000, 43], [2000, 36]])
    }

    @Test func underABeatThereIsNone() {
        var (player, listener) = band(groove(), until: 1400)
        listener.hear(player.handle(.replace(groove(), at: at(1400))))
        player.run(from: 1400, to: 2100, &listener)
        #expect(pitches(listener, from: 900) == [[1000, 36], [1500, 36], [2000, 43], [2000, 36]])
    }

    @Test func anEntranceWhileTheBandPlaysGetsOneToo() {
        var (player, listener) = band(groove(), until: 600)
        listener.hear(player.handle(.enter(groove(), map: map, at: at(2500), on: .bar)))
        player.run(from: 600, to: 4100, &listener)
        #expect(
            pitches(listener, from: 1900) == [
                [2000, 43], [2000, 36], [2500, 36], [3000, 45], [3500, 45], [4000, 40], [4000, 36],
            ])
    }

    @Test func itGoesOnWhenStopIsPressedInItsLastBeat() {
        var (player, listener) = band(groove(), until: 600)
        listener.hear(player.handle(.replace(groove(), at: at(600))))
        player.run(from: 600, to: 1340, &listener)
        listener.hear(player.handle(.stop(at: at(1345))))
        player.run(from: 1360, to: 6000, &listener)
        #expect(pitches(listener, from: 900) == [[1000, 45], [1500, 45], [2000, 33]])
        #expect(listener.stillSounding == 0)
    }

    @Test func itsDrumsEndWhereItIsGivenUp() {
        let long = Turns(fill: [note(45, 24, 20)], fillStart: .steps(24), ending: [:])
        var (player, listener) = band(groove(long), until: 600)
        listener.hear(player.handle(.replace(groove(long), at: at(600))))
        player.run(from: 600, to: 1100, &listener)
        listener.hear(player.handle(.enter(groove(long), map: map, at: at(20_500), on: .bar)))
        player.run(from: 1100, to: 1900, &listener)
        let end = listener.messages.first { $0.message == .noteOff(.drums, Pitch(45)) }
        #expect(end?.time == at(1250))
        #expect(pitches(listener, from: 1100).first == [1500, 36])
    }

    @Test func aDrumThatSoundsIntoItIsEndedBeforeItIsStruckAgain() {
        let ringing = groove(
            Turns(fill: [note(49, 24, 3)], fillStart: .steps(24), ending: [:]), ride: [note(49, 18, 20)])
        var (player, listener) = band(ringing, until: 600)
        listener.hear(player.handle(.replace(ringing, at: at(600))))
        player.run(from: 600, to: 4000, &listener)
        #expect(listener.illegal == 0)
    }

    @Test func aMachineThatSleptDoesNotMakeUpForIt() {
        var (player, listener) = band(groove(), until: 600)
        listener.hear(player.handle(.replace(groove(), at: at(600))))
        player.run(from: 60_010, to: 60_500, &listener)
        #expect(!listener.onsets.contains { $0[1] == 45 })
        #expect(listener.illegal == 0)
    }
}

@Suite struct EndingTests {
    @Test func stopPlaysTheFillThenTheEndingWhichRingsToItsOwnEnd() {
        var (player, listener) = band(groove(), until: 600)
        listener.hear(player.handle(.stop(at: at(600))))
        player.run(from: 600, to: 2100, &listener)
        #expect(player.phase == .stopping)
        player.run(from: 2100, to: 6000, &listener)
        #expect(pitches(listener, from: 900) == [[1000, 45], [1500, 45], [2000, 33]])
        #expect(listener.phases == [.waiting, .playing, .stopping, .stopped])
        #expect(listener.messages.last?.time == map.instant(of: .quarters(4) + .steps(40)))
        #expect(listener.stillSounding == 0)
    }

    @Test func aSecondPressEndsItAndAThirdIsPanic() {
        var (player, listener) = band(groove(), until: 1800)
        listener.hear(player.handle(.stop(at: at(1800))))
        player.run(from: 1800, to: 2400, &listener)
        listener.hear(player.handle(.stop(at: at(2400))))
        #expect(player.phase == .stopped)
        #expect(listener.silences == 1)
        listener.hear(player.handle(.stop(at: at(2600))))
        #expect(listener.panics.count == 1)
    }

    @Test func aRoundThatIsNotLoopedEndsWithIt() {
        var (player, listener) = band(groove(), until: 600)
        listener.hear(player.handle(.loop(false)))
        player.run(from: 600, to: 8000, &listener)
        #expect(listener.onsets.last == [4000, 33])
        #expect(listener.phases == [.waiting, .playing, .stopping, .stopped])
        #expect(listener.stillSounding == 0)
    }

    @Test func aRoundThatBeginsWithARestIsPlayedToItsEndToo() {
        let late = PlaybackPlan(arrangement([.bass: [note(40, 24, 12)]]), turns: turns)
        var (player, listener) = band(late, until: 4300)
        listener.hear(player.handle(.loop(false)))
        player.run(from: 4300, to: 12_000, &listener)
        #expect(listener.onsets == [[1000, 40], [5000, 40], [8000, 33]])
        #expect(listener.isMonotonic)
    }

    @Test func withoutAnEndingTheBandStopsAtTheBar() {
        var (player, listener) = band(groove(.none), until: 600)
        listener.hear(player.handle(.stop(at: at(600))))
        player.run(from: 600, to: 6000, &listener)
        #expect(listener.onsets.last == [1500, 36])
        #expect(listener.messages.last?.time == at(1625))
        #expect(player.phase == .stopped)
    }

    @Test(arguments: [(2100, 4000, 40), (4100, 6000, 43), (6100, 8000, 40)])
    func anEntranceDuringItComesAtItsBarLineAndTheEndingOnce(asked: Int, entry: Int, pitch: Int) {
        var (player, listener) = band(groove(), until: 600)
        listener.hear(player.handle(.stop(at: at(600))))
        player.run(from: 600, to: 2100, &listener)
        listener.hear(player.handle(.enter(groove(), map: map, at: at(asked), on: .bar, origin: .zero)))
        player.run(from: 2100, to: entry + 100, &listener)
        #expect(pitches(listener, from: 1900) == [[2000, 33], [entry, pitch], [entry, 36]])
        #expect(player.phase == .playing)
        #expect(listener.illegal == 0)
    }

    @Test func anotherPlanTakesThePlaceOfTheOneThatWasToEnterBehindIt() {
        var (player, listener) = band(groove(), until: 600)
        listener.hear(player.handle(.stop(at: at(600))))
        player.run(from: 600, to: 2100, &listener)
        listener.hear(player.handle(.enter(groove(), map: map, at: at(5900), on: .bar, origin: .quarters(12))))
        listener.hear(player.handle(.replace(groove(.none), at: at(2200))))
        player.run(from: 2200, to: 6100, &listener)
        #expect(pitches(listener, from: 1900) == [[2000, 33], [6000, 40], [6000, 36]])
    }

    @Test func anotherPortDuringItGetsThePrograms() {
        let other = PortAddress(client: 30, port: 0)
        var (player, listener) = band(groove(), until: 600)
        listener.hear(player.handle(.stop(at: at(600))))
        player.run(from: 600, to: 2100, &listener)
        listener = Listener()
        listener.hear(player.handle(.reroute(Routing(standard: other), at: at(2100))))
        #expect(
            listener.messages.contains {
                $0.destination == other && $0.message == .programChange(Channel(2), Program(33))
            })
        #expect(listener.messages.first.map { [$0.destination] } == [synth])
    }

    @Test func aVoiceThatIsMutedDuringItEnds() {
        var (player, listener) = band(groove(), until: 600)
        listener.hear(player.handle(.stop(at: at(600))))
        player.run(from: 600, to: 2100, &listener)
        listener.hear(player.handle(.mute([.part(.bass)], at: at(2100))))
        player.run(from: 2100, to: 5000, &listener)
        #expect(listener.messages.last?.time == at(2250))
        #expect(listener.stillSounding == 0)
    }

    @Test func aPressBehindWhichAnotherPlanWasHandedOutEndsTheOneThatSounds() {
        let other = PlaybackPlan(arrangement([.bass: [note(50, 0, 24)], .drums: [note(38, 46, 2)]]), turns: turns)
        let sounding = groove(.none, ride: [note(51, 46, 2)])
        var (player, listener) = band(sounding, until: 1400)
        listener.hear(player.handle(.replace(other, at: at(1400))))
        player.run(from: 1400, to: 1880, &listener)
        listener = Listener()
        listener.hear(player.handle(.stop(at: at(1890))))
        player.run(from: 1900, to: 6000, &listener)
        #expect(listener.onsets == [[1916, 51], [2000, 33]])
        #expect(listener.stillSounding == 0)
        #expect(listener.isMonotonic)
    }

    @Test func barLinesAreCountedFromWhereTheRoundsAre() {
        let waltz = PlaybackPlan(arrangement([.bass: [note(50, 0, 12)]], meter: .threeFour), turns: .none)
        var (player, listener) = band(groove(.none), until: 600)
        listener.hear(player.handle(.replace(waltz, at: at(600))))
        player.run(from: 600, to: 2600, &listener)
        listener.hear(player.handle(.stop(at: at(2600))))
        #expect(player.awaited == at(3500))
    }
}

@Suite struct OriginTests {
    @Test func aBandEntersInTheMidstOfALaterRound() {
        var player = BandPlayer(routing: Routing(standard: synth))
        var listener = Listener()
        listener.hear(player.handle(.enter(groove(), map: map, at: at(12_700), on: .beat, origin: .quarters(4))))
        #expect(player.awaited == at(13_000))
        player.run(from: 12_700, to: 14_100, &listener)
        // Rounds of 4 s from 2 s on: the third is in its second bar at 12 s, whose bass is taken up.
        #expect(listener.onsets == [[13_000, 43], [13_000, 36], [13_500, 36], [14_000, 40], [14_000, 36]])
        #expect(player.position(at: at(13_000)) == .quarters(6))
        #expect(player.playing?.origin == .quarters(4))
    }

    @Test func beforeItsOriginItWaits() {
        var player = BandPlayer(routing: Routing(standard: synth))
        _ = player.handle(.enter(groove(), map: map, at: at(100), on: .beat, origin: .quarters(8)))
        #expect(player.awaited == at(4000))
    }

    @Test func aMissedEntranceKeepsTheRounds() {
        var player = BandPlayer(routing: Routing(standard: synth))
        var listener = Listener()
        listener.hear(player.handle(.enter(groove(), map: map, at: at(0), on: .bar, origin: .zero)))
        player.run(from: 300, to: 2100, &listener)
        #expect(listener.onsets == [[2000, 43], [2000, 36]])
    }
}
