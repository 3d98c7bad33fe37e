import Music

/// Decides how long quantized notes last.
///
/// People let go early or overlap a little: a small gap to the next onset is closed and a small overlap cut. Otherwise
/// the end goes to the nearest place of the beat. A note lasts at least a step; it ends where its own pitch begins
/// again.
struct NoteLengths {
    let division: BeatDivision
    let meter: Meter
    let millisecondsPerStep: Double
    /// The lengths are meant as they are.
    let isExact: Bool

    /// One a note; 0 where the note doubles another of the same pitch and step.
    private(set) var steps: [Int] = []
    private var twins: [Int: [Int]] = [:]

    init(division: BeatDivision, meter: Meter, millisecondsPerStep: Double, isExact: Bool) {
        self.division = division
        self.meter = meter
        self.millisecondsPerStep = millisecondsPerStep
        self.isExact = isExact
    }

    /// Sets `steps`.
    ///
    /// - Parameters:
    ///   - onsets: whole steps.
    ///   - ends: as played, in steps.
    mutating func settle(onsets: [Int], ends: [Double], divisions: [Int], pitches: [Pitch]) {
        let distinct = Set(onsets).sorted()
        var following: [Int: Int] = [:]
        for (onset, next) in zip(distinct, distinct.dropFirst()) { following[onset] = next }
        steps = onsets.indices.map { index in
            length(onset: onsets[index], end: ends[index], next: following[onsets[index]], division: divisions[index])
        }
        cutRepeated(onsets: onsets, pitches: pitches)
    }

    /// The greatest velocity of a note and those that it stands for.
    func loudest(_ index: Int, _ velocities: [Velocity]) -> Velocity {
        (twins[index] ?? []).map { velocities[$0] }.reduce(velocities[index], max)
    }

    private func length(onset: Int, end: Double, next: Int?, division kind: Int) -> Int {
        let played = end - Double(onset)
        if isExact { return max(1, Int(played.rounded())) }
        if let next {
            let interval = next - onset
            let gap = Double(interval) - played
            let closable = max(1.5, min(0.3 * Double(interval), 3.5))
            let overlap = max(1.5, 90 / millisecondsPerStep)
            if gap <= closable, gap >= -overlap { return interval }
        }
        // A note is let go rather too early than too late.
        let meant = Double(onset) + played * 1.08
        let beat = Double(division.length)
        let place =
            next == nil && played >= 0.7 * beat
            ? Int((meant / beat).rounded()) * division.length : division.nearest(meant, division: kind)
        return place > onset ? place - onset : max(1, Int(played.rounded()))
    }

    private mutating func cutRepeated(onsets: [Int], pitches: [Pitch]) {
        let order = onsets.indices.sorted {
            (pitches[$0], onsets[$0], -steps[$0], $0) < (pitches[$1], onsets[$1], -steps[$1], $1)
        }
        var sounding: Int?
        for index in order {
            if let former = sounding, pitches[former] == pitches[index] {
                if onsets[former] == onsets[index] {
                    steps[index] = 0
                    twins[former, default: []].append(index)
                    continue
                }
                steps[former] = min(steps[former], onsets[index] - onsets[former])
            }
            sounding = index
        }
    }
}
