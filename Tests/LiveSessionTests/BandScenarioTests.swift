import Music
import Testing

@testable import LiveSession

/// The band, as its player hears it. The take's bar lines lie at odd seconds.
struct BandScenarioTests {
    var stage = Stage()

    /// Two bars are recorded and the band came in at 7 s.
    private mutating func letTheBandPlay() {
        stage.recordTwoBars()
        stage.answer(at: 5.2)
        stage.wait(until: 8)
    }

    @Test mutating func theBandEntersAtTheNextBarLine() {
        stage.recordTwoBars()
        stage.answer(at: 5.2)
        stage.wait(until: 9)
        #expect(stage.bandNotes(from: 0, to: 9) == [.init(7, 41), .init(7.5, 41), .init(8, 41), .init(8.5, 41)])
        #expect(stage.states == [.armed, .recording, .generating, .playing])
        #expect(stage.arrangements.map(\.take) == [1])
    }

    @Test mutating func anEarlyPressLosesNoBar() {
        stage.press(.record, at: 0.5)
        stage.play([60, 62, 64, 65, 67, 65, 64, 62], from: 1)
        stage.press(.record, at: 4.92)
        stage.answer(at: 4.95)
        stage.wait(until: 6)
        #expect(stage.bandNotes(from: 0).first == .init(5, 41))
    }

    @Test mutating func aLateAnswerWaitsForTheFollowingBar() {
        stage.recordTwoBars()
        stage.answer(at: 7.1)
        stage.wait(until: 10)
        #expect(stage.bandNotes(from: 0).first == .init(9, 41))
    }

    @Test mutating func theBandBeginsAgainAtTheEndOfItsRound() {
        letTheBandPlay()
        stage.wait(until: 20)
        #expect(stage.bandNotes(from: 7, to: 19).count == 24)
    }

    @Test mutating func aBandThatDoesNotLoopEndsWithItsRound() {
        stage.press(.loop, at: 0)
        letTheBandPlay()
        stage.wait(until: 14)
        #expect(stage.bandNotes(from: 0).map(\.time).last == 10.5)
        #expect(stage.session.state == .stopped)
        #expect(stage.synthesizer.held.isEmpty)
    }

