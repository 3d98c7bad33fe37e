import MIDI
import Music
import Testing

@testable import Journal

@Suite struct SegmentTests {
    private static let header = SegmentHeader(
        number: 7, session: 0xFEED_F00D_DEAD_BEEF, anchor: ClockAnchor(boot: 1_000, wall: Bench.epoch))
    private static let records = (0..<12).map { index in
        PlayedRecord(
            message: index % 2 == 0
                ? .noteOn(Channel(index % 16 + 1), Pitch(60 + index), .mezzoForte) : .pitchBend(Channel(1), index - 6),
            keyboard: index < 6 ? "Keys" : "Tästatur “Größe XL”, with a name longer than one piece",
            boot: 2_000 + Int64(index) * 1_000_000, serial: UInt32(index))
    }

    private static var bytes: [UInt8] {
        var segment = Segment(header: header)
        segment.records = records
        return segment.bytes
    }

    @Test func theChecksumIsThatOfTheStandard() {
        #expect(CRC32.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(CRC32.checksum(Array("6789".utf8), seed: CRC32.checksum(Array("12345".utf8))) == 0xCBF4_3926)
    }

    @Test func aSegmentComesBackAsItWas() throws {
        let segment = try #require(Segment(Self.bytes))
        #expect(segment.header == Self.header)
        #expect(segment.records == Self.records)
        #expect(segment.condition == .whole)
    }

    @Test func aTornTailCostsOnlyTheTornRecord() throws {
        let bytes = Self.bytes
        var whole = 0
        for end in SegmentFormat.headerSize...bytes.count {
            let segment = try #require(Segment(Array(bytes[..<end])))
            // Names come with the first message of a keyboard, in front of it.
            #expect(Self.records.starts(with: segment.records))
            #expect(segment.records.count >= whole)
            whole = segment.records.count
            let isWhole = (end - SegmentFormat.headerSize) % SegmentFormat.recordSize == 0
            #expect(segment.condition == (isWhole ? .whole : .torn))
            #expect(whole >= (end - SegmentFormat.headerSize) / SegmentFormat.recordSize - 5)
        }
        #expect(whole == Self.records.count)
    }

    @Test func aTailOfZerosOrOfAFormerFileIsTorn() throws {
        let cut = Array(Self.bytes.dropLast(3 * SegmentFormat.recordSize))
        var former = SegmentEncoder(header: SegmentHeader(number: 1, session: 1, anchor: Self.header.anchor))
        for tail in [[UInt8](repeating: 0, count: 4096), former.encode(Self.records[0])] {
            let segment = try #require(Segment(cut + tail))
            #expect(segment.condition == .torn)
            #expect(segment.records == Array(Self.records.dropLast(3)))
        }
    }

    @Test func aBadRecordInTheMiddleIsNoticedAndTheOthersAreRead() throws {
        var bytes = Self.bytes
        bytes[SegmentFormat.headerSize + 2 * SegmentFormat.recordSize + 3] ^= 1
        let segment = try #require(Segment(bytes))
        #expect(segment.condition == .damaged)
        #expect(segment.records.count == Self.records.count - 1)
    }

    @Test func noChangedByteIsTakenForAnotherMessage() throws {
        let bytes = Self.bytes
        var refused = 0
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 0x10
            guard let segment = Segment(changed) else {
                refused += 1
                continue
            }
            // A name may lose a piece; no message changes.
            let known = Set(Self.records.map(\.serial))
            #expect(segment.records.allSatisfy { Self.records[Int($0.serial)].message == $0.message })
            #expect(segment.records.allSatisfy { known.contains($0.serial) })
        }
        #expect(refused == SegmentFormat.headerSize)
    }

    @Test func aClockThatWasSetIsTheLastWordOnTime() throws {
        var encoder = SegmentEncoder(header: Self.header)
        let anchor = ClockAnchor(boot: 5_000_000, wall: Bench.epoch + 86_400_000_000_000)
        let bytes = Self.header.bytes + encoder.encode(Self.records[0]) + encoder.encode(anchor)
        let segment = try #require(Segment(bytes))
        #expect(segment.anchor == anchor)
        #expect(segment.newest == Self.records[0].boot + anchor.offset)
    }

    @Test func moreKeyboardsThanASegmentNamesAreRefused() {
        var encoder = SegmentEncoder(header: Self.header)
        for number in 0..<SegmentFormat.keyboardLimit {
            _ = encoder.encode(
                PlayedRecord(message: .realTimeStop, keyboard: "\(number)", boot: 0, serial: UInt32(number)))
        }
        #expect(encoder.hasRoom(for: "7"))
        #expect(!encoder.hasRoom(for: "one more"))
    }

    @Test func aNameThatIsTooLongLosesWholeCharacters() throws {
        var segment = Segment(header: Self.header)
        segment.records = [
            PlayedRecord(message: .realTimeStop, keyboard: String(repeating: "é", count: 200), boot: 0, serial: 0)
        ]
        #expect(Segment(segment.bytes)?.records.first?.keyboard == String(repeating: "é", count: 120))
    }
}
