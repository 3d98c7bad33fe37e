import Music

/// Tells time on a rhythm's grid: how long a step is, when a step is, how eighths swing.
struct GridClock: Sendable {
    let times: [Double]
    /// Ascending, one a time.
    let steps: [Int]

    /// Seconds a step over the whole; 0 where no step passes. Drifts and slow endings hardly move it: the weighted
    /// median of slopes between onsets far apart (Theil and Sen's estimator).
    let stepLength: Double
    /// The same over the last beats.
    let latestStepLength: Double

    init(times: [Double], steps: [Int?]) {
        var placed: [(time: Double, step: Int)] = []
        for (time, step) in zip(times, steps) {
            if let step { placed.append((time, step)) }
        }
        self.times = placed.map(\.time)
        self.steps = placed.map(\.step)
        guard let last = placed.last, let first = placed.first, last.step > first.step else {
            stepLength = 0
            latestStepLength = 0
            return
        }
        let span = last.step - first.step
        let whole = GridClock.slope(placed[...], apart: min(48, span / 2))
        stepLength = whole
        // The last two notes are often stretched; eight beats before them tell.
        let tail = placed.dropLast(placed.count > 8 ? 2 : 0)
        let from = (tail.last?.step ?? 0) - 96
        let recent = tail.drop { $0.step < from }
        let here = recent.count >= 4 ? GridClock.slope(recent, apart: 18) : whole
        // Few notes tell little.
        let trust = min(0.8, Double(recent.count) / 16)
        latestStepLength =
            here > 0 && here > 0.8 * whole && here < 1.25 * whole ? trust * here + (1 - trust) * whole : whole
    }

    private static func slope(_ placed: ArraySlice<(time: Double, step: Int)>, apart: Int) -> Double {
        let thin = Array(stride(from: placed.startIndex, to: placed.endIndex, by: 1 + placed.count / 60)).map {
            placed[$0]
        }
        var slopes: [(value: Double, weight: Double)] = []
        for later in thin.indices {
            for earlier in 0..<later where thin[later].step - thin[earlier].step >= max(1, apart) {
                let distance = Double(thin[later].step - thin[earlier].step)
                slopes.append(((thin[later].time - thin[earlier].time) / distance, distance))
            }
        }
        if slopes.isEmpty, let first = placed.first, let last = placed.last, last.step > first.step {
            return (last.time - first.time) / Double(last.step - first.step)
        }
        return weightedMedian(slopes)
    }

    /// When a step is, by the onsets about it.
    func time(of step: Int) -> Double {
        let near = steps.indices.filter { abs(steps[$0] - step) <= 60 }
        let voters = near.isEmpty ? Array(steps.indices) : near
        return weightedMedian(
            voters.map { index in
                let away = step - steps[index]
                return (times[index] + Double(away) * stepLength, 1 / (1 + Double(abs(away)) / 6))
            })
    }

    /// The mean place of onsets in the second half of the beat, as a share of it; 0.5 where too few were played, in compound
    /// metres, and where it is not clearly uneven.
    func swing(model: MetricalModel, shift: Int) -> Double {
        guard !model.meter.isCompound else { return 0.5 }
        var places: [Double] = []
        for index in steps.indices.dropFirst().dropLast() {
            let inside = (((steps[index] - shift) % 12) + 12) % 12
            guard inside == 6 || inside == 8 else { continue }
            let before = steps[index] - inside
            // Between two beats that were played, or nearly so.
            guard steps[index - 1] == before, steps[index + 1] == before + 12 else { continue }
            places.append((times[index] - times[index - 1]) / (times[index + 1] - times[index - 1]))
        }
        return GridClock.unevenness(places) ?? 0.5
    }

    /// The mean place of the second of two notes in their pair; nil for fewer than four, and where they are not clearly uneven.
    static func unevenness(_ places: [Double]) -> Double? {
        guard places.count >= 4 else { return nil }
        let mean = places.reduce(0, +) / Double(places.count)
        return mean < 0.54 ? nil : min(0.67, mean)
    }
}
