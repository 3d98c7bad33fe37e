import Music

/// One take, judged.
public struct CaptureVerdict: Hashable, Sendable {
    /// How far a tempo may be off, as a share of it.
    public static let tempoTolerance = 0.04

    /// Of the melody or the file.
    public let name: String
    public let truth: CaptureTruth
    /// Nil where nothing was read: wrong in all.
    public let answer: CaptureAnswer?
    /// What the reading cost, in seconds.
    public let cost: Double

    public init(name: String, truth: CaptureTruth, answer: CaptureAnswer?, cost: Double) {
        self.name = name
        self.truth = truth
        self.answer = answer
        self.cost = cost
    }

    /// Read tempo over true tempo.
    public var tempoRatio: Double? { answer.map { $0.tempo.quartersPerMinute / truth.quartersPerMinute } }

    /// Within 4 % of the true tempo, its half or its double, bounds included.
    public var isTempoRight: Bool {
        guard let tempoRatio else { return false }
        return [0.5, 1, 2].contains { abs(tempoRatio / $0 - 1) <= CaptureVerdict.tempoTolerance + 1e-9 }
    }

    /// Within 4 % of the true tempo itself.
    public var isTempoExact: Bool {
        tempoRatio.map { abs($0 - 1) <= CaptureVerdict.tempoTolerance + 1e-9 } ?? false
    }

    /// How far the tempo at the end is off the player's own over the last bar, as a share of it and with the better of it,
    /// its half and its double; nil where one of them is not known.
    public var latestTempoError: Double? {
        guard let read = answer?.latestTempo?.quartersPerMinute, let played = truth.latestQuartersPerMinute else {
            return nil
        }
        return [0.5, 1, 2].map { abs(read / (played * $0) - 1) }.min()
    }

    public var isMeterRight: Bool { answer.flatMap { MeterClass($0.meter) } == truth.meter }

    /// Distance of the read bar line from the nearest true one, in felt beats; behind the last and before the first bar
    /// line, bars go on at the mean tempo.
    public var barLineError: Double? {
        guard let answer else { return nil }
        let lines = truth.barLines
        let moment = answer.downbeat
        var nearest = lines.map { abs((moment - $0).seconds) }.min()!
        if lines.count > 1, moment < lines[0] || moment > lines.last! {
            let bar = (lines.last! - lines[0]).seconds / Double(lines.count - 1)
            let outside = moment < lines[0] ? (lines[0] - moment).seconds : (moment - lines.last!).seconds
            let inside = outside - bar * (outside / bar).rounded(.down)
            nearest = min(nearest, inside, bar - inside)
        }
        return nearest / truth.beat.seconds
    }

    /// Within half a felt beat.
    public var isBarLineRight: Bool { barLineError.map { $0 <= 0.5 + 1e-9 } ?? false }

    public var isMeterAndBarLineRight: Bool { isMeterRight && isBarLineRight }

    /// What went wrong, most telling first, in words that are counted; nil where nothing did.
    public var error: String? {
        guard let answer, let tempoRatio else { return "nothing was read" }
        if !isMeterRight { return "\(truth.meter.rawValue) heard as \(answer.meter)" }
        if !isTempoRight {
            let known: [(Double, String)] = [
                (2.0 / 3, "two thirds"), (1.5, "one and a half times"), (1.0 / 3, "a third"), (3, "three times"),
                (0.75, "three quarters"), (4.0 / 3, "four thirds"), (0.25, "a quarter"), (4, "four times"),
            ]
            let name = known.first { abs(tempoRatio / $0.0 - 1) <= 2 * CaptureVerdict.tempoTolerance }?.1
            return name.map { "\(truth.meter.rawValue) at \($0) the tempo" }
                ?? "\(truth.meter.rawValue) at another tempo"
        }
        if !isBarLineRight {
            let beats = Int((barLineError ?? 0).rounded())
            return "\(truth.meter.rawValue) with the bar line off by \(max(1, beats)) \(beats > 1 ? "beats" : "beat")"
        }
        return nil
    }
}
