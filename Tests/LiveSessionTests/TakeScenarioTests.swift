import Music
import Testing

@testable import LiveSession

/// Recording, as its player sees it.
struct TakeScenarioTests {
    var stage = Stage()

    @Test mutating func aTakeBeginsWithTheFirstNoteAndEndsAtTheNearestBar() {
        stage.press(.record, at: 0.3)
        #expect(stage.states == [.armed])
        stage.play([60, 62, 64, 65, 67, 65, 64, 62], from: 1)
        #expect(stage.states == [.armed, .recording])
        stage.press(.record, at: 5.2)
        #expect(stage.takes.count == 1)
        #expect(stage.takes[0].phrase.bars == 2)
        #expect(stage.takes[0].phrase.notes.map(\.pitch.number) == [60, 62, 64, 65, 67, 65, 64, 62])
        #expect(stage.takes[0].tempoMap.anchor == instant(1))
        #expect(stage.takes[0].origin == .init(keyboard: "Piano", trigger: "record"))
        #expect(stage.states == [.armed, .recording, .generating])
    }

    @Test mutating func aKeyHeldAtTheEndIsWaitedForAMoment() {
        stage.press(.record, at: 0.5)
        stage.play([60, 62, 64], from: 1)
        stage.down(65, at: 2.5)
        stage.press(.record, at: 2.9)
        #expect(stage.takes.isEmpty)
        stage.wait(until: 4)
        #expect(stage.takes.count == 1)
        #expect(stage.takes[0].phrase.notes.count == 4)
        #expect(stage.wishes == 1)
    }

    @Test mutating func stopWhileRecordingKeepsTheTakeAndNoBandComes() {
        stage.press(.record, at: 0.5)
        stage.play([60, 62, 64, 65], from: 1)
        stage.press(.stop, at: 3)
        stage.wait(until: 10)
        #expect(stage.takes.count == 1)
        #expect(stage.requests.isEmpty)
        #expect(stage.states == [.armed, .recording, .idle])
        #expect(stage.bandNotes(from: 0).isEmpty)
    }

    @Test mutating func playBringsTheBandToATakeThatWasStopped() {
        stage.press(.record, at: 0.5)
        stage.play([60, 62, 64, 65], from: 1)
        stage.press(.stop, at: 3)
        stage.press(.accompany, at: 4)
        stage.answer(at: 4.1)
        stage.wait(until: 6)
        #expect(stage.bandNotes(from: 0).first == .init(5, 41))
    }

    @Test mutating func playWhileRecordingEndsTheTakeAndTheBandFollows() {
        stage.press(.record, at: 0.5)
        stage.play([60, 62, 64, 65], from: 1)
        stage.press(.accompany, at: 3)
        #expect(stage.takes.count == 1)
        #expect(stage.wishes == 1)
    }

    @Test mutating func anEmptyTakeIsRefusedWithAdvice() {
        stage.press(.record, at: 1)
        stage.press(.record, at: 2)
        #expect(stage.takes.isEmpty)
        #expect(stage.refusals.map(\.sentence) == ["the take was not kept: nothing was played"])
        #expect(stage.refusals[0].advice == "press Record and play")
        #expect(stage.session.state == .idle)
    }

    @Test mutating func stopWhileArmedDisarmsWithoutAComplaint() {
        stage.press(.record, at: 1)
        stage.press(.stop, at: 2)
        #expect(stage.refusals.isEmpty)
        #expect(stage.states == [.armed, .idle])
    }

    @Test(arguments: [Session.Control.accompany, .next, .previous])
    mutating func withoutATakeThereIsAdvice(control: Session.Control) {
        stage.press(control, at: 1)
        #expect(stage.refusals.map(\.sentence) == ["nothing was played yet"])
    }

    @Test mutating func anUnpluggedKeyboardLeavesADamagedTakeWithoutHangingNotes() {
        stage.press(.record, at: 0.5)
        stage.play([60, 62, 64], from: 1)
        stage.down(65, at: 2.5)
        stage.unplug(piano, at: 2.8)
        stage.wait(until: 10)
        #expect(stage.takes.map(\.isDamaged) == [true])
        #expect(stage.takes[0].performance.map(\.length).last == .seconds(0.3))
        #expect(stage.requests.isEmpty)
        #expect(stage.refusals.count == 1)
        #expect(stage.session.state == .idle)
    }

