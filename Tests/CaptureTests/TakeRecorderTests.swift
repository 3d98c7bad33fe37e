import Capture
import MIDI
import Music
import TestSupport
import Testing

private typealias Effect = TakeRecorder.Effect

private func at(_ ms: Int) -> Instant { .zero + .milliseconds(ms) }
private func on(_ pitch: Int, _ ms: Int) -> TakeRecorder.Event {
    .message(.noteOn(Channel(1), Pitch(pitch), Velocity(90)), at: at(ms))
}
private func off(_ pitch: Int, _ ms: Int) -> TakeRecorder.Event {
    .message(.noteOff(Channel(1), Pitch(pitch)), at: at(ms))
}
private func finished(_ effects: [Effect]) -> Take? {
    effects.lazy.compactMap { if case .takeFinished(let take, _) = $0 { take } else { nil } }.first
}

@Suite struct TakeRecorderTests {
    private let origin = Take.Origin(keyboard: "Test Keys", trigger: "record")

    private func recorder(_ events: [TakeRecorder.Event] = []) -> TakeRecorder {
        var recorder = TakeRecorder(
            settings: .init(tempo: .moderate, meter: .fourFour, origin: origin))
        for event in events { _ = recorder.handle(event) }
        return recorder
    }

    @Test func recordArmsAndTheFirstNoteBegins() {
        var recorder = recorder()
        let armed = recorder.handle(.control(.record, at: at(0)))
        let begun = recorder.handle(on(60, 1000))
        #expect(armed == [.stateChanged(.armed)])
        #expect(begun == [.stateChanged(.recording)])
    }

    @Test func recordAgainEndsTheTake() throws {
        var recorder = recorder([
            .control(.record, at: at(0)), on(60, 1000), off(60, 1450), on(62, 1500), off(62, 1990), on(64, 2000),
            off(64, 2900),
        ])
        let effects = recorder.handle(.control(.record, at: at(3050)))
        let take = try #require(finished(effects))
        let continuation = TempoMap(anchor: at(3000), anchorTick: Meter.fourFour.bar, tempo: .moderate)
        #expect(effects == [.takeFinished(take, continuation: continuation), .stateChanged(.idle)])
        #expect(take.phrase.bars == 1)
        #expect(take.phrase.notes.map(\.pitch.number) == [60, 62, 64])
        #expect(take.phrase.notes.map(\.onset.nearestStep) == [0, 12, 24])
        #expect(take.performance.map(\.onset) == [at(1000), at(1500), at(2000)])
        #expect(take.tempoMap.instant(of: .zero) == at(1000))
        #expect(take.origin == origin)
        #expect(!take.isDamaged)
    }

    @Test func notesOutsideARecordingAreNotRecorded() {
        var recorder = recorder()
        let effects = [on(60, 0), off(60, 10), .tick(at(20)), .control(.stop, at: at(30)), .gap(at: at(40))]
            .flatMap { recorder.handle($0) }
        #expect(effects == [])
    }

    @Test func aKeyHeldWhileArmingDoesNotBeginTheTake() {
        var recorder = recorder([on(60, 0), .control(.record, at: at(100))])
        let effects = recorder.handle(off(60, 200))
        #expect(effects == [])
        #expect(recorder.state.phase == .armed)
    }

    @Test(arguments: [TakeRecorder.Control.record, .stop])
    func aTakeWithoutNotesIsDiscardedWithItsReason(control: TakeRecorder.Control) {
        var recorder = recorder([.control(.record, at: at(0))])
        let effects = recorder.handle(.control(control, at: at(500)))
        #expect(effects == [.discarded(.nothingPlayed), .stateChanged(.idle)])
    }

    @Test(arguments: [[], [on(60, 100)], [on(60, 100), .control(.record, at: at(400))]])
    func cancelThrowsAwayInEveryState(events: [TakeRecorder.Event]) {
        var recorder = recorder([.control(.record, at: at(0))] + events)
        let effects = recorder.handle(.control(.cancel, at: at(450)))
        #expect(effects == [.discarded(.cancelled), .stateChanged(.idle)])
    }

