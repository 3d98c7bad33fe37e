import Music

/// Estimates the chords of music without chord symbols from what sounds.
///
/// In each harmony window the 84 chords are rated by how well they explain the sounding time of the pitch classes, the bass counting more; the best
/// path through all windows pays for each change, so that a passing note changes no chord.
public struct ChordEstimator: Sendable {
    /// What a change of chord costs, in the rating's unit (1 = a chord that explains everything).
    public var changeCost = 0.18
    /// What half a bar costs on top of that where a chord changes in the middle of a bar.
    public var offBeatCost = 0.03
    /// How much the melody counts beside the accompaniment.
    public var melodyWeight = 0.4
    /// How much the time of the lowest voice counts on top.
    public var bassWeight = 0.6

    public init() {}

    /// The chords of some bars.
    ///
    /// - Parameters:
    ///   - accompaniment: notes counted from the first bar's start, cut to the bars.
    ///   - melody: likewise.
    /// - Returns: a chord a window; nil where nothing sounds.
    public func plan(accompaniment: [NoteEvent], melody: [NoteEvent], meter: Meter, bars: Int) -> ChordPlan? {
        let window = meter.harmonyWindow
        let count = (meter.bar * bars).rawValue / window.rawValue
        let profiles = self.profiles(accompaniment, melody, window: window, count: count)
        guard profiles.contains(where: { $0.weight > 0 }) else { return nil }
        let ratings = profiles.map(ratings)
        let windowsPerBar = meter.bar.rawValue / window.rawValue
        // The best path, backwards pointers kept.
        var best = ratings[0]
        var from: [[Int]] = [Array(0..<Chord.count)]
        for index in 1..<max(1, count) {
            let isInside = index % windowsPerBar != 0
            let leader = best.indices.max { (best[$0], -$0) < (best[$1], -$1) }!
            let changed = best[leader] - changeCost - (isInside ? offBeatCost : 0)
            var next = ratings[index]
            var pointers = [Int](repeating: leader, count: Chord.count)
            for chord in 0..<Chord.count {
                if best[chord] >= changed {
                    next[chord] += best[chord]
                    pointers[chord] = chord
                } else {
                    next[chord] += changed
                }
            }
            best = next
            from.append(pointers)
        }
        var chord = best.indices.max { (best[$0], -$0) < (best[$1], -$1) }!
        var path = [chord]
        for index in stride(from: count - 1, to: 0, by: -1) {
            chord = from[index][chord]
            path.append(chord)
        }
        return ChordPlan(window: window, chords: path.reversed().map { Chord(index: $0) })
    }

    /// What sounds in a window.
    struct Profile {
        /// Shares of the pitch classes, sum 1, and of the lowest voice's, sum 1 or 0.
        var shares = [Double](repeating: 0, count: 12)
        var bass = [Double](repeating: 0, count: 12)
        /// How much the window says, 0 (silent) to 1 (full).
        var weight = 0.0
    }

    private func profiles(_ accompaniment: [NoteEvent], _ melody: [NoteEvent], window: Tick, count: Int) -> [Profile] {
        let steps = window.rawValue / Grid.ticksPerStep
        var sums = [[Double]](repeating: [Double](repeating: 0, count: 12), count: count)
        var lowest = [Int](repeating: 128, count: steps * count)
        func add(_ notes: [NoteEvent], weight: Double, isBass: Bool) {
            for note in notes {
                let end = min(lowest.count, note.end.nearestStep)
                for step in max(0, note.onset.nearestStep)..<max(0, note.onset.nearestStep, end) {
                    sums[step / steps][note.pitch.pitchClass] += weight
                    if isBass { lowest[step] = min(lowest[step], note.pitch.number) }
                }
            }
        }
        add(accompaniment, weight: 1, isBass: true)
        add(melody, weight: melodyWeight, isBass: false)
        return (0..<count).map { index in
            var profile = Profile()
            var sum = sums[index]
            for step in index * steps..<(index + 1) * steps where lowest[step] < 128 {
                profile.bass[lowest[step] % 12] += 1
                sum[lowest[step] % 12] += bassWeight
            }
            let total = sum.reduce(0, +)
            guard total > 0 else { return profile }
            let low = profile.bass.reduce(0, +)
            profile.shares = sum.map { $0 / total }
            if low > 0 { profile.bass = profile.bass.map { $0 / low } }
            profile.weight = min(1, total / Double(2 * steps))
            return profile
        }
    }

    /// What a kind of chord costs against a triad: a suspension makes many a triad look like a major or minor seventh chord.
    private static func rarity(_ quality: Chord.Quality) -> Double {
        switch quality {
        case .major, .minor: 0
        case .diminished: 0.03
        case .seventh: 0.04
        case .halfDiminished: 0.11
        case .minorSeventh: 0.11
        case .majorSeventh: 0.15
        }
    }

    /// How well each of the 84 chords explains a window.
    ///
    /// The share of time inside the chord, less half the share outside, less what its kind is rarer than a triad, less .12 for each tone that is missing (the
    /// diminished seventh may), plus .05 for the root's share, .15 for the root in the bass and .05 for another tone of the chord there.
    private func ratings(_ profile: Profile) -> [Double] {
        guard profile.weight > 0 else { return [Double](repeating: 0, count: Chord.count) }
        return (0..<Chord.count).map { index in
            let chord = Chord(index: index)
            let tones = chord.pitchClasses
            var inside = 0.0
            var missing = 0
            var supported = 0.0
            for (place, tone) in tones.enumerated() {
                inside += profile.shares[tone]
                supported += profile.bass[tone] * (place == 0 ? 0.15 : 0.05)
                if profile.shares[tone] < 0.02, place < 3 || chord.quality != .diminished { missing += 1 }
            }
            let rating =
                inside - 0.5 * (1 - inside) - ChordEstimator.rarity(chord.quality) - 0.12 * Double(missing)
                + 0.05 * profile.shares[chord.root] + supported
            return rating * profile.weight
        }
    }
}
