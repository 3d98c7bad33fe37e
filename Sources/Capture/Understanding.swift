import Music

/// What a performance was understood as: a phrase, where it lies in time, and how the player's time goes on.
public struct Understanding: Hashable, Sendable {
    public var phrase: Phrase
    /// Places the phrase's bar 1 in performance time, at the phrase's tempo.
    public var tempoMap: TempoMap
    /// The player's time from the end of the phrase on: where the next bar line is, in the tempo of the last notes. Its
    /// anchor is the phrase's end, `phrase.length`.
    public var continuation: TempoMap

    /// Understands what was played to a known tempo; otherwise reads tempo, metre and bar line from the playing.
    ///
    /// - Parameters:
    ///   - performance: in any order.
    ///   - settings: its tempo is nil where nobody said one. The metre is that of a known tempo.
    ///   - end: when the player ended the phrase; nil where the last note decides.
    /// - Returns: nil where nothing was played. What is too short to be read is taken at a moderate tempo.
    public init?(of performance: [PerformedNote], playedTo settings: TakeRecorder.Settings, end: Instant?) {
        if settings.tempo == nil, let free = FreeTake.understand(performance, end: end) {
            self.init(free.quantization, tempo: free.reading.latestTempo)
            return
        }
        let tempo = settings.tempo ?? .moderate
        guard
            let known = Quantizer(tempo: tempo, meter: settings.meter)
                .quantize(performance, downbeat: settings.downbeat, end: end)
        else { return nil }
        self.init(known, tempo: tempo)
    }

    private init(_ quantization: Quantization, tempo: Tempo) {
        phrase = quantization.phrase
        tempoMap = quantization.tempoMap
        continuation = TempoMap(
            anchor: quantization.latestTempoMap.instant(of: phrase.length), anchorTick: phrase.length, tempo: tempo)
    }
}

extension Quantizer {
    /// Lays notes on a grid that goes on already, as those of an overdub on the band's.
    ///
    /// - Parameters:
    ///   - performance: in any order.
    ///   - map: the grid; its bar lines lie at multiples of the bar.
    /// - Returns: the notes in the map's ticks, score order.
    public static func lay(_ performance: [PerformedNote], on map: TempoMap, meter: Meter) -> [NoteEvent] {
        guard let first = performance.map(\.onset).min() else { return [] }
        let bar = meter.bar.rawValue
        let tick = map.tick(at: first).rawValue
        // A note a little before a bar line belongs to it: the grid begins a bar earlier.
        let line = Tick((tick - ((tick % bar) + bar) % bar) - bar)
        guard
            let laid = Quantizer(tempo: map.tempo, meter: meter)
                .quantize(performance, downbeat: map.instant(of: line))
        else { return [] }
        let moved = map.tick(at: laid.tempoMap.anchor).rawValue
        let bars = Int((Double(moved) / Double(bar)).rounded())
        return laid.phrase.notes.map { note in
            var placed = note
            placed.onset = note.onset + Tick(bars * bar)
            return placed
        }
    }
}
