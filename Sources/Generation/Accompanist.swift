import Music

/// Answers a melody with a band.
///
/// Implementations are deterministic: the same request gives the same notes (for a network on one instruction set).
public protocol Accompanist: AnyObject {
    var genre: Genre { get }

    /// Any phrase gives something sensible: an empty one, a single note, up to 64 bars.
    func accompany(_ phrase: Phrase, request: AccompanimentRequest) -> Accompaniment
}

/// What is wanted of an accompanist besides the phrase.
public struct AccompanimentRequest: Hashable, Sendable {
    /// Chooses the variation.
    public var seed: UInt64
    /// How daring the rhythm is: 0 takes the likeliest, 1 samples freely.
    public var temperature: Double
    /// The parts that are to play.
    public var parts: Set<Part>

    public init(seed: UInt64, temperature: Double = 0.3, parts: Set<Part> = Set(Part.allCases)) {
        self.seed = seed
        self.temperature = temperature
        self.parts = parts
    }
}
