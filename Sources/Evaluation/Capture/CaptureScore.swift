/// How well free playing is read, over many takes.
public struct CaptureScore: Hashable, Sendable {
    public let verdicts: [CaptureVerdict]

    public init(_ verdicts: [CaptureVerdict]) { self.verdicts = verdicts }

    /// Least share of takes whose tempo is right.
    public static let leastTempo = 0.90
    /// Least share of takes whose metre and bar line are right.
    public static let leastMeterAndBarLine = 0.85

    /// Share of takes for which something holds; nil without takes.
    public func share(of holds: (CaptureVerdict) -> Bool) -> Double? {
        verdicts.isEmpty ? nil : Double(verdicts.count(where: holds)) / Double(verdicts.count)
    }

    /// The takes of one metre.
    public func only(_ meter: MeterClass) -> CaptureScore { CaptureScore(verdicts.filter { $0.truth.meter == meter }) }

    /// Mean and greatest cost of reading a take, in seconds.
    public var cost: (mean: Double, greatest: Double)? {
        guard let greatest = verdicts.map(\.cost).max() else { return nil }
        return (verdicts.reduce(0) { $0 + $1.cost } / Double(verdicts.count), greatest)
    }

    /// Errors of the tempo at the end, as shares of it: the middle one, and the one that nine in ten do not pass.
    public var latestTempoError: (median: Double, ninth: Double)? {
        let errors = verdicts.compactMap(\.latestTempoError).sorted()
        return errors.isEmpty ? nil : (errors[errors.count / 2], errors[errors.count * 9 / 10])
    }

    /// What went wrong and how often, most often first.
    public var errors: [(error: String, count: Int)] {
        let counts = Dictionary(verdicts.compactMap { $0.error.map { ($0, 1) } }, uniquingKeysWith: +)
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }

    /// The two bounds that capture keeps.
    public var gates: [Gate] {
        [
            Gate.atLeast(.must, "tempo", share(of: \.isTempoRight), CaptureScore.leastTempo),
            Gate.atLeast(
                .must, "metre and bar line", share(of: \.isMeterAndBarLineRight), CaptureScore.leastMeterAndBarLine),
        ]
    }
}
