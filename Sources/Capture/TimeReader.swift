import Music

/// What free playing tells of time.
public struct TimeReading: Hashable, Sendable {
    /// Quarters a minute over the phrase as a whole.
    public var tempo: Tempo
    /// The same at its end.
    public var latestTempo: Tempo
    /// 4/4, 3/4 or 6/8.
    public var meter: Meter
    /// The first bar line at or after the first note.
    public var downbeat: Instant
    /// 0...1.
    public var confidence: Double
    /// 0.5 straight ... 0.67 triplets.
    public var swing: Double

    /// The same at half the tempo; nil where that is no tempo.
    public func halved() -> TimeReading? { scaled(by: 0.5) }

    /// The same at double the tempo; nil where that is no tempo.
    public func doubled() -> TimeReading? { scaled(by: 2) }

    private func scaled(by factor: Double) -> TimeReading? {
        guard let tempo = Tempo(quartersPerMinute: tempo.quartersPerMinute * factor),
            let latest = Tempo(quartersPerMinute: latestTempo.quartersPerMinute * factor)
        else { return nil }
        var reading = self
        reading.tempo = tempo
        reading.latestTempo = latest
        return reading
    }
}

/// Reads tempo and bar line in the plainest way: the median interval between onsets is a quarter, the metre is 4/4, the
/// first note begins a bar.
public enum TimeReader {
    /// - Returns: nil for fewer than two onsets, or intervals that are no tempo.
    public static func read(_ notes: [PerformedNote]) -> TimeReading? {
        let onsets = notes.map(\.onset.nanoseconds).sorted()
        // What is nearer than 80 ms is struck together.
        let intervals = zip(onsets.dropFirst(), onsets).map { $0 - $1 }.filter { $0 > 80_000_000 }.sorted()
        guard let first = onsets.first, !intervals.isEmpty,
            let tempo = Tempo(quartersPerMinute: 60e9 / Double(intervals[intervals.count / 2]))
        else { return nil }
        return TimeReading(
            tempo: tempo, latestTempo: tempo, meter: .fourFour, downbeat: Instant(nanoseconds: first), confidence: 0,
            swing: 0.5)
    }
}
