import MIDI
import Music
import Testing
import Transport

@testable import Sequencer

@Suite struct InFlightTests {
    private let synth = PortAddress(client: 128, port: 0)
    private let other = PortAddress(client: 129, port: 0)
    private let one = Channel(1)

    private func at(_ milliseconds: Int, _ message: MIDIMessage, on port: PortAddress? = nil) -> ScheduledMessage {
        ScheduledMessage(time: time(milliseconds), destination: port ?? synth, message: message)
    }
    private func time(_ milliseconds: Int) -> Instant { .zero + .milliseconds(milliseconds) }
    private func note(_ pitch: Int) -> MIDIMessage { .noteOn(one, Pitch(pitch), Velocity(80)) }
    private func off(_ pitch: Int) -> MIDIMessage { .noteOff(one, Pitch(pitch)) }

    private func silenced(_ list: inout InFlight, _ port: PortAddress? = nil, at milliseconds: Int) -> [MIDIMessage] {
        var messages: [MIDIMessage] = []
        list.silence(port, at: time(milliseconds)) { messages.append($1) }
        return messages
    }

    @Test func aNoteWhoseEndWasTakenBackIsReleased() {
        var list = InFlight()
        list.add(at(0, note(60)))
        list.add(at(150, off(60)))
        #expect(silenced(&list, at: 100) == [off(60)])
        #expect(silenced(&list, at: 200).isEmpty)
    }

    @Test func aNoteThatHasNotBegunIsNotReleased() {
        var list = InFlight()
        list.add(at(150, note(60)))
        #expect(silenced(&list, at: 100).isEmpty)
    }

    @Test func aNoteThatEndedLongAgoIsNotReleased() {
        var list = InFlight()
        list.add(at(0, note(60)))
        list.add(at(20, off(60)))
        #expect(silenced(&list, at: 100).isEmpty)
    }

    @Test func anEndThatTheKernelMayStillOweIsSentAgain() {
        var list = InFlight()
        list.add(at(0, note(60)))
        list.add(at(98, off(60)))
        #expect(silenced(&list, at: 100) == [off(60)])
    }

    @Test func aNoteThatTheKernelMayHaveBegunAlreadyIsReleased() {
        var list = InFlight()
        list.add(at(101, note(60)))
        #expect(silenced(&list, at: 100) == [off(60)])
    }

    @Test func silencingOneDestinationKeepsTheOthersMessages() {
        var list = InFlight()
        list.add(at(0, note(60)))
        list.add(at(0, note(62), on: other))
        list.add(at(150, off(60)))
        list.add(at(150, off(62), on: other))
        #expect(silenced(&list, synth, at: 100) == [off(60)])
        #expect(silenced(&list, other, at: 120) == [off(62)])
    }

    @Test func aDestinationThatIsGoneIsForgotten() {
        var list = InFlight()
        list.add(at(0, note(60)))
        list.played(note(64), on: synth)
        list.settle(at: time(100))
        list.forget(synth)
        #expect(silenced(&list, at: 100).isEmpty)
    }

    @Test func theListIsFullAtItsCapacityAndEmptiesAsTimePasses() {
        var list = InFlight()
        for _ in 0..<InFlight.capacity { list.add(at(0, note(60))) }
        let wasFull = list.isFull
        list.settle(at: time(60))
        let isFull = list.isFull
        #expect(wasFull && !isFull)
    }
}
