import Music
import Testing

@testable import TakeStore

@Suite struct NoteCodingTests {
    @Test(arguments: [
        [],
        [note(0, 0, 1, 1)],
        [note(127, 30719, 480, 127), note(60, -40, 1), note(60, 5, .max - 6)],
        (0..<500).map { note($0 % 128, $0 * 40, 1 + $0 * 7, 1 + $0 % 127) },
    ])
    func notesOfScoreTimeComeBackInTheSameOrder(notes: [NoteEvent]) throws {
        #expect(try NoteCoding.decodeNotes(NoteCoding.encode(notes)) == notes)
    }

    @Test(arguments: [Int64.min, -1, 0, 1, 86_400_000_000_000, Int64.max])
    func performedNotesComeBackAtAnyTime(nanoseconds: Int64) throws {
        let notes = [
            PerformedNote(
                pitch: Pitch(1), onset: Instant(nanoseconds: nanoseconds), length: Nanoseconds(nanoseconds),
                velocity: .mezzoForte)
        ]
        #expect(try NoteCoding.decodePerformance(NoteCoding.encode(notes)) == notes)
    }

    @Test func theWrittenFormIsTheDocumentedOne() {
        #expect(NoteCoding.encode([note(60, 40, 200, 80)]) == [0x4E, 1, 1, 80, 0xC8, 1, 60, 80])
        #expect(
            NoteCoding.encode([
                PerformedNote(
                    pitch: Pitch(60), onset: Instant(nanoseconds: -1), length: Nanoseconds(64), velocity: Velocity(80))
            ]) == [0x50, 1, 1, 1, 0x80, 1, 60, 80])
    }

    @Test func aMelodyNoteTakesFiveToSixBytes() {
        let melody = (0..<100).map { note(60 + $0 % 12, $0 * 240, 200) }
        #expect(NoteCoding.encode(melody).count <= 3 + 6 * 100)
    }

    @Test func bytesCutOffAnywhereAreNoticed() {
        let bytes = NoteCoding.encode(Example.phrase.notes)
        for end in bytes.indices {
            #expect(throws: NoteCoding.Failure.self) { try NoteCoding.decodeNotes(bytes[..<end]) }
        }
    }

    @Test(
        arguments: [
            ([0x50, 1, 0], "another kind"), ([0x4E, 2, 0], "version 2"), ([0x4E, 1, 0, 9], "too many"),
            ([0x4E, 1, 1, 0, 1, 128, 1], "pitch"), ([0x4E, 1, 1, 0, 1, 60, 0], "velocity"),
            ([0x4E, 1, 1, 0, 0, 60, 1], "length"),
            ([0x4E, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0], "cut off"),
            ([0x4E, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], "64 bits"),
        ] as [([UInt8], String)])
    func bytesThatAreNoNotesAreRefusedWithTheReason(bytes: [UInt8], reason: String) {
        let failure = #expect(throws: NoteCoding.Failure.self) { try NoteCoding.decodeNotes(bytes) }
        #expect(failure?.description.contains(reason) == true)
    }

    @Test func anyChangedByteIsReadOrRefusedButNeverCrashes() {
        let bytes = NoteCoding.encode(Example.phrase.notes)
        var read = 0
        var refused = 0
        for index in bytes.indices {
            for value in UInt8.min...UInt8.max {
                var changed = bytes
                changed[index] = value
                if (try? NoteCoding.decodeNotes(changed)) != nil { read += 1 } else { refused += 1 }
            }
        }
        #expect(read + refused == bytes.count * 256)
        #expect(read > 0 && refused > 0)
    }
}
