import Music

/// The melody's rhythm, step by step, as the band meets it.
///
/// Both are written straight and swung together, so a strike that is written with a note of the melody is heard with it.
struct Hearing {
    /// A note of the melody begins here.
    private(set) var begins: [Bool]
    /// The melody sounds here.
    private(set) var sounds: [Bool]
    /// What begins here is heard at most 4 steps away from a melody onset: a swung off-beat is that near to the next beat.
    private(set) var isNear: [Bool]

    /// - Parameter groove: what melody and band are heard with.
    init(_ melody: [NoteEvent], groove: Groove, steps: Int) {
        begins = [Bool](repeating: false, count: steps)
        sounds = begins
        isNear = begins
        func heard(_ step: Int) -> Int { groove.apply(.steps(step)).nearestStep }
        var onsets: Set<Int> = []
        for note in melody {
            let onset = min(steps - 1, max(0, note.onset.nearestStep))
            begins[onset] = true
            onsets.insert(heard(onset))
            for step in onset..<max(onset + 1, min(steps, note.end.nearestStep)) { sounds[step] = true }
        }
        for step in 0..<steps { isNear[step] = (heard(step) - 4...heard(step) + 4).contains(where: onsets.contains) }
    }
}
