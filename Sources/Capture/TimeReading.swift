import Music

/// How a freely played phrase is understood: its tempo, its metre and where its bars begin.
public struct TimeReading: Hashable, Sendable {
    /// Quarters a minute over the phrase as a whole; in 6/8 the felt beat is the dotted quarter, two thirds of it.
    public var tempo: Tempo
    /// Where the player is at the end: drift followed, the last notes' slowing down not.
    public var latestTempo: Tempo
    /// 4/4, 3/4 or 6/8; 2/4 counts as 4/4.
    public var meter: Meter
    /// The first bar line at or after the first note; a pickup lies before it.
    public var downbeat: Instant
    /// How sure metre and bar line are against the other ways of hearing the phrase, 0...1.
    public var confidence: Double
    /// Where the second of two swung notes lies in the pair: 0.5 straight ... 0.67 triplets; 0.5 where the phrase does not tell.
    public var swing: Double
    /// Which notes these are: eighths, unless the reading is the half or the double of another.
    public var swung: SwungNotes

    public init(
        tempo: Tempo, latestTempo: Tempo, meter: Meter, downbeat: Instant, confidence: Double, swing: Double = 0.5,
        swung: SwungNotes = .eighths
    ) {
        self.tempo = tempo
        self.latestTempo = latestTempo
        self.meter = meter
        self.downbeat = downbeat
        self.confidence = confidence
        self.swing = swing
        self.swung = swung
    }

    /// The same played at half the tempo; metre and bar line stay.
    ///
    /// - Returns: nil where a tempo would leave `Tempo.range`.
    public func halved() -> TimeReading? { scaled(0.5) }

    /// The same played at twice the tempo; metre and bar line stay.
    ///
    /// - Returns: nil where a tempo would leave `Tempo.range`.
    public func doubled() -> TimeReading? { scaled(2) }

    private func scaled(_ factor: Double) -> TimeReading? {
        guard let overall = Tempo(quartersPerMinute: tempo.quartersPerMinute * factor),
            let latest = Tempo(quartersPerMinute: latestTempo.quartersPerMinute * factor)
        else { return nil }
        var other = self
        other.tempo = overall
        other.latestTempo = latest
        // What swung is written in other notes.
        other.swung = swung.scaled(factor) ?? .eighths
        if swung.scaled(factor) == nil { other.swing = 0.5 }
        return other
    }
}
