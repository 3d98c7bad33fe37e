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
    /// Where the off-beat eighths lie in the beat: 0.5 straight ... 0.67 triplets; 0.5 where the phrase does not tell.
    public var swing: Double

    public init(
        tempo: Tempo, latestTempo: Tempo, meter: Meter, downbeat: Instant, confidence: Double, swing: Double = 0.5
    ) {
        self.tempo = tempo
        self.latestTempo = latestTempo
        self.meter = meter
        self.downbeat = downbeat
        self.confidence = confidence
        self.swing = swing
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
        // Swing is of eighths; those of the other tempo are other notes.
        other.swing = 0.5
        return other
    }
}
