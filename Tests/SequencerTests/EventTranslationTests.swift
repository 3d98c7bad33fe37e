import CALSA
import MIDI
import Music
import Testing
import Transport

@testable import Sequencer

@Suite struct EventTranslationTests {
    static let messages: [MIDIMessage] = [
        .noteOn(Channel(1), Pitch(60), Velocity(100)), .noteOff(Channel(16), Pitch(127), velocity: 3),
        MIDIMessage(status: 0xA3, data1: 61, data2: 9), .controlChange(Channel(10), 64, 127),
        .programChange(Channel(2), Program(33)), MIDIMessage(status: 0xD5, data1: 77), .pitchBend(Channel(1), -8192),
        .pitchBend(Channel(1), 8191), .pitchBend(Channel(4), 0), MIDIMessage(status: 0xF1, data1: 0x35),
        MIDIMessage(status: 0xF2, data1: 1, data2: 2), MIDIMessage(status: 0xF3, data1: 5), MIDIMessage(status: 0xF6),
        MIDIMessage(status: 0xF8), .realTimeStart, .realTimeContinue, .realTimeStop, MIDIMessage(status: 0xFE),
        MIDIMessage(status: 0xFF),
    ]

    @Test(arguments: messages) func aMessageSurvivesTheWayThroughAnEvent(message: MIDIMessage) {
        #expect(snd_seq_event_t(message)?.message == message)
    }

    /// The library's own translator, which the kernel's ports agree with, is the judge.
    @Test(arguments: messages) func ourEventsAreTheLibrarysEvents(message: MIDIMessage) throws {
        var coder: OpaquePointer?
        #expect(snd_midi_event_new(64, &coder) == 0)
        defer { snd_midi_event_free(coder) }
        var theirs = snd_seq_event_t()
        var bytes = message.bytes
        #expect(snd_midi_event_encode(coder, &bytes, bytes.count, &theirs) == bytes.count)
        #expect(theirs.message == message)

        var ours = try #require(snd_seq_event_t(message))
        var written = [UInt8](repeating: 0, count: 8)
        snd_midi_event_reset_decode(coder)
        let count = snd_midi_event_decode(coder, &written, written.count, &ours)
        #expect(Array(written.prefix(count)) == message.bytes)
    }

    @Test(arguments: [0xF4, 0xF5, 0xF9, 0xFD] as [UInt8]) func undefinedStatusesAreNotSent(status: UInt8) {
        #expect(snd_seq_event_t(MIDIMessage(status: status)) == nil)
    }

    @Test func valuesOutsideTheirRangeAreClamped() {
        var event = snd_seq_event_t()
        event.type = UInt8(SND_SEQ_EVENT_PITCHBEND.rawValue)
        event.data.control.value = 1_000_000
        #expect(event.message == .pitchBend(Channel(1), 8191))
        event.type = UInt8(SND_SEQ_EVENT_CONTROLLER.rawValue)
        event.data.control.param = 4_000
        event.data.control.value = -5
        #expect(event.message == .controlChange(Channel(1), 127, 0))
    }

    @Test(arguments: [0, 1, 3_250_000_001, 5_000_000_000_000_000] as [Int64])
    func anEventThatMeasuresSaysWhenItWasDueAndIsNoMessage(nanoseconds: Int64) {
        let event = snd_seq_event_t(due: Instant(nanoseconds: nanoseconds))
        #expect(event.due == Instant(nanoseconds: nanoseconds))
        #expect(event.message == nil)
        #expect(snd_seq_event_t(.realTimeStop)?.due == nil)
    }

    @Test func aScheduledEventCarriesItsTimeQueueAndTag() throws {
        var event = try #require(snd_seq_event_t(.realTimeStop))
        let time = Instant(nanoseconds: 3_250_000_001)
        event.address(from: 1, to: PortAddress(client: 20, port: 2), on: 7, at: time, tag: 1)
        #expect(event.stamp == time)
        #expect(event.queue == 7 && event.tag == 1 && event.dest.client == 20 && event.dest.port == 2)
        #expect(Int32(event.flags) & SND_SEQ_TIME_STAMP_MASK == SND_SEQ_TIME_STAMP_REAL)
    }

    @Test(arguments: [0xF2, 0xF8, 0xFA, 0xFB, 0xFC] as [UInt8])
    func clockMessagesAreScheduledAndReadWithTheirStamp(status: UInt8) throws {
        let message = MIDIMessage(status: status, data1: status == 0xF2 ? 5 : 0, data2: status == 0xF2 ? 9 : 0)
        var event = try #require(snd_seq_event_t(message))
        let time = Instant(nanoseconds: 86_400_000_000_020)
        event.address(from: 1, to: PortAddress(client: 20, port: 2), on: 7, at: time, tag: 1)
        #expect(event.message == message && event.stamp == time && event.queue == 7)
    }

    @Test func aDirectEventPassesAllQueues() throws {
        var event = try #require(snd_seq_event_t(.realTimeStop))
        event.address(from: 1, to: PortAddress(client: 20, port: 2))
        #expect(Int32(event.queue) == SND_SEQ_QUEUE_DIRECT && event.source.port == 1)
    }

    @Test(arguments: [
        (ENOENT, "is snd-seq loaded?"), (EACCES, "group audio"), (ENOMEM, "all 64 places"),
    ])
    func aSequencerThatDoesNotOpenIsExplained(code: Int32, advice: String) {
        let error = #expect(throws: TransportError.self) {
            try check(-code, "snd_seq_open", to: "open the sequencer")
        }
        #expect(error?.description.hasPrefix("cannot open the sequencer: snd_seq_open: ") == true)
        #expect(error?.advice.contains(advice) == true)
        #expect(error?.code == -code)
    }
}
