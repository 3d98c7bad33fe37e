import Music

/// Understands the time of a phrase that was played freely, without a click.
///
/// First the rhythm is followed in every metre from every tempo (`RhythmTracker`); then the best grids are heard with
/// every possible bar line, and all the evidence is weighed (`MeterEvidence`, `MeterWeights`).
public enum TimeReader {
    /// Reads a phrase.
    ///
    /// - Parameter notes: in any order; all of them belong to the phrase.
    /// - Returns: nil for fewer than four onsets, or where no time passes.
    public static func read(_ notes: [PerformedNote]) -> TimeReading? {
        let sorted = notes.sorted { ($0.onset, $0.pitch, $0.length) < ($1.onset, $1.pitch, $1.length) }
        let onsets = PlayedOnset.gather(sorted)
        guard onsets.count >= 4, onsets[onsets.count - 1].time > 0.2 else { return nil }
        let hearings = hearings(onsets)
        guard let best = hearings.indices.max(by: { hearings[$0].score < hearings[$1].score }) else { return nil }
        return reading(hearings, best: hearings[best], start: sorted[0].onset).map { settled($0, hearings[best]) }
    }

    /// From this many quarters a minute on, a tune without a quarter note is written in notes half as long.
    private static let haste = 130.0
    /// Beats that follow each other more slowly than this, a minute, are hardly felt (London 2012, Hearing in Time: about two
    /// seconds apart they fall asunder, and between one and two seconds they are felt divided).
    private static let patience = 58.0
    /// So many onsets, of a hundred, make a rule.
    private static let nearlyAll = 92

    /// The same in the beats that a band would count: a fast 4/4 with hardly an onset between its half notes at half the
    /// tempo, lest a band hurry under a slow tune; and one whose beats are too slow to be felt at twice the tempo, where it has
    /// hardly an onset between its eighths. The first bar line stays one.
    private static func settled(_ reading: TimeReading, _ hearing: Hearing) -> TimeReading {
        let quarters = reading.tempo.quartersPerMinute
        func isWritten(inStepsOf unit: Int) -> Bool {
            let on = hearing.clock.steps.count { (($0 - hearing.shift) % unit + unit) % unit == 0 }
            return on * 100 >= hearing.clock.steps.count * nearlyAll
        }
        if reading.meter == .fourFour, quarters >= haste, isWritten(inStepsOf: 24) {
            return reading.halved() ?? reading
        }
        if reading.meter == .fourFour, quarters < patience, isWritten(inStepsOf: 6) {
            return reading.doubled() ?? reading
        }
        return reading
    }

    /// A way of hearing a performance.
    struct Hearing {
        var grid: RhythmGrid
        var clock: GridClock
        /// Index into `MetricalModel.all`.
        var metre: Int
        /// A step of the grid that is a bar line.
        var shift: Int
        var evidence: [Double]
        /// A logarithm of probability, but for a constant.
        var score: Double
    }

    /// Felt beats to begin the search with: 1.6 s (37 a minute) to 0.25 s (240 a minute).
    private static let periods = (0...16).map { number in (0..<number).reduce(1.6) { period, _ in period / 1.123 } }
    /// Of so many onsets the best tempi are found; only those are followed through a longer phrase.
    private static let preview = 72
    private static let gridsPerMetre = 5
    /// Of so many onsets the promising ones among all tempi are found, and how many those are.
    private static let glance = 20
    private static let promising = 12

    static func hearings(_ onsets: [PlayedOnset]) -> [Hearing] {
        let times = onsets.map(\.time)
        let evidence = MeterEvidence(onsets)
        var hearings: [Hearing] = []
        for (metre, model) in MetricalModel.all.enumerated() {
            for grid in grids(times, model: model) {
                let clock = GridClock(times: times, steps: grid.steps)
                guard clock.stepLength > 0 else { continue }
                let base = evidence.ofGrid(grid, metre: metre, stepLength: clock.stepLength)
                let ofBars = evidence.harmony(grid.steps, length: model.bar, places: model.bar / 6)
                let ofHalves =
                    model.secondary > 0
                    ? evidence.harmony(grid.steps, length: model.secondary, places: model.bar / 12) : ofBars
                let phrase = PhraseEvidence(onsets, grid: grid.steps, metre: metre, stepLength: clock.stepLength)
                for place in 0..<(model.bar / 6) {
                    let shift = place * 6
                    var values = evidence.ofBarLine(grid, shift: shift, metre: metre, values: base)
                    let own = MeterEvidence.sharedCount + metre * MeterEvidence.ownCount
                    values[own + 13] = ofBars[place]
                    values[own + 14] = ofHalves[place % ofHalves.count]
                    let ofPhrase = phrase.values(shift: shift)
                    let shared = MeterEvidence.phraseStart
                    let phraseOwn = shared + PhraseEvidence.sharedCount + metre * PhraseEvidence.ownCount
                    for (number, value) in ofPhrase.shared.enumerated() { values[shared + number] = value }
                    for (number, value) in ofPhrase.own.enumerated() { values[phraseOwn + number] = value }
                    hearings.append(
                        Hearing(
                            grid: grid, clock: clock, metre: metre, shift: shift, evidence: values, score: 0))
                }
            }
        }
        evidence.compare(&hearings)
        for index in hearings.indices {
            hearings[index].score = zip(hearings[index].evidence, MeterWeights.values).reduce(0) { $0 + $1.0 * $1.1 }
        }
        return hearings
    }

