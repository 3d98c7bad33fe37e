import Music

/// Plays the bass: roots where the harmony changes, figures locked to the kick and to the melody's weight, steps that walk to the next root.
struct BassPlayer: Sendable {
    private let chart: Chart
    private let book: PatternBook
    private let manner: BassManner
    /// Quarters are played short in some arrangements, held in the others.
    private let isDetached: Bool

    init(_ chart: Chart, _ book: PatternBook) {
        self.chart = chart
        self.book = book
        var manner = chart.style.bass
        manner.register = chart.bassRegister
        self.manner = manner
        var random = chart.random(20)
        isDetached = random.chance(manner.detached)
    }

    func play() -> [SketchNote] {
        let roots = roots()
        let strokes = strokes()
        var random = chart.random(21)
        var notes: [SketchNote] = []
        var last: Int?
        for (i, stroke) in strokes.enumerated() {
            let next = i + 1 < strokes.count ? strokes[i + 1].step : chart.steps
            let index = chart.changeIndex[stroke.step]
            let root = roots[index]
            // Notes up to the next root, this one counted.
            let ahead = strokes[i...].prefix { chart.changeIndex[$0.step] == index }.count
            let target = index + 1 < roots.count ? roots[index + 1] : chart.options.ending ? root : roots[0]
            let isLast = next >= chart.steps || chart.changeIndex[next] != index
            let pitch = pitch(
                stroke, root: root, target: isLast ? target : nil, goal: target, ahead: ahead, last: last, &random)
            last = pitch
            let isOnBeat = stroke.step % chart.beatSteps == 0
            notes.append(
                SketchNote(
                    step: stroke.step, length: length(stroke, next: next), pitch: pitch,
                    velocity: chart.velocity(
                        manner.velocity, step: stroke.step,
                        accent: stroke.symbol == UInt8(ascii: "R") && isOnBeat ? 3 : -4)))
        }
        return notes
    }

    /// For each chord its root near the one before, drawn to the middle of the register.
    private func roots() -> [Int] {
        var roots: [Int] = []
        let middle = (manner.register.lowerBound + manner.register.upperBound) / 2
        for change in chart.changes {
            let pitchClass = chart.chords[change].root
            let last = roots.last ?? middle
            let choices = manner.register.filter { $0 % 12 == pitchClass }
            roots.append(
                choices.min {
                    abs($0 - last) * 2 + abs($0 - middle) < abs($1 - last) * 2 + abs($1 - middle)
                }!)
        }
        return roots
    }

    private func strokes() -> [Stroke] {
        let ensemble = Ensemble(chart: chart, stream: 25)
        let changes = Set(chart.changes)
        let listening = chart.style.listening
        var all: [Stroke] = []
        var fills = 0
        for bar in 0..<chart.bars {
            let plan = chart.form[bar]
            var strokes = plan.isFinal ? final(bar) : figure(bar)
            if !plan.isFinal {
                let start = chart.barStart(bar)
                var bassManner = Ensemble.Manner(
                    share: chart.share(listening.bass, bar: bar),
                    alone: (listening.bassAlone.onBeat, listening.bassAlone.offBeat),
                    symbols: (UInt8(ascii: "R"), UInt8(ascii: "R")))
                bassManner.pulls = listening.bassPulls
                strokes = ensemble.joined(strokes, bar: bar, bassManner) {
                    $0.step == start || changes.contains($0.step)
                }
            }
            if plan.bassFill {
                fill(bar, number: fills, &strokes)
                fills += 1
            }
            all += harmonised(strokes, bar)
        }
        return all
    }

    private func figure(_ bar: Int) -> [Stroke] {
        let plan = chart.form[bar]
        return chart.units.flatMap { unit in
            let page = book.page(unit.family, plan)
            return chart.strokes(page.bass[plan.index % 8 < 4 ? 0 : 1], in: unit, bar: bar)
        }
    }

