import Glibc

/// Measures peak, effective value and integrated loudness of stereo audio.
///
/// Loudness follows ITU-R BS.1770-4: K-weighting, blocks of 400 ms that overlap by three quarters, gates at -70 LUFS and 10 LU
/// below the ungated mean. The filters are designed for the sample rate at hand, as the recommendation allows.
public struct LoudnessMeter {
    private let hop: Int
    private var filters: [[Biquad]]
    private var quarter = 0.0
    private var quarterFrames = 0
    /// Mean squares of consecutive 100 ms, both channels summed.
    private var quarters: [Double] = []
    private var squares = 0.0
    private var frames = 0

    /// The largest absolute sample.
    public private(set) var peak: Float = 0

    public init(sampleRate: Int) {
        hop = sampleRate / 10
        let chain = [Biquad.shelf(sampleRate: Double(sampleRate)), Biquad.highPass(sampleRate: Double(sampleRate))]
        filters = [chain, chain]
    }

    /// - Parameter samples: left and right in turn.
    public mutating func add(_ samples: ArraySlice<Float>) {
        precondition(samples.count.isMultiple(of: 2), "two samples a frame")
        var index = samples.startIndex
        while index < samples.endIndex {
            for channel in 0..<2 {
                let sample = samples[index + channel]
                peak = max(peak, sample.magnitude)
                squares += Double(sample) * Double(sample)
                var weighted = Double(sample)
                for stage in 0..<2 { weighted = filters[channel][stage].apply(weighted) }
                quarter += weighted * weighted
            }
            index += 2
            frames += 1
            quarterFrames += 1
            if quarterFrames == hop {
                quarters.append(quarter / Double(hop))
                quarter = 0
                quarterFrames = 0
            }
        }
    }

    /// Effective value of both channels together, 0...1.
    public var rms: Double { frames == 0 ? 0 : (squares / Double(2 * frames)).squareRoot() }

    /// Integrated loudness in LUFS; nil for silence and for less than 400 ms.
    public var loudness: Double? {
        guard quarters.count >= 4 else { return nil }
        let blocks = (0...(quarters.count - 4)).map { start in quarters[start..<(start + 4)].reduce(0, +) / 4 }
        let audible = blocks.filter { LoudnessMeter.units($0) > -70 }
        guard !audible.isEmpty else { return nil }
        let gate = LoudnessMeter.units(audible.reduce(0, +) / Double(audible.count)) - 10
        let loud = audible.filter { LoudnessMeter.units($0) > gate }
        return loud.isEmpty ? nil : LoudnessMeter.units(loud.reduce(0, +) / Double(loud.count))
    }

    private static func units(_ power: Double) -> Double { -0.691 + 10 * log10(max(power, 1e-12)) }
}

/// A filter of second order in transposed direct form II.
struct Biquad {
    private let b0: Double
    private let b1: Double
    private let b2: Double
    private let a1: Double
    private let a2: Double
    private var z1 = 0.0
    private var z2 = 0.0

    private init(b0: Double, b1: Double, b2: Double, a0: Double, a1: Double, a2: Double) {
        self.b0 = b0 / a0
        self.b1 = b1 / a0
        self.b2 = b2 / a0
        self.a1 = a1 / a0
        self.a2 = a2 / a0
    }

    /// First stage of the K-weighting: +4 dB above 1.7 kHz, for the head.
    static func shelf(sampleRate: Double) -> Biquad {
        let k = tan(Double.pi * 1681.974450955533 / sampleRate)
        let q = 0.7071752369554196
        let high = pow(10, 3.999843853973347 / 20)
        let band = pow(high, 0.4996667741545416)
        return Biquad(
            b0: high + band * k / q + k * k, b1: 2 * (k * k - high), b2: high - band * k / q + k * k,
            a0: 1 + k / q + k * k, a1: 2 * (k * k - 1), a2: 1 - k / q + k * k)
    }

    /// Second stage: a high pass at 38 Hz.
    static func highPass(sampleRate: Double) -> Biquad {
        let k = tan(Double.pi * 38.13547087602444 / sampleRate)
        let q = 0.5003270373238773
        let a0 = 1 + k / q + k * k
        return Biquad(b0: a0, b1: -2 * a0, b2: a0, a0: a0, a1: 2 * (k * k - 1), a2: 1 - k / q + k * k)
    }

    mutating func apply(_ x: Double) -> Double {
        let y = b0 * x + z1
        z1 = b1 * x - a1 * y + z2
        z2 = b2 * x - a2 * y
        return y
    }
}
