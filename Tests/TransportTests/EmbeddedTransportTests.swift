import Glibc
import MIDI
import Music
import RealTime
import Testing
import Transport

@Suite struct EmbeddedTransportTests {
    private let transport = EmbeddedTransport(clock: .virtual)
    private let keys: PortAddress
    private let synth: PortAddress
    private let one = Channel(1)

    init() throws {
        keys = transport.addSource("Keys")
        synth = transport.addDestination("Synth")
        try transport.listen(to: keys)
        try transport.startPlaying(to: synth)
        while transport.nextEvent() != nil {}
    }

    private func note(_ pitch: Int) -> MIDIMessage { .noteOn(one, Pitch(pitch), Velocity(80)) }
    private func off(_ pitch: Int) -> MIDIMessage { .noteOff(one, Pitch(pitch)) }
    private func at(_ milliseconds: Int, _ message: MIDIMessage) -> ScheduledMessage {
        ScheduledMessage(time: .zero + .milliseconds(milliseconds), destination: synth, message: message)
    }
    private func heard() -> [MIDIMessage?] { transport.drainSounded().map(\.message) }

    @Test func aKeyIsHeardWithTheTimeAtWhichItWasStruck() {
        transport.advance(by: .milliseconds(7))
        transport.inject(note(60), from: keys)
        let event = transport.nextEvent()
        #expect(event?.message == note(60))
        #expect(event?.time == .zero + .milliseconds(7))
        #expect(event?.source == keys)
        #expect(transport.nextEvent() == nil)
    }

    @Test func aSourceNobodyListensToIsNotHeard() throws {
        transport.stopListening(to: keys)
        transport.inject(note(60), from: keys)
        #expect(transport.nextEvent() == nil)
    }

    @Test func scheduledMessagesSoundAtTheirTimeAndInOrder() {
        #expect(transport.schedule([at(100, note(60)), at(150, off(60)), at(150, note(62))]) == 3)
        transport.advance(by: .milliseconds(99))
        #expect(heard().isEmpty)
        transport.advance(by: .milliseconds(61))
        let sounded = transport.drainSounded()
        #expect(sounded.map(\.message) == [note(60), off(60), note(62)])
        #expect(sounded.map(\.time.nanoseconds) == [100_000_000, 150_000_000, 150_000_000])
    }

    private static let clocks: [MIDIMessage] = [
        MIDIMessage(status: 0xF2, data1: 8, data2: 1), .realTimeStart, MIDIMessage(status: 0xF8), .realTimeStop,
        .realTimeContinue, MIDIMessage(status: 0xF8),
    ]

    @Test func scheduledSystemMessagesSoundAtTheirTimeAndInOrder() {
        let clocks = EmbeddedTransportTests.clocks
        #expect(transport.schedule(zip([10, 20, 20, 30, 30, 31], clocks).map { at($0, $1) }) == 6)
        transport.advance(by: .milliseconds(40))
        let sounded = transport.drainSounded()
        #expect(sounded.map(\.message) == clocks)
        #expect(sounded.map(\.time.nanoseconds) == [10, 20, 20, 30, 30, 31].map { $0 * 1_000_000 })
    }

    @Test func systemMessagesAreHeardInOrderWithTheirTimesAndDoNotGoThru() {
        transport.setThru([ThruRoute(source: keys, destination: synth, channel: nil, swallowed: [], transpose: 1)])
        for message in EmbeddedTransportTests.clocks {
            transport.advance(by: .milliseconds(3))
            transport.inject(message, from: keys)
        }
        var events: [TransportEvent] = []
        while let event = transport.nextEvent() { events.append(event) }
        #expect(events.map(\.message) == EmbeddedTransportTests.clocks)
        #expect(events.map(\.time.nanoseconds) == [3, 6, 9, 12, 15, 18].map { $0 * 1_000_000 })
        #expect(heard().isEmpty)
    }

    @Test func laterCallsMaySlipMessagesBetweenEarlierOnes() {
        _ = transport.schedule([at(10, note(60)), at(30, off(60))])
        _ = transport.schedule([at(10, note(64)), at(20, note(62))])
        transport.advance(by: .milliseconds(30))
        #expect(heard() == [note(60), note(64), note(62), off(60)])
    }

    @Test func whatLiesBeyondTheHorizonIsNotTaken() {
        #expect(transport.schedule([at(100, note(60)), at(200, off(60)), at(201, note(62))]) == 2)
    }

    @Test func whatIsPastSoundsAtOnce() {
        transport.advance(by: .milliseconds(50))
        _ = transport.schedule([at(10, note(60))])
        let sounded = transport.drainSounded()
        #expect(sounded.map(\.time) == [.zero + .milliseconds(50)])
        #expect(sounded.map(\.due) == [.zero + .milliseconds(10)])
    }

    @Test func silenceTakesBackTheFutureAndReleasesThePresent() {
        _ = transport.schedule([at(10, note(60)), at(20, note(64)), at(100, off(60)), at(120, note(67))])
        transport.advance(by: .milliseconds(50))
        _ = heard()
        transport.silence(nil, thru: true)
        #expect(heard() == [off(60), off(64)])
        transport.advance(by: .milliseconds(200))
        #expect(heard().isEmpty)
    }

    @Test func silencingOneDestinationLeavesTheOther() throws {
        let other = transport.addDestination("Other")
        try transport.startPlaying(to: other)
        _ = transport.schedule([
            at(10, note(60)), ScheduledMessage(time: .zero + .milliseconds(20), destination: other, message: note(62)),
        ])
        transport.silence(synth, thru: true)
        transport.advance(by: .milliseconds(20))
        #expect(heard() == [note(62)])
    }

