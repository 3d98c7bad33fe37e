import Music
import Testing

@Suite struct ChordSymbolTests {
    @Test(arguments: 0..<Chord.count)
    func everyChordIsReadFromItsSymbol(index: Int) {
        #expect(Chord(symbol: Chord(index: index).description) == Chord(index: index))
    }

    @Test(arguments: ["", "H", "c", "Cmaj9", "Verse 1", "B b", "7"])
    func otherTextIsNoChord(text: String) {
        #expect(Chord(symbol: text) == nil)
    }
}
