/// What an export of a performance says of the phrase that was understood from it: `as played, 8 bars from bar 2`.
struct PlayedBars: Hashable, CustomStringConvertible {
    /// Bars of the phrase.
    var bars: Int
    /// The bar of the file that is the phrase's first, from 1.
    var first: Int

    init(bars: Int, first: Int) {
        self.bars = bars
        self.first = first
    }

    private static let prefix = "as played, "
    private static let middle = " bars from bar "

    var description: String { "\(PlayedBars.prefix)\(bars)\(PlayedBars.middle)\(first)" }

    /// - Returns: nil for any other text.
    init?(_ text: String) {
        guard text.hasPrefix(PlayedBars.prefix) else { return nil }
        let words = text.dropFirst(PlayedBars.prefix.count).split(separator: " ")
        guard words.count == 5, let bars = Int(words[0]), let first = Int(words[4]) else { return nil }
        self.init(bars: bars, first: first)
        guard description == text, bars > 0, (1...100_000).contains(first) else { return nil }
    }
}
