import Music

/// Notes that a listener hears begin together, in seconds from the first note of a performance.
///
/// Unlike an `OnsetGroup` it needs no tempo: rolled chords are gathered and grace notes are left out of the timing.
struct PlayedOnset: Hashable, Sendable {
    var time: Double
    var lowest: Int
    var highest: Int
    var count: Int
    /// Bit n stands for pitch class n.
    var pitchClasses: UInt16
    var velocity: Int
    /// Until the last of the notes is let go.
    var length: Double

    /// The longest gap between two notes of a rolled chord, in seconds.
    private static let rollGap = 0.045
    private static let rollLength = 0.17
    /// A single note so short before another that it only adorns it.
    private static let graceLength = 0.115

    /// - Parameter notes: by onset.
    static func gather(_ notes: [PerformedNote]) -> [PlayedOnset] {
        guard let start = notes.first?.onset else { return [] }
        var groups: [PlayedOnset] = []
        var first = 0
        while first < notes.count {
            var end = first + 1
            while end < notes.count, (notes[end].onset - notes[end - 1].onset).seconds <= rollGap,
                (notes[end].onset - notes[first].onset).seconds <= rollLength,
                !notes[first..<end].contains(where: { $0.pitch == notes[end].pitch })
            {
                end += 1
            }
            groups.append(PlayedOnset(notes[first..<end], start: start))
            first = end
        }
        return withoutGraceNotes(groups)
    }

    private init(_ notes: ArraySlice<PerformedNote>, start: Instant) {
        let top = notes.max { $0.pitch < $1.pitch }!
        let times = notes.map { ($0.onset - start).seconds }
        // The tune's note tells when a chord was meant.
        time =
            times.max()! - times.min()! > 0.03
            ? (top.onset - start).seconds : times.reduce(0, +) / Double(times.count)
        lowest = notes.map(\.pitch.number).min()!
        highest = top.pitch.number
        count = notes.count
        pitchClasses = notes.reduce(0) { $0 | 1 << UInt16($1.pitch.pitchClass) }
        velocity = notes.map(\.velocity.number).max()!
        length = notes.map { ($0.end - start).seconds }.max()! - time
    }

    private static func withoutGraceNotes(_ groups: [PlayedOnset]) -> [PlayedOnset] {
        var kept: [PlayedOnset] = []
        kept.reserveCapacity(groups.count)
        for index in groups.indices {
            if index + 1 < groups.count, groups[index].count == 1 {
                let gap = groups[index + 1].time - groups[index].time
                let after = index + 2 < groups.count ? groups[index + 2].time - groups[index + 1].time : .infinity
                let before = index > 0 ? groups[index].time - groups[index - 1].time : .infinity
                if gap < graceLength, after > 2.2 * gap, before > 1.7 * gap, groups[index].length < 2.5 * graceLength {
                    continue
                }
            }
            // A slip may put a group a little before the one it follows.
            if let last = kept.last, groups[index].time <= last.time { continue }
            kept.append(groups[index])
        }
        return kept
    }
}
