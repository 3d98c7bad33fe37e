/// A reproducible stream of draws (SplitMix64, Steele et al. 2014): the same seed gives the same draws on every machine.
public struct Draws: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in 0..<1.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// An index drawn by weights that need not sum to 1.
    public mutating func index(weights: [Double]) -> Int {
        var left = uniform() * weights.reduce(0, +)
        for (index, weight) in weights.enumerated() {
            left -= weight
            if left < 0 { return index }
        }
        return weights.lastIndex { $0 > 0 } ?? 0
    }

    /// Whether something happens that has a probability.
    public mutating func happens(_ probability: Double) -> Bool { uniform() < probability }

    /// A seed for one of several streams that follow from one seed.
    public static func seed(_ seed: UInt64, stream: UInt64) -> UInt64 {
        var draws = Draws(seed: seed ^ (stream &* 0xD1B5_4A32_D192_ED03))
        return draws.next()
    }
}
