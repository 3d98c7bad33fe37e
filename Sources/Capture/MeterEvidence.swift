import Music

/// The evidence for one way of hearing a performance (a grid, a metre, a bar line) as numbers that weights add up.
struct MeterEvidence {
    /// Evidence that a metre shares with no other: its bias, its rhythm, first and last place, its repetitions (of rhythm
    /// and of melody), its harmony.
    static let ownCount = 15
    static let sharedCount = 4
    /// Bar lines of the three metres, and the middles of 4/4 and 6/8.
    static let strongPlaces = 5
    /// How far timing and rhythm together, timing, rhythm, and the rhythms of bars fall behind the best hearing.
    static let relativeCount = 4
    static let relativeStart = sharedCount + 3 * ownCount + strongPlaces * Accents.Cue.allCases.count
    /// `PhraseEvidence`: its shared values, and those of the three metres.
    static let phraseStart = relativeStart + relativeCount
    static let count = phraseStart + PhraseEvidence.sharedCount + 3 * PhraseEvidence.ownCount

    let onsets: [PlayedOnset]
    let accents: Accents

    init(_ onsets: [PlayedOnset]) {
        self.onsets = onsets
        accents = Accents(onsets)
    }

    /// What does not depend on where the bar line lies.
    ///
    /// - Parameter metre: index into `MetricalModel.all`.
    func ofGrid(_ grid: RhythmGrid, metre: Int, stepLength: Double) -> [Double] {
        let model = MetricalModel.all[metre]
        var values = [Double](repeating: 0, count: MeterEvidence.count)
        values[0] = -grid.timingCost / Double(onsets.count).squareRoot()
        let tempo = logarithm(stepLength * Double(model.beat) / 0.62)
        values[1] = -tempo * tempo
        values[2] = tempo
        values[3] = model.meter.isCompound ? tempo : 0
        let own = MeterEvidence.sharedCount + metre * MeterEvidence.ownCount
        values[own] = 1
        let repetition = repetitions(grid.steps, model: model)
        for number in repetition.indices { values[own + 4 + number] = repetition[number] }
        return values
    }

    /// Adds what depends on the bar line.
    ///
    /// - Parameters:
    ///   - shift: the step of `grid` that is a bar line.
    ///   - values: those of the grid.
    func ofBarLine(_ grid: RhythmGrid, shift: Int, metre: Int, values base: [Double]) -> [Double] {
        let model = MetricalModel.all[metre]
        var values = base
        let steps = grid.steps.compactMap { $0.map { $0 - shift } }
        guard let first = steps.first, let last = steps.last else { return values }
        // Evidence of many onsets is not independent: it grows with the square root of their number.
        let scale = 1 / Double(onsets.count).squareRoot()
        let own = MeterEvidence.sharedCount + metre * MeterEvidence.ownCount
        values[own + 1] = -model.rhythmCost(steps) * scale
        values[own + 2] = -model.firstCost(first)
        values[own + 3] = -model.lastCost(last)
        let cues = Accents.Cue.allCases.count
        let places = MeterEvidence.sharedCount + 3 * MeterEvidence.ownCount
        let down = places + metre * cues
        let middle = model.secondary < 0 ? -1 : places + (metre == 0 ? 3 : 4) * cues
        for (index, step) in grid.steps.enumerated() {
            guard let step else { continue }
            let place = model.inBar(step - shift)
            let target = place == 0 ? down : place == model.secondary ? middle : -1
            if target < 0 { continue }
            for cue in 0..<cues { values[target + cue] += accents.values[cue][index] * scale }
        }
        return values
    }

    /// Adds how far each hearing's costs fall behind the best, compressed: a rhythm that one hearing gets wrong by far is
    /// hardly worse than one that it gets wrong.
    ///
    /// - Parameter hearings: all of one performance.
    func compare(_ hearings: inout [TimeReader.Hearing]) {
        let root = Double(onsets.count).squareRoot()
        let costs = hearings.map { hearing -> [Double] in
            let own = MeterEvidence.sharedCount + hearing.metre * MeterEvidence.ownCount
            let timing = -hearing.evidence[0] * root
            let rhythm = -hearing.evidence[own + 1] * root
            let phrase = MeterEvidence.phraseStart + PhraseEvidence.sharedCount
            let bars = -hearing.evidence[phrase + hearing.metre * PhraseEvidence.ownCount] * root
            return [timing + rhythm - hearing.evidence[own + 2] - hearing.evidence[own + 3], timing, rhythm, bars]
        }
        for number in 0..<MeterEvidence.relativeCount {
            let least = costs.map { $0[number] }.min() ?? 0
            let target = MeterEvidence.relativeStart + number
            for index in hearings.indices {
                hearings[index].evidence[target] = -5 * logarithm(1 + (costs[index][number] - least) / 5)
            }
        }
    }

