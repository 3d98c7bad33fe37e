import Music
import Testing

@testable import Generation

/// Gates by letter: `.` rest, `o` onset, `O` a stronger onset, `-` hold.
private func spans(_ text: String, temperature: Double = 0) -> [Range<Int>] {
    let gates: [[Float]] = text.map { letter in
        switch letter {
        case "o": [-3, 3, -3]
        case "O": [-5, 5, -5]
        case "-": [-3, -3, 3]
        default: [3, -3, -3]
        }
    }
    var mayBegin = [Bool](repeating: true, count: gates.count)
    mayBegin[gates.count - 1] = false
    return GateDecoder.spans(
        gates: gates, mayBegin: mayBegin, temperature: temperature, draws: { Draws(seed: UInt64($0)) }
    )
    .map { $0.start..<$0.end }
}

@Suite struct GateDecoderTests {
    @Test(arguments: [
        ("o--.", [0..<3]), ("o-o-", [0..<2, 2..<4]), ("....", []), ("--..", []), ("o...", [0..<2]), ("o.--..", [0..<2]),
    ])
    func gatesAreReadAsNotes(text: String, expected: [Range<Int>]) {
        #expect(spans(text) == expected)
    }

    @Test func ofTwoOnsetsAStepApartTheStrongerStays() {
        #expect(spans("oO--..") == [1..<4])
        #expect(spans("Oo--..") == [0..<4])
    }

    @Test func noNoteBeginsOnTheLastStep() {
        #expect(spans("...o") == [])
        // What sounds there holds on.
        #expect(spans("o--o") == [0..<4])
    }

    @Test func musicBeginsOnSixteenthsTripletsAndSextuplets() {
        let may = GateDecoder.mayBegin(ScoreGrid(meter: .twoFour, bars: 1))
        #expect(may.indices.filter { may[$0] } == [0, 2, 3, 4, 6, 8, 9, 10, 12, 14, 15, 16, 18, 20, 21, 22])
    }

    @Test func sureGatesAreReadAlikeAtAnyTemperature() {
        #expect(spans("O---O-..", temperature: 0.3) == spans("O---O-.."))
    }
}
