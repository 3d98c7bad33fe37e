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

    /// The mean of the metres' shares, each of them counted alike however many takes it has; nil where a metre has none.
    public func evenShare(of holds: (CaptureVerdict) -> Bool) -> Double? {
        let shares = MeterClass.allCases.compactMap { only($0).share(of: holds) }
        return shares.count == MeterClass.allCases.count ? shares.reduce(0, +) / Double(shares.count) : nil
    }

    /// How many takes of a metre were heard in another, or in the same.
    ///
    /// - Parameter heard: nil where nothing was read, or a metre that is none of the three.
    public func count(of meter: MeterClass, heardAs heard: MeterClass?) -> Int {
        verdicts.count { $0.truth.meter == meter && $0.answer.flatMap { MeterClass($0.meter) } == heard }
    }

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
