/// Random numbers that the same seed repeats on every machine: xoshiro256** (Blackman and Vigna 2018), seeded by splitmix64.
///
/// The state is four words and part of every checkpoint. Not for secrets.
public struct SeededRandom: RandomNumberGenerator, Sendable, Equatable, Codable {
    private var a: UInt64
    private var b: UInt64
    private var c: UInt64
    private var d: UInt64

    public init(seed: UInt64) {
        var z = seed
        func split() -> UInt64 {
            z &+= 0x9e37_79b9_7f4a_7c15
            var x = z
            x = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
            x = (x ^ (x >> 27)) &* 0x94d0_49bb_1331_11eb
            return x ^ (x >> 31)
        }
        (a, b, c, d) = (split(), split(), split(), split())
    }

    /// The four words of the state, for a checkpoint.
    public var state: [UInt64] { [a, b, c, d] }

    /// Continues from a saved state: nil unless it has four words that are not all zero.
    public init?(state: [UInt64]) {
        guard state.count == 4, state.contains(where: { $0 != 0 }) else { return nil }
        (a, b, c, d) = (state[0], state[1], state[2], state[3])
    }

    public mutating func next() -> UInt64 {
        func rotate(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
        let result = rotate(b &* 5, 7) &* 9
        let t = b << 17
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= t
        d = rotate(d, 45)
        return result
    }

    /// Draws so many words for nobody.
    mutating func pass(_ count: Int) {
        var copy = self
        for _ in 0..<count { _ = copy.next() }
        self = copy
    }

    /// Uniform in 0..<1, in steps of 2^-24.
    public mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// Standard normal, by Marsaglia's polar method.
    public mutating func gaussian() -> Float {
        while true {
            let (x, y) = (2 * openUniform() - 1, 2 * openUniform() - 1)
            let s = x * x + y * y
            if s > 0, s < 1 { return Float(x * (-2 * naturalLogarithm(s) / s).squareRoot()) }
        }
    }

    /// Standard Gumbel: -ln(-ln u). The greatest of logits with such noise is a sample of their softmax.
    public mutating func gumbel() -> Float { Float(-naturalLogarithm(-naturalLogarithm(openUniform()))) }

    /// Uniform between 0 and 1, both excluded.
    private mutating func openUniform() -> Double { (Double(next() >> 12) + 0.5) * 0x1p-52 }

    /// A tensor of standard normal values.
    public mutating func gaussian(shape: [Int]) -> Tensor {
        Tensor(shape: shape) { p in for i in 0..<shape.reduce(1, *) { p[i] = gaussian() } }
    }

    /// A tensor uniform in -bound..<bound.
    public mutating func uniform(shape: [Int], bound: Float) -> Tensor {
        Tensor(shape: shape) { p in for i in 0..<shape.reduce(1, *) { p[i] = (2 * uniform() - 1) * bound } }
    }
}

/// ln x for normal x > 0, from arithmetic alone, so that every C library gives the same digits.
///
/// x = m * 2^e with m around 1, and ln m = 2 artanh((m - 1) / (m + 1)) as a series; error below 1e-15.
private func naturalLogarithm(_ x: Double) -> Double {
    var m = x.significand
    var e = Double(x.exponent)
    if m > 1.4142135623730951 {
        m /= 2
        e += 1
    }
    let f = (m - 1) / (m + 1)
    let square = f * f
    var series = 0.0
    var n = 23.0
    while n >= 1 {
        series = series * square + 1 / n
        n -= 2
    }
    return 2 * f * series + e * 0.6931471805599453
}
