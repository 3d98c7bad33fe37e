import Music

/// Plays an accompaniment that a network may learn from.
public protocol Teacher: Sendable {
    /// Accompanies a phrase.
    ///
    /// - Parameters:
    ///   - phrase: the melody in its real key, with its dynamics.
    ///   - plan: the chords in the real key, one a harmony window.
    ///   - seed: another seed may give another accompaniment; the same one gives the same.
    /// - Returns: notes of every part in the real key, inside the phrase; a silent part is empty or missing.
    func accompany(_ phrase: Phrase, plan: ChordPlan, seed: UInt64) -> [Part: [NoteEvent]]
}
