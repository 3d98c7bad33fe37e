import Music

/// Tells which of four genres a band plays, from its rhythm, its texture and its drums (`GenreFeatures`).
///
/// The weights were learned from bands of another program (MMA), so that it does not merely know our own patterns again. How: `docs/evaluation.md`.
public struct GenreClassifier: Hashable, Sendable {
    /// In the order of the weights.
    public static let genres: [Genre] = [.jazz, .pop, .rock, .symphony]

    /// The one whose weights come with the program.
    public static let standard = GenreClassifier(text: genreClassifierWeights)!

    public let regression: SoftmaxRegression

    /// - Precondition: four classes on the features of `GenreFeatures`.
    public init(_ regression: SoftmaxRegression) {
        precondition(
            regression.weights.count == GenreClassifier.genres.count
                && regression.weights[0].count == GenreFeatures.count + 1, "four genres, 157 features and a constant")
        self.regression = regression
    }

    /// Reads weights as `text` writes them.
    ///
    /// - Returns: nil for anything else.
    public init?(text: String) {
        let rows = text.split(separator: "\n").map { row in row.split(separator: " ").map { Double($0) ?? .nan } }
        guard rows.count == GenreClassifier.genres.count,
            rows.allSatisfy({ $0.count == GenreFeatures.count + 1 && $0.allSatisfy(\.isFinite) })
        else { return nil }
        self.init(SoftmaxRegression(weights: rows))
    }

    /// The weights as text: a line a genre, four decimals.
    public var text: String {
        regression.weights.map { row in
            row.map { "\(($0 * 10_000).rounded() / 10_000)" }.joined(separator: " ")
        }.joined(separator: "\n")
    }

    /// How likely each genre is, in the order of `genres`.
    public func probabilities(_ piece: EvaluatedPiece) -> [Double] {
        regression.probabilities(GenreFeatures.values(of: piece))
    }

    /// The likeliest genre.
    public func genre(_ piece: EvaluatedPiece) -> Genre { genre(probabilities(piece)) }

    func genre(_ probabilities: [Double]) -> Genre {
        let best = probabilities.indices.max { (probabilities[$0], -$0) < (probabilities[$1], -$1) } ?? 0
        return GenreClassifier.genres[best]
    }
}
