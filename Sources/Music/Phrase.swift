/// A captured melody on the grid, with its metre, tempo and length.
public struct Phrase: Hashable, Sendable {
    /// In score order; onsets and lengths are whole grid steps; onsets lie inside the phrase.
    public let notes: [NoteEvent]
    public let meter: Meter
    public let tempo: Tempo
    /// Whole bars, 1...`maximumBars`.
    public let bars: Int

    /// The longest phrase that is generated for.
    public static let maximumBars = 64

    /// Sorts the notes, leaves out those that begin outside the bars, and ends none behind them.
    ///
    /// - Precondition: `bars` is in 1...64.
    public init(notes: [NoteEvent], meter: Meter, tempo: Tempo, bars: Int) {
        precondition((1...Phrase.maximumBars).contains(bars), "a phrase has 1 to 64 bars")
        let end = meter.bar * bars
        self.notes = notes.filter { $0.onset >= .zero && $0.onset < end }.map { note in
            var kept = note
            kept.length = min(note.length, end - note.onset)
            return kept
        }.sorted(by: NoteEvent.inScoreOrder)
        self.meter = meter
        self.tempo = tempo
        self.bars = bars
    }

    public var length: Tick { meter.bar * bars }

    /// Sounding time a pitch class in quarter notes, 12 sums.
    public var pitchClassDurations: [Double] {
        var sums = [Double](repeating: 0, count: 12)
        for note in notes { sums[note.pitch.pitchClass] += note.length.quarters }
        return sums
    }

    /// The likeliest key of the melody: durations, plus a sixteenth of their sum on the last note.
    public var key: Key { rankedKeys[0].key }

    /// The 24 keys with their correlations, best first (`Key.ranked`).
    public var rankedKeys: [(key: Key, correlation: Double)] {
        var durations = pitchClassDurations
        if let last = notes.last { durations[last.pitch.pitchClass] += durations.reduce(0, +) / 16 }
        return Key.ranked(durations: durations)
    }

    /// The phrase with every note moved by semitones, octaves folded back where a note would leave 0...127.
    public func transposed(by semitones: Int) -> Phrase {
        let moved = notes.map { note in
            var copy = note
            copy.pitch = note.pitch.movedAndFolded(by: semitones)
            return copy
        }
        return Phrase(notes: moved, meter: meter, tempo: tempo, bars: bars)
    }
}