    private func fill(_ bar: Int, number: Int, _ strokes: inout [Stroke]) {
        guard let unit = chart.units.last else { return }
        let plan = chart.form[bar]
        let beats = plan.fillBeats ?? (bar + 1 == chart.bars ? 2 : 1)
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

    /// - Parameters:
    ///   - target: the root that comes right behind the stroke; nil where the harmony stays.
    ///   - goal: the next root, however far.
    private func pitch(
        _ stroke: Stroke, root: Int, target: Int?, goal: Int, ahead: Int, last: Int?, _ random: inout ArrangerRandom
    ) -> Int {
        let intervals = chart.chords[stroke.step].quality.intervals
        let top = manner.register.upperBound + 1
        func tone(_ interval: Int) -> Int { root + interval <= top ? root + interval : root + interval - 12 }
        switch stroke.symbol {
        case UInt8(ascii: "3"): return tone(intervals[1])
        case UInt8(ascii: "5"): return tone(intervals[2])
        case UInt8(ascii: "7"): return tone(intervals.count > 3 ? intervals[3] : 9)
        case UInt8(ascii: "8"): return root + 12 <= top + 1 ? root + 12 : root - 12 >= 31 ? root - 12 : root
        case UInt8(ascii: "w"):
            return walk(from: last ?? root, to: goal, ahead: ahead, step: stroke.step, root: root, &random)
        case UInt8(ascii: "a"):
            guard let target, target % 12 != root % 12 else {
                return last == tone(intervals[2]) ? tone(intervals[1]) : tone(intervals[2])
            }
            return approach(target, from: last ?? root)
        default: return root
        }
    }

    /// The next step of a walk: chord and scale tones towards the goal, or out and back where it is the same root.
    private func walk(
        from last: Int, to goal: Int, ahead: Int, step: Int, root: Int, _ random: inout ArrangerRandom
    ) -> Int {
        let low = manner.register.lowerBound - 2
        let high = manner.register.upperBound + 2
        let out = root <= (low + high) / 2 ? 7 : -5
        let aim = goal % 12 == root % 12 && ahead > 2 ? root + out : goal
        let ideal = Double(last) + Double(aim - last) / Double(max(2, ahead))
        let chord = chart.chords[step]
        let isStrong = step % (2 * chart.beatSteps) == 0
        var best = (cost: Double.infinity, pitch: last)
        for pitch in low...high where pitch != last && abs(pitch - last) <= 7 {
            let pitchClass = pitch % 12
            let isTone = chord.pitchClasses.contains(pitchClass)
            var cost = 0.6 * abs(Double(pitch) - ideal) + 1.2 * random.unit()
            cost += isTone ? 0 : chart.inScale[pitchClass] ? (isStrong ? 3 : 1) : 7
            cost += 3 * chart.melody.clash(pitch, in: step..<step + chart.beatSteps)
            if abs(pitch - last) > 4 { cost += 1 }
            // The goal itself is left for its own beat.
            if pitch == goal && ahead <= 2 { cost += 4 }
            if pitch == root { cost += 1.5 }
            if cost < best.cost { best = (cost, pitch) }
        }
        return best.pitch
    }

    /// A neighbour of the target on the side we come from: a semitone away where the manner is chromatic, else the scale's,
    /// a semitone below where that is the root itself.
    private func approach(_ target: Int, from last: Int) -> Int {
        let side = last <= target ? -1 : 1
        if manner.isChromatic {
            for pitch in [target + side, target - side] where pitch != last { return pitch }
        }
        for distance in [1, 2] {
            let pitch = target + side * distance
            if chart.inScale[((pitch % 12) + 12) % 12] && pitch != last { return pitch }
        }
        return target - 1 == last ? target + 2 : target - 1
    }

    /// Held notes breathe a little before the next one; short ones are short.
    private func length(_ stroke: Stroke, next: Int) -> Int {
        let room = min(stroke.length, next - stroke.step)
        let plan = chart.form[chart.bar(of: stroke.step)]
        let isShort = isDetached && plan.level >= 1 && !plan.isFinal
        let short = Int(manner.shortness * Double(room))
        if room >= 18 { return isShort ? short : room - 3 }
        if room >= 9 { return isShort ? min(short, room * 2 / 3) : room - 2 }
        return max(2, min(room, 6) - 1)
    }
}