    @Test func aKeyHeldAtTheEndIsWaitedFor() throws {
        var recorder = recorder([.control(.record, at: at(0)), on(60, 1000)])
        let pressed = recorder.handle(.control(.stop, at: at(2900)))
        let ignored = recorder.handle(on(72, 2950))
        let released = recorder.handle(off(60, 3000))
        #expect(pressed == [.stateChanged(.closing)])
        #expect(ignored == [])
        #expect(try #require(finished(released)).performance.map(\.length) == [.milliseconds(2000)])
        #expect(recorder.state.phase == .idle)
    }

    @Test func aKeyHeldForeverIsWaitedForHalfABeat() throws {
        var recorder = recorder([.control(.record, at: at(0)), on(60, 1000), .control(.stop, at: at(2900))])
        let early = recorder.handle(.tick(at(3149)))
        let late = recorder.handle(.tick(at(3150)))
        #expect(early == [])
        #expect(try #require(finished(late)).phrase.bars == 1)
    }

    @Test func heldNoteIsClosedWhenTheKeyboardIsUnplugged() throws {
        var recorder = recorder([.control(.record, at: at(0)), on(60, 1000)])
        let effects = recorder.handle(.keyboardUnplugged(at: at(1700)))
        let take = try #require(finished(effects))
        #expect(take.isDamaged)
        #expect(take.performance.map(\.length) == [.milliseconds(700)])
    }

    @Test func unpluggingBeforeTheFirstNoteDisarms() {
        var recorder = recorder([.control(.record, at: at(0))])
        let effects = recorder.handle(.keyboardUnplugged(at: at(1700)))
        #expect(effects == [.discarded(.keyboardUnplugged), .stateChanged(.idle)])
    }

    @Test func aGapClosesHeldNotesAndMarksTheTake() throws {
        var recorder = recorder([
            .control(.record, at: at(0)), on(60, 1000), .gap(at: at(1500)), off(60, 1600), on(62, 2000), off(62, 2500),
        ])
        let effects = recorder.handle(.control(.record, at: at(3000)))
        let take = try #require(finished(effects))
        #expect(take.isDamaged)
        #expect(take.performance.map(\.length) == [.milliseconds(500), .milliseconds(500)])
    }

    @Test func aRecordingEndsByItselfAt64Bars() throws {
        // 64 bars of 4/4 at 120 last 128 s.
        var recorder = recorder([.control(.record, at: at(0)), on(60, 1000), off(60, 1500), on(62, 127_000)])
        let before = recorder.handle(.tick(at(128_999)))
        let after = recorder.handle(on(64, 129_100))
        let take = try #require(finished(after))
        #expect(before == [])
        #expect(take.phrase.bars == 64)
        #expect(take.performance.map(\.end) == [at(1500), at(129_000)])
    }

    @Test func settingsChangedWhileRecordingHoldForTheNextTake() throws {
        var recorder = recorder([.control(.record, at: at(0)), on(60, 1000), off(60, 1500)])
        recorder.settings.meter = .threeFour
        let effects = recorder.handle(.control(.record, at: at(3000)))
        let take = try #require(finished(effects))
        #expect(take.phrase.meter == .fourFour)
    }

    /// Whatever comes in whatever order, notes are neither lost nor invented.
    @Test(arguments: 0..<UInt64(longCount(20, full: 2_000)))
    func noNoteIsLostBetweenPresses(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var recorder = recorder()
        var expected = 0
        var recorded = 0
        for step in 0..<3000 {
            let now = step * 37
            let event: TakeRecorder.Event
            switch Int.random(in: 0..<60, using: &random) {
            case 0: event = .control(.record, at: at(now))
            case 1: event = .control(.stop, at: at(now))
            case 2: event = .gap(at: at(now))
            case 3: event = .keyboardUnplugged(at: at(now))
            case 4...20: event = .tick(at(now))
            case 21...40: event = on(Int.random(in: 60...72, using: &random), now)
            default: event = off(Int.random(in: 60...72, using: &random), now)
            }
            // What is due by time alone happens first, so that it is known which state hears the event.
            recorded += finished(recorder.handle(.tick(at(now))))?.performance.count ?? 0
            let hears = recorder.state.phase == .armed || recorder.state.phase == .recording
            if hears, case .message(let message, _) = event, case .noteOn = message.kind { expected += 1 }
            recorded += finished(recorder.handle(event))?.performance.count ?? 0
        }
        recorded += finished(recorder.handle(.keyboardUnplugged(at: at(200_000))))?.performance.count ?? 0
        #expect(recorded == expected)
    }
}