    /// The likeliest grids of a metre that differ.
    private static func grids(_ times: [Double], model: MetricalModel) -> [RhythmGrid] {
        let tracker = RhythmTracker(model: model)
        let isLong = times.count > preview + 16
        let head = isLong ? Array(times.prefix(preview)) : times
        let beat = Double(model.beat)
        // A glance at the beginning leaves out most tempi.
        let isGlance = head.count > glance + 8
        var found = periods.compactMap { track(isGlance ? Array(head.prefix(glance)) : head, tracker, period: $0) }
        found.sort { $0.cost < $1.cost }
        if isGlance {
            found = found.prefix(promising).compactMap { track(head, tracker, period: $0.stepLength * beat) }
            found.sort { $0.cost < $1.cost }
        }
        var kept: [RhythmGrid] = []
        for grid in found where !kept.contains(where: { isAlike($0, grid) }) {
            kept.append(grid)
            if kept.count == gridsPerMetre { break }
        }
        guard isLong else { return kept }
        // The tempo is known by now: few paths need following.
        var follower = tracker
        follower.beam = 7
        follower.tempoDoubt = 0.03
        return kept.prefix(3).compactMap { follower.track(times, stepLength: $0.stepLength) }
    }

    private static func track(_ times: [Double], _ tracker: RhythmTracker, period: Double) -> RhythmGrid? {
        guard var grid = tracker.track(times, stepLength: period / Double(tracker.model.beat)) else { return nil }
        let away = logarithm(period / 0.62) / 0.45
        grid.cost += away * away / 2
        return grid
    }

    /// Whether two grids differ in the place of the bar line at most.
    private static func isAlike(_ a: RhythmGrid, _ b: RhythmGrid) -> Bool {
        var same = 0
        var all = 0
        for index in 1..<a.steps.count {
            guard let a1 = a.steps[index], let a0 = a.steps[index - 1], let b1 = b.steps[index],
                let b0 = b.steps[index - 1]
            else { continue }
            all += 1
            if a1 - a0 == b1 - b0 { same += 1 }
        }
        return all > 0 && same * 20 >= all * 19
    }

    private static func reading(_ hearings: [Hearing], best hearing: Hearing, start: Instant) -> TimeReading? {
        let model = MetricalModel.all[hearing.metre]
        let clock = hearing.clock
        guard let first = clock.steps.first else { return nil }
        let bar = model.bar
        let barLine = first + (bar - (((first - hearing.shift) % bar + bar) % bar)) % bar
        let downbeat = clock.time(of: barLine)
        var total = 0.0
        var agreeing = 0.0
        for other in hearings {
            // What is a millionth as likely does not count.
            let odds = exponential(other.score - hearing.score)
            guard odds > 1e-6 else { continue }
            total += odds
            // Hearings that put the same metre's bar lines in the same places agree.
            guard other.metre == hearing.metre else { continue }
            let bars = (downbeat - other.clock.time(of: other.shift)) / (other.clock.stepLength * Double(bar))
            if abs(bars - bars.rounded()) * Double(bar) < Double(model.beat) / 2 { agreeing += odds }
        }
        guard let tempo = Tempo(quartersPerMinute: clamped(60 / (12 * clock.stepLength))),
            let latest = Tempo(quartersPerMinute: clamped(60 / (12 * clock.latestStepLength)))
        else { return nil }
        return TimeReading(
            tempo: tempo, latestTempo: latest, meter: model.meter, downbeat: start + .seconds(downbeat),
            confidence: min(1, agreeing / total), swing: clock.swing(model: model, shift: hearing.shift))
    }

    private static func clamped(_ quarters: Double) -> Double {
        min(Tempo.range.upperBound, max(Tempo.range.lowerBound, quarters))
    }
}
