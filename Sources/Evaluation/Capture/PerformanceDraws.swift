/// A reproducible stream of draws (SplitMix64, Steele et al. 2014): the same seed gives the same take on every machine.
///
/// No elementary function of the C library is used, whose last digit differs from machine to machine.
struct PerformanceDraws {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
        // Neighbouring seeds begin far from each other.
        state = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in 0..<1.
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform in a range.
    mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + uniform() * (range.upperBound - range.lowerBound)
    }

    /// Nearly normal with mean 0 and standard deviation 1: the sum of twelve uniform draws less six, never beyond 6.
    mutating func normal() -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += uniform() }
        return sum
    }

    /// Whether something happens that has a probability.
    mutating func happens(_ probability: Double) -> Bool { uniform() < probability }
}
