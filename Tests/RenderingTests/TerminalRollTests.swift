import Music
import Testing

@testable import Rendering

struct TerminalRollTests {
    @Test(arguments: [20, 33, 80, 110, 240])
    func noLineIsLongerThanTheTerminal(columns: Int) {
        for bars in [1, 3, 8, 17] {
            for isUnicode in [true, false] {
                let lines = TerminalRoll(Example.arrangement(bars: bars)).lines(
                    columns: columns, style: .init(isUnicode: isUnicode))
                #expect(lines.allSatisfy { $0.count <= columns })
                #expect(lines.count > 10)
                if !isUnicode { #expect(lines.allSatisfy { $0.allSatisfy(\.isASCII) }) }
            }
        }
    }

    @Test func everyBarIsNumberedAndEveryChordNamed() {
        let text = TerminalRoll(Example.arrangement(bars: 8)).lines(columns: 100).joined(separator: "\n")
        let words = Set(text.split(whereSeparator: \.isWhitespace))
        for bar in 1...8 { #expect(words.contains("\(bar)"), "bar \(bar)") }
        for chord in ["Cmaj7", "Am7", "Fmaj7", "G7"] { #expect(text.contains(chord), "\(chord)") }
        for drum in ["kick", "snare"] { #expect(text.contains(drum)) }
    }

    @Test func aMelodyStandsWhereItSounds() {
        var arrangement = Example.silence
        // Middle C on beat one, D on beat three.
        arrangement.phrase = Phrase(
            notes: [note(60, 0, 12), note(62, 24, 12)], meter: .fourFour, tempo: .moderate, bars: 1)
        let lines = TerminalRoll(arrangement).lines(columns: 30, style: .init(isUnicode: false))
        let rows = lines.filter { $0.contains("#") }
        #expect(rows.count == 2, "\(lines)")
        // Each on its own row, the higher one above; a beat is four cells behind the names and the bar line.
        #expect(rows.map { $0.filter { $0 == "#" }.count } == [4, 4])
        let places = rows.map { row in row.distance(from: row.startIndex, to: row.firstIndex(of: "#")!) }
        #expect(places == [15, 7])
    }

    @Test func coloursComeOnlyWhereTheyAreAskedFor() {
        let roll = TerminalRoll(Example.arrangement(bars: 4))
        func escapes(_ colors: TerminalRoll.Style.Colors) -> String {
            roll.lines(columns: 90, style: .init(colors: colors)).joined()
        }
        #expect(!escapes(.none).contains("\u{1B}"))
        #expect(escapes(.ansi256).contains("\u{1B}[38;5;") && escapes(.trueColor).contains("\u{1B}[38;2;"))
        #expect(
            roll.lines(columns: 90, style: .init(colors: .trueColor)).allSatisfy {
                !$0.contains("\u{1B}") || $0.hasSuffix("\u{1B}[0m")
            })
    }
}
