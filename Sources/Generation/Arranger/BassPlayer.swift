import Music

/// Plays the bass: roots where the harmony changes, figures locked to the kick, steps that lead to the next root.
struct BassPlayer: Sendable {
    private let chart: Chart
    private let book: PatternBook

    /// Two octaves less a third in the normalised key; the part's range folds what the key moves out of it.
    static let register = 33...48
    private static let velocity = 86

    init(_ chart: Chart, _ book: PatternBook) {
        self.chart = chart
        self.book = book
    }

    func play() -> [SketchNote] {
        let roots = roots()
        var notes: [SketchNote] = []
        var fills = 0
        for bar in 0..<chart.bars {
            let plan = chart.form[bar]
            var strokes = plan.isFinal ? final(bar) : figure(bar)
            if plan.bassFill {
                fill(bar, number: fills, &strokes)
                fills += 1
            }
            if !plan.isFinal { strokes = accented(strokes, bar) }
            strokes = harmonised(strokes, bar)
            for (i, stroke) in strokes.enumerated() {
                let next = i + 1 < strokes.count ? strokes[i + 1].step : chart.barStart(bar + 1)
                let root = roots[chart.changeIndex[stroke.step]]
                let target = target(after: stroke, next: next, roots: roots)
                let pitch = pitch(stroke.symbol, at: stroke.step, root: root, target: target)
                let isOnBeat = stroke.step % chart.beatSteps == 0
                notes.append(
                    SketchNote(
                        step: stroke.step, length: length(stroke, next: next), pitch: pitch,
                        velocity: chart.velocity(
                            BassPlayer.velocity, step: stroke.step,
                            accent: stroke.symbol == UInt8(ascii: "R") && isOnBeat ? 3 : -4)))
            }
        }
        return notes
    }

    /// For each chord its root near the one before, drawn to the middle of the register.
    private func roots() -> [Int] {
        var roots: [Int] = []
        for change in chart.changes {
            let pitchClass = chart.chords[change].root
            let last = roots.last ?? 40
            let choices = BassPlayer.register.filter { $0 % 12 == pitchClass }
            roots.append(
                choices.min {
                    abs($0 - last) * 2 + abs($0 - 40) < abs($1 - last) * 2 + abs($1 - 40)
                }!)
        }
        return roots
    }

    private func figure(_ bar: Int) -> [Stroke] {
        let plan = chart.form[bar]
        return chart.units.flatMap { unit in
            let page = book.page(unit.family, level: plan.level)
            return chart.strokes(page.bass[plan.index % 8 < 4 ? 0 : 1], in: unit, bar: bar)
        }
    }

    private func fill(_ bar: Int, number: Int, _ strokes: inout [Stroke]) {
        guard let unit = chart.units.last else { return }
        let plan = chart.form[bar]
        let beats = bar + 1 == chart.bars ? 2 : 1
        guard
            let fill = book.bassFill(
                unit.family, beats: min(beats, unit.family.beats), level: plan.level, number: number)
        else { return }
        let length = fill.beats * unit.family.beatSteps
        guard length <= unit.steps else { return }
        let start = chart.barStart(bar) + unit.offset + unit.steps - length
        strokes.removeAll { $0.step >= start }
        if let last = strokes.indices.last {
            strokes[last].length = min(strokes[last].length, start - strokes[last].step)
        }
        for stroke in fill.strokes(bar: 0, shuffled: chart.isShuffled) {
            strokes.append(Stroke(step: start + stroke.step, length: stroke.length, symbol: stroke.symbol))
        }
    }

    /// A held root up to the final chord, then that one.
    private func final(_ bar: Int) -> [Stroke] {
        let start = chart.barStart(bar)
        let last = chart.finalStep
        let end = chart.barStart(bar + 1)
        var strokes: [Stroke] = []
        if last > start { strokes.append(Stroke(step: start, length: last - start, symbol: UInt8(ascii: "R"))) }
        strokes.append(Stroke(step: last, length: end - last, symbol: UInt8(ascii: "R")))
        return strokes
    }

    /// Strikes held notes again with the melody's accents, as the kick does.
    private func accented(_ strokes: [Stroke], _ bar: Int) -> [Stroke] {
        var result = strokes
        for accent in chart.melody.accents[bar] {
            guard let i = result.indices.last(where: { result[$0].step < accent }), accent - result[i].step >= 6,
                result[i].end > accent, i + 1 >= result.count || result[i + 1].step - accent >= 5
            else { continue }
            let rest = result[i].end - accent
            result[i].length = accent - result[i].step
            result.insert(Stroke(step: accent, length: rest, symbol: UInt8(ascii: "R")), at: i + 1)
        }
        return result
    }

    /// Puts the root on every change of harmony inside the bar and on the bar's first note.
    private func harmonised(_ strokes: [Stroke], _ bar: Int) -> [Stroke] {
        let start = chart.barStart(bar)
        let end = chart.barStart(bar + 1)
        var result = strokes
        var marks = chart.changes.filter { $0 >= start && $0 < end }
        if !marks.contains(start) { marks.insert(start, at: 0) }
        for mark in marks {
            if let i = result.firstIndex(where: { $0.step == mark }) {
                result[i].symbol = UInt8(ascii: "R")
                continue
            }
            let next = result.first { $0.step > mark }?.step ?? end
            if let i = result.lastIndex(where: { $0.step < mark }) {
                result[i].length = min(result[i].length, mark - result[i].step)
            }
            let index = result.firstIndex { $0.step > mark } ?? result.count
            result.insert(Stroke(step: mark, length: next - mark, symbol: UInt8(ascii: "R")), at: index)
        }
        return result
    }

    /// The root that comes behind a stroke, nil where the harmony stays.
    private func target(after stroke: Stroke, next: Int, roots: [Int]) -> Int? {
        if next >= chart.steps { return chart.options.ending ? nil : roots[0] }
        return chart.changeIndex[next] == chart.changeIndex[stroke.step] ? nil : roots[chart.changeIndex[next]]
    }

    private func pitch(_ symbol: UInt8, at step: Int, root: Int, target: Int?) -> Int {
        let chord = chart.chords[step]
        let intervals = chord.quality.intervals
        let fifth = root + intervals[2] <= 49 ? root + intervals[2] : root + intervals[2] - 12
        switch symbol {
        case UInt8(ascii: "3"): return root + intervals[1] <= 49 ? root + intervals[1] : root + intervals[1] - 12
        case UInt8(ascii: "5"): return fifth
        case UInt8(ascii: "8"): return root + 12 <= 50 ? root + 12 : root - 12 >= 31 ? root - 12 : root
        case UInt8(ascii: "a"):
            guard let target, target % 12 != root % 12 else { return fifth }
            return approach(target, from: root)
        default: return root
        }
    }

    /// The scale's neighbour of the target on the side we come from, a semitone below where that is the root itself.
    private func approach(_ target: Int, from root: Int) -> Int {
        let side = root <= target ? -1 : 1
        for distance in [1, 2] {
            let pitch = target + side * distance
            if chart.inScale[((pitch % 12) + 12) % 12] && pitch != root { return pitch }
        }
        return target - 1 == root ? target + 2 : target - 1
    }

    /// Held notes breathe a little before the next one; short ones are short.
    private func length(_ stroke: Stroke, next: Int) -> Int {
        let room = min(stroke.length, next - stroke.step)
        return room >= 18 ? room - 3 : room >= 9 ? room - 2 : max(2, min(room, 6) - 1)
    }
}
