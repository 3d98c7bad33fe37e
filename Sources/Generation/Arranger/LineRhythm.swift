import Music

/// When the line plays: the page's rhythm in the gaps that the melody leaves, a few notes between its quarters, a long one under
/// its runs.
struct LineRhythm: Sendable {
    let chart: Chart
    let book: PatternBook
    /// At each step, how far the nearest melody onset is when both are heard: a swung off-beat lies a third of a beat before the next beat.
    private let distance: [Int]

    init(chart: Chart, book: PatternBook) {
        self.chart = chart
        self.book = book
        guard chart.style.isSwung, chart.beatSteps == 12 else {
            distance = chart.melody.distance
            return
        }
        func heard(_ step: Int) -> Int { step % 12 == 6 ? step + 2 : step }
        let onsets = chart.melody.onsets.map { heard($0.step) }.sorted()
        var next = 0
        distance = (0..<chart.steps).map { step in
            let place = heard(step)
            while next + 1 < onsets.count, abs(onsets[next + 1] - place) <= abs(onsets[next] - place) { next += 1 }
            return onsets.isEmpty ? chart.steps : abs(onsets[next] - place)
        }
    }

    /// Steps that an onset keeps away from the melody's.
    static let clearance = 5

    /// Notes of one breath: what is played before the next rest of two beats.
    struct Run: Sendable {
        var strokes: [Stroke]
        /// Which of the line's ideas it takes up.
        var idea: Int
    }

    func runs() -> [Run] {
        var strokes: [Stroke] = []
        for bar in 0..<chart.bars {
            let inBar = chart.form[bar].isFinal ? [] : slots(bar)
            strokes += inBar
            if inBar.isEmpty { hold(bar, &strokes) }
        }
        strokes.sort { $0.step < $1.step }
        for i in strokes.indices.dropLast() {
            strokes[i].length = min(strokes[i].length, strokes[i + 1].step - strokes[i].step)
        }
        var runs: [Run] = []
        for stroke in strokes {
            if let last = runs.last?.strokes.last, stroke.step - last.step <= 2 * chart.beatSteps {
                runs[runs.count - 1].strokes.append(stroke)
            } else {
                let plan = chart.form[chart.bar(of: stroke.step)]
                runs.append(Run(strokes: [stroke], idea: [0, 0, 1, 0][plan.index / 2 % 4] + 2 * plan.letter))
            }
        }
        return runs
    }

    /// The onsets of the bar that the melody leaves free.
    private func slots(_ bar: Int) -> [Stroke] {
        let plan = chart.form[bar]
        var strokes: [Stroke] = []
        for unit in chart.units {
            let page = book.page(unit.family, plan)
            strokes += chart.strokes(page.answers[plan.index / 2 % 4], in: unit, bar: bar)
        }
        let free = strokes.filter { distance[$0.step] >= LineRhythm.clearance }
        // A hole is a stroke that no melody note is near; the others lie between two notes that follow each other.
        var holes = free.filter { room(at: $0.step) >= chart.beatSteps + chart.beatSteps / 2 }
        if holes.count < 3 { holes = adding(to: holes, bar: bar, where: { self.room(at: $0) >= 15 }) }
        var between = free.filter { stroke in !holes.contains { abs($0.step - stroke.step) < 6 } }
        if holes.count + between.count < 3 { between = adding(to: between, bar: bar, where: { _ in true }) }
        between.removeAll { stroke in holes.contains { abs($0.step - stroke.step) < 6 } }
        // Between quarters the line does not chatter: two notes, held, other ones in each second bar.
        let wanted = max(0, 2 - holes.count)
        let picked = between.indices.sorted {
            chart.draw(55, bar: bar, step: between[$0].step) < chart.draw(55, bar: bar, step: between[$1].step)
        }.prefix(wanted)
        var kept = holes + picked.map { between[$0] }.map { Stroke(step: $0.step, length: 12, symbol: $0.symbol) }
        kept.sort { $0.step < $1.step }
        let most = chart.melody.inBar[bar].isEmpty ? 7 : 5
        return Array(kept.prefix(most))
    }

    /// Steps between the melody's onsets on both sides.
    private func room(at step: Int) -> Int {
        var first = step
        while first > 0, distance[first] > 0, step - first < 24 { first -= 1 }
        var last = step
        while last < chart.steps - 1, distance[last] > 0, last - step < 24 { last += 1 }
        return last - first
    }

    /// Joins free beats and off-beats to strokes that are too few.
    private func adding(to strokes: [Stroke], bar: Int, where test: (Int) -> Bool) -> [Stroke] {
        let start = chart.barStart(bar)
        let offBeats = chart.beatSteps == 18 ? [0, 6, 12] : chart.isShuffled ? [0, 8] : [0, 6]
        var result = strokes
        for step in start..<chart.barStart(bar + 1)
        where offBeats.contains((step - start) % chart.beatSteps) && distance[step] >= LineRhythm.clearance
            && test(step) && !result.contains(where: { abs($0.step - step) < 6 }) && result.count < 4
        {
            result.append(Stroke(step: step, length: 6, symbol: UInt8(ascii: "x")))
        }
        return result.sorted { $0.step < $1.step }
    }

    /// In a bar without a gap the line holds: the note before goes on, or a long one enters as far from the melody as can be.
    private func hold(_ bar: Int, _ strokes: inout [Stroke]) {
        let start = chart.barStart(bar)
        let end = chart.barStart(bar + 1)
        if chart.form[bar].isFinal {
            strokes.append(Stroke(step: chart.finalStep, length: end - chart.finalStep, symbol: UInt8(ascii: "-")))
            return
        }
        let onset = (start..<max(start + 1, end - 12)).max {
            (min(LineRhythm.clearance, distance[$0]), -($0 - start)) < (
                min(LineRhythm.clearance, distance[$1]), -($1 - start)
            )
        }!
        // Where every onset would be near the melody's, each second bar only holds on.
        if distance[onset] < LineRhythm.clearance, chart.form[bar].index % 2 == 1, let last = strokes.indices.last,
            end - strokes[last].step <= 2 * chart.barSteps
        {
            strokes[last].length = end - strokes[last].step
            return
        }
        let grid = distance[onset] >= 3 ? onset : start
        strokes.append(Stroke(step: grid, length: end - grid, symbol: UInt8(ascii: "-")))
    }
}
