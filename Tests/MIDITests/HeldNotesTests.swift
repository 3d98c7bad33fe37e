import MIDI
import Music
import Testing

@Suite struct HeldNotesTests {
    private let one = Channel(1)
    private let ten = Channel(10)

    @Test func noteOnsAreCounted() {
        var held = HeldNotes()
        held.press(one, Pitch(60))
        held.press(one, Pitch(60))
        #expect(held.openCount(one, Pitch(60)) == 2)
        let releases = (0..<3).map { _ in held.release(one, Pitch(60)) }
        #expect(releases == [true, true, false])
        #expect(held.isEmpty)
    }

    @Test func releasingAllHandsOutOneNoteOffForEachNoteOnAndEmptiesTheTable() {
        var held = HeldNotes()
        for message: MIDIMessage in [
            .noteOn(ten, Pitch(127), Velocity(1)), .noteOn(one, Pitch(0), Velocity(9)),
            .noteOn(one, Pitch(0), Velocity(9)), .noteOn(one, Pitch(61), Velocity(9)), .noteOff(one, Pitch(61)),
            .controlChange(one, 64, 127),
        ] { held.follow(message) }
        var messages: [MIDIMessage] = []
        held.releaseAll { messages.append($0) }
        #expect(messages == [.noteOff(one, Pitch(0)), .noteOff(one, Pitch(0)), .noteOff(ten, Pitch(127))])
        #expect(held.isEmpty)
    }

    @Test func oneChannelIsReleasedAlone() {
        var held = HeldNotes()
        held.press(one, Pitch(60))
        held.press(ten, Pitch(60))
        var messages: [MIDIMessage] = []
        held.releaseAll(on: ten) { messages.append($0) }
        #expect(messages == [.noteOff(ten, Pitch(60))])
        #expect(held.openCount(one, Pitch(60)) == 1)
    }

    @Test func theCountOfOneNoteStopsAt255() {
        var held = HeldNotes()
        for _ in 0..<300 { held.press(one, Pitch(60)) }
        #expect(held.count == 255)
    }

    @Test func aNoteOnOfVelocityZeroReleases() {
        var held = HeldNotes()
        held.press(one, Pitch(60))
        held.follow(MIDIMessage(status: 0x90, data1: 60, data2: 0))
        #expect(held.isEmpty)
    }
}
