/// A point in the six-dimensional space of fifths, minor and major thirds (Harte, Sandler and Gasser 2006).
public struct TonalCentroid: Hashable, Sendable {
    public let coordinates: [Double]

    /// The centroid of 12 weights, one a pitch class.
    ///
    /// - Returns: nil where all are 0.
    public init?(_ weights: [Double]) {
        precondition(weights.count == 12, "one weight a pitch class")
        let sum = weights.reduce(0, +)
        guard sum > 0 else { return nil }
        var point = [Double](repeating: 0, count: 6)
        for (pitchClass, weight) in weights.enumerated() where weight != 0 {
            // The angles 7 pi k / 6, 3 pi k / 2 and 2 pi k / 3 are 7, 9 and 4 twelfths of a turn for each semitone.
            let radii = [(7, 1.0), (9, 1.0), (4, 0.5)]
            for (axis, (twelfths, radius)) in radii.enumerated() {
                point[2 * axis] += weight / sum * radius * TonalCentroid.sine[twelfths * pitchClass % 12]
                point[2 * axis + 1] += weight / sum * radius * TonalCentroid.sine[(twelfths * pitchClass + 3) % 12]
            }
        }
        coordinates = point
    }

    /// The centroid of pitch classes of equal weight.
    public init?(pitchClasses: some Sequence<Int>) {
        var weights = [Double](repeating: 0, count: 12)
        for pitchClass in pitchClasses { weights[pitchClass] = 1 }
        self.init(weights)
    }

    /// Euclidean.
    public func distance(to other: TonalCentroid) -> Double {
        zip(coordinates, other.coordinates).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }

    /// Sines of multiples of 30 degrees.
    private static let sine: [Double] = {
        let high = 3.0.squareRoot() / 2
        return [0, 0.5, high, 1, high, 0.5, 0, -0.5, -high, -1, -high, -0.5]
    }()
}
