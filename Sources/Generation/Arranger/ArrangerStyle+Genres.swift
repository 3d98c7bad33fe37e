import Music

extension ArrangerStyle {
    /// The styles that the arranger knows, the plainest first.
    public static var all: [ArrangerStyle] { [.pop, .jazz, .rock, .symphony] }

    /// The style of a genre; nil for one that the arranger does not know.
    public static func standard(for genre: Genre) -> ArrangerStyle? { all.first { $0.genre == genre } }

    /// The style that plays a genre where there is no model: its own, or pop for a genre that the arranger does not know.
    public static func fallback(for genre: Genre) -> ArrangerStyle { standard(for: genre) ?? .pop }
}
