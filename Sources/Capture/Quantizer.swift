import Music

/// What a performance was understood as.
public struct Quantization: Hashable, Sendable {
    public var phrase: Phrase
    /// Places the phrase's bar 1 in performance time: the median over all onsets.
    public var tempoMap: TempoMap
    /// The same by the last onsets alone: where the player's beat is now, for a band that comes in.
    public var latestTempoMap: TempoMap
    /// How far onsets lay from the grid that was found, root mean square, the player's slow drift left out.
    public var timingError: Nanoseconds
    /// Notes that began behind the phrase's end, or doubled another of the same pitch and step.
    public var leftOut: Int
}

/// Moves a performance onto the grid: performed notes, a tempo and a metre in, a phrase out.
///
/// Onsets go to the likely places of a beat (its quarters and its thirds; the eighths and sixteenths of compound
/// metres); the notes of a chord go together; the player's timing error, asynchrony and slow drift are taken out, and so
/// is swing where it is told: swung eighths become straight ones. Velocities stay.
public struct Quantizer: Hashable, Sendable {
    public var tempo: Tempo
    public var meter: Meter
    /// How the player swings; without effect in metres whose beat is no quarter.
    public var swing: Swing
    /// Which notes swing.
    public var swung: SwungNotes

    public init(tempo: Tempo, meter: Meter, swing: Swing = .straight, swung: SwungNotes = .eighths) {
        self.tempo = tempo
        self.meter = meter
        self.swing = swing
        self.swung = swung
    }

    /// Quantizes a performance.
    ///
    /// - Parameters:
    ///   - performance: in any order.
    ///   - downbeat: a bar line that the player heard (a click); nil where the first note on a beat is bar 1. Whole
    ///     empty bars before the first note are left out; a pickup before the first bar line gets a bar of its own.
    ///   - end: when the player ended the phrase; nil where the last note decides. Within half a beat of a bar line it
    ///     is the bar line, and notes behind it are left out.
    /// - Returns: nil where nothing was played. The phrase has at most `Phrase.maximumBars` bars; what comes later is
    ///   left out.
    public func quantize(_ performance: [PerformedNote], downbeat: Instant? = nil, end: Instant? = nil) -> Quantization?
    {
        let notes = performance.sorted { ($0.onset, $0.pitch, $0.length) < ($1.onset, $1.pitch, $1.length) }
        guard let first = notes.first else { return nil }
        let reference = downbeat ?? first.onset
        let milliseconds = quarterSeconds * 1000 / Double(Grid.stepsPerQuarter)
        let places = notes.map { steps($0.onset, from: reference) }
        let groups = OnsetGroup.gather(notes, places: places, window: min(50 / milliseconds, 1.7))
        // What a machine plays (a step sequencer, our own output) is on the grid already and is not interpreted.
        let isExact =
            swing == .straight
            && zip(notes, places).allSatisfy { note, place in
                isStep(place - places[0]) && isStep(steps(note.end, from: first.onset))
            }
        var division = BeatDivision(meter, stepLength: milliseconds, swing: swing, swung: swung)
        if isExact { division.outlierCost = 50 }
        let tracker = GridTracker(
            division: division, deviation: isExact ? 0.1 : max(16 / milliseconds, 0.3),
            separation: min(60 / milliseconds, 2),
            beatAtZero: downbeat == nil ? nil : max(40 / milliseconds, 1))
        let placements = tracker.track(groups.map(\.place))

        let barOne = firstBar(placements[0].step, division: division, isDownbeatKnown: downbeat != nil)
        let onsets = zip(groups, placements).flatMap { group, placement in
            group.members.map { _ in placement.step - barOne }
        }
        let local = zip(groups, placements).flatMap { group, placement in group.members.map { _ in placement } }
        let ends = zip(notes, local).map { note, placement in
            division.straightened(
                steps(note.end, from: reference) - placement.offset, division: placement.division) - Double(barOne)
        }
        var lengths = NoteLengths(division: division, meter: meter, millisecondsPerStep: milliseconds, isExact: isExact)
        lengths.settle(onsets: onsets, ends: ends, divisions: local.map(\.division), pitches: notes.map(\.pitch))

        let residuals = zip(groups, placements).map { $0.place - division.place(of: $1.step, division: $1.division) }
        let overall = median(residuals)
        let latest = median(Array(residuals.suffix(8)))
        let length = PhraseLength(meter: meter)
        let bars = length.bars(
            onsets: onsets, lastEnd: zip(onsets, lengths.steps).map { $0 + $1 }.max()!,
            press: end.map { steps($0, from: reference) - latest - Double(barOne) })

        let events = notes.indices.compactMap { index -> NoteEvent? in
            guard lengths.steps[index] > 0 else { return nil }
            return NoteEvent(
                pitch: notes[index].pitch, onset: .steps(onsets[index]), length: .steps(lengths.steps[index]),
                velocity: lengths.loudest(index, notes.map(\.velocity)))
        }
        let phrase = Phrase(notes: events, meter: meter, tempo: tempo, bars: bars)
        let squares = zip(groups, placements).map { group, placement in
            let played = division.place(of: placement.step, division: placement.division)
            let error = group.place - played - placement.offset
            return error * error
        }
        return Quantization(
            phrase: phrase, tempoMap: map(reference, Double(barOne) + overall),
            latestTempoMap: map(reference, Double(barOne) + latest),
            timingError: .seconds((squares.reduce(0, +) / Double(squares.count)).squareRoot() * milliseconds / 1000),
            leftOut: notes.count - phrase.notes.count)
    }

    /// Not rounded to nanoseconds, so that long performances do not drift.
    private var quarterSeconds: Double { 60 / tempo.quartersPerMinute }

    /// Where bar 1 lies, in steps, given the first onset's step.
    private func firstBar(_ first: Int, division: BeatDivision, isDownbeatKnown: Bool) -> Int {
        let bar = meter.stepsPerBar
        if isDownbeatKnown { return Int((Double(first) / Double(bar)).rounded(.down)) * bar }
        let beat = division.length
        let inside = ((first % beat) + beat) % beat
        // A note before the beat leads into the next bar.
        return inside == 0 ? first : first - inside + beat - bar
    }

    private func isStep(_ place: Double) -> Bool { abs(place - place.rounded()) < 0.02 }

    private func steps(_ instant: Instant, from reference: Instant) -> Double {
        (instant - reference).seconds / quarterSeconds * Double(Grid.stepsPerQuarter)
    }

    private func map(_ reference: Instant, _ steps: Double) -> TempoMap {
        TempoMap(
            anchor: reference + .seconds(steps * quarterSeconds / Double(Grid.stepsPerQuarter)), tempo: tempo)
    }

    private func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
