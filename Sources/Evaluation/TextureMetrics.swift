import Music

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How one role of a piece is woven. A bar is empty or not by what sounds in it; a note counts in the bar of its onset.
public struct TextureMetrics: Hashable, Sendable {
    /// Share of bars without any sound of the role (EB).
    public var emptyBars: Double
    public var notesPerBar: Double
    /// Mean number of pitch classes that sound in a bar that sounds (UPC).
    public var pitchClassesPerBar: Double?
    /// Share of notes of at least an eighth of a quarter (QN).
    public var qualifiedNotes: Double?
    /// Notes a distinct onset.
    public var polyphony: Double?
    /// Of drums: the larger of the shares of hits on sixteenths, and on triplet eighths or eighths (DP).
    public var drumPattern: Double?
    /// Share of onsets within a 24th of a quarter of a sixteenth or a triplet eighth.
    public var onGrid: Double?
    /// Likeness of neighbouring bars: 1 less the share of sixteenths where one has an onset and the other has none.
    public var groove: Double?
    /// Percentiles of pitch, interpolated.
    public var lowPitch: Double?
    public var medianPitch: Double?
    public var highPitch: Double?
    /// Entropy of the pitch classes of all notes, in bits.
    public var pitchClassEntropy: Double?
    /// In quarters.
    public var meanLength: Double?

    public init(_ role: Role, of piece: EvaluatedPiece) {
        let notes = piece.parts[role] ?? []
        let bar = piece.meter.bar.rawValue
        var sounding = [Set<Int>](repeating: [], count: piece.bars)
        for note in notes where note.onset >= .zero && note.onset < piece.total {
            for index in note.onset.rawValue
                / bar...min(piece.bars - 1, max(note.onset, note.end - Tick(1)).rawValue / bar)
            {
                sounding[index].insert(note.pitch.pitchClass)
            }
        }
        emptyBars = Double(sounding.count { $0.isEmpty }) / Double(piece.bars)
        notesPerBar = Double(notes.count) / Double(piece.bars)
        pitchClassesPerBar = average(sounding.filter { !$0.isEmpty }.map { Double($0.count) })
        qualifiedNotes = TextureMetrics.qualified(notes)
        let steps = notes.map { EvaluatedPiece.step($0.onset) }
        polyphony = ratio(Double(notes.count), Double(Set(steps).count))
        if role == .drums {
            let sixteenths = steps.count { $0 % 3 == 0 }
            let triplets = steps.count { $0 % 4 == 0 || $0 % 6 == 0 }
            drumPattern = ratio(Double(max(sixteenths, triplets)), Double(notes.count))
        }
        onGrid = ratio(Double(notes.count { TextureMetrics.isOnGrid($0.onset) }), Double(notes.count))
        groove = TextureMetrics.groove(notes, piece)
        let pitches = notes.map { Double($0.pitch.number) }
        lowPitch = percentile(pitches, 0.05)
        medianPitch = percentile(pitches, 0.5)
        highPitch = percentile(pitches, 0.95)
        pitchClassEntropy = TextureMetrics.entropy(notes)
        meanLength = average(notes.map(\.length.quarters))
    }

    /// Share of notes of at least an eighth of a quarter; nil for none.
    static func qualified(_ notes: [NoteEvent]) -> Double? {
        ratio(Double(notes.count { $0.length.rawValue * 8 >= Tick.perQuarter }), Double(notes.count))
    }

    private static func isOnGrid(_ onset: Tick) -> Bool {
        [4, 3].contains { parts in
            let unit = Tick.perQuarter / parts
            let behind = ((onset.rawValue % unit) + unit) % unit
            return min(behind, unit - behind) * 24 <= Tick.perQuarter
        }
    }

    private static func entropy(_ notes: [NoteEvent]) -> Double? {
        guard !notes.isEmpty else { return nil }
        var counts = [Int](repeating: 0, count: 12)
        for note in notes { counts[note.pitch.pitchClass] += 1 }
        return counts.filter { $0 > 0 }.reduce(0) { sum, count in
            let share = Double(count) / Double(notes.count)
            return sum - share * log2(share)
        }
    }

    private static func groove(_ notes: [NoteEvent], _ piece: EvaluatedPiece) -> Double? {
        guard !notes.isEmpty else { return nil }
        let positions = Int((piece.meter.bar.quarters * 4).rounded(.up))
        var patterns = [Set<Int>](repeating: [], count: piece.bars)
        for note in notes {
            let bar = note.onset.rawValue / piece.meter.bar.rawValue
            if patterns.indices.contains(bar) { patterns[bar].insert(sixteenth(note, piece.meter)) }
        }
        return average(
            zip(patterns, patterns.dropFirst()).map { a, b in
                1 - Double(a.symmetricDifference(b).count) / Double(positions)
            })
    }

    /// The sixteenth of the bar that is nearest to a note's onset, halves to even.
    static func sixteenth(_ note: NoteEvent, _ meter: Meter) -> Int {
        let inside = note.onset.rawValue % meter.bar.rawValue
        return Int((4 * Tick(inside).quarters).rounded(.toNearestOrEven))
    }
}
