import Music

/// Plays the line: figures on chord tones in the melody's gaps and under its long notes, out of its register, never on its
/// notes nor a second beside them.
struct LinePlayer: Sendable {
    private let chart: Chart
    private let book: PatternBook
    private static let velocity = 70
    private static let contours: [[Int]] = [[1, 1, 1, -1, -1, -1], [1, 1, -1, 1, -1, -1]]
    /// Steps that an onset keeps away from the melody's.
    private static let clearance = 5

    init(_ chart: Chart, _ book: PatternBook) {
        self.chart = chart
        self.book = book
    }

    func play() -> [SketchNote] {
        var random = chart.random(50)
        let contours = (0..<4).map { _ in random.pick(LinePlayer.contours) }
        let band = register()
        var hand = Hand(at: (band.lowerBound + band.upperBound) / 2, band: band)
        var notes: [SketchNote] = []
        var wasSilent = false
        for bar in 0..<chart.bars {
            let plan = chart.form[bar]
            let start = chart.barStart(bar)
            let before = notes.count
            let contour = contours[plan.level]
            let slots = plan.isFinal ? [] : slots(bar)
            for slot in slots {
                let move = contour[hand.count % contour.count]
                if let note = note(slot.step, length: slot.length, move: move, &hand) { notes.append(note) }
            }
            let isSilent =
                notes.count == before && (notes.last.map { $0.end <= start + chart.beatSteps } ?? true)
            if isSilent {
                // One bar of rest is music, two are a line that has left.
                if plan.index % 2 == 1 && !wasSilent && !plan.isFinal {
                    wasSilent = true
                    continue
                }
                holdThrough(bar, &notes, &hand)
            }
            wasSilent = false
        }
        return notes
    }

    /// Where the line is: the band it walks in, its last key, and how far its contour has come.
    private struct Hand {
        var at: Int
        let band: ClosedRange<Int>
        var count = 0
    }

    /// An octave and a half below a high melody, above a low one; in the normalised key.
    private func register() -> ClosedRange<Int> {
        guard let median = chart.melody.medianPitch else { return 60...77 }
        let middle = median >= 67 ? max(60, median - 11) : min(76, median + 10)
        return (middle - 8)...(middle + 8)
    }

    /// The onsets of the bar that the melody leaves free, as the page's rhythm has them.
    private func slots(_ bar: Int) -> [Stroke] {
        let plan = chart.form[bar]
        let density = chart.melody.density[bar]
        let isAlone = chart.melody.onsetsPerQuarter[bar] == 0
        var strokes: [Stroke] = []
        for unit in chart.units {
            let page = book.page(unit.family, level: plan.level)
            let figure = page.answers[plan.index % 8 < 4 ? 0 : 1]
            strokes += chart.strokes(figure, in: unit, bar: bar)
        }
        strokes = strokes.filter { chart.melody.distance[$0.step] >= LinePlayer.clearance }
        if strokes.count < 3 { strokes = addingOffBeats(strokes, bar) }
        // Of the off-beats between the melody's notes some are left out, other ones in each second bar, so that they do not
        // chatter; those that stay are held a little.
        var kept: [Stroke] = []
        var offBeats = plan.index % 2
        for var stroke in strokes {
            if chart.melody.distance[stroke.step] <= 6 {
                offBeats += 1
                if offBeats % 3 == 0 || (density == .busy && kept.count > 1) { continue }
                stroke.length = max(stroke.length, 9)
            }
            kept.append(stroke)
        }
        let most = isAlone || density == .open ? 8 : 5
        return kept.count > most ? Array(kept.prefix(most)) : kept
    }

    /// Joins the off-beats that lie free between the melody's notes to strokes that are too few.
    private func addingOffBeats(_ strokes: [Stroke], _ bar: Int) -> [Stroke] {
        let offBeat = chart.isShuffled ? 8 : 6
        let start = chart.barStart(bar)
        let free = (start..<chart.barStart(bar + 1)).filter { step in
            let inBeat = (step - start) % chart.beatSteps
            guard inBeat == offBeat || (chart.beatSteps == 18 && inBeat == 12) else { return false }
            return
                chart.melody.distance[step] >= LinePlayer.clearance && !strokes.contains { abs($0.step - step) < 6 }
        }
        let added = free.map { Stroke(step: $0, length: 6, symbol: UInt8(ascii: "x")) }
        return (strokes + added).sorted { $0.step < $1.step }
    }

    private func note(_ step: Int, length: Int, move: Int, _ hand: inout Hand) -> SketchNote? {
        let end = min(chart.nextChange(after: step), step + length)
        let ladder = ladder(step, until: min(end, step + 6), band: hand.band)
        guard !ladder.isEmpty else { return nil }
        let near = ladder.indices.min { abs(ladder[$0] - hand.at) < abs(ladder[$1] - hand.at) }!
        var index = near + move
        // At the band's border the contour is mirrored.
        if index < 0 || index >= ladder.count { index = near - move }
        index = min(ladder.count - 1, max(0, index))
        hand.at = ladder[index]
        hand.count += 1
        return SketchNote(
            step: step, length: clear(ladder[index], from: step, to: end), pitch: ladder[index],
            velocity: chart.velocity(LinePlayer.velocity, step: step, accent: step % chart.beatSteps == 0 ? 2 : -2))
    }

    /// Chord tones of the band that neither double the melody nor rub against it.
    private func ladder(_ step: Int, until end: Int, band: ClosedRange<Int>) -> [Int] {
        let chord = chart.chords[step]
        let tones = band.filter { chord.pitchClasses.contains($0 % 12) }
        return tones.filter { !chart.melody.rubs($0, in: step..<max(end, step + 1)) }
    }

    /// The length until the melody comes too near.
    private func clear(_ pitch: Int, from step: Int, to end: Int) -> Int {
        var last = step + 1
        while last < end, !chart.melody.rubs(pitch, in: last..<last + 1) { last += 1 }
        return max(2, last - step)
    }

    /// In a bar without a gap the line holds: the note before on, if it belongs there, else a long one of its own.
    private func holdThrough(_ bar: Int, _ notes: inout [SketchNote], _ hand: inout Hand) {
        let start = chart.barStart(bar)
        let onset = chart.form[bar].isFinal ? chart.finalStep : start
        let end = min(chart.barStart(bar + 1), chart.nextChange(after: onset))
        if let last = notes.last, onset == start, last.end + 18 >= start,
            chart.chords[start].contains(class: last.pitch)
        {
            let held = clear(last.pitch, from: last.step, to: end)
            if last.step + held >= start + chart.beatSteps {
                notes[notes.count - 1].length = held
                return
            }
        }
        guard !ladder(onset, until: onset + 6, band: hand.band).isEmpty else { return }
        if let note = note(onset, length: end - onset, move: 0, &hand) { notes.append(note) }
    }
}

extension Chord {
    /// Whether a key, of any octave, belongs to the chord.
    fileprivate func contains(class key: Int) -> Bool { pitchClasses.contains(((key % 12) + 12) % 12) }
}
