import Music

/// How much two bands for one melody differ.
public enum NoteDifference {
    private struct Key: Hashable {
        var part: String
        var step: Int
        var pitch: Int
    }

    /// The share of notes that only one of two versions has, of all notes of both; a note is its part, its onset step and its pitch.
    ///
    /// - Returns: 0 for the same notes, 1 where none is in both; nil where neither has notes.
    public static func share(_ a: EvaluatedPiece, _ b: EvaluatedPiece) -> Double? {
        let first = counts(a)
        let second = counts(b)
        let shared = first.reduce(0) { $0 + min($1.value, second[$1.key] ?? 0) }
        let all = first.values.reduce(0, +) + second.values.reduce(0, +)
        return ratio(Double(all - 2 * shared), Double(all))
    }

    private static func counts(_ piece: EvaluatedPiece) -> [Key: Int] {
        var counts: [Key: Int] = [:]
        for track in piece.tracks {
            for note in track.notes {
                let key = Key(part: track.part, step: EvaluatedPiece.step(note.onset), pitch: note.pitch.number)
                counts[key, default: 0] += 1
            }
        }
        return counts
    }
}
