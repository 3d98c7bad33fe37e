import Generation
import Tensor
import Testing

@testable import Training

/// That the loops learn, on sets so small that a test can wait for it.
struct LearningTests {
    @Test func reconstructionAndChordLossesFall() throws {
        var configuration = TinyBand.configuration
        configuration.planSteps = 8
        configuration.steps = 30
        configuration.adversarialSteps = 0
        configuration.rate = 1e-2
        let trainer = try TinyBand.trainer(configuration)
        var chords: [Float] = []
        var scores: [Float] = []
        while !trainer.isFinished {
            let record = try trainer.advance()
            if let plan = record.plan { chords.append(plan) }
            if let generator = record.generator { scores.append(generator) }
        }
        #expect(chords[7] < 0.9 * chords[0], "\(chords)")
        let first = scores.prefix(5).reduce(0, +) / 5
        let last = scores.suffix(5).reduce(0, +) / 5
        #expect(last < 0.7 * first, "\(first) to \(last)")
    }

    @Test func theCriticLearnsToTellAFrozenGeneratorFromTheTeacher() throws {
        var configuration = TinyBand.configuration
        configuration.planSteps = 0
        configuration.steps = 1
        configuration.adversarialSteps = 10
        configuration.adversarialRate = .leastNormalMagnitude
        configuration.criticRate = 2e-3
        let trainer = try TinyBand.trainer(configuration)
        var losses: [Float] = []
        while !trainer.isFinished {
            if let loss = try trainer.advance().discriminator { losses.append(loss) }
        }
        // 2 is the loss of a critic that sees nothing.
        #expect(abs(losses[0] - 2) < 0.5, "\(losses)")
        #expect(losses.suffix(3).allSatisfy { $0 < 1.5 }, "\(losses)")
    }
}
