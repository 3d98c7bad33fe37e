import Capture
import Generation
import Music

extension Session {
    /// A take with the variations that were asked for, oldest first.
    public struct Piece: Sendable {
        public let number: Int
        /// The take that this one was made from by overdubbing or in another tempo; its own number where it is the first.
        let root: Int
        public let take: Take
        /// What the band listens to: the take's phrase without the chords of the left hand.
        let melody: Phrase
        /// The chords that the player played; nil where the harmonizer finds them.
        let chords: ChordPlan?
        /// The player's time behind the phrase: its bar lines, from tick `phrase.length` on.
        var continuation: TempoMap
        public internal(set) var variations: [Variation] = []
        public internal(set) var current = 0
        /// Whether the take itself is heard in the round: what was overdubbed is.
        var isHeard = false

        /// The variation that is shown; nil where none was asked for.
        var shown: Variation? { variations.indices.contains(current) ? variations[current] : nil }

        /// Whether the band can go from one to the other in the midst of a round.
        func isAlike(_ other: Piece) -> Bool {
            root == other.root && take.phrase.length == other.take.phrase.length
                && take.phrase.meter == other.take.phrase.meter && take.phrase.tempo == other.take.phrase.tempo
        }
    }

    /// What a variation is made from, besides the piece.
    struct Recipe: Hashable, Sendable {
        let genre: Genre
        let seed: UInt64
        let kept: AccompanimentRequest.Kept?
    }

    /// One answer of a band to a take.
    public struct Variation: Sendable {
        let recipe: Recipe
        /// The request that makes it; nil once it is made.
        var request: Int?
        /// What the band was asked for.
        let order: Order
        /// How often the genre's model had been replaced when it was ordered.
        let replacements: Int
        public internal(set) var arrangement: Arrangement?
        var turns = Turns.none

        public var genre: Genre { recipe.genre }
    }
}
