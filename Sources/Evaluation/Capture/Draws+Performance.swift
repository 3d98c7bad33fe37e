import Music

/// What a performance draws. No elementary function of the C library is used, whose last digit differs from machine to machine.
extension Draws {
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
}
