/// A point in performance time: nanoseconds on the transport's clock (monotonic; its zero is the transport's start).
public struct Instant: Hashable, Comparable, Sendable, BitwiseCopyable {
    public var nanoseconds: Int64
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    public static let zero = Instant(nanoseconds: 0)

    public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }
    public static func + (a: Instant, d: Nanoseconds) -> Instant { Instant(nanoseconds: a.nanoseconds + d.count) }
    public static func - (a: Instant, d: Nanoseconds) -> Instant { Instant(nanoseconds: a.nanoseconds - d.count) }
    public static func - (a: Instant, b: Instant) -> Nanoseconds { Nanoseconds(a.nanoseconds - b.nanoseconds) }
}

/// A length of performance time.
public struct Nanoseconds: Hashable, Comparable, Sendable, AdditiveArithmetic, BitwiseCopyable {
    public var count: Int64
    public init(_ count: Int64) { self.count = count }
    public static let zero = Nanoseconds(0)
    public static func milliseconds(_ n: Int) -> Nanoseconds { Nanoseconds(Int64(n) * 1_000_000) }
    public static func seconds(_ n: Double) -> Nanoseconds { Nanoseconds(Int64((n * 1e9).rounded())) }
    public var seconds: Double { Double(count) / 1e9 }
    public static func + (a: Nanoseconds, b: Nanoseconds) -> Nanoseconds { Nanoseconds(a.count + b.count) }
    public static func - (a: Nanoseconds, b: Nanoseconds) -> Nanoseconds { Nanoseconds(a.count - b.count) }
    public static func < (a: Nanoseconds, b: Nanoseconds) -> Bool { a.count < b.count }
}

/// Quarter notes a minute.
public struct Tempo: Hashable, Comparable, Sendable {
    public let quartersPerMinute: Double

    /// The slowest and fastest tempo that is accepted anywhere.
    public static let range: ClosedRange<Double> = 20...400
    public static let moderate = Tempo(quartersPerMinute: 120)!

    /// - Returns: nil outside `Tempo.range`, NaN included.
    public init?(quartersPerMinute: Double) {
        guard Tempo.range.contains(quartersPerMinute) else { return nil }
        self.quartersPerMinute = quartersPerMinute
    }

    /// Length of a quarter note.
    public var quarter: Nanoseconds { Nanoseconds(Int64((60e9 / quartersPerMinute).rounded())) }

    /// Microseconds a quarter, as in a MIDI file's tempo event.
    public var microsecondsPerQuarter: Int { Int((60e6 / quartersPerMinute).rounded()) }

    public static func < (a: Tempo, b: Tempo) -> Bool { a.quartersPerMinute < b.quartersPerMinute }
}

/// Converts between score time and performance time: the only place that does.
///
/// A steady tempo anchored at one instant. Positions far from the anchor do not drift: each conversion starts from the
/// anchor.
public struct TempoMap: Hashable, Sendable {
    /// The performance time of `anchorTick`.
    public let anchor: Instant
    public let anchorTick: Tick
    public let tempo: Tempo

    public init(anchor: Instant, anchorTick: Tick = .zero, tempo: Tempo) {
        self.anchor = anchor
        self.anchorTick = anchorTick
        self.tempo = tempo
    }

    /// When a tick sounds.
    public func instant(of tick: Tick) -> Instant { anchor + length(of: tick - anchorTick) }

    /// How long a score length lasts.
    public func length(of tick: Tick) -> Nanoseconds {
        Nanoseconds(Int64((tick.quarters * 60e9 / tempo.quartersPerMinute).rounded()))
    }

    /// The tick nearest to an instant.
    public func tick(at instant: Instant) -> Tick {
        let quarters = (instant - anchor).seconds * tempo.quartersPerMinute / 60
        return anchorTick + Tick.quarters(quarters)
    }
}
