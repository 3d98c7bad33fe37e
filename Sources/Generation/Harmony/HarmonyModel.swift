import Music

/// How chords follow each other and which melody tones go with them, relative to the key: the numbers of a hidden Markov model.
///
/// Counts from songs become probabilities when they are asked for, with a little added to each so that nothing is impossible: .02 to
/// transitions, .1 to first chords, .5 quarters to emissions.
public struct HarmonyModel: Hashable, Sendable {
    /// What is counted in songs of one mode. Chords are indices (`Chord.index`) with the root counted from the tonic.
    public struct Counts: Hashable, Sendable {
        /// How often a song begins with a chord, `[84]`.
        public var first = [Int](repeating: 0, count: Chord.count)
        /// How often a chord follows another in the next window, `[84 before][84 after]`.
        public var transitions = [Int](repeating: 0, count: Chord.count * Chord.count)
        /// For how many grid steps a melody tone, counted from the root, sounds with a quality, `[7][12]`.
        public var emissions = [Int](repeating: 0, count: Chord.Quality.allCases.count * 12)

        public init() {}
    }

    public let counts: [Key.Mode: Counts]

    /// Natural logarithms, in the shapes of `Counts`.
    struct Logarithms: Hashable, Sendable {
        var first: [Double]
        var transitions: [Double]
        var emissions: [Double]
        /// How common each chord is, `[84]`.
        var prior: [Double]
    }

    private let major: Logarithms
    private let minor: Logarithms

    public init(counts: [Key.Mode: Counts]) {
        self.counts = counts
        major = HarmonyModel.logarithms(counts[.major] ?? Counts())
        minor = HarmonyModel.logarithms(counts[.minor] ?? Counts())
    }

    /// The model that was learned from public-domain lead sheets and is compiled in (`HarmonyTables`).
    public static let standard = HarmonyModel(table: HarmonyTables.counts)!

    func logarithms(_ mode: Key.Mode) -> Logarithms { mode == .major ? major : minor }

    /// The natural logarithm of how common a chord is in a key.
    public func logPrior(_ chord: Chord, in key: Key) -> Double {
        logarithms(key.mode).prior[chord.transposed(by: -key.tonic).index]
    }

    private static func logarithms(_ counts: Counts) -> Logarithms {
        let stepsPerQuarter = Double(Grid.stepsPerQuarter)
        var prior = [Double](repeating: 0.1, count: Chord.count)
        for (index, count) in counts.transitions.enumerated() { prior[index % Chord.count] += Double(count) }
        return Logarithms(
            first: normalized(counts.first.map { Double($0) + 0.1 }, rows: 1),
            transitions: normalized(counts.transitions.map { Double($0) + 0.02 }, rows: Chord.count),
            emissions: normalized(
                counts.emissions.map { Double($0) / stepsPerQuarter + 0.5 }, rows: Chord.Quality.allCases.count),
            prior: normalized(prior, rows: 1))
    }

    /// Each row divided by its sum, as logarithms.
    private static func normalized(_ values: [Double], rows: Int) -> [Double] {
        let columns = values.count / rows
        return (0..<rows).flatMap { row in
            let slice = values[row * columns..<(row + 1) * columns]
            let sum = Mathematics.log(slice.reduce(0, +))
            return slice.map { Mathematics.log($0) - sum }
        }
    }
}

// MARK: - The table's text

extension HarmonyModel {
    /// Reads the counts from the text that `table` writes.
    ///
    /// - Returns: nil where a line is not `mode first|emission N|N`, followed by `index:count` pairs in range.
    public init?(table: String) {
        var counts: [Key.Mode: Counts] = [.major: Counts(), .minor: Counts()]
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 2, let mode = Key.Mode(rawValue: String(words[0])) else { return nil }
            for pair in words.dropFirst(2) {
                let numbers = pair.split(separator: ":").map { Int($0) }
                guard numbers.count == 2, let index = numbers[0], let count = numbers[1], index >= 0, count > 0,
                    counts[mode]!.set(String(words[1]), index, count)
                else { return nil }
            }
        }
        self.init(counts: counts)
    }

    /// The counts as text: for each mode the first chords (`major first 0:45`), the emissions by quality (`major e0 4:123`), and what
    /// follows each chord (`major 7 0:99`); only what was seen, lines of at most 110 characters.
    public var table: String {
        var lines: [String] = []
        for mode in Key.Mode.allCases {
            let counts = counts[mode] ?? Counts()
            func write(_ name: String, _ values: some Collection<Int>) {
                var line = ""
                for (index, value) in values.enumerated() where value > 0 {
                    let pair = " \(index):\(value)"
                    if line.isEmpty || line.utf8.count + pair.utf8.count > 110 {
                        if !line.isEmpty { lines.append(line) }
                        line = "\(mode.rawValue) \(name)"
                    }
                    line += pair
                }
                if !line.isEmpty { lines.append(line) }
            }
            write("first", counts.first)
            for quality in 0..<Chord.Quality.allCases.count {
                write("e\(quality)", counts.emissions[quality * 12..<(quality + 1) * 12])
            }
            for chord in 0..<Chord.count {
                write("\(chord)", counts.transitions[chord * Chord.count..<(chord + 1) * Chord.count])
            }
        }
        return lines.joined(separator: "\n")
    }
}

extension HarmonyModel.Counts {
    /// - Returns: false where there is no such row or column.
    fileprivate mutating func set(_ row: String, _ index: Int, _ count: Int) -> Bool {
        if row == "first" {
            guard index < Chord.count else { return false }
            first[index] = count
        } else if row.hasPrefix("e") {
            guard let quality = Int(row.dropFirst()), Chord.Quality(rawValue: quality) != nil, index < 12
            else { return false }
            emissions[quality * 12 + index] = count
        } else {
            guard let before = Int(row), (0..<Chord.count).contains(before), index < Chord.count else { return false }
            transitions[before * Chord.count + index] = count
        }
        return true
    }
}
