import Music

/// A small seeded generator of choices: the same seed and stream give the same choices on every machine.
struct ArrangerRandom: Sendable {
    private var draws: Draws

    /// Streams of one seed are independent: a part that draws more often does not change what another one draws.
    init(seed: UInt64, stream: UInt64) {
        let step: UInt64 = 0x9E37_79B9_7F4A_7C15
        draws = Draws(seed: (seed &+ stream &* 0xD1B5_4A32_D192_ED03 &+ step) ^ (stream &* step))
    }

    mutating func next() -> UInt64 { draws.next() }

    /// Uniform in 0..<`count`.
    mutating func below(_ count: Int) -> Int {
        precondition(count > 0, "a choice needs something to choose from")
        return Int(next() % UInt64(count))
    }

    /// Uniform in 0..<1.
    mutating func unit() -> Double { draws.uniform() }

    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }
}
