import Controls
import MIDI
import Music
import Testing
import Transport

/// Presses of buttons of many kinds, and what is no press, on a virtual keyboard.
struct ControlLearnerTests {
    private static let source = PortAddress(client: 20, port: 0)

    /// Bytes at a time in milliseconds, on a port.
    private struct Sent {
        var at: Int64
        var bytes: [UInt8]
        var port = 1
    }

    private static func events(_ sent: Sent) -> [TransportEvent] {
        let time = Instant(nanoseconds: sent.at * 1_000_000)
        guard sent.bytes[0] == 0xF0 else {
            let data = Array(sent.bytes.dropFirst()) + [0, 0]
            return [
                TransportEvent(
                    time: time, source: source,
                    message: MIDIMessage(status: sent.bytes[0], data1: data[0], data2: data[1]))
            ]
        }
        return stride(from: 0, to: sent.bytes.count, by: 16).map { start in
            var event = TransportEvent(time: time, source: source, kind: .systemExclusive)
            let piece = sent.bytes[start..<min(start + 16, sent.bytes.count)]
            for (index, byte) in piece.enumerated() { event.bytes[index] = byte }
            event.count = UInt8(piece.count)
            return event
        }
    }

    private static func play(_ learner: inout ControlLearner, _ sent: [Sent], until end: Int64 = 10_000)
        -> [ControlLearner.Reply]
    {
        var replies: [ControlLearner.Reply] = []
        func pass(_ time: Instant) {
            while let due = learner.deadline, due <= time {
                guard let reply = learner.pass(to: due) else { break }
                replies.append(reply)
            }
        }
        for one in sent {
            for event in events(one) {
                pass(event.time)
                if let reply = learner.hear(event, onPort: one.port).reply { replies.append(reply) }
            }
        }
        pass(Instant(nanoseconds: end * 1_000_000))
        return replies
    }

