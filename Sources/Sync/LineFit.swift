/// Points gathered for a straight line through them by least squares: where a steady beat lies, and how far its beats are
/// apart. Whole numbers, so that points come and go for ever without a rounding error.
struct LineFit: Hashable, Sendable {
    private(set) var count = 0
    private var sumX = 0
    private var sumY = 0
    private var sumXX = 0
    private var sumXY = 0

    /// A line: its height at x = 0, and how much it rises a step.
    struct Line {
        let offset: Double
        let slope: Double
        func height(at x: Int) -> Double { offset + slope * Double(x) }
    }

    mutating func add(_ x: Int, _ y: Int) { enter(x, y, 1) }
    mutating func remove(_ x: Int, _ y: Int) { enter(x, y, -1) }

    private mutating func enter(_ x: Int, _ y: Int, _ sign: Int) {
        count += sign
        sumX += sign * x
        sumY += sign * y
        sumXX += sign * x * x
        sumXY += sign * x * y
    }

    /// Moves the origin: what lay at (x, y) lies at (0, 0).
    mutating func center(_ x: Int, _ y: Int) {
        sumXX += count * x * x - 2 * x * sumX
        sumXY += count * x * y - x * sumY - y * sumX
        sumX -= count * x
        sumY -= count * y
    }

    /// The line; nil for fewer than two different x.
    var line: Line? {
        let spread = count * sumXX - sumX * sumX
        guard spread > 0 else { return nil }
        let slope = (Double(count) * Double(sumXY) - Double(sumX) * Double(sumY)) / Double(spread)
        return Line(offset: (Double(sumY) - slope * Double(sumX)) / Double(count), slope: slope)
    }
}

/// The middle one of a few numbers; 0 of none.
func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted()
    let half = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
