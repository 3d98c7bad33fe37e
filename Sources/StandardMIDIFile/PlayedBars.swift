import Music

/// What an export of a performance says of the phrase that was understood from it: `as played, 8 bars from bar 2, 97.25 a minute`.
struct PlayedBars: Hashable, CustomStringConvertible {
    /// Bars of the phrase.
    var bars: Int
    /// The bar of the file that is the phrase's first, from 1.
    var first: Int
    /// The phrase's, whatever tempi the performance took.
    var tempo: Tempo

    init(bars: Int, first: Int, tempo: Tempo) {
        self.bars = bars
        self.first = first
        self.tempo = tempo
    }

    var description: String { "as played, \(bars) bars from bar \(first), \(tempo.quartersPerMinute) a minute" }

    /// - Returns: nil for any other text.
    init?(_ text: String) {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "," })
        guard words.count == 10, let bars = Int(words[2]), let first = Int(words[6]),
            let tempo = Double(words[7]).flatMap({ Tempo(quartersPerMinute: $0) }), bars > 0,
            (1...100_000).contains(first)
        else { return nil }
        self.init(bars: bars, first: first, tempo: tempo)
        guard description == text else { return nil }
    }
}
