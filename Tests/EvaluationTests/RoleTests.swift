import Music
import Testing

@testable import Evaluation

@Suite struct RoleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var words: String
        var program: Int
        var notes: [NoteEvent]
        var role: Role
        var testDescription: String { words }
    }

    static let triads = (0..<4).flatMap { chord([60, 64, 67], $0 * 12, 12) }
    static let high = (0..<4).map { note(72 + $0, $0 * 12, 12) }
    static let low = (0..<4).map { note(40 + $0, $0 * 12, 12) }
    /// Five notes on four onsets: 1.25 an onset; the median is 47 or 48.
    static let nearlyLow = [note(40, 0, 12), note(47, 12, 12), note(47, 24, 12), note(60, 36, 12), note(64, 36, 12)]

    static let cases = [
        Case(words: "a bass guitar plays bass wherever it lies", program: 33, notes: high, role: .bass),
        Case(words: "so does a contrabass in chords", program: 43, notes: triads, role: .bass),
        Case(words: "and a tuba", program: 58, notes: high, role: .bass),
        Case(words: "and a bassoon", program: 70, notes: high, role: .bass),
        Case(words: "a low single line is bass", program: 0, notes: low, role: .bass),
        Case(words: "1.25 notes an onset are still a line", program: 0, notes: nearlyLow, role: .bass),
        Case(words: "low timpani are bass", program: 47, notes: low, role: .bass),
        Case(words: "high timpani are percussion", program: 47, notes: high, role: .percussion),
        Case(words: "strings in chords are a pad", program: 48, notes: triads, role: .pad),
        Case(words: "a choir in chords is a pad", program: 52, notes: triads, role: .pad),
        Case(words: "a warm pad in chords is a pad", program: 89, notes: triads, role: .pad),
        Case(words: "a piano in chords plays chords", program: 0, notes: triads, role: .chords),
        Case(words: "horns in chords play chords", program: 60, notes: triads, role: .chords),
        Case(words: "strings in one voice are a line", program: 48, notes: high, role: .line),
        Case(
            words: "low chords are no bass", program: 0,
            notes: triads.map { note(36, $0.onset.nearestStep, 12) } + triads, role: .chords),
    ]

    @Test(arguments: cases)
    func theFirstRuleThatFitsNamesTheRole(example: Case) {
        #expect(Role(isDrums: false, program: example.program, notes: example.notes) == example.role)
    }

    @Test func whatStandsOnTheDrumChannelIsDrums() {
        #expect(Role(isDrums: true, program: 33, notes: RoleTests.low) == .drums)
    }

    @Test func aPercentileLiesBetweenItsNeighbours() {
        #expect(percentile([4, 1, 3, 2], 0.5) == 2.5)
        #expect(percentile([1, 2, 3, 4, 5], 0.05) == 1.2)
        #expect(percentile([7], 0.95) == 7)
        #expect(percentile([], 0.5) == nil)
    }
}
