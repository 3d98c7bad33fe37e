import Music

/// What a genre is told by: 157 numbers about where drums and parts fall, how much they play and how long their notes are, and nothing about harmony.
///
/// For each of five classes of drums (bass drum, snare and sticks, hats, cymbals, shakers): a histogram of the onset's step in the quarter (12), one of its
/// quarter in the bar (4: 0, 1, 2, 3 or later), and hits / 16, at most 2. For each of bass, chords, pad and line: the same histograms, notes / 64, at
/// most 3, and the mean length in quarters. Counts are those of eight bars.
public enum GenreFeatures {
    public static let count = 5 * 17 + 4 * 18

    static let drumClasses: [Set<Int>] = [
        [35, 36], [37, 38, 39, 40], [42, 44, 46], [49, 51, 53, 57, 59], [54, 56, 69, 70, 75, 76],
    ]

    /// The features of a piece; counts of a longer or shorter one are scaled to eight bars.
    public static func values(of piece: EvaluatedPiece) -> [Double] {
        var parts = piece.parts
        // Kettledrums stand on keys that are cymbals in other kits.
        let drums = piece.tracks.filter { $0.role == .drums }.flatMap { track in
            let kit = DrumKit(program: Program(track.program))
            return track.notes.filter { !kit.isTimpani($0.pitch) }
        }
        parts[.drums] = drums.isEmpty ? nil : drums.sorted(by: NoteEvent.inScoreOrder)
        return values(parts: parts, meter: piece.meter, bars: piece.bars)
    }

    /// The features of notes by role.
    ///
    /// - Parameter bars: how many the notes fill; at least 1.
    public static func values(parts: [Role: [NoteEvent]], meter: Meter, bars: Int) -> [Double] {
        precondition(bars > 0, "features are those of at least one bar")
        let scale = 8 / Double(bars)
        let drums = parts[.drums] ?? []
        var values: [Double] = []
        for pitches in drumClasses {
            let hits = drums.filter { pitches.contains($0.pitch.number) }
            values += histograms(hits, meter)
            values.append(min(2, Double(hits.count) * scale / 16))
        }
        for role in Role.tonal {
            let notes = parts[role] ?? []
            values += histograms(notes, meter)
            values.append(min(3, Double(notes.count) * scale / 64))
            values.append(average(notes.map(\.length.quarters)) ?? 0)
        }
        return values
    }

    /// Shares of the 12 steps of a quarter and of the quarters of a bar; zeros for no notes.
    private static func histograms(_ notes: [NoteEvent], _ meter: Meter) -> [Double] {
        var steps = [Double](repeating: 0, count: 12)
        var beats = [Double](repeating: 0, count: 4)
        guard !notes.isEmpty else { return steps + beats }
        let unit = 1 / Double(notes.count)
        for note in notes {
            steps[EvaluatedPiece.step(note.onset) % 12] += unit
            // A thousandth of a quarter is less than a tick.
            beats[min(3, note.onset.rawValue % meter.bar.rawValue / Tick.perQuarter)] += unit
        }
        return steps + beats
    }
}
