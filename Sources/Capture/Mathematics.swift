#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Natural logarithm.
func logarithm(_ x: Double) -> Double { log(x) }

/// e to the power of `x`.
func exponential(_ x: Double) -> Double { exp(x) }

/// The value at which half of the weight lies below; 0 where there is none.
func weightedMedian(_ values: [(value: Double, weight: Double)]) -> Double {
    let sorted = values.sorted { $0.value < $1.value }
    let half = sorted.reduce(0) { $0 + $1.weight } / 2
    var sum = 0.0
    for entry in sorted {
        sum += entry.weight
        if sum >= half { return entry.value }
    }
    return sorted.last?.value ?? 0
}

/// Cosine of a number of turns.
func cosine(_ turns: Double) -> Double { cos(2 * .pi * turns) }
