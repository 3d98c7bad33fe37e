import Capture
import MIDI
import Music
import TestSupport
import Testing

@Suite struct NotePairingTests {
    private let c = Channel(1)
    private func at(_ ms: Int) -> Instant { .zero + .milliseconds(ms) }
    private func note(_ pitch: Int, _ onset: Int, _ length: Int) -> PerformedNote {
        PerformedNote(pitch: Pitch(pitch), onset: at(onset), length: .milliseconds(length), velocity: Velocity(90))
    }

    @Test func aNoteIsItsOnsetAndTheTimeUntilItsEnd() {
        var pairing = NotePairing()
        let begun = pairing.follow(.noteOn(c, Pitch(60), Velocity(90)), at: at(10))
        let ended = pairing.follow(.noteOff(c, Pitch(60)), at: at(30))
        #expect(begun == nil)
        #expect(ended == note(60, 10, 20))
        #expect(pairing.openCount == 0)
    }

    @Test func heldNotesAreClosedWhenTheKeyboardIsUnplugged() {
        var pairing = NotePairing()
        _ = pairing.follow(.noteOn(c, Pitch(64), Velocity(90)), at: at(20))
        _ = pairing.follow(.noteOn(c, Pitch(60), Velocity(90)), at: at(10))
        let closed = pairing.closeAll(at: at(50))
        #expect(closed == [note(60, 10, 40), note(64, 20, 30)])
        #expect(pairing.openCount == 0)
    }

    @Test func aNoteBegunTwiceIsTwoNotes() {
        var pairing = NotePairing()
        _ = pairing.follow(.noteOn(c, Pitch(60), Velocity(90)), at: at(0))
        let first = pairing.follow(.noteOn(c, Pitch(60), Velocity(90)), at: at(10))
        let second = pairing.follow(.noteOff(c, Pitch(60)), at: at(30))
        #expect([first, second] == [note(60, 0, 10), note(60, 10, 20)])
    }

    @Test func channelsDoNotCloseEachOthersNotes() {
        var pairing = NotePairing()
        _ = pairing.follow(.noteOn(c, Pitch(60), Velocity(90)), at: at(0))
        let other = pairing.follow(.noteOff(Channel(2), Pitch(60)), at: at(10))
        #expect(other == nil)
        #expect(pairing.openCount == 1)
    }

    @Test func aClockThatStandsStillStillMakesANote() {
        var pairing = NotePairing()
        _ = pairing.follow(.noteOn(c, Pitch(60), Velocity(90)), at: at(5))
        #expect(pairing.closeAll(at: at(5)).map(\.length) == [Nanoseconds(1)])
    }

    @Test(arguments: 0..<UInt64(longCount(10, full: 2_000)))
    func everyNoteOnBecomesExactlyOneNote(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var pairing = NotePairing()
        var noteOns = 0
        var notes: [PerformedNote] = []
        for step in 0..<2000 {
            let pitch = Pitch(Int.random(in: 60...64, using: &random))
            let isOn = Bool.random(using: &random)
            noteOns += isOn ? 1 : 0
            let message: MIDIMessage = isOn ? .noteOn(c, pitch, Velocity(90)) : .noteOff(c, pitch)
            notes += [pairing.follow(message, at: at(step))].compactMap { $0 }
        }
        notes += pairing.closeAll(at: at(2000))
        #expect(notes.count == noteOns)
        #expect(notes.allSatisfy { $0.length > .zero })
    }
}
