import Music

/// Reads which chord a hand plays, from the tones that it sounds and the lowest of them.
///
/// Every one of the 84 chords is scored: its tones that sound, less the foreign ones, less what is missing; the bass speaks
/// for the root, the melody and the key for what two notes leave open (a power chord's third).
struct ChordReader {
    /// The key of everything that is played.
    let key: Key

    /// What a missing tone costs: root, third, fifth, seventh.
    private static let missing = [0.35, 0.2, 0.1, 0.35]
    /// What the lowest tone is worth as root, third, fifth, seventh.
    private static let bass = [0.35, 0.1, 0.1, 0]
    /// What the key is worth for a chord all of whose tones are in it.
    private static let inKey = 0.08
    /// Of two equals the plainer one: a step down this list costs so much.
    private static let plainness: [Chord.Quality] = [
        .major, .minor, .seventh, .minorSeventh, .majorSeventh, .diminished, .halfDiminished,
    ]
    private static let plain = 0.01

    /// What sounds in a window.
    struct Sound {
        /// How long each pitch class sounds in the hand that plays chords.
        var tones = [Double](repeating: 0, count: 12)
        /// The same for the other hand.
        var melody = [Double](repeating: 0, count: 12)
        var lowest: Pitch?
        /// Three or more pitch classes, or two, are struck together.
        var isStruck = false

        var classes: [Int] { tones.indices.filter { tones[$0] > 0 } }
    }

    /// The chord; nil where the tones are none: one alone, a scale, two that are neither struck together nor a fifth apart.
    func chord(_ sound: Sound) -> Chord? {
        let classes = sound.classes
        switch classes.count {
        case ..<2: return nil
        case 2:
            let isFifth = [5, 7].contains(classes[1] - classes[0])
            // A second is a passing note; as a shell it is a seventh, with its root below.
            guard isFifth || sound.isStruck else { return nil }
        default: break
        }
        let (chord, share) = best(sound)
        return share >= (sound.isStruck ? 0.6 : 0.85) ? chord : nil
    }

    /// A triad of the key on the bass note, for a bass that plays alone.
    func triad(on root: Int) -> Chord {
        let scale = Set(key.scale)
        let isMinor = scale.contains((root + 3) % 12) && !scale.contains((root + 4) % 12)
        return Chord(root: root, quality: isMinor ? .minor : .major)
    }

    /// The chord of highest score, and the share of what sounds that belongs to it.
    private func best(_ sound: Sound) -> (chord: Chord, share: Double) {
        let total = sound.tones.reduce(0, +)
        let sung = max(1e-9, sound.melody.reduce(0, +))
        let scale = Set(key.scale)
        var best = (chord: Chord(root: 0, quality: .major), share: 0.0, score: -Double.infinity)
        for (rank, quality) in ChordReader.plainness.enumerated() {
            for root in 0..<12 {
                let chord = Chord(root: root, quality: quality)
                let tones = chord.pitchClasses
                let share = tones.map { sound.tones[$0] }.reduce(0, +) / total
                var score = 2 * share - 1 - ChordReader.plain * Double(rank)
                for (place, tone) in tones.enumerated() where sound.tones[tone] == 0 {
                    score -= ChordReader.missing[place] * (sound.melody[tone] > 0 ? 0.5 : 1)
                }
                if let place = sound.lowest.flatMap({ tones.firstIndex(of: $0.pitchClass) }) {
                    score += ChordReader.bass[place]
                }
                score += 0.15 * tones.map { sound.melody[$0] }.reduce(0, +) / sung
                score += ChordReader.inKey * Double(tones.filter(scale.contains).count) / Double(tones.count)
                if score > best.score { best = (chord, share, score) }
            }
        }
        return (best.chord, best.share)
    }
}
