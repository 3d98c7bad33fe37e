import Music

/// A phrase moved to C major or A minor, so that the networks meet every tune in the same key.
///
/// Everything that is encoded is encoded in the normal key; what is decoded is moved back by `-shift`.
public struct NormalizedPhrase: Sendable {
    /// The phrase in the normal key.
    public let phrase: Phrase
    /// The key that the phrase was taken to be in.
    public let key: Key
    /// Semitones from the real key to the normal one, -6...5.
    public let shift: Int
    public let grid: ScoreGrid

    /// - Parameter key: the key to move from; nil takes the melody's own estimate.
    public init(_ phrase: Phrase, key: Key? = nil) {
        let key = key ?? phrase.key
        self.key = key
        shift = key.semitonesToNormal
        self.phrase = phrase.transposed(by: shift)
        grid = ScoreGrid(meter: phrase.meter, bars: phrase.bars)
    }

    /// A plan of the real key, in the normal one.
    public func normal(_ plan: ChordPlan) -> ChordPlan { plan.transposed(by: shift) }

    /// A plan of the normal key, in the real one.
    public func real(_ plan: ChordPlan) -> ChordPlan { plan.transposed(by: -shift) }
}
