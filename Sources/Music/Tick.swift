/// A point or a length in score time: 480 ticks a quarter note, counted from the phrase's bar 1.
///
/// 480 divides by the grid (`Grid.stepsPerQuarter` = 12, so a step is 40 ticks) and is fine enough for swing and
/// accents.
public struct Tick: Hashable, Comparable, Sendable, AdditiveArithmetic, RawRepresentable, BitwiseCopyable {
    public var rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public init(_ value: Int) { rawValue = value }

    /// Ticks in a quarter note; also the resolution of the MIDI files that are written.
    public static let perQuarter = 480
    public static let zero = Tick(0)
    public static let quarter = Tick(perQuarter)

    /// `count` steps of the 12-a-quarter grid.
    public static func steps(_ count: Int) -> Tick { Tick(count * Grid.ticksPerStep) }

    /// `count` quarter notes, rounded to the nearest tick.
    public static func quarters(_ count: Double) -> Tick { Tick(Int((count * Double(perQuarter)).rounded())) }

    /// Length in quarter notes.
    public var quarters: Double { Double(rawValue) / Double(Tick.perQuarter) }

    /// The grid step nearest to this tick; halves go up.
    public var nearestStep: Int {
        let doubled = 2 * rawValue + Grid.ticksPerStep
        let full = 2 * Grid.ticksPerStep
        return doubled >= 0 ? doubled / full : -((-doubled + full - 1) / full)
    }

    public static func + (a: Tick, b: Tick) -> Tick { Tick(a.rawValue + b.rawValue) }
    public static func - (a: Tick, b: Tick) -> Tick { Tick(a.rawValue - b.rawValue) }
    public static func * (a: Tick, n: Int) -> Tick { Tick(a.rawValue * n) }
    public static func < (a: Tick, b: Tick) -> Bool { a.rawValue < b.rawValue }
}

/// The quantization grid: 12 steps a quarter note holds sixteenths and triplet eighths.
public enum Grid {
    public static let stepsPerQuarter = 12
    public static let ticksPerStep = Tick.perQuarter / stepsPerQuarter
}

/// A time signature.
public struct Meter: Hashable, Sendable {
    /// Beats as written: the 6 of 6/8.
    public let numerator: Int
    /// The written beat's value: 2, 4, 8 or 16.
    public let denominator: Int

    /// - Returns: nil unless the numerator is in 1...32 and the denominator is 1, 2, 4, 8, 16 or 32.
    public init?(_ numerator: Int, _ denominator: Int) {
        guard (1...32).contains(numerator), [1, 2, 4, 8, 16, 32].contains(denominator) else { return nil }
        self.numerator = numerator
        self.denominator = denominator
    }

    /// Reads `4/4`.
    public init?(_ text: some StringProtocol) {
        let pieces = text.split(separator: "/", omittingEmptySubsequences: false)
        guard pieces.count == 2, let n = Int(pieces[0]), let d = Int(pieces[1]) else { return nil }
        self.init(n, d)
    }

    public static let fourFour = Meter(4, 4)!
    public static let threeFour = Meter(3, 4)!
    public static let sixEight = Meter(6, 8)!
    public static let twoFour = Meter(2, 4)!

    /// Length of a bar.
    public var bar: Tick { Tick(Tick.perQuarter * 4 * numerator / denominator) }

    /// Grid steps in a bar: 48 in 4/4, 36 in 3/4 and 6/8, 24 in 2/4.
    public var stepsPerBar: Int { Grid.stepsPerQuarter * 4 * numerator / denominator }

    /// Whether beats are felt in threes (6/8, 9/8, 12/8).
    public var isCompound: Bool { denominator >= 8 && numerator % 3 == 0 && numerator > 3 }

    /// Length of a felt beat: a dotted quarter in 6/8, the written beat elsewhere.
    public var beat: Tick {
        Tick(Tick.perQuarter * 4 / denominator * (isCompound ? 3 : 1))
    }

    /// Felt beats in a bar.
    public var beatsPerBar: Int { bar.rawValue / beat.rawValue }

    /// Length of a harmony window: half a bar where a bar is about four quarters or more, else the bar.
    public var harmonyWindow: Tick {
        bar.rawValue * 10 >= Tick.perQuarter * 39 ? Tick(bar.rawValue / 2) : bar
    }
}

extension Meter: CustomStringConvertible {
    public var description: String { "\(numerator)/\(denominator)" }
}
