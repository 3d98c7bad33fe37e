import MIDI
import Music
import StandardMIDIFile
import TestSupport
import Testing

@Suite struct SMFWriterTests {
    @Test func aSmallFileIsWrittenToTheByte() {
        let file = MIDIFile(
            format: .parallel, ticksPerQuarter: 480, tracks: [melodyTrack("A", [60])])
        let expected: [UInt8] =
            header() + [0x4D, 0x54, 0x72, 0x6B, 0, 0, 0, 18] + [0, 0xFF, 3, 1, 0x41] + [0, 0x90, 60, 90]
            + [0x83, 0x60, 0x80, 60, 64] + [0, 0xFF, 0x2F, 0]
        #expect(file.bytes == expected)
    }

    @Test(arguments: [
        (0, [0]), (127, [0x7F]), (128, [0x81, 0]), (8192, [0xC0, 0]), (0x3FFF, [0xFF, 0x7F]),
        (0x4000, [0x81, 0x80, 0]),
        (0x1FFFFF, [0xFF, 0xFF, 0x7F]), (0x200000, [0x81, 0x80, 0x80, 0]), (0xFFFFFFF, [0xFF, 0xFF, 0xFF, 0x7F]),
    ])
    func lengthsAreWrittenAsTheStandardShows(tick: Int, bytes: [UInt8]) throws {
        let file = MIDIFile(format: .single, ticksPerQuarter: 96, tracks: [.init(events: [], length: tick)])
        #expect(Array(file.bytes.dropFirst(22)) == bytes + [0xFF, 0x2F, 0])
        #expect(try MIDIFile(bytes: file.bytes) == file)
    }

    @Test(arguments: 0..<50)
    func whatIsWrittenIsReadAgain(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let tracks = (0..<Int.random(in: 1...4, using: &random)).map { _ in randomTrack(&random) }
        let file = MIDIFile(
            format: tracks.count == 1 ? .single : .parallel,
            ticksPerQuarter: Int.random(in: 1...32767, using: &random), tracks: tracks)
        #expect(try MIDIFile(bytes: file.bytes) == file)
    }

    private func randomTrack(_ random: inout SeededGenerator) -> MIDIFile.Track {
        var tick = 0
        var events: [MIDIFile.Event] = []
        for _ in 0..<Int.random(in: 0...60, using: &random) {
            tick += Int.random(in: 0...100_000, using: &random)
            let data = (0..<Int.random(in: 0...300, using: &random)).map { _ in
                UInt8.random(in: 0...127, using: &random)
            }
            let status = UInt8.random(in: 0x80...0xEF, using: &random)
            let message = MIDIMessage(
                status: status, data1: UInt8.random(in: 0...127, using: &random),
                data2: MIDIMessage.byteCount(status: status) == 3 ? UInt8.random(in: 0...127, using: &random) : 0)
            let bodies: [MIDIFile.Body] = [
                .message(message), .systemExclusive(data), .escape(data),
                .meta(UInt8.random(in: 0...0x2E, using: &random), data),
            ]
            events.append(.init(tick: tick, bodies.randomElement(using: &random)!))
        }
        return .init(events: events, length: tick + Int.random(in: 0...1000, using: &random))
    }
}
