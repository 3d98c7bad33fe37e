import Foundation
import Music

/// A take that is to be saved, with what is known of it already.
public struct NewTake: Hashable, Sendable {
    public var take: Take
    public var time: Date
    public var source: TakeSource
    public var marks: TakeMarks
    public var arrangements: [NewArrangement]

    /// - Parameter source: nil takes what the take's trigger says: `import` is imported, everything else was played.
    public init(
        _ take: Take, at time: Date = Date(), source: TakeSource? = nil, marks: TakeMarks = TakeMarks(),
        arrangements: [NewArrangement] = []
    ) {
        self.take = take
        self.time = time
        self.source = source ?? TakeSource(trigger: take.origin.trigger)
        self.marks = marks
        self.arrangements = arrangements
    }
}

/// An arrangement that is to be saved, with the request that made it.
public struct NewArrangement: Hashable, Sendable {
    public var arrangement: Arrangement
    /// Nil where it was not generated.
    public var recipe: ArrangementRecipe?
    public var parameters: [String: String]

    public init(_ arrangement: Arrangement, recipe: ArrangementRecipe? = nil, parameters: [String: String] = [:]) {
        self.arrangement = arrangement
        self.recipe = recipe
        self.parameters = parameters
    }
}
