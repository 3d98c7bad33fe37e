import Testing

@testable import Training

struct TrainingHealthTests {
    /// A run's records from what each stage's losses are, as functions of the place in the stage, 0...1.
    private static func warnings(
        plan: Int = 0, reconstruction: Int = 0, adversarial: Int = 0,
        loss: (GANTrainer.Stage, Double) -> Double = { _, place in 3 - place }, divergence: Double = 9,
        verdict: (Double) -> Double = { 2 - 0.35 * $0 }, fit: (Double) -> Double = { _ in 6 },
        gradient: (Int) -> Float = { _ in 2 }
    ) -> [TrainingHealth.Warning] {
        var health = TrainingHealth(freeBits: 0.05)
        var step = 0
        var all: [TrainingHealth.Warning] = []
        for (stage, count) in [
            (GANTrainer.Stage.plan, plan), (.reconstruction, reconstruction), (.adversarial, adversarial),
        ] {
            for index in 0..<count {
                let place = Double(index) / Double(count)
                var record = GANTrainer.Record(step: step, stage: stage, gradientNorm: gradient(step))
                let value = Float(loss(stage, place))
                if stage == .plan { record.plan = value } else { record.generator = value }
                if stage != .plan {
                    record.divergence = Float(divergence)
                    record.drums = 0.4
                    record.gates = 0.6
                    record.pitches = Float(fit(stage == .adversarial ? place : 0))
                }
                if stage == .adversarial { record.discriminator = Float(verdict(place)) }
                all += health.hear(record)
                step += 1
            }
        }
        return all
    }

    @Test func aRunThatGoesWellIsLeftAlone() {
        #expect(Self.warnings(plan: 1200, reconstruction: 4000, adversarial: 700).isEmpty)
    }

    @Test func aBlindDiscriminatorIsToldAndToldAgain() throws {
        // As the means of a run that learned nothing in 1,500 steps.
        let warnings = Self.warnings(reconstruction: 1000, adversarial: 1500, verdict: { $0 < 0.5 ? 2.01 : 1.96 })
        #expect(warnings.map(\.trouble) == [.blindDiscriminator, .blindDiscriminator])
        #expect(warnings.map(\.step) == [1399, 2399])
        let first = try #require(warnings.first)
        #expect(
            "\(first)" == "step 1400: the discriminator cannot tell real scores from made ones "
                + "(more --critic-steps, or a smaller --adversarial-rate; where --critic-rate was raised, a smaller one)"
        )
    }

    @Test func anOverpoweringDiscriminatorIsTold() {
        let warnings = Self.warnings(adversarial: 600, verdict: { max(0.05, 2 - 6 * $0) })
        #expect(warnings.map(\.trouble) == [.overpoweringDiscriminator])
    }

    @Test func aGeneratorThatForgetsIsTold() {
        let warnings = Self.warnings(reconstruction: 600, adversarial: 900, fit: { 6 + 6 * $0 })
        #expect(warnings.map(\.trouble) == [.forgetting])
    }

    @Test func aStyleThatSaysNothingIsTold() {
        #expect(Self.warnings(reconstruction: 1500, divergence: 1.3).map(\.trouble) == [.silentStyle])
    }

    @Test func aRisingLossIsTold() {
        let warnings = Self.warnings(
            plan: 2000, loss: { _, place in place < 0.5 ? 3 - 2 * place : 2 + 2 * (place - 0.5) })
        #expect(warnings.map(\.trouble) == [.rising])
    }

    @Test func wildGradientsAreTold() {
        let warnings = Self.warnings(reconstruction: 2000, gradient: { $0 < 1500 ? 2 : 90 })
        #expect(warnings.map(\.trouble) == [.wildGradients])
    }

    @Test func theTimeLeftIsMeasuredAndTheStagesToComeAreEstimated() throws {
        var configuration = TrainingConfiguration()
        configuration.planSteps = 100
        configuration.steps = 1000
        configuration.adversarialSteps = 200
        var pace = TrainingPace(configuration)
        #expect(pace.left(after: 0) == nil)
        for _ in 0..<100 { pace.hear(.plan, seconds: 0.03) }
        let early = try #require(pace.left(after: 100))
        #expect(abs(early - 0.03 * (1000 * 4 + 200 * 12.5)) < 0.5)
        // Reconstruction is slower than was thought; what is to come is thought to be so too.
        for _ in 0..<200 { pace.hear(.reconstruction, seconds: 0.3) }
        let later = try #require(pace.left(after: 300))
        #expect(abs(later - (800 * 0.3 + 200 * 0.3 / 4 * 12.5)) < 1)
        for _ in 0..<200 { pace.hear(.adversarial, seconds: 1) }
        #expect(pace.left(after: 1300) == 0)
        #expect(abs(try #require(pace.left(after: 1250)) - 50) < 0.1)
    }
}
