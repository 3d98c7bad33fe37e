/// A small seeded generator of choices: the same seed and stream give the same choices on every machine.
///
/// - Note: G. L. Steele, D. Lea, C. H. Flood, *Fast splittable pseudorandom number generators* (2014): SplitMix64.
struct ArrangerRandom: Sendable {
    private var state: UInt64

    /// Streams of one seed are independent: a part that draws more often does not change what another one draws.
    init(seed: UInt64, stream: UInt64) {
        state = seed &+ stream &* 0xD1B5_4A32_D192_ED03
        _ = next()
        state ^= stream &* 0x9E37_79B9_7F4A_7C15
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in 0..<`count`.
    mutating func below(_ count: Int) -> Int {
        precondition(count > 0, "a choice needs something to choose from")
        return Int(next() % UInt64(count))
    }

    /// Uniform in 0..<1.
    mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }
}