    @Test mutating func loopingIsToggledWhileTheBandPlays() {
        letTheBandPlay()
        stage.press(.loop, at: 8)
        stage.press(.loop, at: 8.5)
        stage.wait(until: 14)
        #expect(stage.session.state == .playing)
        #expect(
            stage.told.map(\.sentence).suffix(2) == [
                "the band plays to the end of its round", "the band plays round after round",
            ])
    }

    @Test mutating func stopOnceIsAtTheBar() {
        letTheBandPlay()
        stage.press(.stop, at: 8.1)
        stage.wait(until: 12)
        #expect(stage.bandNotes(from: 8) == [.init(8, 41), .init(8.5, 41)])
        #expect(stage.synthesizer.held.isEmpty)
        #expect(stage.session.state == .stopped)
        #expect(stage.synthesizer.panics == 0)
    }

    @Test mutating func stopTwiceIsAtOnce() {
        letTheBandPlay()
        stage.press(.stop, at: 8.05)
        stage.press(.stop, at: 8.3)
        #expect(stage.session.state == .stopped)
        #expect(stage.synthesizer.held.isEmpty)
        stage.wait(until: 12)
        #expect(stage.bandNotes(from: 8.1).isEmpty)
        #expect(stage.synthesizer.panics == 0)
    }

    @Test mutating func stopThreeTimesIsPanic() {
        letTheBandPlay()
        stage.press(.stop, at: 8.05)
        stage.press(.stop, at: 8.2)
        stage.press(.stop, at: 8.3)
        #expect(stage.synthesizer.panics == 1)
        #expect(stage.session.state == .stopped)
    }

    @Test mutating func panicSilencesAnIdleSession() {
        stage.press(.panic, at: 1)
        #expect(stage.synthesizer.panics == 1)
        #expect(stage.session.state == .idle)
    }

    @Test mutating func panicSilencesAnArmedSession() {
        stage.press(.record, at: 1)
        stage.press(.panic, at: 2)
        #expect(stage.synthesizer.panics == 1)
        #expect(stage.session.state == .idle)
    }

    @Test mutating func panicKeepsTheTakeThatIsRecorded() {
        stage.press(.record, at: 0.5)
        stage.play([60, 62], from: 1)
        stage.down(64, at: 2)
        stage.press(.panic, at: 2.2)
        #expect(stage.synthesizer.panics == 1)
        #expect(stage.takes.count == 1)
        #expect(stage.requests.isEmpty)
    }

    @Test mutating func afterAPanicAnAnswerIsNotPlayed() {
        stage.recordTwoBars()
        stage.press(.panic, at: 5.1)
        stage.answer(at: 5.2)
        stage.wait(until: 10)
        #expect(stage.synthesizer.panics == 1)
        #expect(stage.bandNotes(from: 0).isEmpty)
        #expect(stage.arrangements.count == 1)
    }

    @Test mutating func panicSilencesABandThatWaits() {
        stage.recordTwoBars()
        stage.answer(at: 5.2)
        stage.press(.panic, at: 5.3)
        stage.wait(until: 10)
        #expect(stage.bandNotes(from: 0).isEmpty)
        #expect(stage.synthesizer.panics == 1)
    }

    @Test mutating func panicSilencesABandThatPlays() {
        letTheBandPlay()
        stage.press(.panic, at: 8.1)
        #expect(stage.synthesizer.panics == 1)
        #expect(stage.synthesizer.held.isEmpty)
        #expect(stage.session.state == .stopped)
        stage.wait(until: 12)
        #expect(stage.bandNotes(from: 8.2).isEmpty)
    }

    @Test mutating func panicSilencesABandThatStops() {
        letTheBandPlay()
        stage.press(.stop, at: 8.05)
        stage.press(.panic, at: 8.1)
        #expect(stage.synthesizer.panics == 1)
        #expect(stage.session.state == .stopped)
    }

    @Test mutating func stopBeforeTheEntranceKeepsTheBandAway() {
        stage.recordTwoBars()
        stage.press(.stop, at: 5.1)
        stage.answer(at: 5.2)
        stage.wait(until: 12)
        #expect(stage.bandNotes(from: 0).isEmpty)
        #expect(stage.arrangements.count == 1)
    }

    @Test mutating func playAfterStopEntersOnTheNextBeat() {
        letTheBandPlay()
        stage.press(.stop, at: 8.1)
        stage.press(.accompany, at: 12.3)
        stage.wait(until: 14)
        // Long after the take the press is a beat, and the band begins on the next one.
        #expect(stage.bandNotes(from: 9).first == .init(12.8, 41))
        #expect(stage.session.state == .playing)
    }

    @Test mutating func playUndoesAStopThatIsStillAwaited() {
        letTheBandPlay()
        stage.press(.stop, at: 8.1)
        stage.press(.accompany, at: 8.3)
        stage.wait(until: 12)
        #expect(stage.bandNotes(from: 8, to: 10).map(\.time) == [8, 8.5, 9, 9.5])
        #expect(stage.session.state == .playing)
    }

    @Test mutating func nextIsHeardEvenWhileTheBandStops() {
        letTheBandPlay()
        stage.press(.stop, at: 8.05)
        stage.press(.next, at: 8.1)
        stage.answer(at: 8.2)
        stage.wait(until: 12)
        #expect(stage.bandNotes(from: 8.4, to: 9.5) == [.init(8.5, 41), .init(9, 42)])
    }

    @Test mutating func previousReturnsNoteForNote() {
        letTheBandPlay()
        stage.press(.next, at: 8.1)
        stage.answer(at: 8.2)
        stage.wait(until: 12)
        #expect(stage.bandNotes(from: 9, to: 11).map(\.pitch) == [42, 42, 42, 42])
        let first = stage.bandNotes(from: 7, to: 9)
        stage.press(.previous, at: 12.1)
        stage.wait(until: 15)
        #expect(stage.bandNotes(from: 13, to: 15) == first.map { .init($0.time + 6, $0.pitch) })
        #expect(stage.wishes == 1)
        stage.press(.previous, at: 15.1)
        #expect(stage.refusals.map(\.sentence) == ["this is the first variation"])
        stage.press(.next, at: 15.2)
        stage.wait(until: 19)
        #expect(stage.bandNotes(from: 17, to: 19).map(\.pitch) == [42, 42, 42, 42])
        #expect(stage.wishes == 1)
    }

    @Test mutating func anotherGenreIsAVariationFromTheNextBarOn() {
        letTheBandPlay()
        stage.press(.genre(.jazz), at: 8.1)
        stage.answer(at: 8.2)
        stage.wait(until: 11)
        #expect(stage.session.piece?.variations.map(\.genre) == [.pop, .jazz])
        #expect(stage.bandNotes(from: 8.5, to: 9.5) == [.init(8.5, 41), .init(9, 61)])
    }

    @Test mutating func goingBackBringsTheGenreBack() {
        letTheBandPlay()
        stage.press(.genre(.jazz), at: 8.1)
        stage.answer(at: 8.2)
        stage.press(.previous, at: 9)
        #expect(stage.session.genre == .pop)
    }

    @Test mutating func aGenreChosenInSilenceIsPlayedWhenTheBandComesIn() {
        letTheBandPlay()
        stage.press(.stop, at: 8.1)
        stage.press(.genre(.jazz), at: 12)
        #expect(stage.wishes == 1)
        #expect(stage.session.state == .stopped)
        stage.press(.accompany, at: 12.2)
        stage.answer(at: 12.3)
        stage.wait(until: 14)
        #expect(stage.bandNotes(from: 12).first == .init(12.7, 61))
    }

    @Test mutating func anAnswerForAnOlderTakeIsKeptAndNeverPlayed() {
        stage.recordTwoBars()
        stage.press(.record, at: 6)
        stage.play([72, 74, 76, 77], from: 7)
        stage.press(.record, at: 9)
        stage.answer(1, at: 9.1)
        #expect(stage.arrangements.map(\.take) == [1])
        #expect(stage.session.state == .generating)
        stage.wait(until: 12)
        #expect(stage.bandNotes(from: 0).isEmpty)
        stage.answer(2, at: 12.1)
        stage.wait(until: 14)
        #expect(stage.arrangements.map(\.take) == [1, 2])
        #expect(stage.arrangements[0].arrangement.phrase.notes.count == 8)
        #expect(stage.bandNotes(from: 0).first == .init(13, 41))
    }

    @Test mutating func anUnansweredTakeDoesNotKeepTheNextOneWaiting() {
        stage.recordTwoBars()
        stage.press(.record, at: 6)
        stage.play([72, 74, 76, 77], from: 7)
        stage.press(.stop, at: 9)
        #expect(stage.session.state == .idle)
        stage.answer(1, at: 9.1)
        stage.wait(until: 12)
        #expect(stage.bandNotes(from: 0).isEmpty)
    }

    @Test mutating func stopOverABandThatPlaysEndsTheTakeAndTheBand() {
        letTheBandPlay()
        stage.press(.record, at: 8)
        stage.play([72, 74, 76, 77], from: 9)
        stage.press(.stop, at: 11)
        stage.wait(until: 14)
        #expect(stage.takes.count == 2)
        #expect(stage.session.state == .stopped)
        #expect(stage.bandNotes(from: 11.1).isEmpty)
    }

    @Test mutating func withoutAnOutputTheBandIsRefusedAndPlaysOncePlugged() {
        stage = Stage(hasOutput: false)
        stage.recordTwoBars()
        stage.answer(at: 5.2)
        #expect(stage.takes.count == 1 && stage.arrangements.count == 1)
        #expect(stage.refusals.map(\.sentence) == ["the band has no port to play to"])
        #expect(stage.refusals[0].advice.contains("fluidsynth"))
        #expect(stage.session.state == .idle)
        stage.plugInOutput(at: 6)
        stage.press(.accompany, at: 6.1)
        stage.wait(until: 8)
        #expect(stage.bandNotes(from: 0).first == .init(7, 41))
    }

    @Test mutating func theBandWaitsForAPortThatIsComing() {
        stage = Stage(hasOutput: false)
        stage.session.isPortComing = true
        stage.recordTwoBars()
        stage.answer(at: 5.2)
        #expect(stage.refusals.isEmpty)
        #expect(stage.told.last?.sentence == "the band comes in as soon as the synthesizer is there")
        stage.plugInOutput(at: 6.1)
        stage.wait(until: 10)
        // In the player's time, on the next bar line, with its first bar.
        #expect(stage.bandNotes(from: 0).prefix(2) == [.init(7, 41), .init(7.5, 41)])
        #expect(stage.wishes == 1)
    }

    @Test(arguments: [Session.Control.stop, .panic]) mutating func aBandThatWaitsForItsPortCanBeStopped(
        control: Session.Control
    ) {
        stage = Stage(hasOutput: false)
        stage.session.isPortComing = true
        stage.recordTwoBars()
        stage.answer(at: 5.2)
        stage.press(control, at: 5.5)
        stage.plugInOutput(at: 6)
        stage.wait(until: 10)
        #expect(stage.bandNotes(from: 0).isEmpty)
    }

    @Test mutating func aPortThatComesMuchTooLateDoesNotStartTheBand() {
        stage = Stage(hasOutput: false)
        stage.session.isPortComing = true
        stage.recordTwoBars()
        stage.answer(at: 5.2)
        stage.plugInOutput(at: 30)
        stage.wait(until: 35)
        #expect(stage.bandNotes(from: 0).isEmpty)
    }

    @Test mutating func anOutputThatGoesStopsTheBandAndIsMissed() {
        letTheBandPlay()
        stage.unplugOutput(at: 8.2)
        #expect(stage.session.state == .stopped)
        #expect(stage.refusals.map(\.sentence) == ["the port that the band played to is gone"])
        stage.plugInOutput(at: 9)
        stage.wait(until: 10)
        #expect(stage.bandNotes(from: 8.4).isEmpty)
        stage.press(.accompany, at: 10)
        stage.wait(until: 12)
        #expect(stage.bandNotes(from: 8.4).first == .init(10.5, 41))
    }

    @Test mutating func nextIsRefusedWhileATakeIsRecordedInSilence() {
        letTheBandPlay()
        stage.press(.stop, at: 8)
        stage.press(.record, at: 12)
        stage.down(60, at: 13)
        stage.press(.next, at: 13.1)
        #expect(stage.refusals.map(\.sentence) == ["a take is being recorded"])
        #expect(stage.wishes == 1)
    }
}
