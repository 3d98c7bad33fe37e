/// What tells the end of a phrase from a rest inside it, at a silence.
struct PauseEvidence {
    /// When each onset begins.
    let times: [Double]
    /// When its last note is let go.
    let ends: [Double]
    /// The latest end of all onsets up to each one.
    let sounding: [Double]

    init(times: [Double], ends: [Double]) {
        self.times = times
        self.ends = ends
        var latest = -Double.infinity
        sounding = ends.map { end in
            latest = max(latest, end)
            return latest
        }
    }

    /// Seconds of silence before an onset; negative where something sounds still.
    func silence(before index: Int) -> Double { times[index] - sounding[index - 1] }

    /// 1; how long the silence is, how long for the notes about it, how long the last note was held, how long the silence is
    /// against other rests, how much the tempo changes, how well time goes on.
    private func values(before index: Int) -> [Double] {
        let silence = silence(before: index)
        let interval = times[index] - times[index - 1]
        let former = middle((max(1, index - 12)..<index).map { times[$0] - times[$0 - 1] })
        let later = middle((index + 1..<max(index + 1, min(times.count, index + 13))).map { times[$0] - times[$0 - 1] })
        let beat = former > 0 && later > 0 ? min(former, later) : max(former, later, 0.1)
        let held = ends[index - 1] - times[index - 1]
        // Silences round about, but for those that end a phrase anyhow.
        let others = (max(1, index - 16)..<min(times.count, index + 17)).filter { $0 != index }.map {
            self.silence(before: $0)
        }
        let rest = max(0.1, others.filter { $0 < 2.5 }.max() ?? 0.1)
        return [
            1, logarithm(silence), logarithm(max(0.1, silence / beat)), logarithm(max(0.05, held / beat)),
            logarithm(interval / rest), former > 0 && later > 0 ? abs(logarithm(former / later)) : 0,
            inTime(index),
        ]
    }

    /// Of a logistic regression on modelled sessions of melodies that are not measured.
    private static let weights = [-3.82, 0.69, 1.84, -1.62, 0.67, 1.30, -1.17]

    /// Logarithm of the odds that a phrase ends before an onset.
    func logOdds(before index: Int) -> Double {
        zip(values(before: index), PauseEvidence.weights).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// How well the onsets behind a silence go on in the time of those before it: 1 in time, -1 between the beats.
    private func inTime(_ index: Int) -> Double {
        let before = times[max(0, index - 8)..<index]
        let after = times[index..<min(times.count, index + 8)]
        guard before.count >= 4, after.count >= 4 else { return 0 }
        var best = (strength: 0.0, value: 0.0)
        var period = 0.25
        while period < 0.9 {
            let a = phasor(before, period, from: times[index])
            let b = phasor(after, period, from: times[index])
            let strength = (a.0 * a.0 + a.1 * a.1).squareRoot() * (b.0 * b.0 + b.1 * b.1).squareRoot()
            if strength > best.strength { best = (strength, a.0 * b.0 + a.1 * b.1) }
            period *= 1.02
        }
        return best.strength > 0 ? best.value : 0
    }

    private func phasor(_ times: ArraySlice<Double>, _ period: Double, from zero: Double) -> (Double, Double) {
        var (x, y) = (0.0, 0.0)
        for time in times {
            let turn = (time - zero) / period
            (x, y) = (x + cosine(turn), y + cosine(turn - 0.25))
        }
        return (x / Double(times.count), y / Double(times.count))
    }

    private func middle(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.sorted()[values.count / 2] }
}
