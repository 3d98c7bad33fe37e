import Music

/// A chord as the evaluation hears it: one of seven kinds on twelve roots.
///
/// These are not the 84 chords of a plan: augmented triads are among them, half-diminished chords are not.
public struct ChordTemplate: Hashable, Sendable {
    public enum Kind: Int, Hashable, Sendable, CaseIterable {
        case major, minor, diminished, augmented, seventh, minorSeventh, majorSeventh

        var intervals: [Int] {
            switch self {
            case .major: [0, 4, 7]
            case .minor: [0, 3, 7]
            case .diminished: [0, 3, 6]
            case .augmented: [0, 4, 8]
            case .seventh: [0, 4, 7, 10]
            case .minorSeventh: [0, 3, 7, 10]
            case .majorSeventh: [0, 4, 7, 11]
            }
        }
    }

    public let root: Int
    public let kind: Kind

    public var pitchClasses: [Int] { kind.intervals.map { ($0 + root) % 12 } }

    /// All 84, by root, then kind.
    static let all: [ChordTemplate] = (0..<12).flatMap { root in
        Kind.allCases.map { ChordTemplate(root: root, kind: $0) }
    }

    /// The chord that explains sounding times best, the first of equals.
    ///
    /// The score of a template is the share of time inside it, less half the share outside, less .04 for a fourth tone, plus .05 times the share of its
    /// root, less .12 for every tone with a share under .02.
    ///
    /// - Parameter durations: 12 sums of sounding time, one a pitch class.
    /// - Returns: the chord and the share of time inside it; nil where nothing sounds.
    public static func best(for durations: [Double]) -> (chord: ChordTemplate, clarity: Double)? {
        let sum = durations.reduce(0, +)
        guard sum > 0 else { return nil }
        let shares = durations.map { $0 / sum }
        var best: (chord: ChordTemplate, clarity: Double, score: Double)?
        for chord in all {
            let tones = chord.pitchClasses
            let inside = tones.reduce(0) { $0 + shares[$1] }
            let missing = tones.filter { shares[$0] < 0.02 }.count
            let score =
                inside - 0.5 * (1 - inside) - (tones.count == 4 ? 0.04 : 0) + 0.05 * shares[chord.root]
                - 0.12 * Double(missing)
            if score > best?.score ?? -.infinity { best = (chord, inside, score) }
        }
        return best.map { ($0.chord, $0.clarity) }
    }
}

/// The chords that an accompaniment sounds, window by window: half a bar where a bar is at least 3.9 quarters, else a bar.
struct SoundingHarmony {
    let window: Tick
    /// Nil where a window is silent.
    let chords: [(chord: ChordTemplate, clarity: Double)?]

    init(_ notes: [NoteEvent], meter: Meter, total: Tick) {
        window = meter.harmonyWindow
        let length = window.rawValue
        let count = total.rawValue / length
        var durations = [[Double]](repeating: [Double](repeating: 0, count: 12), count: count)
        for note in notes where note.onset < total && note.onset >= .zero {
            let last = min(count - 1, (note.end.rawValue - 1) / length)
            for index in note.onset.rawValue / length...last {
                durations[index][note.pitch.pitchClass] += Double(
                    overlap(note, Tick(index * length), Tick((index + 1) * length)))
            }
        }
        chords = durations.map { ChordTemplate.best(for: $0) }
    }

    /// The chord sounding in the window of a tick; nil where it is silent or lies outside.
    func chord(at tick: Tick) -> ChordTemplate? {
        let index = tick.rawValue / window.rawValue
        return chords.indices.contains(index) ? chords[index]?.chord : nil
    }

    /// Calls `body` for every stretch of a melody note in a sounding window, with its length in quarters.
    func visit(_ melody: [NoteEvent], _ body: (_ note: NoteEvent, _ chord: ChordTemplate, _ quarters: Double) -> Void) {
        let length = window.rawValue
        for note in melody where note.onset >= .zero {
            for index in note.onset.rawValue / length...max(note.onset.rawValue, note.end.rawValue - 1) / length {
                guard chords.indices.contains(index), let chord = chords[index]?.chord else { continue }
                let shared = overlap(note, Tick(index * length), Tick((index + 1) * length))
                if shared > 0 { body(note, chord, Tick(shared).quarters) }
            }
        }
    }
}

/// Ticks of a note inside a stretch of time.
func overlap(_ note: NoteEvent, _ start: Tick, _ end: Tick) -> Int {
    max(0, min(note.end.rawValue, end.rawValue) - max(note.onset.rawValue, start.rawValue))
}
