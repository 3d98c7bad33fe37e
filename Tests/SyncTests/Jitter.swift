import Glibc
import TestSupport

/// Seeded noise: the same in every run.
struct Jitter {
    private var generator: SeededGenerator
    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// -width...width.
    mutating func uniform(_ width: Double) -> Double { Double.random(in: -width...width, using: &generator) }

    /// Normally distributed around 0.
    mutating func normal(_ deviation: Double) -> Double {
        let radius = (-2 * log(Double.random(in: 1e-12...1, using: &generator))).squareRoot()
        return deviation * radius * cos(2 * .pi * Double.random(in: 0..<1, using: &generator))
    }
}
