import Music

/// How one part of a piece is woven. A bar is empty or not by what sounds in it; a note counts in the bar of its onset.
public struct TextureMetrics: Hashable, Sendable {
    /// Share of bars without any sound of the part.
    public var emptyBars: Double
    public var notesPerBar: Double
    /// Mean number of pitch classes that sound in a bar that sounds.
    public var pitchClassesPerBar: Double?
    /// Share of notes of at least an eighth of a quarter.
    public var qualifiedNotes: Double?
    /// Notes a distinct onset.
    public var polyphony: Double?
    /// Of drums: the larger of the shares of hits on sixteenths, and on triplet eighths or eighths.
    public var drumPattern: Double?
    /// Likeness of neighbouring bars: 1 less the share of sixteenths where one has an onset and the other has none.
    public var groove: Double?

    public init(_ part: Part, of piece: EvaluatedPiece) {
        let notes = piece.parts[part] ?? []
        let bar = piece.meter.bar
        let sounding = (0..<piece.bars).map { index in notes.filter { overlap($0, bar * index, bar * (index + 1)) > 0 }
        }
        emptyBars = Double(sounding.filter(\.isEmpty).count) / Double(piece.bars)
        notesPerBar = Double(notes.count) / Double(piece.bars)
        pitchClassesPerBar = average(
            sounding.filter { !$0.isEmpty }.map { Double(Set($0.map(\.pitch.pitchClass)).count) })
        let long = notes.filter { $0.length.rawValue * 8 >= Tick.perQuarter }
        qualifiedNotes = ratio(Double(long.count), Double(notes.count))
        let steps = notes.map { EvaluatedPiece.step($0.onset) }
        polyphony = ratio(Double(notes.count), Double(Set(steps).count))
        if part == .drums {
            let sixteenths = steps.filter { $0 % 3 == 0 }.count
            let triplets = steps.filter { $0 % 4 == 0 || $0 % 6 == 0 }.count
            drumPattern = ratio(Double(max(sixteenths, triplets)), Double(notes.count))
        }
        groove = TextureMetrics.groove(notes, piece)
    }

    private static func groove(_ notes: [NoteEvent], _ piece: EvaluatedPiece) -> Double? {
        guard !notes.isEmpty else { return nil }
        let positions = Int((piece.meter.bar.quarters * 4).rounded(.up))
        let patterns = (0..<piece.bars).map { index in
            Set(
                notes.filter { $0.onset.rawValue / piece.meter.bar.rawValue == index }.map {
                    sixteenth($0, piece.meter)
                })
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
