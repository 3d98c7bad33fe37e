import Glibc

/// Keeps stereo audio below a ceiling by turning it down for a few milliseconds around each peak.
///
/// It looks ahead: the gain falls along a straight line while the peak comes near and is back within a fraction of a second, so
/// nothing is cut off. Both channels are turned down alike, which keeps the stereo image. What stays below the ceiling passes
/// bit for bit, only `latency` frames later.
///
/// The gain is the moving average of a held minimum, after D. Giannoulis, M. Massberg and J. D. Reiss, "Digital Dynamic Range
/// Compressor Design", J. Audio Eng. Soc. 60(6), 2012, and the look-ahead form by G. W. McNally, J. Audio Eng. Soc. 32(5), 1984:
/// every value that is averaged over is at most what the frame that leaves needs, so the average is as well.
public struct PeakLimiter: Sendable {
    /// By how many frames the output is late.
    public let latency: Int
    private let ceiling: Float
    private let recovery: Double
    /// Frames that have not left yet, left and right in turn.
    private var delayed: [Float]
    /// Candidates for the smallest gain that one of the last `latency + 1` frames needs, the smallest first.
    private var minima: [(frame: Int, gain: Double)] = []
    private var firstMinimum = 0
    /// The gains that are averaged, and their sum.
    private var smoothed: [Double]
    private var sum: Double
    /// How many of them are below 1.
    private var reducing = 0
    private var frame = 0

    /// The strongest that it turned down, as a factor; 1 where nothing reached the ceiling.
    public private(set) var smallestGain = 1.0

    /// - Parameters:
    ///   - ceiling: the largest sample that leaves, 0...1 of full scale, above 0.
    ///   - lookAhead: in seconds; how long the gain takes to fall.
    ///   - release: in seconds; the time constant with which the gain comes back.
    public init(sampleRate: Int, ceiling: Float, lookAhead: Double = 0.005, release: Double = 0.08) {
        precondition(ceiling > 0 && ceiling <= 1 && lookAhead > 0 && release > 0, "a limiter limits")
        self.ceiling = ceiling
        latency = max(1, Int((lookAhead * Double(sampleRate)).rounded()))
        recovery = 1 - exp(-1 / (release * Double(sampleRate)))
        delayed = [Float](repeating: 0, count: 2 * latency)
        smoothed = [Double](repeating: 1, count: latency + 1)
        sum = Double(latency + 1)
    }

    /// Takes frames and gives as many, those of `latency` frames ago; the first ones are silent.
    ///
    /// - Parameter samples: left and right in turn; replaced.
    public mutating func apply(_ samples: inout [Float]) {
        precondition(samples.count.isMultiple(of: 2), "two samples a frame")
        var index = 0
        while index < samples.count {
            let left = samples[index]
            let right = samples[index + 1]
            let gain = nextGain(peak: max(left.magnitude, right.magnitude))
            let place = 2 * (frame % latency)
            samples[index] = turned(delayed[place], gain)
            samples[index + 1] = turned(delayed[place + 1], gain)
            delayed[place] = left
            delayed[place + 1] = right
            frame += 1
            index += 2
        }
    }

    private func turned(_ sample: Float, _ gain: Double) -> Float {
        if gain == 1 { return sample }
        // The product may round up by one unit in the last place.
        return min(ceiling, max(-ceiling, Float(Double(sample) * gain)))
    }

    /// The gain for the frame that leaves when one with this peak comes.
    private mutating func nextGain(peak: Float) -> Double {
        let need = peak > ceiling ? Double(ceiling) / Double(peak) : 1
        while minima.count > firstMinimum, minima[minima.count - 1].gain >= need { minima.removeLast() }
        minima.append((frame, need))
        if minima[firstMinimum].frame < frame - latency { firstMinimum += 1 }
        if firstMinimum > 4096 {
            minima.removeFirst(firstMinimum)
            firstMinimum = 0
        }
        let place = frame % (latency + 1)
        let last = smoothed[(frame + latency) % (latency + 1)]
        var next = min(minima[firstMinimum].gain, last + (1 - last) * recovery)
        // A thousandth of a decibel below 1 is 1, so that what follows passes untouched again.
        if next > 0.9999 { next = min(1, minima[firstMinimum].gain) }
        if smoothed[place] < 1 { reducing -= 1 }
        if next < 1 { reducing += 1 }
        sum += next - smoothed[place]
        smoothed[place] = next
        // Rounding must not add up over hours.
        if reducing == 0 { sum = Double(latency + 1) }
        let gain = min(1, sum / Double(latency + 1))
        smallestGain = min(smallestGain, gain)
        return gain
    }
}
