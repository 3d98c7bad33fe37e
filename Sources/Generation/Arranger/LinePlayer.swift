import Music

/// Plays the line: melodies of its own on the rhythm that `LineRhythm` finds, in seconds and thirds with chord tones on the beats,
/// along the contour of an idea that comes back; never on the melody's notes nor a second beside them.
///
/// All pitches are chosen at once (Viterbi over the band's keys).
struct LinePlayer: Sendable {
    private let chart: Chart
    private let book: PatternBook
    private static let velocity = 70

    init(_ chart: Chart, _ book: PatternBook) {
        self.chart = chart
        self.book = book
    }

    func play() -> [SketchNote] {
        var random = chart.random(50)
        let shapes = (0..<4).map { _ in random.pick(Shape.allCases) }
        let band = register()
        let slots = slots(shapes, band)
        guard !slots.isEmpty else { return [] }
        let path = path(slots, band)
        return zip(slots, path).map { slot, pitch in
            SketchNote(
                step: slot.step, length: clear(pitch, from: slot.step, to: slot.end), pitch: pitch,
                velocity: chart.velocity(
                    LinePlayer.velocity, step: slot.step, accent: (slot.isFirst ? 3 : 0) + (slot.isStrong ? 2 : -2)))
        }
    }

    private enum Shape: CaseIterable {
        case rising, falling, arch, bowl, wave

        /// -1...1 at a place 0...1 of the run.
        func height(_ place: Double) -> Double {
            switch self {
            case .rising: 2 * place - 1
            case .falling: 1 - 2 * place
            case .arch: 1 - 4 * (place - 0.5) * (place - 0.5) * 2
            case .bowl: 4 * (place - 0.5) * (place - 0.5) * 2 - 1
            case .wave: place < 0.5 ? (place < 0.25 ? 0.8 : -0.6) : (place < 0.75 ? 0.6 : -0.8)
            }
        }
    }

    private struct Slot {
        let step: Int
        let end: Int
        /// The key that the idea's contour would like.
        let wish: Double
        /// It is the run's first note.
        let isFirst: Bool
        /// It falls on a beat or is held: a place for chord tones.
        let isStrong: Bool
        let keys: [Int]
    }

    /// The slots that have a usable key.
    private func slots(_ shapes: [Shape], _ band: ClosedRange<Int>) -> [Slot] {
        let middle = Double(band.lowerBound + band.upperBound) / 2
        var slots: [Slot] = []
        for run in LineRhythm(chart: chart, book: book).runs() {
            for (i, stroke) in run.strokes.enumerated() {
                let place = run.strokes.count == 1 ? 0.5 : Double(i) / Double(run.strokes.count - 1)
                let end = max(stroke.step + 2, min(chart.nextChange(after: stroke.step), stroke.end))
                let sounding = stroke.step..<min(chart.steps, min(end, stroke.step + 6))
                let keys = band.filter { !chart.melody.rubs($0, in: sounding) }
                guard !keys.isEmpty else { continue }
                slots.append(
                    Slot(
                        step: stroke.step, end: min(end, chart.steps),
                        wish: middle + 5 * shapes[run.idea % shapes.count].height(place), isFirst: i == 0,
                        isStrong: stroke.step % chart.beatSteps == 0 || end - stroke.step > 8, keys: keys))
            }
        }
        return slots
    }

    /// An octave below a high melody, above a low one; in the normalised key.
    private func register() -> ClosedRange<Int> {
        guard let median = chart.melody.medianPitch else { return 60...77 }
        let middle = median >= chart.style.highMelody ? max(61, median - 10) : min(78, median + 10)
        return (middle - 8)...(middle + 8)
    }

    private func path(_ slots: [Slot], _ band: ClosedRange<Int>) -> [Int] {
        var costs = slots[0].keys.map { standing($0, slots[0], isLast: slots.count == 1) }
        var back: [[Int]] = []
        for i in slots.indices.dropFirst() {
            let isNewRun = slots[i].isFirst
            let isLast = i + 1 == slots.count || slots[i + 1].isFirst
            var next: [Double] = []
            var from: [Int] = []
            for key in slots[i].keys {
                var best = (cost: Double.infinity, index: 0)
                for (j, before) in slots[i - 1].keys.enumerated() {
                    let cost = costs[j] + motion(before, slots[i - 1], key, slots[i], isNewRun: isNewRun)
                    if cost < best.cost { best = (cost, j) }
                }
                next.append(best.cost + standing(key, slots[i], isLast: isLast))
                from.append(best.index)
            }
            costs = next
            back.append(from)
        }
        var index = costs.indices.min { costs[$0] < costs[$1] }!
        var path = [slots[slots.count - 1].keys[index]]
        for i in stride(from: slots.count - 1, to: 0, by: -1) {
            index = back[i - 1][index]
            path.append(slots[i - 1].keys[index])
        }
        return path.reversed()
    }

    private func isTone(_ key: Int, _ slot: Slot) -> Bool { chart.chords[slot.step].pitchClasses.contains(key % 12) }

    private func standing(_ key: Int, _ slot: Slot, isLast: Bool) -> Double {
        var cost = 0.22 * abs(Double(key) - slot.wish)
        if !isTone(key, slot) {
            cost += chart.inScale[key % 12] ? (slot.isStrong || slot.isFirst || isLast ? 6 : 1.2) : 14
        }
        return cost + 4 * chart.melody.clash(key, in: slot.step..<max(slot.end, slot.step + 1))
    }

    private func motion(_ before: Int, _ slot: Slot, _ key: Int, _ next: Slot, isNewRun: Bool) -> Double {
        let leap = abs(key - before)
        let size: Double =
            switch leap {
            case 0: 2.4
            case 1, 2: 0
            case 3, 4: 0.5
            case 5: 1
            case 6, 7: 1.8
            default: 2.5 + 0.3 * Double(leap - 8)
            }
        if isNewRun { return size / 2 }
        // Passing and neighbouring notes are reached and left by step.
        let isPassing = !isTone(before, slot) || !isTone(key, next)
        return size + (isPassing && (leap > 2 || leap == 0) ? 4 : 0)
    }

    /// The length until the melody comes too near.
    private func clear(_ pitch: Int, from step: Int, to end: Int) -> Int {
        var last = step + 1
        while last < end, !chart.melody.rubs(pitch, in: last..<last + 1) { last += 1 }
        return max(2, last - step)
    }
}
