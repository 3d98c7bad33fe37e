import Music

/// What makes each onset of a performance stand out, whatever its tempo and metre: the cues by which people hear where
/// bars begin.
///
/// Every cue is centred on its mean over the performance.
///
/// - Note: phenomenal accents as in F. Lerdahl and R. Jackendoff, *A Generative Theory of Tonal Music* (1983), metrical
///   preference rules 1 (parallelism), 4 (stress), 5 (length) and 6 (bass).
struct Accents: Sendable {
    enum Cue: Int, CaseIterable, Sendable {
        /// A note well below the rest begins.
        case bass
        /// Lower than what is about it.
        case depth
        /// Several notes together.
        case chord
        /// Louder than what is about it.
        case stress
        /// A long time to the next onset.
        case interval
        /// Held long.
        case duration
        /// Other pitch classes sound afterwards than before.
        case harmony
        /// Higher than both neighbours.
        case peak
        /// Reached by a leap.
        case leap
        /// A note of the last note's major or minor triad.
        case tonic
        /// A passage that was heard before begins again.
        case parallel
        /// The first note behind a long one.
        case resumption
    }

    /// One list a cue, one value an onset.
    private(set) var values: [[Double]]

    subscript(cue: Cue) -> [Double] { values[cue.rawValue] }

    init(_ onsets: [PlayedOnset]) {
        let count = onsets.count
        let intervals = (0..<count).map { index in
            index + 1 < count ? onsets[index + 1].time - onsets[index].time : max(0.05, onsets[index].length)
        }
        let typical = max(0.02, intervals.sorted()[count / 2])
        let typicalLength = max(0.02, onsets.map(\.length).sorted()[count / 2])
        let top = Double(onsets.reduce(0) { $0 + $1.highest }) / Double(count)
        let final = onsets[count - 1].lowest
        var table = [[Double]](repeating: [Double](repeating: 0, count: count), count: Cue.allCases.count)
        for (index, onset) in onsets.enumerated() {
            let near = onsets[max(0, index - 4)..<min(count, index + 5)]
            let share = 1 / Double(near.count)
            let low = near.reduce(0.0) { $0 + Double($1.lowest) } * share
            let loud = near.reduce(0.0) { $0 + Double($1.velocity) } * share
            let isLow = Double(onset.lowest) < top - 12 || (onset.count > 1 && onset.lowest <= onset.highest - 9)
            table[Cue.bass.rawValue][index] = isLow ? 1 : 0
            table[Cue.depth.rawValue][index] = min(1.5, max(0, (low - Double(onset.lowest)) / 10))
            table[Cue.chord.rawValue][index] = Double(min(4, onset.count) - 1) / 3
            table[Cue.stress.rawValue][index] = min(2, max(-2, (Double(onset.velocity) - loud) / 8))
            table[Cue.interval.rawValue][index] = min(2, max(-2, logarithm(intervals[index] / typical) / 0.693))
            table[Cue.duration.rawValue][index] =
                min(2, max(-2, logarithm(max(0.02, onset.length) / typicalLength) / 0.693))
            let before = index > 0 ? onsets[index - 1].highest : onset.highest
            let after = index + 1 < count ? onsets[index + 1].highest : onset.highest
            table[Cue.peak.rawValue][index] = onset.highest > before && onset.highest > after ? 1 : 0
            table[Cue.leap.rawValue][index] = abs(onset.highest - before) >= 5 ? 1 : 0
            table[Cue.tonic.rawValue][index] = [0, 3, 4, 7].contains(((onset.highest - final) % 12 + 12) % 12) ? 1 : 0
            table[Cue.resumption.rawValue][index] =
                index == 0 ? 1 : min(2, max(0, logarithm(intervals[index - 1] / typical) / 0.693))
        }
        table[Cue.harmony.rawValue] = Accents.harmonyChanges(onsets)
        table[Cue.parallel.rawValue] = Accents.repeatedStarts(onsets, intervals: intervals)
        for cue in table.indices {
            let mean = table[cue].reduce(0, +) / Double(count)
            for index in 0..<count { table[cue][index] -= mean }
        }
        values = table
    }

    /// How unlike the pitch classes of the seconds before and after each onset are, 0...1.
    private static func harmonyChanges(_ onsets: [PlayedOnset]) -> [Double] {
        let window = 1.3
        return onsets.indices.map { index in
            let time = onsets[index].time
            var before = [Double](repeating: 0, count: 12)
            var after = before
            var other = index - 1
            while other >= 0, onsets[other].time > time - window {
                let sounding = min(window, onsets[other].length)
                before[onsets[other].highest % 12] += sounding
                before[onsets[other].lowest % 12] += sounding
                other -= 1
            }
            other = index
            while other < onsets.count, onsets[other].time < time + window {
                let sounding = min(window, onsets[other].length)
                after[onsets[other].highest % 12] += sounding
                after[onsets[other].lowest % 12] += sounding
                other += 1
            }
            let product = zip(before, after).reduce(0) { $0 + $1.0 * $1.1 }
            let norms = before.reduce(0) { $0 + $1 * $1 } * after.reduce(0) { $0 + $1 * $1 }
            return norms > 0 ? 1 - product / norms.squareRoot() : 0.5
        }
    }

    /// 1 where a passage of at least five notes begins that was heard before at the same pitches or moved, and did not
    /// begin earlier.
    private static func repeatedStarts(_ onsets: [PlayedOnset], intervals: [Double]) -> [Double] {
        let count = onsets.count
        let matches = { (a: Int, b: Int) -> Bool in
            guard a >= 0, b + 1 < count else { return false }
            let ratio = intervals[a] / intervals[b]
            return ratio > 0.75 && ratio < 1.33
                && onsets[a + 1].highest - onsets[a].highest == onsets[b + 1].highest - onsets[b].highest
        }
        var starts = [Double](repeating: 0, count: count)
        guard count > 8 else { return starts }
        for later in 3..<(count - 4) {
            for earlier in max(0, later - 160)..<(later - 2) where matches(earlier, later) {
                if matches(earlier - 1, later - 1) { continue }
                if (1..<4).allSatisfy({ matches(earlier + $0, later + $0) }) {
                    starts[later] = 1
                    starts[earlier] = 1
                }
            }
        }
        return starts
    }
}
