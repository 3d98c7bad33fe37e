import Foundation
import Music

/// Names a take for ever: a number is never given out twice.
public struct TakeID: Hashable, Comparable, Sendable, RawRepresentable {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
    public static func < (a: TakeID, b: TakeID) -> Bool { a.rawValue < b.rawValue }
}

/// Names an arrangement for ever.
public struct ArrangementID: Hashable, Comparable, Sendable, RawRepresentable {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
    public static func < (a: ArrangementID, b: ArrangementID) -> Bool { a.rawValue < b.rawValue }
}

/// A take with its name and the time at which it was saved.
public struct StoredTake: Hashable, Sendable {
    public let id: TakeID
    /// To the millisecond.
    public let savedAt: Date
    public let take: Take
    public let source: TakeSource
    public let marks: TakeMarks
    /// When it was deleted; nil while it is kept.
    public let deletedAt: Date?
}

/// What a list of takes shows: no notes are read for it.
public struct TakeSummary: Hashable, Sendable {
    public let id: TakeID
    public let savedAt: Date
    public let origin: Take.Origin
    public let isDamaged: Bool
    public let meter: Meter
    public let tempo: Tempo
    public let bars: Int
    public let noteCount: Int
    public let arrangementCount: Int
    /// The likeliest key of the melody; nil where it has no notes.
    public let key: Key?
    public let source: TakeSource
    public let tags: Set<TakeTag>
    public let rating: Rating?
    /// Empty where nothing was written on it.
    public let note: String
    /// When it was deleted; nil while it is kept.
    public let deletedAt: Date?
}

/// An arrangement with its name, its take and the parameters that it was made with.
public struct StoredArrangement: Hashable, Sendable {
    public let id: ArrangementID
    public let takeID: TakeID
    /// To the millisecond.
    public let savedAt: Date
    public let arrangement: Arrangement
    /// What a caller wants remembered besides, by name. Kept as given.
    public let parameters: [String: String]
    /// What the accompanist was asked for; nil where it was saved before that was kept, or was not generated.
    public let recipe: ArrangementRecipe?
}

/// What a list of arrangements shows.
public struct ArrangementSummary: Hashable, Sendable {
    public let id: ArrangementID
    public let takeID: TakeID
    public let savedAt: Date
    public let genre: Genre
    public let provenance: Accompaniment.Provenance
}
