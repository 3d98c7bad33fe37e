import Glibc

/// What happens to the synthesizer's samples on their way into a file: a gain, a short fade at the end, and the limiter.
struct Mastering {
    let gain: Double
    private let total: Int
    private let fade: Int
    private var limiter: PeakLimiter
    private var taken = 0
    private var given = 0

    /// How far peaks may be turned down, in dB: more of it is heard, so very spiky music stays below the loudness aimed at.
    static let mostReduction = 9.0

    /// - Parameters:
    ///   - gain: a factor.
    ///   - total: the length of the whole in frames.
    ///   - ceiling: in dB of full scale.
    init(gain: Double, total: Int, sampleRate: Int, ceiling: Double) {
        self.gain = gain
        self.total = total
        fade = max(1, min(total, sampleRate / 20))
        limiter = PeakLimiter(sampleRate: sampleRate, ceiling: Float(pow(10, ceiling / 20)))
    }

    /// Takes the next samples, left and right in turn, and gives those that are ready: all but the limiter's latency.
    mutating func apply(_ samples: ArraySlice<Float>) -> ArraySlice<Float> {
        var scaled = [Float](samples)
        for index in scaled.indices {
            // The last 50 ms fade out, so that the end never clicks.
            let envelope = min(1, Double(total - taken - index / 2) / Double(fade))
            scaled[index] = Float(Double(scaled[index]) * gain * envelope)
        }
        taken += scaled.count / 2
        return limited(&scaled)
    }

    /// Gives the rest.
    mutating func finish() -> ArraySlice<Float> {
        var silence = [Float](repeating: 0, count: 2 * limiter.latency)
        return limited(&silence)
    }

    /// The first frames that the limiter gives are its own silence.
    private mutating func limited(_ samples: inout [Float]) -> ArraySlice<Float> {
        limiter.apply(&samples)
        let own = max(0, min(samples.count / 2, limiter.latency - given))
        given += samples.count / 2
        return samples[(2 * own)...]
    }
}

/// Finds the gain at which limited music has a loudness, by trying several at once.
struct GainSearch {
    private var trials: [(mastering: Mastering, meter: LoudnessMeter)]

    /// Above the gain that would do without a limiter, in dB: what a limiter takes away from music is less.
    private static let steps = [0.0, 0.5, 1, 2, 3.5]

    /// - Parameters:
    ///   - gain: that would do without a limiter.
    ///   - peak: of the music, before any gain.
    init(around gain: Double, peak: Double, total: Int, sampleRate: Int, ceiling: Double) {
        let most = pow(10, (ceiling + Mastering.mostReduction) / 20) / peak
        trials = Self.steps.map { step in
            let tried = min(most, gain * pow(10, step / 20))
            return (
                Mastering(gain: tried, total: total, sampleRate: sampleRate, ceiling: ceiling),
                LoudnessMeter(sampleRate: sampleRate)
            )
        }
    }

    mutating func add(_ samples: ArraySlice<Float>) {
        for index in trials.indices { trials[index].meter.add(trials[index].mastering.apply(samples)) }
    }

    /// Interpolated between the trials; the nearest of them where all are too soft or too loud.
    func gain(for target: Double) -> Double {
        let tried = trials.compactMap { trial in
            trial.meter.loudness.map { (gain: trial.mastering.gain, loudness: $0) }
        }
        guard let first = tried.first, let last = tried.last else { return trials[0].mastering.gain }
        if first.loudness >= target { return first.gain }
        for (lower, upper) in zip(tried, tried.dropFirst()) where upper.loudness >= target {
            let part = (target - lower.loudness) / (upper.loudness - lower.loudness)
            return lower.gain * pow(upper.gain / lower.gain, part)
        }
        return last.gain
    }
}