    /// How much more alike music one, two and four bars apart is than music a beat more or less apart: rhythm, then
    /// melody, then the lengths of notes.
    private func repetitions(_ steps: [Int?], model: MetricalModel) -> [Double] {
        guard let first = steps.lazy.compactMap({ $0 }).first, let last = steps.lazy.compactMap({ $0 }).last else {
            return [Double](repeating: 0, count: 9)
        }
        var at = [Int](repeating: -1, count: last - first + 1)
        for (index, step) in steps.enumerated() {
            if let step { at[step - first] = index }
        }
        var values = [Double](repeating: 0, count: 9)
        for (number, bars) in [1, 2, 4].enumerated() {
            let lag = bars * model.bar
            let here = likeness(at, lag: lag)
            let before = likeness(at, lag: lag - model.beat)
            let behind = likeness(at, lag: lag + model.beat)
            let certainty = Double(here.overlap).squareRoot() / 2
            values[number] = (here.rhythm - (before.rhythm + behind.rhythm) / 2) * certainty
            values[3 + number] = (here.melody - (before.melody + behind.melody) / 2) * certainty
            values[6 + number] = (here.durations - (before.durations + behind.durations) / 2) * certainty
        }
        return values
    }

    private func likeness(_ at: [Int], lag: Int) -> (rhythm: Double, melody: Double, durations: Double, overlap: Int) {
        var overlap = 0
        var rhythm = 0.0
        var melody = 0.0
        var durations = 0.0
        guard at.count > lag else { return (0, 0, 0, 0) }
        for position in 0..<(at.count - lag) where at[position] >= 0 {
            overlap += 1
            let later = at[position + lag]
            guard later >= 0 else { continue }
            let earlier = at[position]
            rhythm += 1
            let long = untilNext(at, position)
            // Long notes say more than short ones.
            if long == untilNext(at, position + lag) { durations += min(2, Double(long) / 12) }
            if onsets[earlier].highest == onsets[later].highest { melody += 0.5 }
            if later + 1 < onsets.count,
                onsets[earlier + 1].highest - onsets[earlier].highest == onsets[later + 1].highest
                    - onsets[later].highest
            {
                melody += 0.5
            }
        }
        let share = overlap > 0 ? 1 / Double(overlap) : 0
        return (rhythm * share, melody * share, durations * share, overlap)
    }

    /// Steps to the next onset; 0 where there is none.
    private func untilNext(_ at: [Int], _ position: Int) -> Int {
        var next = position + 1
        while next < at.count, at[next] < 0 { next += 1 }
        return next < at.count ? next - position : 0
    }

    /// How well one triad explains what sounds in each window, against the mean over all places of the window.
    ///
    /// - Parameter length: of a window, in steps.
    /// - Returns: one value a place, `places` of them, a beat's half apart.
    func harmony(_ steps: [Int?], length: Int, places: Int) -> [Double] {
        guard let first = steps.lazy.compactMap({ $0 }).first, let last = steps.lazy.compactMap({ $0 }).last else {
            return [Double](repeating: 0, count: places)
        }
        let windows = (last - first) / length + 2
        var fits = [Double](repeating: 0, count: places)
        for place in 0..<places {
            var sums = [Double](repeating: 0, count: windows * 12)
            let rest = (first - place * 6) % length
            let origin = first - (rest < 0 ? rest + length : rest)
            var total = 0.0
            for (index, step) in steps.enumerated() {
                guard let step else { continue }
                let window = (step - origin) / length * 12
                let weight = min(1.2, max(0.05, onsets[index].length))
                var classes = onsets[index].pitchClasses
                while classes != 0 {
                    sums[window + classes.trailingZeroBitCount] += weight
                    total += weight
                    classes &= classes - 1
                }
            }
            var fit = 0.0
            for window in 0..<windows {
                var best = 0.0
                for root in 0..<12 {
                    let open = sums[window * 12 + root] + sums[window * 12 + (root + 7) % 12]
                    let thirds = max(sums[window * 12 + (root + 3) % 12], sums[window * 12 + (root + 4) % 12])
                    best = max(best, open + thirds)
                }
                fit += best
            }
            fits[place] = total > 0 ? fit / total : 0
        }
        let mean = fits.reduce(0, +) / Double(places)
        let certainty = Double(windows).squareRoot() * 5
        return fits.map { ($0 - mean) * certainty }
    }
}
