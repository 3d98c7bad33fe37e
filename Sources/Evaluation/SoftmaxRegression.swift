#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A linear classifier: the class whose weighted sum of the features is largest is the likeliest.
public struct SoftmaxRegression: Hashable, Sendable {
    /// `[class][feature]`, the constant last.
    public let weights: [[Double]]

    /// - Precondition: every class has as many weights.
    public init(weights: [[Double]]) {
        precondition(Set(weights.map(\.count)).count == 1, "classes have equally many weights")
        self.weights = weights
    }

    /// Learns from examples: features standardised with their mean and deviation + .001, then full-batch gradient descent on the cross-entropy; the
    /// standardisation is folded into the weights.
    ///
    /// - Parameters:
    ///   - examples: features, equally many each; at least one example.
    ///   - labels: the class of each, 0..<classes.
    ///   - decay: pulls weights (not the constants) towards 0.
    public init(
        learningFrom examples: [[Double]], labels: [Int], classes: Int, steps: Int = 600, rate: Double = 0.3,
        decay: Double = 0.01
    ) {
        precondition(!examples.isEmpty && examples.count == labels.count, "each example has a label")
        let size = examples[0].count
        let count = Double(examples.count)
        let means = (0..<size).map { index in examples.reduce(0) { $0 + $1[index] } / count }
        let deviations = (0..<size).map { index in
            (examples.reduce(0) { $0 + ($1[index] - means[index]) * ($1[index] - means[index]) } / count).squareRoot()
                + 0.001
        }
        let inputs = examples.map { example in
            example.indices.map { (example[$0] - means[$0]) / deviations[$0] } + [1]
        }
        var weights = [[Double]](repeating: [Double](repeating: 0, count: size + 1), count: classes)
        for _ in 0..<steps {
            var gradients = [[Double]](repeating: [Double](repeating: 0, count: size + 1), count: classes)
            for (input, label) in zip(inputs, labels) {
                let chances = SoftmaxRegression.softmax(weights.map { SoftmaxRegression.dot($0, input) })
                for index in 0..<classes {
                    let error = (chances[index] - (index == label ? 1 : 0)) / count
                    for place in 0...size { gradients[index][place] += error * input[place] }
                }
            }
            for index in 0..<classes {
                for place in 0...size {
                    let pull = place < size ? decay * weights[index][place] : 0
                    weights[index][place] -= rate * (gradients[index][place] + pull)
                }
            }
        }
        self.init(
            weights: weights.map { row in
                let slopes = (0..<size).map { row[$0] / deviations[$0] }
                return slopes + [row[size] - SoftmaxRegression.dot(slopes, means)]
            })
    }

    /// The probability of each class.
    public func probabilities(_ features: [Double]) -> [Double] {
        SoftmaxRegression.softmax(weights.map { SoftmaxRegression.dot($0, features + [1]) })
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        precondition(a.count == b.count, "a weight for each feature")
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }

    private static func softmax(_ sums: [Double]) -> [Double] {
        let highest = sums.max() ?? 0
        let powers = sums.map { exp($0 - highest) }
        let all = powers.reduce(0, +)
        return powers.map { $0 / all }
    }
}