    @Test func thruPassesAtOnceOnItsChannelAndSwallowsControls() {
        transport.setThru([
            ThruRoute(
                source: keys, destination: synth, channel: Channel(4),
                swallowed: [SwallowedMessage(status: 0xB0, data1: 118)])
        ])
        transport.inject(note(60), from: keys)
        transport.inject(.controlChange(one, 118, 127), from: keys)
        #expect(heard() == [note(60).on(Channel(4))])
        #expect(transport.nextEvent()?.message == note(60))
        #expect(transport.nextEvent()?.message == .controlChange(one, 118, 127))
    }

    @Test func thruNotesAreReleasedBySilenceOnlyWhereAsked() {
        transport.setThru([ThruRoute(source: keys, destination: synth, channel: nil, swallowed: [])])
        transport.inject(note(60), from: keys)
        _ = heard()
        transport.silence(nil, thru: false)
        #expect(heard().isEmpty)
        transport.silence(nil, thru: true)
        #expect(heard() == [off(60)])
    }

    @Test func heldThruNoteIsClosedWhenTheKeyboardIsUnplugged() {
        transport.setThru([ThruRoute(source: keys, destination: synth, channel: nil, swallowed: [])])
        transport.inject(note(60), from: keys)
        _ = heard()
        transport.removePort(keys)
        #expect(heard() == [off(60)])
        _ = transport.nextEvent()
        #expect(transport.nextEvent()?.kind == .portExited)
    }

    @Test func whatAPlayerHeldDownIsTakenBackWhenTheKeyboardIsUnplugged() {
        let four = Channel(4)
        transport.setThru([ThruRoute(source: keys, destination: synth, channel: four, swallowed: [])])
        let played: [MIDIMessage] = [
            .controlChange(one, Controller.sustain, 127), .controlChange(one, Controller.sostenuto, 127),
            .controlChange(one, Controller.soft, 90), .pitchBend(one, 900), .channelPressure(one, 30),
        ]
        for message in played { transport.inject(message, from: keys) }
        #expect(heard() == played.map { $0.on(four) })
        transport.removePort(keys)
        #expect(
            heard() == [
                .controlChange(four, Controller.sustain, 0), .controlChange(four, Controller.sostenuto, 0),
                .controlChange(four, Controller.soft, 0), .pitchBend(four, 0), .channelPressure(four, 0),
            ])
    }

    @Test func aDestinationThatIsGoneIsCountedNotHeard() {
        _ = transport.schedule([at(10, note(60))])
        transport.removePort(synth)
        transport.send(note(62), to: synth)
        transport.advance(by: .milliseconds(20))
        #expect(heard().isEmpty)
        #expect(transport.counters.sendFailures == 1)
    }

    @Test func systemExclusiveArrivesInPiecesOfSixteen() {
        let inquiry: [UInt8] = [0xF0] + (0..<20).map { $0 } + [0xF7]
        transport.inject(systemExclusive: inquiry, from: keys)
        let first = transport.nextEvent()
        let second = transport.nextEvent()
        #expect(first?.count == 16 && second?.count == 6)
        #expect(first?.bytes[0] == 0xF0 && second?.bytes[5] == 0xF7)
    }

    @Test func aConductorThatNeverReadsIsToldThatInputWasLost() {
        for _ in 0..<8_193 { transport.inject(note(60), from: keys) }
        #expect(transport.nextEvent()?.kind == .gap)
        #expect(transport.nextEvent()?.message == note(60))
        #expect(transport.counters.overruns == 1)
    }

    @Test func theEventDescriptorIsReadableWhileEventsWait() {
        transport.inject(note(60), from: keys)
        transport.inject(off(60), from: keys)
        #expect(isReadable(transport.eventDescriptor))
        _ = transport.nextEvent()
        #expect(isReadable(transport.eventDescriptor))
        _ = transport.nextEvent()
        #expect(!isReadable(transport.eventDescriptor))
    }

    @Test func unknownPortsAreRefusedWithAdvice() {
        let nowhere = PortAddress(client: 99, port: 9)
        #expect(throws: TransportError.self) { try transport.listen(to: nowhere) }
        #expect(throws: TransportError.self) { try transport.startPlaying(to: keys) }
    }

    @Test(.timeLimit(.minutes(1))) func onTheSystemClockMessagesSoundByThemselvesAndNeverEarly() throws {
        let live = EmbeddedTransport()
        let synth = live.addDestination("Synth")
        try live.startPlaying(to: synth)
        let start = live.now()
        let messages = (0..<20).map { index in
            ScheduledMessage(time: start + .milliseconds(index), destination: synth, message: note(40 + index))
        }
        #expect(live.schedule(messages) == 20)
        var sounded: [SoundedMessage] = []
        while sounded.count < 20 {
            waitUntilReadable(live.soundedDescriptor)
            sounded += live.drainSounded()
        }
        #expect(sounded.map(\.message) == messages.map(\.message))
        #expect(sounded.map { $0.time >= $0.due } == Array(repeating: true, count: 20))
        live.close()
    }

    @Test func closingReleasesEverything() throws {
        transport.send(note(60), to: synth)
        transport.send(.controlChange(one, Controller.sustain, 127), to: synth)
        _ = heard()
        transport.close()
        #expect(heard() == [off(60), .controlChange(one, Controller.sustain, 0)])
    }

    private func isReadable(_ descriptor: Int32) -> Bool {
        var descriptor = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 1
    }

    private func waitUntilReadable(_ descriptor: Int32) {
        var descriptor = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&descriptor, 1, 1_000)
    }
}
