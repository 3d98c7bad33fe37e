/// How long a run still takes, from the steps that it has taken.
///
/// A step of each stage costs its own time. Stages that have not begun are estimated from the one that runs, by what their steps cost
/// beside each other on one machine; once they run they are measured.
public struct TrainingPace: Sendable {
    /// The time of a step beside one of the chord head: measured on one core at a batch of 32, with two steps of the discriminator.
    private static let usual: [GANTrainer.Stage: Double] = [.plan: 1, .reconstruction: 4, .adversarial: 12.5]

    private let steps: [(stage: GANTrainer.Stage, count: Int)]
    private let cost: [GANTrainer.Stage: Double]
    /// Seconds a step; of the latest steps more than of those before.
    private var measured: [GANTrainer.Stage: Double] = [:]
    private var latest: GANTrainer.Stage?

    public init(_ configuration: TrainingConfiguration) {
        steps = [
            (.plan, configuration.planSteps), (.reconstruction, configuration.steps),
            (.adversarial, configuration.adversarialSteps),
        ]
        var cost = Self.usual
        let size = Double(configuration.batch) / 32
        cost[.reconstruction]! *= size
        // Three quarters of an adversarial step are the two steps of the discriminator.
        cost[.adversarial]! *= size * (0.25 + 0.75 * Double(configuration.criticSteps) / 2)
        self.cost = cost
    }

    /// Follows a step.
    ///
    /// - Parameter seconds: how long it took.
    public mutating func hear(_ stage: GANTrainer.Stage, seconds: Double) {
        latest = stage
        let former = measured[stage] ?? seconds
        measured[stage] = former + (seconds - former) * 0.05
    }

    /// Seconds that the run still takes; nil before the first step.
    ///
    /// - Parameter done: steps taken over all stages.
    public func left(after done: Int) -> Double? {
        guard let latest, let unit = measured[latest].map({ $0 / cost[latest]! }) else { return nil }
        var past = done
        var left = 0.0
        for (stage, count) in steps {
            let remaining = max(0, count - past)
            past = max(0, past - count)
            left += Double(remaining) * (measured[stage] ?? unit * cost[stage]!)
        }
        return left
    }
}
