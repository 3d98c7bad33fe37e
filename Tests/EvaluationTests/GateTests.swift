import Music
import Testing

@testable import Evaluation

@Suite struct GateTests {
    /// Four bars, four tracks, chords that change under a melody of chord tones.
    private func piece(_ name: String, root: Int, program: Int = 0) -> EvaluatedPiece {
        let roots = [0, 9, 5, 7].map { ($0 + root) % 12 }
        let melody = roots.enumerated().map { note(72 + ($1 + 7) % 12, $0 * 48 + 6, 36) }
        func part(_ notes: (_ root: Int, _ start: Int) -> [NoteEvent]) -> [NoteEvent] {
            roots.enumerated().flatMap { notes($1, $0 * 48) }
        }
        return EvaluatedPiece(
            name: name, melody: melody, meter: .fourFour,
            tracks: [
                EvaluatedTrack(name: "Drums", isDrums: true, notes: part { [note(36, $1, 3), note(38, $1 + 12, 3)] }),
                EvaluatedTrack(name: "Bass", program: 33, notes: part { [note(36 + $0, $1, 48)] }),
                EvaluatedTrack(name: "Chords", program: 0, notes: part { chord([48 + $0, 52 + $0, 55 + $0], $1, 48) }),
                EvaluatedTrack(name: "Line", program: program, notes: [note(72 + root, 3, 12)]),
            ])
    }

    private func gate(_ gates: [Gate], _ level: Gate.Level, _ title: String) throws -> Gate {
        try #require(gates.first { $0.level == level && $0.title == title })
    }

    @Test func aGateIsPassedAtItsBound() throws {
        let gates = Gate.all(SetMetrics([piece("a", root: 0), piece("b", root: 6)]))
        #expect(try gate(gates, .must, "fewest tracks").isPassed)
        #expect(try gate(gates, .must, "hung notes").value == 0)
        #expect(try gate(gates, .must, "harmonised").isPassed)
        #expect(try gate(gates, .must, "drum pattern").value == 1)
    }

    @Test func aMelodyWithoutABandFailsTheSet() throws {
        var context = Gate.Context()
        context.missing = 1
        let gates = Gate.all(SetMetrics([piece("a", root: 0)]), context)
        #expect(try !gate(gates, .must, "melodies without a usable output").isPassed)
    }

    @Test func whatCannotBeMeasuredIsNotPassed() throws {
        // One piece has no other melody to be compared with.
        let missed = try gate(Gate.all(SetMetrics([piece("a", root: 0)])), .must, "conditioning gap")
        #expect(missed.value == nil)
        #expect(!missed.isPassed)
    }

    @Test(arguments: [(Genre.symphony, 68, false), (.symphony, 0, true), (.pop, 68, true)])
    func windsMayRestInTheSymphonyOnly(genre: Genre, program: Int, isJudged: Bool) {
        let gates = Gate.all(SetMetrics([piece("a", root: 0, program: program)]), .init(genre: genre))
        // The line sounds in one bar of four.
        let line = gates.first { $0.title == "empty bars, line" }
        #expect(line?.value == (isJudged ? 0.75 : nil))
        #expect((line != nil) == isJudged)
        #expect(gates.contains { $0.title == "drum pattern" } == (genre != .symphony))
    }

    @Test func changesAreJudgedWhereTheyAreKnown() throws {
        let set = SetMetrics([piece("a", root: 0)])
        #expect(!Gate.all(set).contains { $0.title.hasPrefix("notes changed") })
        var context = Gate.Context(genre: .jazz)
        context.changedBySeed = 0.5
        context.changedBySilence = 0.2
        let gates = Gate.all(set, context)
        #expect(try gate(gates, .release, "notes changed by another seed").isPassed)
        #expect(try !gate(gates, .release, "notes changed without the melody").isPassed)
        #expect(try gate(gates, .release, "heard as jazz").bound == ">= 0.7")
    }

    @Test func theArrangerIsOneOfThoseToBeNearerThan() throws {
        let set = SetMetrics([piece("a", root: 0)])
        var context = Gate.Context()
        context.arranger = set
        let gates = Gate.all(set, context)
        #expect(try gate(gates, .release, "notes a bar, of the arranger's").value == 1)
        // As near as the arranger is not nearer.
        #expect(try !gate(gates, .release, "nearer to people than the arranger").isPassed)
    }

    @Test func shortNotesAreJudgedBeforeTheyAreLengthened() throws {
        let set = SetMetrics([piece("a", root: 0)])
        let title = "qualified notes, least role, unlengthened"
        #expect(try gate(Gate.all(set), .release, title).value == 1)
        var context = Gate.Context()
        context.unlengthened = 0.8
        #expect(try !gate(Gate.all(set, context), .release, title).isPassed)
        #expect(try gate(Gate.all(set, context), .must, "qualified notes, least role").isPassed)
    }
}
