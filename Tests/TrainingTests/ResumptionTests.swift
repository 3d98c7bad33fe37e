import Generation
import Music
import Tensor
import Testing

@testable import Training

/// A run that was interrupted and resumed is the run that was not.
struct ResumptionTests {
    @Test func aResumedRunEqualsAnUninterruptedOneBitForBitInEveryStage() throws {
        let whole = try TinyBand.trainer()
        var checkpoints: [[UInt8]] = []
        var stages: [GANTrainer.Stage] = []
        while !whole.isFinished {
            stages.append(try whole.advance().stage)
            checkpoints.append(whole.checkpoint())
        }
        #expect(stages == [.plan, .plan, .reconstruction, .reconstruction, .adversarial, .adversarial])
        #expect(Set(checkpoints).count == checkpoints.count, "every step changes something")
        for done in [1, 3, 5] {
            let resumed = try TinyBand.trainer()
            try resumed.resume(from: checkpoints[done - 1])
            #expect(resumed.step == done)
            while !resumed.isFinished { _ = try resumed.advance() }
            #expect(resumed.checkpoint() == checkpoints[5], "resumed after step \(done)")
        }
    }

    @Test func anotherSeedTrainsAnotherModel() throws {
        var other = TinyBand.configuration
        other.seed = 2
        #expect(try TinyBand.trainer(other).checkpoint() != TinyBand.trainer().checkpoint())
        #expect(try TinyBand.trainer().checkpoint() == TinyBand.trainer().checkpoint())
    }

    /// Ways to spoil a checkpoint.
    enum Damage: String, CaseIterable {
        case truncated, empty, ofAnotherWidth, behindTheEnd, withoutOptimizer, notFinite
    }

    @Test(arguments: Damage.allCases)
    func aBrokenCheckpointIsRefusedWithItsReason(_ damage: Damage) throws {
        let trainer = try TinyBand.trainer()
        let bytes = trainer.checkpoint()
        var file = try Safetensors(bytes: bytes)
        let broken: [UInt8]
        switch damage {
        case .truncated: broken = Array(bytes.dropLast(9))
        case .empty: broken = []
        case .ofAnotherWidth:
            var wide = TinyBand.configuration
            wide.widths = [16, 8, 8, 8]
            broken = try TinyBand.trainer(wide).checkpoint()
        case .behindTheEnd:
            file.set("step", integers: [7])
            broken = file.encoded()
        case .withoutOptimizer:
            var weights = Safetensors()
            weights.set("step", integers: [1])
            for name in file.names where !name.hasPrefix("optimizer.") && name != "step" {
                weights.set(name, try file.tensor(name))
            }
            broken = weights.encoded()
        case .notFinite:
            file.set("generator.head.bias", Tensor(shape: [ScoreCodec.headChannels], repeating: .nan))
            broken = file.encoded()
        }
        let refusal = #expect(throws: TrainingError.self) { try trainer.resume(from: broken) }
        let text = refusal.map { "\($0)" } ?? ""
        #expect(text.hasPrefix("cannot resume: ") && text.count > 40, "\(text)")
        #expect(trainer.checkpoint() == bytes || damage == .withoutOptimizer, "the trainer is as it was")
    }

    @Test func tooFewWindowsAreRefused() {
        var configuration = TinyBand.configuration
        configuration.batch = 512
        #expect(throws: TrainingError.self) { try TinyBand.trainer(configuration) }
    }
}
