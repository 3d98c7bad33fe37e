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
