import MIDI
import Music
import TestSupport
import Testing

private let middleC = Pitch(60)
private let on = MIDIMessage.noteOn(Channel(1), Pitch(60), Velocity(100))

/// A row of the table: bytes in, messages out.
struct ParserCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let events: [MIDIParser.Event]
    var losses = MIDIParser.Losses()

    init(_ name: String, _ bytes: [UInt8], _ events: [MIDIParser.Event], stray: Int = 0, truncated: Int = 0) {
        testDescription = name
        self.bytes = bytes
        self.events = events
        losses.strayBytes = stray
        losses.truncatedMessages = truncated
    }

    static let table: [ParserCase] = [
        ParserCase("a note-on", [0x90, 60, 100], [.message(on)]),
        ParserCase("running status", [0x90, 60, 100, 60, 100], [.message(on), .message(on)]),
        ParserCase(
            "a program change has two bytes", [0xC3, 7, 8],
            [
                .message(MIDIMessage(status: 0xC3, data1: 7)), .message(MIDIMessage(status: 0xC3, data1: 8)),
            ]),
        ParserCase(
            "clock inside a message", [0x90, 0xF8, 60, 0xF8, 100],
            [
                .message(MIDIMessage(status: 0xF8)), .message(MIDIMessage(status: 0xF8)), .message(on),
            ]),
        ParserCase(
            "clock inside system exclusive", [0xF0, 1, 0xF8, 2, 0xF7],
            [
                .message(MIDIMessage(status: 0xF8)), .systemExclusive([0xF0, 1, 2, 0xF7]),
            ]),
        ParserCase(
            "running status survives real-time", [0x90, 60, 100, 0xFE, 60, 100],
            [
                .message(on), .message(MIDIMessage(status: 0xFE)), .message(on),
            ]),
        ParserCase(
            "system common cancels running status", [0x90, 60, 100, 0xF6, 60, 100],
            [
                .message(on), .message(MIDIMessage(status: 0xF6)),
            ], stray: 2),
        ParserCase(
            "system exclusive cancels running status", [0x90, 60, 100, 0xF0, 0xF7, 60],
            [
                .message(on), .systemExclusive([0xF0, 0xF7]),
            ], stray: 1),
        ParserCase("song position", [0xF2, 1, 2], [.message(MIDIMessage(status: 0xF2, data1: 1, data2: 2))]),
        ParserCase("a message cut short", [0x90, 60, 0x90, 60, 100], [.message(on)], truncated: 1),
        ParserCase("system exclusive cut short", [0xF0, 1, 2, 0x90, 60, 100], [.message(on)], truncated: 1),
        ParserCase("data without status", [1, 2, 3, 0x90, 60, 100], [.message(on)], stray: 3),
        ParserCase("an end without a beginning", [0xF7, 0x90, 60, 100], [.message(on)], stray: 1),
        ParserCase("undefined statuses", [0xF4, 0xF5, 0xF9, 0xFD], [], stray: 4),
        ParserCase("an end of input inside a message", [0x90, 60], []),
    ]
}

@Suite struct MIDIParserTests {
    @Test(arguments: ParserCase.table)
    func bytesBecomeMessages(_ row: ParserCase) {
        var parser = MIDIParser()
        #expect(parser.feed(row.bytes) == row.events)
        #expect(parser.losses == row.losses)
    }

    @Test(arguments: 0..<16)
    func everyChannelMessageSurvivesTheWire(channel: Int) {
        let c = Channel(channel + 1)
        let messages: [MIDIMessage] = [
            .noteOn(c, middleC, Velocity(1)), .noteOff(c, Pitch(127)), .controlChange(c, 64, 127),
            .programChange(c, Program(127)), .pitchBend(c, -8192), .pitchBend(c, 8191),
            MIDIMessage(status: 0xA0 | c.wire, data1: 60, data2: 9), MIDIMessage(status: 0xD0 | c.wire, data1: 9),
        ]
        var parser = MIDIParser()
        #expect(parser.feed(messages.flatMap(\.bytes)) == messages.map { .message($0) })
    }

    @Test func theLongestSystemExclusiveIsKept() {
        let body = [UInt8](repeating: 1, count: MIDIParser.maximumSystemExclusive - 2)
        var parser = MIDIParser()
        #expect(parser.feed([0xF0] + body + [0xF7]) == [.systemExclusive([0xF0] + body + [0xF7])])
    }

    @Test func aLongerSystemExclusiveIsDroppedAndCountedAndTheNextMessageIsRead() {
        let body = [UInt8](repeating: 1, count: MIDIParser.maximumSystemExclusive - 1)
        var parser = MIDIParser()
        #expect(parser.feed([0xF0] + body + [0xF7, 0x90, 60, 100]) == [.message(on)])
        #expect(parser.losses.oversizedMessages == 1)
    }

    @Test func resetForgetsRunningStatus() {
        var parser = MIDIParser()
        _ = parser.feed([0x90, 60])
        parser.reset()
        #expect(parser.feed([60, 100]) == [])
        #expect(parser.losses.truncatedMessages == 1)
        #expect(parser.losses.strayBytes == 2)
    }

    @Test(arguments: 0..<20)
    func noBytesCrashTheParserAndWhatComesOutIsLegal(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var parser = MIDIParser()
        let bytes = (0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let events = parser.feed(bytes)
        let reread = events.flatMap { event in
            switch event {
            case .message(let message): message.bytes
            case .systemExclusive(let bytes): bytes
            }
        }
        var second = MIDIParser()
        #expect(second.feed(reread) == events)
        #expect(second.losses == MIDIParser.Losses())
    }
}
