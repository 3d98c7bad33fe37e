/// How long a written note is: its kind, and whether it has a dot.
struct NoteValue: Hashable {
    /// 0 is a whole note, 1 a half, 2 a quarter ... 5 a thirty-second; -1 is a breve.
    var halvings: Int
    var isDotted = false

    /// MusicXML's name of the kind.
    var type: String { ["breve", "whole", "half", "quarter", "eighth", "16th", "32nd"][halvings + 1] }
}

/// Notes that are pressed or stretched together: `actual` of them in the time of `normal`.
struct Tuplet: Hashable {
    var actual: Int
    var normal: Int
    /// What is counted: eighths in a triplet of eighths.
    var unit: NoteValue
    /// How many grid steps a unit lasts.
    var unitSteps: Int

    var steps: Int { actual * unitSteps }

    /// The longest value of at most so many steps that begins anywhere in the tuplet, with its length in steps.
    func value(atMost steps: Int) -> (value: NoteValue, steps: Int) {
        let units = steps / unitSteps
        let counts = [(8, 3, false), (6, 2, true), (4, 2, false), (3, 1, true), (2, 1, false), (1, 0, false)]
        let (count, doublings, isDotted) = counts.first { $0.0 <= units }!
        return (NoteValue(halvings: unit.halvings - doublings, isDotted: isDotted), count * unitSteps)
    }

    /// Three quarters over a half, three eighths over a quarter, and so on; `steps` is what they fill.
    static func triplet(over steps: Int) -> Tuplet {
        let halvings = [24: 2, 12: 3, 6: 4, 3: 5][steps]!
        return Tuplet(actual: 3, normal: 2, unit: NoteValue(halvings: halvings), unitSteps: steps / 3)
    }
    static let sixSixteenths = Tuplet(actual: 6, normal: 4, unit: NoteValue(halvings: 4), unitSteps: 2)
    static let sixThirtySeconds = Tuplet(actual: 6, normal: 4, unit: NoteValue(halvings: 5), unitSteps: 1)
    static let twelveThirtySeconds = Tuplet(actual: 12, normal: 8, unit: NoteValue(halvings: 5), unitSteps: 1)
}
