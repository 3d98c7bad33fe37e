import Music

/// Notes that were meant to begin together: a chord, or a single note.
struct OnsetGroup: Hashable, Sendable {
    /// Indices into the performance.
    var members: Range<Int>
    /// The mean onset in steps from the performance's reference instant.
    var place: Double

    /// Gathers notes that begin within a window after the first of them; a pitch is never twice in a group.
    ///
    /// - Parameters:
    ///   - notes: by onset.
    ///   - places: their onsets in steps.
    ///   - window: in steps.
    static func gather(_ notes: [PerformedNote], places: [Double], window: Double) -> [OnsetGroup] {
        var groups: [OnsetGroup] = []
        var first = 0
        while first < notes.count {
            var end = first + 1
            var pitches: Set<Pitch> = [notes[first].pitch]
            while end < notes.count, places[end] - places[first] <= window, pitches.insert(notes[end].pitch).inserted {
                end += 1
            }
            let mean = places[first..<end].reduce(0, +) / Double(end - first)
            groups.append(OnsetGroup(members: first..<end, place: mean))
            first = end
        }
        return groups
    }
}
