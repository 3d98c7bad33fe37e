/// A chord of one of seven qualities on one of twelve roots: the 84 states of the chord plan.
public struct Chord: Hashable, Sendable {
    public enum Quality: Int, Hashable, Sendable, CaseIterable {
        case major, majorSeventh, seventh, minor, minorSeventh, diminished, halfDiminished

        /// Semitones above the root.
        public var intervals: [Int] {
            switch self {
            case .major: [0, 4, 7]
            case .majorSeventh: [0, 4, 7, 11]
            case .seventh: [0, 4, 7, 10]
            case .minor: [0, 3, 7]
            case .minorSeventh: [0, 3, 7, 10]
            case .diminished: [0, 3, 6, 9]
            case .halfDiminished: [0, 3, 6, 10]
            }
        }

        /// What stands behind the root in a chord symbol.
        public var suffix: String {
            switch self {
            case .major: ""
            case .majorSeventh: "maj7"
            case .seventh: "7"
            case .minor: "m"
            case .minorSeventh: "m7"
            case .diminished: "dim7"
            case .halfDiminished: "m7b5"
            }
        }
    }

    /// Pitch class, 0...11.
    public let root: Int
    public let quality: Quality

    public init(root: Int, quality: Quality) {
        self.root = ((root % 12) + 12) % 12
        self.quality = quality
    }

    /// 0...83: quality × 12 + root.
    public var index: Int { quality.rawValue * 12 + root }

    public init(index: Int) {
        precondition((0..<84).contains(index), "84 chords")
        self.init(root: index % 12, quality: Quality(rawValue: index / 12)!)
    }

    public static let count = 84

    /// Pitch classes from the root up.
    public var pitchClasses: [Int] { quality.intervals.map { (root + $0) % 12 } }

    public func contains(_ pitch: Pitch) -> Bool { pitchClasses.contains(pitch.pitchClass) }

    public func transposed(by semitones: Int) -> Chord { Chord(root: root + semitones, quality: quality) }
}

extension Chord: CustomStringConvertible {
    /// A chord symbol: `Bbmaj7`.
    public var description: String { Pitch.classNames[root] + quality.suffix }
}

/// The harmony of a phrase: one chord a window, windows of equal length from bar 1 on.
public struct ChordPlan: Hashable, Sendable {
    /// Length of a window: `Meter.harmonyWindow`.
    public let window: Tick
    public let chords: [Chord]

    public init(window: Tick, chords: [Chord]) {
        precondition(window > .zero, "a window has a length")
        self.window = window
        self.chords = chords
    }

    /// The chord at a tick; the last one holds on behind the end, the first one before the start. Nil only for an empty
    /// plan.
    public func chord(at tick: Tick) -> Chord? {
        guard !chords.isEmpty else { return nil }
        return chords[min(chords.count - 1, max(0, tick.rawValue / window.rawValue))]
    }

    /// Where a chord begins that differs from the one before, in order.
    public var changes: [(onset: Tick, chord: Chord)] {
        chords.indices.filter { $0 == 0 || chords[$0] != chords[$0 - 1] }.map { (window * $0, chords[$0]) }
    }

    public func transposed(by semitones: Int) -> ChordPlan {
        ChordPlan(window: window, chords: chords.map { $0.transposed(by: semitones) })
    }
}
