import Music

/// The metres that free playing is read in.
public enum MeterClass: String, Hashable, Sendable, CaseIterable {
    case fourFour = "4/4"
    case threeFour = "3/4"
    case sixEight = "6/8"

    /// 2/4 and 2/2 count as 4/4: by ear they differ in nothing that a band needs.
    ///
    /// - Returns: nil for any other metre.
    public init?(_ meter: Meter) {
        switch (meter.numerator, meter.denominator) {
        case (4, 4), (2, 4), (2, 2): self = .fourFour
        case (3, 4): self = .threeFour
        case (6, 8): self = .sixEight
        default: return nil
        }
    }

    /// Length of a felt beat: a dotted quarter in 6/8, else a quarter.
    public var beat: Tick { self == .sixEight ? Tick(720) : .quarter }
}

/// What is true of a take: what a reader of it should find.
public struct CaptureTruth: Hashable, Sendable {
    /// Mean from the first to the last onset, by the beats as they were meant, without the hands' noise.
    public let quartersPerMinute: Double
    /// The same over the last bar before the last onset; nil where it is not known.
    public let latestQuartersPerMinute: Double?
    public let meter: MeterClass
    /// Every bar line, in order, that before the first note included.
    public let barLines: [Instant]

    /// - Precondition: there is a bar line, and the tempo is positive.
    public init(
        quartersPerMinute: Double, latestQuartersPerMinute: Double? = nil, meter: MeterClass, barLines: [Instant]
    ) {
        precondition(!barLines.isEmpty && quartersPerMinute > 0, "a take has a bar line and a tempo")
        self.quartersPerMinute = quartersPerMinute
        self.latestQuartersPerMinute = latestQuartersPerMinute
        self.meter = meter
        self.barLines = barLines
    }

    /// Length of a felt beat at the mean tempo.
    public var beat: Nanoseconds { .seconds(meter.beat.quarters * 60 / quartersPerMinute) }
}

/// What was read from a take.
public struct CaptureAnswer: Hashable, Sendable {
    public let tempo: Tempo
    /// Where the player is at the end; nil where it was not read.
    public let latestTempo: Tempo?
    public let meter: Meter
    /// Any bar line.
    public let downbeat: Instant

    public init(tempo: Tempo, latestTempo: Tempo? = nil, meter: Meter, downbeat: Instant) {
        self.tempo = tempo
        self.latestTempo = latestTempo
        self.meter = meter
        self.downbeat = downbeat
    }
}