    @Test mutating func unpluggingAfterTheEndHarmsNothing() {
        stage.press(.record, at: 0.5)
        stage.play([60, 62, 64], from: 1)
        stage.down(65, at: 2.5)
        stage.press(.record, at: 2.9)
        stage.unplug(piano, at: 3)
        #expect(stage.takes.map(\.isDamaged) == [false])
        #expect(stage.wishes == 1)
    }

    @Test mutating func onlyTheKeyboardThatBeganIsRecorded() {
        stage.press(.record, at: 0.5)
        stage.down(60, at: 1)
        stage.down(30, at: 1.1, on: organ)
        stage.up(30, at: 1.2, on: organ)
        stage.up(60, at: 1.4)
        stage.unplug(organ, at: 1.5)
        stage.play([62, 64, 65], from: 1.5)
        stage.press(.record, at: 3)
        #expect(stage.takes.map { $0.phrase.notes.map(\.pitch.number) } == [[60, 62, 64, 65]])
        #expect(stage.takes[0].isDamaged == false)
    }

    @Test mutating func twoKeyboardsOfOneModelAreToldApart() {
        let twin = Session.Source(number: 7, name: "Piano")
        stage.press(.record, at: 0.5)
        stage.play([60, 62], from: 1)
        stage.play([30], from: 2, on: twin)
        stage.unplug(twin, at: 2.5)
        stage.play([64, 65], from: 2.5)
        stage.press(.record, at: 3.5)
        #expect(stage.takes.map { $0.performance.map(\.pitch.number) } == [[60, 62, 64, 65]])
    }

    @Test mutating func theNextTakeMayComeFromAnotherKeyboard() {
        stage.recordTwoBars()
        stage.press(.record, at: 6)
        stage.play([72, 74, 76, 77], from: 7, on: organ)
        stage.press(.record, at: 9)
        #expect(stage.takes.map(\.origin.keyboard) == ["Piano", "Organ"])
    }

    @Test mutating func lostInputMarksTheTake() {
        stage.press(.record, at: 0.5)
        stage.play([60, 62], from: 1)
        stage.loseInput(at: 2.2)
        stage.play([64, 65], from: 2.5)
        stage.press(.record, at: 3.5)
        #expect(stage.takes.map(\.isDamaged) == [true])
        #expect(stage.refusals.map(\.sentence) == ["input was lost; the take is marked as damaged"])
    }

    @Test mutating func lostInputOutsideATakeIsNoMatter() {
        stage.loseInput(at: 1)
        stage.press(.record, at: 2)
        stage.loseInput(at: 3)
        #expect(stage.refusals.isEmpty)
    }

    @Test mutating func whatIsBeingPlayedWhenTheDaemonEndsIsATake() {
        stage.press(.record, at: 0.5)
        stage.play([60, 62], from: 1)
        stage.down(64, at: 2)
        stage.end(at: 2.3)
        #expect(stage.takes.map { $0.performance.count } == [3])
        #expect(stage.requests.isEmpty)
    }

    @Test mutating func tempoAndMetreHoldForTheNextTake() {
        stage.press(.tempo(Tempo(quartersPerMinute: 60)!), at: 0)
        stage.press(.meter(.threeFour), at: 0.1)
        #expect(
            stage.told.map(\.sentence) == [
                "60 quarter notes a minute", "takes at a set tempo are heard in 3/4",
            ])
        stage.press(.record, at: 0.5)
        stage.down(60, at: 1)
        stage.up(60, at: 1.9)
        stage.down(62, at: 2)
        stage.up(62, at: 3.9)
        stage.press(.record, at: 4)
        #expect(stage.takes[0].phrase.meter == .threeFour)
        #expect(stage.takes[0].phrase.bars == 1)
    }

    @Test mutating func anArmedRecorderNeedsNoClock() {
        stage.press(.record, at: 1)
        #expect(!stage.session.isBusy)
        stage.down(60, at: 2)
        #expect(stage.session.isBusy)
    }
}
