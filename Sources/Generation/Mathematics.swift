#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The C library's elementary functions under names of our own, so that the module needs no Foundation.
enum Mathematics {
    static func exp(_ x: Double) -> Double { powered(x) }
    static func log(_ x: Double) -> Double { logarithm(x) }

    /// 1 / (1 + e^-x).
    static func sigmoid(_ x: Float) -> Float { Float(1 / (1 + powered(-Double(x)))) }

    /// The inverse of `sigmoid`, for a probability held inside 0.001...0.999.
    static func logit(_ p: Float) -> Float {
        let held = Double(min(0.999, max(0.001, p)))
        return Float(logarithm(held / (1 - held)))
    }

    /// The numbers as probabilities: e^(x/temperature), made to sum to 1.
    static func softmax(_ x: some Collection<Float>, temperature: Double = 1) -> [Double] {
        let top = Double(x.max() ?? 0)
        let powers = x.map { powered((Double($0) - top) / temperature) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }
}

private func powered(_ x: Double) -> Double { exp(x) }
private func logarithm(_ x: Double) -> Double { log(x) }

/// A reproducible stream of draws (SplitMix64, Steele et al. 2014): the same seed gives the same draws on every machine.
struct Draws: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in 0..<1.
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// An index drawn by weights that need not sum to 1.
    mutating func index(weights: [Double]) -> Int {
        var left = uniform() * weights.reduce(0, +)
        for (index, weight) in weights.enumerated() {
            left -= weight
            if left < 0 { return index }
        }
        return weights.lastIndex { $0 > 0 } ?? 0
    }

    /// Gumbel noise of scale 1: adding it to log-probabilities and taking the best draws by probability.
    mutating func gumbel() -> Double { -Mathematics.log(-Mathematics.log(max(1e-12, uniform()))) }
}
