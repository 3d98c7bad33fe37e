/// A table of patterns: short names with which its figures are written, one for each metre.
protocol PatternTable {}

extension PatternTable {
    static func figure(_ text: String, _ levels: ClosedRange<Int> = 0...3, rings: Bool = false) -> Figure {
        Figure(text, in: .fourFour, levels: levels, rings: rings)
    }

    static func three(_ text: String, _ levels: ClosedRange<Int> = 0...3, rings: Bool = false) -> Figure {
        Figure(text, in: .threeFour, levels: levels, rings: rings)
    }

    static func two(_ text: String, _ levels: ClosedRange<Int> = 0...3, rings: Bool = false) -> Figure {
        Figure(text, in: .twoFour, levels: levels, rings: rings)
    }

    static func six(_ text: String, _ levels: ClosedRange<Int> = 0...3, rings: Bool = false) -> Figure {
        Figure(text, in: .sixEight, levels: levels, rings: rings)
    }
}
