import Music

/// Taps on the beat to a tempo and a beat.
///
/// Two taps tell a first tempo; from then on it is the slope of the least-squares line through the last eight taps, and the
/// beat is that line's, so that one bad tap moves neither far. A tap that was left out (an interval of about two beats) is
/// counted. A pause of more than 2.5 beats, or of more than two seconds after a first tap, begins anew; so does an interval
/// that is nothing like the ones before, from its first tap. So what can be tapped lies in 30...400 a minute.
///
/// Beats of a standard deviation of 25 ms, tapped at 120, leave an error of 2.2 % (standard deviation) after four taps, 1.2 %
/// after six and 0.8 % after eight.
public struct TapTempo: Hashable, Sendable {
    private struct Tap: Hashable {
        var beat: Int
        var time: Instant
    }

    /// How many taps the tempo is told by.
    public static let memory = 8
    /// The longest pause after a first tap.
    public static let patience = Nanoseconds.seconds(2)

    private var taps: [Tap] = []

    public init() {}

    /// The tapped tempo; nil for fewer than two taps and outside `Tempo.range`.
    public private(set) var tempo: Tempo?
    /// An instant that is a beat: the last one tapped, its jitter taken out; nil before the first tap.
    public private(set) var beat: Instant?
    /// How many taps in a row belong together, those that are no longer remembered included; four may count a take in.
    public private(set) var count = 0

    /// Where the song's tick 0 lies if the last tap is its beat `tick`; nil where there is no tempo.
    public func map(lastTapAt tick: Tick = .zero) -> TempoMap? {
        guard let tempo, let beat else { return nil }
        return TempoMap(anchor: beat, anchorTick: tick, tempo: tempo)
    }

    /// Enters a tap. A tap that is not behind the one before it is ignored.
    ///
    /// - Returns: `tempo`.
    @discardableResult
    public mutating func tap(at time: Instant) -> Tempo? {
        guard let last = taps.last else { return begin([], time) }
        let pause = time - last.time
        guard pause > .zero else { return tempo }
        if let beat = interval {
            let beats = Double(pause.count) / beat
            switch beats {
            case 0.6..<1.5: add(Tap(beat: last.beat + 1, time: time))
            case 1.5...2.5: add(Tap(beat: last.beat + 2, time: time))
            case ..<0.6: return begin([last], time)
            default: return begin([], time)
            }
        } else {
            guard pause <= TapTempo.patience else { return begin([], time) }
            add(Tap(beat: last.beat + 1, time: time))
        }
        return estimate()
    }

    /// Forgets all taps.
    public mutating func reset() { self = TapTempo() }

    /// Nanoseconds from beat to beat.
    private var interval: Double? { line?.slope }

    private var line: LineFit.Line? {
        guard let last = taps.last else { return nil }
        var fit = LineFit()
        for tap in taps { fit.add(tap.beat - last.beat, Int((tap.time - last.time).count)) }
        return fit.line
    }

    private mutating func begin(_ kept: [Tap], _ time: Instant) -> Tempo? {
        taps = kept.map { Tap(beat: 0, time: $0.time) }
        count = taps.count
        add(Tap(beat: taps.count, time: time))
        return estimate()
    }

    private mutating func add(_ tap: Tap) {
        if taps.count == TapTempo.memory { taps.removeFirst() }
        taps.append(tap)
        count += 1
    }

    private mutating func estimate() -> Tempo? {
        beat = taps.last?.time
        tempo = nil
        guard let line, let last = taps.last else { return nil }
        tempo = Tempo(quartersPerMinute: 60e9 / line.slope)
        beat = last.time + Nanoseconds(Int64(line.offset.rounded()))
        return tempo
    }
}
