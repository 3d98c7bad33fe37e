import Music

/// A melody with an accompaniment, as it is measured: notes as they sound (with the groove applied) from a common start.
public struct EvaluatedPiece: Hashable, Sendable {
    /// In score order.
    public let melody: [NoteEvent]
    public let meter: Meter
    /// The parts that are measured, in score order, without copies of the melody.
    public let parts: [Part: [NoteEvent]]
    /// The melody's last note end, rounded up to whole bars; a surplus of up to .02 bar is forgiven. At least one bar.
    public let total: Tick

    /// - Parameter parts: by role; a pitched part that copies the melody is left out. That is one whose onsets with their pitch classes hold more than
    ///   90 % of the melody's and are less than 1.25 times as many.
    public init(melody: [NoteEvent], meter: Meter, parts: [Part: [NoteEvent]]) {
        self.melody = melody.sorted(by: NoteEvent.inScoreOrder)
        self.meter = meter
        let sung = EvaluatedPiece.onsetClasses(melody)
        self.parts = parts.filter { part, notes in
            guard part != .drums, !sung.isEmpty else { return !notes.isEmpty }
            let played = EvaluatedPiece.onsetClasses(notes)
            let held = Double(sung.intersection(played).count) / Double(sung.count)
            return !notes.isEmpty && !(held > 0.9 && Double(played.count) < 1.25 * Double(sung.count))
        }.mapValues { $0.sorted(by: NoteEvent.inScoreOrder) }
        let end = melody.map(\.end).max() ?? .zero
        let bar = meter.bar.rawValue
        let forgiven = bar / 50
        total = Tick(max(1, (end.rawValue - forgiven + bar - 1) / bar) * bar)
    }

    /// Whole bars of `total`.
    public var bars: Int { total.rawValue / meter.bar.rawValue }

    /// All notes of pitched parts.
    public var pitched: [NoteEvent] { Part.allCases.filter { $0 != .drums }.flatMap { parts[$0] ?? [] } }

    /// The 12-a-quarter step of an onset, halves to even.
    static func step(_ onset: Tick) -> Int {
        Int((Double(onset.rawValue) / Double(Grid.ticksPerStep)).rounded(.toNearestOrEven))
    }

    private static func onsetClasses(_ notes: [NoteEvent]) -> Set<Int> {
        Set(notes.map { step($0.onset) * 12 + $0.pitch.pitchClass })
    }
}
