import MIDI
import Music
import Testing
import Transport

@Suite struct SoundingNotesTests {
    private let one = Channel(1)
    private let ten = Channel(10)

    @Test func everyNoteOnGetsOneNoteOff() {
        var notes = SoundingNotes()
        notes.follow(.noteOn(one, Pitch(60), Velocity(80)))
        notes.follow(.noteOn(ten, Pitch(127), Velocity(80)))
        notes.follow(.noteOn(one, Pitch(0), Velocity(1)))
        #expect(released(&notes) == [.noteOff(one, Pitch(0)), .noteOff(one, Pitch(60)), .noteOff(ten, Pitch(127))])
        #expect(notes.isSilent)
    }

    @Test func anEndedNoteIsNotReleasedAgain() {
        var notes = SoundingNotes()
        notes.follow(.noteOn(one, Pitch(60), Velocity(80)))
        notes.follow(MIDIMessage(status: 0x90, data1: 60, data2: 0))
        #expect(!notes.isHeld(one, Pitch(60)))
        #expect(released(&notes).isEmpty)
    }

    @Test func pedalsAndBendsAreTakenBack() {
        var notes = SoundingNotes()
        notes.follow(.controlChange(one, Controller.sustain, 127))
        notes.follow(.controlChange(one, Controller.soft, 64))
        notes.follow(.controlChange(one, Controller.volume, 100))
        notes.follow(.pitchBend(ten, 500))
        #expect(
            released(&notes) == [
                .controlChange(one, Controller.sustain, 0), .controlChange(one, Controller.soft, 0), .pitchBend(ten, 0),
            ])
    }

    @Test func pressureIsTakenBackWhereItIsNotAtRest() {
        var notes = SoundingNotes()
        notes.follow(.channelPressure(one, 40))
        notes.follow(.channelPressure(ten, 90))
        notes.follow(.channelPressure(one, 0))
        #expect(!notes.isSilent)
        #expect(released(&notes) == [.channelPressure(ten, 0)])
        #expect(notes.isSilent)
        notes.followBeginning(.channelPressure(one, 7))
        notes.followBeginning(.channelPressure(one, 0))
        #expect(released(&notes) == [.channelPressure(one, 0)])
    }

    @Test func aMessageThatMayNotHaveSoundedEndsNothing() {
        var notes = SoundingNotes()
        notes.followBeginning(.noteOn(one, Pitch(60), Velocity(80)))
        notes.followBeginning(.controlChange(one, Controller.sustain, 127))
        notes.followBeginning(.noteOff(one, Pitch(60)))
        notes.followBeginning(.controlChange(one, Controller.sustain, 0))
        #expect(released(&notes) == [.noteOff(one, Pitch(60)), .controlChange(one, Controller.sustain, 0)])
    }

    private func released(_ notes: inout SoundingNotes) -> [MIDIMessage] {
        var messages: [MIDIMessage] = []
        notes.releaseAll { messages.append($0) }
        return messages
    }
}
