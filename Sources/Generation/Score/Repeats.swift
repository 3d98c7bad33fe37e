import Music

/// Which bars of a phrase say what an earlier one said: a band that is asked the same again answers the same again.
struct Repeats {
    /// For each step of the phrase the step that it takes after: the same place of an earlier bar, or itself.
    let origin: [Int]

    /// What a bar is told by.
    private struct Bar: Hashable {
        /// Onset in the bar, pitch and steps in it, of every note that sounds in the bar.
        var notes: [[Int]]
        /// The bar's chords, and the one that it leads into.
        var chords: [Chord]
    }

    /// - Parameters:
    ///   - melody: in the key of the plan.
    ///   - steps: of the phrase.
    ///
    /// The first bar is repeated by none but bars that are approached alike, and the last one, with its cadence, repeats none.
    init(_ melody: [NoteEvent], plan: ChordPlan, meter: Meter, bars: Int, steps: Int) {
        var origin = Array(0..<steps)
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
                for step in start..<end { origin[step] = first + step - start }
            } else {
                known[key] = start
            }
        }
        self.origin = origin
    }
}
