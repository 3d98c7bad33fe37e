import Music

/// Which bars of a phrase say what an earlier one said: a band that is asked the same again answers the same again.
struct Repeats {
    /// A bar that says what an earlier one said.
    private struct Repeat {
        var start: Int
        var end: Int
        /// Where the earlier bar begins.
        var origin: Int
    }

    private let steps: Int
    private var repeats: [Repeat] = []

    /// What a bar is told by.
    private struct Bar: Hashable {
        /// Onset and end in the bar, in steps, of every note that sounds in it: the rhythm, not the tune.
        var notes: [[Int]]
        /// The bar's chords, and the one that it leads into.
        var chords: [Chord]
    }

    /// - Parameters:
    ///   - melody: in the key of the plan.
    ///   - steps: of the phrase.
    ///
    /// The last bar, with its cadence, repeats none.
    init(_ melody: [NoteEvent], plan: ChordPlan, meter: Meter, bars: Int, steps: Int) {
        self.steps = steps
        var known: [Bar: Int] = [:]
        for bar in 0..<max(0, bars - 1) {
            let start = (meter.bar * bar).nearestStep
            let end = min(steps, (meter.bar * (bar + 1)).nearestStep)
            let notes = melody.filter { $0.onset.nearestStep < end && $0.end.nearestStep > start }.map {
                [$0.onset.nearestStep - start, min(end, $0.end.nearestStep) - start]
            }
            guard !notes.isEmpty else { continue }
            let places = Array(stride(from: start, to: end, by: Grid.stepsPerQuarter)) + [end]
            let key = Bar(notes: notes, chords: places.compactMap { plan.chord(at: .steps($0)) })
            if let first = known[key] {
                repeats.append(Repeat(start: start, end: end, origin: first))
            } else {
                known[key] = start
            }
        }
    }

    /// For each step of the phrase the step that it takes after: the same place of an earlier bar, or itself.
    ///
    /// - Parameter isTaken: whether the bar that begins at a step may repeat the one that begins at the other.
    func origin(where isTaken: (_ start: Int, _ origin: Int) -> Bool) -> [Int] {
        var origin = Array(0..<steps)
        for bar in repeats where isTaken(bar.start, bar.origin) {
            for step in bar.start..<bar.end { origin[step] = bar.origin + step - bar.start }
        }
        return origin
    }
}
