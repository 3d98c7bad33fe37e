#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How alike two sets are in the distributions of simple features (Yang and Lerch 2020): 1 for equal ones, 0 for such that never meet.
public enum OverlapArea {
    /// The area under the lower of two Gaussian kernel densities.
    ///
    /// The bandwidth of each is 1.06 s n^-.2, but no less than 3 % of the joint range; the densities are taken at 400 points over that range, widened by a
    /// quarter of itself (an eighth on either side).
    ///
    /// - Returns: nil where a set has fewer than two numbers; 1 where all numbers of both are equal.
    public static func between(_ a: [Double], _ b: [Double]) -> Double? {
        guard a.count > 1, b.count > 1, let low = (a + b).min(), let high = (a + b).max() else { return nil }
        let range = high - low
        guard range > 0 else { return 1 }
        let points = 400
        let start = low - range * 0.125
        let step = range * 1.25 / Double(points - 1)
        let first = density(a, leastWidth: 0.03 * range, start: start, step: step, points: points)
        let second = density(b, leastWidth: 0.03 * range, start: start, step: step, points: points)
        // Trapezoids.
        let lower = zip(first, second).map { min($0, $1) }
        return min(1, zip(lower, lower.dropFirst()).reduce(0) { $0 + ($1.0 + $1.1) / 2 * step })
    }

    /// The mean over 18 features of the pieces: of bass, chords, pad and line the notes a bar, polyphony, median pitch and pitch-class entropy, the drums'
    /// notes a bar, and the groove; features that one of the sets lacks are left out.
    public static func between(_ a: SetMetrics, _ b: SetMetrics) -> Double? {
        average(features.compactMap { feature in between(a.pieces.compactMap(feature), b.pieces.compactMap(feature)) })
    }

    private static let features: [@Sendable (PieceMetrics) -> Double?] =
        Role.tonal.flatMap { role in
            [
                { $0.textures[role]?.notesPerBar }, { $0.textures[role]?.polyphony },
                { $0.textures[role]?.medianPitch }, { $0.textures[role]?.pitchClassEntropy },
            ] as [@Sendable (PieceMetrics) -> Double?]
        } + [{ $0.textures[.drums]?.notesPerBar }, { $0.band.groove }]

    private static func density(
        _ numbers: [Double], leastWidth: Double, start: Double, step: Double, points: Int
    ) -> [Double] {
        let count = Double(numbers.count)
        let mean = numbers.reduce(0, +) / count
        let deviation = (numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        let width = max(1.06 * deviation * pow(count, -0.2), leastWidth)
        return (0..<points).map { index in
            let place = start + Double(index) * step
            let sum = numbers.reduce(0) { $0 + exp(-0.5 * ((place - $1) / width) * ((place - $1) / width)) }
            return sum / (count * width * (2 * Double.pi).squareRoot())
        }
    }
}