    private static func words(_ replies: [ControlLearner.Reply]) -> [String] {
        replies.map { reply in
            switch reply {
            case .pressAgain(let button): "again: \(button.messages.map(\.trigger.words).joined(separator: " and "))"
            case .recognized(let button): button.words
            case .refused(let why): "no: \(why)"
            }
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var sent: [(Int64, [UInt8])]
        var replies: [String]
    }

    @Test(arguments: [
        Case(
            testDescription: "pressed and released", sent: [(0, [0xBF, 118, 127]), (120, [0xBF, 118, 0])],
            replies: ["control change 118 on channel 16, momentary"]),
        Case(
            testDescription: "quickly", sent: [(0, [0xBF, 118, 127]), (5, [0xBF, 118, 0])],
            replies: ["control change 118 on channel 16, momentary"]),
        Case(
            testDescription: "alternating", sent: [(0, [0xB0, 20, 127]), (1500, [0xB0, 20, 0])],
            replies: [
                "again: control change 20 on channel 1", "control change 20 on channel 1, alternating on and off",
            ]),
        Case(
            testDescription: "alternating, and on before", sent: [(0, [0xB0, 20, 0]), (1500, [0xB0, 20, 127])],
            replies: [
                "again: control change 20 on channel 1", "control change 20 on channel 1, alternating on and off",
            ]),
        Case(
            testDescription: "without a release", sent: [(0, [0xB0, 20, 127]), (1500, [0xB0, 20, 127])],
            replies: ["again: control change 20 on channel 1", "control change 20 on channel 1, momentary"]),
        Case(
            testDescription: "held long",
            sent: [(0, [0xB0, 20, 127]), (2000, [0xB0, 20, 0]), (2300, [0xB0, 20, 127]), (2400, [0xB0, 20, 0])],
            replies: ["again: control change 20 on channel 1", "control change 20 on channel 1, momentary"]),
        Case(
            testDescription: "a pad", sent: [(0, [0x99, 36, 90]), (100, [0x89, 36, 0])],
            replies: ["note 36 on channel 10, momentary"]),
        Case(
            testDescription: "program change", sent: [(0, [0xC9, 3])], replies: ["program change 3 on channel 10"]),
        Case(
            testDescription: "Machine Control", sent: [(0, [0xF0, 0x7F, 0x10, 0x06, 0x06, 0xF7])],
            replies: ["MIDI Machine Control: Record"]),
        Case(testDescription: "real time", sent: [(0, [0xFA])], replies: ["the real-time message Start"]),
        Case(
            testDescription: "long exclusive",
            sent: [(0, [0xF0, 0, 0x20, 0x6B, 0x7F, 0x42, 2, 0, 0, 0x10, 0x7F, 1, 2, 3, 4, 5, 6, 0xF7])],
            replies: ["system exclusive F0 00 20 6B 7F 42 02 00 00 10 7F 01 02 03 04 05 06 F7"]),
        Case(
            testDescription: "several at once",
            sent: [(0, [0xFA]), (2, [0xB0, 50, 127]), (150, [0xB0, 50, 0])],
            replies: ["the real-time message Start and control change 50 on channel 1, momentary"]),
        Case(
            testDescription: "a knob", sent: (0..<30).map { ($0 * 10, [0xB0, 74, UInt8($0 * 4)]) }, replies: []),
        Case(
            testDescription: "no presses",
            sent: [
                (0, [0xF8]), (1, [0xFE]), (2, [0xE0, 0, 70]), (3, [0xD0, 80]), (4, [0xA0, 60, 80]),
                (5, [0xB0, 64, 127]), (300, [0xB0, 64, 0]), (400, [0xB0, 123, 0]), (401, [0xF1, 3]),
            ], replies: []),
        Case(
            testDescription: "a key", sent: [(0, [0x90, 60, 80]), (100, [0x80, 60, 0])],
            replies: [
                "no: note 60 is a key, and keys are music: press a button or a pad (pads send on a channel of their own)"
            ]),
    ])
    func whatIsPressedIsRecognised(_ expected: Case) {
        var learner = ControlLearner()
        learner.ask(.record)
        let replies = Self.play(&learner, expected.sent.map { Sent(at: $0.0, bytes: $0.1) })
        #expect(Self.words(replies) == expected.replies)
    }

    @Test func aNoteOfTheControlPortIsAButton() {
        var learner = ControlLearner()
        learner.ask(.play)
        let replies = Self.play(
            &learner, [Sent(at: 0, bytes: [0x90, 0x5E, 127], port: 2), Sent(at: 90, bytes: [0x90, 0x5E, 0], port: 2)])
        #expect(Self.words(replies) == ["note 94 on channel 1 (Mackie Control's Play), momentary"])
        #expect(learner.recognized?.port == 2)
    }

    @Test func theSameButtonForAnotherActionIsSaid() {
        var learner = ControlLearner()
        learner.ask(.record)
        let press = [Sent(at: 0, bytes: [0xBF, 118, 127]), Sent(at: 100, bytes: [0xBF, 118, 0])]
        _ = Self.play(&learner, press, until: 1000)
        learner.ask(.play)
        let again = press.map { Sent(at: $0.at + 2000, bytes: $0.bytes) }
        let words = Self.words(Self.play(&learner, again))
        #expect(words.count == 1 && words[0].hasPrefix("no: that is the record button"), "\(words)")
        learner.take()
        #expect(learner.learned.map(\.action) == [.record])
    }

    @Test func theSustainPedalIsAButtonOnlyWherePlayersSaySo() {
        var learner = ControlLearner(takesSustain: true)
        learner.ask(.oneButton)
        let replies = Self.play(
            &learner, [Sent(at: 0, bytes: [0xB0, 64, 127]), Sent(at: 100, bytes: [0xB0, 64, 0])])
        #expect(Self.words(replies) == ["control change 64 on channel 1, momentary"])
    }

    @Test func whileNothingIsAskedNothingIsRecognised() {
        var learner = ControlLearner()
        #expect(Self.play(&learner, [Sent(at: 0, bytes: [0xBF, 118, 127]), Sent(at: 9, bytes: [0xC0, 1])]).isEmpty)
    }

    @Test func whatMayBeAButtonIsWithheldWhileItIsAskedForAndKeysAreNot() {
        var learner = ControlLearner()
        #expect(learner.withheld.isEmpty)
        learner.ask(.record)
        let withheld = Set(learner.withheld)
        for message in [
            SwallowedMessage(status: 0xBF, data1: 118), .init(status: 0x99, data1: 36), .init(status: 0xC0, data1: 3),
        ] {
            #expect(withheld.contains(message))
        }
        for message in [
            SwallowedMessage(status: 0x90, data1: 60), .init(status: 0xB0, data1: 64), .init(status: 0xB0, data1: 1),
        ] {
            #expect(!withheld.contains(message))
        }
        learner.take()
        #expect(learner.withheld.isEmpty)
    }
}
