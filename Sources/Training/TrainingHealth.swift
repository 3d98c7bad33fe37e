import Generation

/// Listens to a run's losses and says when it goes wrong, with what to try.
///
/// Each kind of trouble is told once, and once more every thousand steps that it lasts. The limits were set on runs that went
/// well and on runs that were provoked to fail (docs/experiments.md).
public struct TrainingHealth: Sendable {
    public enum Trouble: String, Hashable, Sendable, CaseIterable {
        /// The discriminator cannot tell real scores from made ones.
        case blindDiscriminator
        /// It tells them apart without effort.
        case overpoweringDiscriminator
        /// Against the discriminator the generator loses what it had learned of real scores.
        case forgetting
        /// Nothing is told by the style: every style will sound alike.
        case silentStyle
        /// The loss has gone up for long.
        case rising
        /// Gradients are many times what they were.
        case wildGradients
        /// Held-out melodies get the same band whatever the seed and style.
        case sameBand
        /// Bars of held-out melodies in which no part plays.
        case silence
    }

    /// What goes wrong, for a person.
    public struct Warning: Hashable, Sendable, CustomStringConvertible {
        public var trouble: Trouble
        public var step: Int
        public var sentence: String
        /// What to try.
        public var advice: String

        public var description: String { "step \(step + 1): \(sentence) (\(advice))" }
    }

    /// Means over so many steps are compared.
    private static let span = 200
    private static let again = 1000
    /// Steps against the discriminator that tell how well real scores were known before them, in a run that begins with another one's
    /// weights: the best one, since a rate that is far too high spoils them with the first step. One batch is that lucky at times.
    private static let firstSteps = 10
    private static let luck: Float = 1.2

    /// The least divergence that a style can have: every dimension at its floor.
    private let floor: Float
    private var stage = GANTrainer.Stage.plan
    private var stageSteps = 0
    private var loss = Average(TrainingHealth.span)
    private var best = Float.infinity
    private var verdict = Average(TrainingHealth.span)
    private var fit = Average(TrainingHealth.span)
    private var fitAtFirst: Float?
    private var leastFit = Float.infinity
    private var divergence = Average(TrainingHealth.span)
    private var gradient = Average(50)
    private var usualGradient = Average(500)
    private var told: [Trouble: Int] = [:]

    /// - Parameter freeBits: of the run's configuration.
    public init(freeBits: Float) { floor = freeBits * Float(GeneratorNetwork.codeSize) }

    /// Follows a step.
    ///
    /// - Returns: what is wrong now and was not told lately; usually nothing.
    public mutating func hear(_ record: GANTrainer.Record) -> [Warning] {
        if record.stage != stage {
            stage = record.stage
            stageSteps = 0
            loss = Average(Self.span)
            best = .infinity
            gradient = Average(50)
            usualGradient = Average(500)
            if record.stage == .adversarial {
                fitAtFirst = fit.isFull ? fit.mean : nil
                fit = Average(Self.span)
            }
        }
        stageSteps += 1
        gradient.add(record.gradientNorm)
        usualGradient.add(record.gradientNorm)
        if let value = record.generator ?? record.plan { loss.add(value) }
        if let value = record.discriminator { verdict.add(value) }
        if let value = record.divergence { divergence.add(value) }
        if let drums = record.drums, let gates = record.gates, let pitches = record.pitches {
            fit.add(drums + gates + pitches)
            if stage == .adversarial, stageSteps <= Self.firstSteps {
                leastFit = min(leastFit, drums + gates + pitches)
            }
        }
        var found: [Warning] = []
        func say(_ trouble: Trouble, _ sentence: String, _ advice: String) {
            if let last = told[trouble], record.step - last < Self.again { return }
            told[trouble] = record.step
            found.append(Warning(trouble: trouble, step: record.step, sentence: sentence, advice: advice))
        }
        if stageSteps > 500, gradient.mean > 5 * usualGradient.mean {
            say(
                .wildGradients, "the gradients are \(Int(gradient.mean / usualGradient.mean)) times what they were",
                "half the learning rate, or go back to the last checkpoint")
        }
        guard loss.isFull else { return found }
        switch stage {
        case .plan, .reconstruction:
            if stageSteps % Self.span == 0 {
                if loss.mean > 1.25 * best {
                    say(.rising, "the loss was \(rounded(best)) and is \(rounded(loss.mean))", "half of --rate")
                }
                best = min(best, loss.mean)
            }
            if stage == .reconstruction, stageSteps > 800, divergence.mean < 1.25 * floor {
                say(
                    .silentStyle, "nothing is told by the style: every variation will sound alike",
                    "more and more varied songs, more --renderings, or a smaller --divergence-weight")
            }
        case .adversarial:
            let first = fitAtFirst ?? Self.luck * leastFit
            if fit.mean > 1.35 * first {
                say(
                    .forgetting,
                    "the generator forgets real scores: \(rounded(first)) was their loss, now \(rounded(fit.mean))",
                    "a smaller --adversarial-weight or --adversarial-rate")
            }
            if stageSteps >= 400, verdict.mean > 1.93 {
                say(
                    .blindDiscriminator, "the discriminator cannot tell real scores from made ones",
                    "more --critic-steps, or a smaller --adversarial-rate; where --critic-rate was raised, a smaller one"
                )
            }
            if verdict.mean < 0.3 {
                say(
                    .overpoweringDiscriminator,
                    "the discriminator tells real scores and made ones apart without effort",
                    "fewer --critic-steps, or a smaller --critic-rate")
            }
        }
        return found
    }

    /// Follows a checkpoint's bands for held-out melodies.
    ///
    /// - Parameters:
    ///   - step: steps done, at least 1.
    ///   - changedBySeed: share of notes that another seed changes; nil where there were none.
    ///   - silent: share of bars in which fewer than two parts play.
    public mutating func hear(step: Int, changedBySeed: Double?, silent: Double?) -> [Warning] {
        var found: [Warning] = []
        func say(_ trouble: Trouble, _ sentence: String, _ advice: String) {
            if let last = told[trouble], step - 1 - last < Self.again { return }
            told[trouble] = step - 1
            found.append(Warning(trouble: trouble, step: step - 1, sentence: sentence, advice: advice))
        }
        if let changedBySeed, changedBySeed < 0.05 {
            say(
                .sameBand, "held-out melodies get the same band for every seed",
                "more and more varied songs, more --renderings, or a smaller --adversarial-weight")
        }
        if let silent, silent > 0.5 {
            say(
                .silence, "\(Int((silent * 100).rounded())) of 100 bars for held-out melodies are nearly silent",
                "longer reconstruction (--steps), a smaller --adversarial-weight, or fewer --part-drops")
        }
        return found
    }

    private func rounded(_ value: Float) -> Float { (value * 100).rounded() / 100 }
}

/// The mean of the latest values.
private struct Average {
    private var values: [Float] = []
    private var next = 0
    private var sum: Double = 0
    private let size: Int

    init(_ size: Int) { self.size = size }

    var isFull: Bool { values.count == size }
    var mean: Float { values.isEmpty ? 0 : Float(sum / Double(values.count)) }

    mutating func add(_ value: Float) {
        guard value.isFinite else { return }
        if values.count < size {
            values.append(value)
        } else {
            sum -= Double(values[next])
            values[next] = value
            next = (next + 1) % size
        }
        sum += Double(value)
    }
}
