/// A straight line through points by least squares: where a steady beat lies, and how far its beats are apart.
struct LineFit {
    /// The line's height at x = 0.
    let offset: Double
    let slope: Double

    /// - Returns: nil for fewer than two different x.
    init?(_ points: some Sequence<(x: Double, y: Double)>) {
        var (count, sumX, sumY, sumXX, sumXY) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for point in points {
            count += 1
            sumX += point.x
            sumY += point.y
            sumXX += point.x * point.x
            sumXY += point.x * point.y
        }
        let spread = count * sumXX - sumX * sumX
        guard spread > 0 else { return nil }
        slope = (count * sumXY - sumX * sumY) / spread
        offset = (sumY - slope * sumX) / count
    }

    func height(at x: Double) -> Double { offset + slope * x }
}

/// The middle one of a few numbers; 0 of none.
func median(_ values: some Sequence<Double>) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    let half = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
