/// A major or minor key.
public struct Key: Hashable, Sendable {
    public enum Mode: String, Hashable, Sendable, CaseIterable { case major, minor }

    /// Pitch class of the tonic, 0...11.
    public let tonic: Int
    public let mode: Mode

    public init(tonic: Int, mode: Mode) {
        self.tonic = ((tonic % 12) + 12) % 12
        self.mode = mode
    }

    /// Reads what `description` writes, `A minor`, in any case and with either name of a black key; `Am` and `C` too.
    public init?(_ text: String) {
        var words = text.split(separator: " ").map { $0.lowercased() }
        if words.count == 1, let word = words.first {
            words = word.count > 1 && word.hasSuffix("m") ? [String(word.dropLast()), "minor"] : [word, "major"]
        }
        guard words.count == 2, let mode = Mode(rawValue: words[1]), let letter = words[0].first,
            let natural = ["c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11][letter]
        else { return nil }
        let step: Int? = ["": 0, "#": 1, "b": -1][String(words[0].dropFirst())]
        guard let step else { return nil }
        self.init(tonic: natural + step, mode: mode)
    }

    /// Pitch classes of the scale; the minor one holds both sevenths.
    public var scale: [Int] {
        let steps = mode == .major ? [0, 2, 4, 5, 7, 9, 11] : [0, 2, 3, 5, 7, 8, 10, 11]
        return steps.map { ($0 + tonic) % 12 }
    }

    /// Semitones that move this key to C major or A minor, in -6...5 (so that music moves as little as possible).
    public var semitonesToNormal: Int {
        let up = ((mode == .major ? 0 : 9) - tonic + 12) % 12
        return up > 5 ? up - 12 : up
    }

    /// All 24 keys with the correlation of their Krumhansl-Kessler profile to the durations, best first.
    ///
    /// - Parameter durations: 12 sums of sounding time a pitch class; any unit.
    /// - Returns: 24 keys; where nothing sounds, C major first and all correlations 0.
    /// - Note: C. L. Krumhansl, *Cognitive Foundations of Musical Pitch* (1990), chapter 4.
    public static func ranked(durations: [Double]) -> [(key: Key, correlation: Double)] {
        precondition(durations.count == 12, "one duration a pitch class")
        var ranked: [(key: Key, correlation: Double)] = []
        for mode in Mode.allCases {
            let profile = mode == .major ? majorProfile : minorProfile
            for tonic in 0..<12 {
                let rotated = (0..<12).map { profile[($0 - tonic + 12) % 12] }
                ranked.append((Key(tonic: tonic, mode: mode), correlation(durations, rotated)))
            }
        }
        // A stable order on ties keeps the estimate reproducible.
        return ranked.enumerated()
            .sorted { ($1.element.correlation, $0.offset) < ($0.element.correlation, $1.offset) }
            .map(\.element)
    }

    static let majorProfile = [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88]
    static let minorProfile = [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17]

    private static func correlation(_ a: [Double], _ b: [Double]) -> Double {
        let meanA = a.reduce(0, +) / 12
        let meanB = b.reduce(0, +) / 12
        var product = 0.0
        var squareA = 0.0
        var squareB = 0.0
        for i in 0..<12 {
            product += (a[i] - meanA) * (b[i] - meanB)
            squareA += (a[i] - meanA) * (a[i] - meanA)
            squareB += (b[i] - meanB) * (b[i] - meanB)
        }
        let scale = (squareA * squareB).squareRoot()
        return scale > 0 ? product / scale : 0
    }
}

extension Key: CustomStringConvertible {
    public var description: String { "\(Pitch.classNames[tonic]) \(mode.rawValue)" }
}
