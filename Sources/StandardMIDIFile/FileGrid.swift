import Glibc
import Music

/// Notes of a file, moved onto the grid of 12 steps a quarter.
struct FileGrid {
    /// In score order; each note at least a step long. Onsets may lie behind the longest phrase.
    private(set) var events: [NoteEvent] = []
    /// Nine in ten onsets lie this near to the grid or nearer, in quarter notes.
    private(set) var error = 0.0
    /// How well the onsets agree on where halves, thirds or quarters of a beat lie, 0...1: the longest mean resultant of their phases.
    /// 1 for a file that was written; .5 and more for playing that follows the beats; about 1 over the root of the number of onsets for
    /// playing that does not.
    ///
    /// - Note: K. V. Mardia and P. E. Jupp, *Directional Statistics* (2000), section 2.3.
    private(set) var coherence = 1.0

    /// Files count up to 2^28 ticks an event; nothing that is music lies behind this step, a year of quarters.
    private static let farthest = 1 << 32

    /// Where a place of the grid lies in a file, to the nearest tick.
    static func tick(_ place: Tick, _ file: MIDIFile) -> Int {
        (place.rawValue * file.ticksPerQuarter + Tick.perQuarter / 2) / Tick.perQuarter
    }

    init(notes: [FileNote], ticksPerQuarter: Int) {
        let perQuarter = Double(ticksPerQuarter)
        var errors: [Double] = []
        errors.reserveCapacity(notes.count)
        /// In quarters, of the beat alone: sines of large angles are not exact.
        var places: [Double] = []
        for note in notes {
            let place = Double(note.onset) / perQuarter * Double(Grid.stepsPerQuarter)
            let end = Double(note.end) / perQuarter * Double(Grid.stepsPerQuarter)
            guard place < Double(FileGrid.farthest) else { continue }
            places.append(Double(note.onset % max(1, ticksPerQuarter)) / perQuarter)
            let onset = Int(place.rounded())
            let last = Int(min(end, Double(FileGrid.farthest)).rounded())
            errors.append(abs(place - Double(onset)) / Double(Grid.stepsPerQuarter))
            events.append(
                NoteEvent(
                    pitch: note.pitch, onset: .steps(onset), length: .steps(max(1, last - onset)),
                    velocity: note.velocity))
        }
        events.sort(by: NoteEvent.inScoreOrder)
        errors.sort()
        if !errors.isEmpty { error = errors[(errors.count - 1) * 9 / 10] }
        if !places.isEmpty {
            coherence =
                [1.0, 2, 3, 4].map { parts in
                    let angles = places.map { $0 * parts * 2 * .pi }
                    let x = angles.reduce(0) { $0 + cos($1) }
                    let y = angles.reduce(0) { $0 + sin($1) }
                    return (x * x + y * y).squareRoot() / Double(places.count)
                }.max() ?? 1
        }
    }

    /// Whether it was played without following the file's beats. A few notes tell nothing, and neither does what lies exactly on steps.
    var isFree: Bool { events.count >= 12 && error > 0.015 && coherence < 0.45 }

    /// Whole bars that the notes need; an end that is up to a fiftieth of a bar late needs no further bar.
    func bars(of meter: Meter) -> Int {
        let bar = meter.bar.rawValue
        let end = (events.map(\.end.rawValue).max() ?? 0) - bar / 50
        let last = events.last?.onset.rawValue ?? 0
        return max(last / bar + 1, (end + bar - 1) / bar)
    }

    /// Moves the notes forward by the whole bars before the first of them.
    ///
    /// - Returns: how many bars those were.
    mutating func leaveOutEmptyBars(_ meter: Meter, if isWanted: Bool) -> Int {
        guard isWanted, let first = events.first else { return 0 }
        let empty = first.onset.rawValue / meter.bar.rawValue
        for index in events.indices { events[index].onset = events[index].onset - meter.bar * empty }
        return empty
    }
}
