import Capture
import MIDI
import Music
import TestSupport
import Testing

private func at(_ seconds: Double) -> Instant { .zero + .seconds(seconds) }

struct PlayedHistoryTests {
    private var history = PlayedHistory(keep: .seconds(60), most: 100)

    private mutating func play(
        _ pitch: Int, from start: Double, to end: Double, keyboard: Int = 1, hand: PlayedHistory.Hand = .melody
    ) {
        history.hear(.noteOn(Channel(1), Pitch(pitch), Velocity(80)), keyboard: keyboard, hand: hand, at: at(start))
        history.hear(.noteOff(Channel(1), Pitch(pitch)), keyboard: keyboard, hand: hand, at: at(end))
    }

    @Test mutating func notesComeBackByOnsetWithTheirLengths() {
        history.hear(.noteOn(Channel(1), Pitch(48), Velocity(70)), keyboard: 1, at: at(1))
        play(60, from: 1.5, to: 2)
        history.hear(.noteOff(Channel(1), Pitch(48)), keyboard: 1, at: at(3))
        let notes = history.notes(.melody, until: at(4))
        #expect(notes.map(\.pitch.number) == [48, 60])
        #expect(notes.map(\.length) == [.seconds(2), .seconds(0.5)])
    }

    @Test mutating func aKeyThatIsDownEndsNow() {
        history.hear(.noteOn(Channel(1), Pitch(60), Velocity(70)), keyboard: 1, at: at(1))
        #expect(history.isSounding)
        #expect(history.notes(.melody, until: at(3)).map(\.length) == [.seconds(2)])
        #expect(history.notes(.melody, until: at(4)).map(\.length) == [.seconds(3)])
    }

    @Test mutating func handsAndKeyboardsAreKeptApart() {
        play(40, from: 1, to: 2, keyboard: 2, hand: .chords)
        play(40, from: 1.2, to: 1.4, keyboard: 1)
        #expect(history.notes(.chords, until: at(9)).map(\.length) == [.seconds(1)])
        #expect(history.notes(.melody, until: at(9)).map(\.length) == [.seconds(0.2)])
    }

    @Test mutating func onlyWhatBeginsInTheTimeAskedForIsTold() {
        for second in 0..<10 { play(60 + second, from: Double(second), to: Double(second) + 0.5) }
        #expect(history.notes(.melody, from: at(3), until: at(5)).map(\.pitch.number) == [63, 64, 65])
    }

    @Test mutating func thePedalIsASpanOfTime() {
        let pedal = { (value: UInt8) in MIDIMessage.controlChange(Channel(1), Controller.sustain, value) }
        history.hear(pedal(127), keyboard: 1, at: at(1))
        history.hear(pedal(100), keyboard: 1, at: at(1.5))
        history.hear(pedal(0), keyboard: 1, at: at(2))
        history.hear(pedal(64), keyboard: 1, at: at(3))
        #expect(
            history.pedal(from: at(0), until: at(4)) == [
                PedalSpan(down: at(1), up: at(2)), PedalSpan(down: at(3), up: at(4)),
            ])
        #expect(history.pedal(from: at(2.5), until: at(2.9)).isEmpty)
    }

    @Test mutating func anUnpluggedKeyboardHoldsNothing() {
        history.hear(.noteOn(Channel(1), Pitch(60), Velocity(70)), keyboard: 1, at: at(1))
        history.hear(.controlChange(Channel(1), Controller.sustain, 127), keyboard: 1, at: at(1))
        history.hear(.noteOn(Channel(1), Pitch(62), Velocity(70)), keyboard: 2, at: at(1))
        history.release(keyboard: 1, at: at(2))
        #expect(history.notes(.melody, until: at(9)).map(\.length) == [.seconds(1), .seconds(8)])
        #expect(history.pedal(from: at(0), until: at(9)) == [PedalSpan(down: at(1), up: at(2))])
    }

    @Test mutating func whatIsForgottenIsGone() {
        for second in 0..<10 { play(60 + second, from: Double(second), to: Double(second) + 0.5) }
        #expect(history.forget(since: at(7), now: at(10)) == 3)
        #expect(history.notes(.melody, until: at(10)).count == 7)
        #expect(history.forget(now: at(11)) == 7)
        #expect(history.isEmpty)
        play(60, from: 12, to: 13)
        #expect(history.notes(.melody, until: at(14)).count == 1)
    }

    @Test mutating func aKeyHeldWhileForgettingIsForgotten() {
        history.hear(.noteOn(Channel(1), Pitch(60), Velocity(70)), keyboard: 1, at: at(1))
        history.forget(now: at(2))
        history.hear(.noteOff(Channel(1), Pitch(60)), keyboard: 1, at: at(3))
        #expect(history.notes(.melody, until: at(4)).isEmpty)
    }

    @Test mutating func itStaysBoundedInNumberAndInTime() {
        var most = 0
        for number in 0..<5_000 {
            play(40 + number % 40, from: Double(number) / 50, to: Double(number) / 50 + 0.01)
            most = max(most, history.notes(.melody, until: at(1_000)).count)
        }
        #expect(most <= 114)
        let latest = history.notes(.melody, until: at(1_000))
        #expect(latest.count >= 90)
        #expect(latest.last?.onset == at(4_999.0 / 50))
        play(60, from: 500, to: 501)
        #expect(history.notes(.melody, until: at(1_000)).count == 1)
    }
}
