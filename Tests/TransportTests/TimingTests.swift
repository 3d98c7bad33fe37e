import MIDI
import Music
import Testing
import Transport

/// What a transport measures of itself, and what it leaves out because it is too late.
@Suite(.timeLimit(.minutes(1))) struct TimingTests {
    private let transport = EmbeddedTransport()
    private let note = MIDIMessage.noteOn(Channel(1), Pitch(60), Velocity(80))

    @Test func whatGoesThruIsMeasuredAndWhatDoesNotIsNot() throws {
        let (keys, synth) = (transport.addSource("Keys"), transport.addDestination("Synth"))
        try transport.listen(to: keys)
        try transport.startPlaying(to: synth)
        transport.inject(note, from: keys)
        #expect(transport.timings.thru.count == 0)
        transport.setThru([ThruRoute(source: keys, destination: synth, channel: nil, swallowed: [])])
        transport.inject(note, from: keys)
        #expect(transport.timings.thru.count == 1)
        #expect(transport.timings.lateness.count == 0)
        transport.close()
    }

    @Test func whatIsScheduledIsMeasured() async throws {
        let synth = transport.addDestination("Synth")
        try transport.startPlaying(to: synth)
        let time = transport.now() + .milliseconds(20)
        #expect(transport.schedule([ScheduledMessage(time: time, destination: synth, message: note)]) == 1)
        let end = ContinuousClock.now + .seconds(10)
        while transport.timings.lateness.count == 0, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(2))
        }
        let sounded = try #require(transport.drainSounded().last)
        #expect(transport.timings.lateness.sum == (sounded.time - time).count)
        transport.close()
    }

    @Test func aNoteThatIsSecondsLateIsLeftOutAndItsEndIsNot() throws {
        let synth = transport.addDestination("Synth")
        try transport.startPlaying(to: synth)
        let late = transport.now() - latestBeginning - .seconds(1)
        let end = MIDIMessage.noteOff(Channel(1), Pitch(60))
        #expect(
            transport.schedule([
                ScheduledMessage(time: late, destination: synth, message: note),
                ScheduledMessage(time: late, destination: synth, message: end),
            ]) == 2)
        #expect(transport.drainSounded().compactMap(\.message) == [end])
        #expect(transport.counters.late == 1)
        transport.close()
    }
}
