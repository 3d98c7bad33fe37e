/// Uneven eighths: the first of two takes more of the quarter than the second.
///
/// Times inside a quarter are shares of it, 0...1. Each half is stretched evenly, so that sixteenths lie in proportion.
public struct Swing: Hashable, Sendable {
    /// Where the off-beat eighth is played: 0.5 straight, 0.67 as the last of three triplets.
    public let offBeat: Double

    public static let straight = Swing(0.5)
    public static let range = 0.5...0.75

    /// - Parameter offBeat: what lies outside `Swing.range` is taken for its nearest bound.
    public init(_ offBeat: Double) {
        self.offBeat = min(Swing.range.upperBound, max(Swing.range.lowerBound, offBeat))
    }

    /// Where a place of straight eighths is played.
    public func played(_ written: Double) -> Double {
        written <= 0.5 ? written * 2 * offBeat : offBeat + (written - 0.5) * 2 * (1 - offBeat)
    }

    /// Which place of straight eighths was meant.
    public func written(_ played: Double) -> Double {
        played <= offBeat ? played * 0.5 / offBeat : 0.5 + (played - offBeat) * 0.5 / (1 - offBeat)
    }
}
