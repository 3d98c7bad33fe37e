/// What a band plays where something changes: a fill before a change, an ending where it is stopped.
///
/// Made for one accompaniment and determined by it; not stored.
public struct Turns: Hashable, Sendable {
    /// The drums of one bar whose end is a fill, score order, onsets in the bar. They take the place of the drums of the
    /// bar before a change, from `fillStart` on.
    public var fill: [NoteEvent]
    /// Where in the bar the fill begins.
    public var fillStart: Tick
    /// The bar that the band ends with, from its bar line on: score order in each part, onsets in the bar. Empty where
    /// the band just stops.
    public var ending: [Part: [NoteEvent]]

    public init(fill: [NoteEvent], fillStart: Tick, ending: [Part: [NoteEvent]]) {
        self.fill = fill
        self.fillStart = fillStart
        self.ending = ending
    }

    /// Neither.
    public static let none = Turns(fill: [], fillStart: .zero, ending: [:])
}
