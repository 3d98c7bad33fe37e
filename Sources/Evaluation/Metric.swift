/// A metric as reports show it: its name, which way is better, what others measure, and where its value is found.
public struct Metric: Sendable {
    public enum Aim: String, Hashable, Sendable {
        case higher, lower
        /// Near to the human values is best.
        case human
    }

    /// What others measure with these definitions; nil where it is not known.
    public struct References: Hashable, Sendable {
        /// Melodies of mixed kind with human accompaniments.
        public var independent: Double?
        /// Reductions of orchestral movements.
        public var orchestra: Double?
        /// Piano accompaniments of pop songs (POP909).
        public var pop: Double?
        /// Patterns over the right chords (MMA).
        public var trueChords: Double?
        /// Patterns over chords from a hidden Markov model (HMM + MMA).
        public var baseline: Double?

        /// Those of people.
        public var human: [Double] { [independent, orchestra, pop].compactMap { $0 } }
    }

    /// As in JSON: `chordToneRatio`.
    public let name: String
    /// As in tables: `chord-tone ratio`.
    public let title: String
    public let aim: Aim
    public let references: References
    /// Nil where the set does not show it.
    public let value: @Sendable (SetMetrics) -> Double?
    /// Nil where the piece does not show it, or only a set can.
    public let pieceValue: @Sendable (PieceMetrics) -> Double?

    private init(
        _ name: String, _ title: String, _ aim: Aim, _ references: [Double?],
        piece: @escaping @Sendable (PieceMetrics) -> Double? = { _ in nil },
        set: (@Sendable (SetMetrics) -> Double?)? = nil
    ) {
        self.name = name
        self.title = title
        self.aim = aim
        let padded = references + [Double?](repeating: nil, count: 5 - references.count)
        self.references = References(
            independent: padded[0], orchestra: padded[1], pop: padded[2], trueChords: padded[3], baseline: padded[4])
        pieceValue = piece
        value = set ?? { set in average(set.pieces.compactMap { piece($0) }) }
    }

    /// Harmony, then the whole band, then the score.
    public static let all: [Metric] = [
        Metric("harmonised", "harmonised", .higher, []) { $0.harmony.harmonised },
        Metric("chordToneRatio", "chord-tone ratio", .higher, [0.67, 0.63, 0.72, 0.81, 0.81]) {
            $0.harmony.chordToneRatio
        },
        Metric("chordToneOrProperRatio", "CTnCTR", .higher, [0.95, 0.90, 0.90, 0.93, 0.95]) {
            $0.harmony.chordToneOrProperRatio
        },
        Metric("pitchConsonance", "pitch consonance", .higher, [0.44, 0.42, 0.55, 0.61, 0.57]) {
            $0.harmony.pitchConsonance
        },
        Metric("melodyChordDistance", "melody-chord distance", .lower, [1.39, 1.42, 1.32, 1.25, 1.26]) {
            $0.harmony.melodyChordDistance
        },
        Metric("semitoneClash", "semitone clash", .lower, [0.021, 0.024, 0.029, 0.031, 0.030]) {
            $0.harmony.semitoneClash
        },
        Metric("tritoneRate", "tritone rate", .lower, []) { $0.harmony.tritoneRate },
        Metric("inKey", "in key", .higher, [0.93, 0.88, 0.94, 0.94, 0.95]) { $0.harmony.inKey },
        Metric("clarity", "chord clarity", .higher, [0.86, 0.90, 0.97, 0.96, 0.96]) { $0.harmony.clarity },
        Metric(
            "conditioningGap", "conditioning gap", .higher, [0.34, 0.31, 0.45, 0.50, 0.52],
            piece: { $0.conditioningGap }, set: { $0.conditioningGap }),
        Metric("chordEntropy", "chord entropy (CHE)", .human, [1.84, 1.69, 1.82, 1.18, 1.34]) {
            $0.harmony.chordEntropy
        },
        Metric("chordCount", "chord count (CC)", .human, [7.6, 6.7, 7.3, 4.4, 5.2]) { $0.harmony.chordCount },
        Metric("chordDistance", "chord movement (CTD)", .human, [0.92, 0.83, 0.89, 0.60, 0.63]) {
            $0.harmony.chordDistance
        },
        Metric("rhythmCopy", "rhythm copy", .human, [0.52, 0.55, 0.44, 0.37, 0.44]) { $0.harmony.rhythmCopy },
        Metric(
            "distinctBars", "distinct bars", .human, [0.97, 0.87, 0.95, 0.67, 0.73], set: { $0.distinctBars }),
        Metric("tonalDistance", "between parts (TD)", .human, [0.98, 0.99, nil, 0.98, 0.98]) {
            $0.band.tonalDistance
        },
        Metric("groove", "groove", .human, [0.84, 0.87, 0.86, 0.92, 0.94]) { $0.band.groove },
        Metric("onGrid", "on grid", .higher, []) { $0.band.onGrid },
        Metric("qualifiedNotes", "qualified notes (QN)", .higher, []) { $0.band.qualifiedNotes },
        Metric("notesPerBar", "notes a bar", .human, []) { $0.band.notesPerBar },
        Metric("lineNearMelody", "line near melody", .lower, []) { $0.band.lineNearMelody },
        Metric(
            "fillsAtPhraseEnds", "fills at phrase ends", .higher, [], piece: { $0.band.fills?.atPhraseEnds },
            set: { $0.fillsAtPhraseEnds?.share }),
        Metric("overrun", "overrun (quarters)", .lower, []) { $0.band.overrun },
        Metric("endGap", "end gap (quarters)", .lower, []) { $0.band.endGap },
        Metric("score", "SCORE", .higher, [0.97, 0.88, 1.08, 1.08, 1.08], set: { $0.score }),
    ]
}
