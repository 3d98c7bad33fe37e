import Foundation
import Generation
import Tensor
import Testing

@testable import Training

/// Several processes with a share of the batch each are one process with the whole batch.
struct DataParallelTests {
    /// A step of every stage; the style's divergence lies above its floor in some dimensions and below in others.
    private static var configuration: TrainingConfiguration {
        var configuration = TinyBand.configuration
        (configuration.planSteps, configuration.steps, configuration.adversarialSteps) = (1, 1, 1)
        configuration.batch = 4
        configuration.freeBits = 2e-3
        return configuration
    }

    private struct Run: Sendable {
        var checkpoints: [[UInt8]] = []
        var records: [GANTrainer.Record] = []
    }

    private static func trainer(
        _ communicator: any Communicator, _ configuration: TrainingConfiguration = configuration
    ) throws -> GANTrainer {
        try GANTrainer(
            configuration: configuration, windows: TinyBand.windows, planWindows: TinyBand.planWindows,
            communicator: communicator)
    }

    private static func run(_ communicator: any Communicator) throws -> Run {
        let trainer = try trainer(communicator)
        var run = Run()
        while !trainer.isFinished {
            run.records.append(try trainer.advance())
            run.checkpoints.append(trainer.checkpoint())
        }
        return run
    }

    private static let whole = Result { try run(SingleProcess()) }

    /// Where each step of the comparison begins, and where it leads one process. Against the discriminator verdicts begin out of the hinge's
    /// reach, once above it and once below: within, real and made scores pull at a verdict's bias with the same strength, its gradient is
    /// rounding alone, and Adam makes a whole step of the rounding's sign.
    private static let steps = Result { () -> [(before: [UInt8], record: GANTrainer.Record, after: [UInt8])] in
        let cases: [(step: Int, verdict: Float)] = [(0, 0), (1, 0), (2, 1.5), (2, -1.5)]
        return try cases.map { step, verdict in
            let trainer = try trainer(SingleProcess())
            if step > 0 {
                var file = try Safetensors(bytes: whole.get().checkpoints[step - 1])
                for name in ["critic.beatVerdict.bias", "critic.barVerdict.bias"] {
                    file.set(name, Tensor(shape: [1], repeating: verdict))
                }
                try trainer.resume(from: file.encoded())
            }
            let before = trainer.checkpoint()
            return (before, try trainer.advance(), trainer.checkpoint())
        }
    }

    /// Two equal shares, and three of one or two windows. Each step begins with the weights of the run in one process: hard samples are
    /// drawn from the very same probabilities then, and what is left is the order of additions.
    @Test(arguments: [2, 3])
    func severalProcessesHaveTheWeightsOfOneWithTheWholeBatchInEveryStage(_ count: Int) throws {
        let steps = try Self.steps.get()
        let shared = try Processes.run(count) { member -> Run in
            var run = Run()
            for step in steps {
                let trainer = try Self.trainer(member)
                try trainer.resume(from: step.before)
                run.records.append(try trainer.advance())
                run.checkpoints.append(trainer.checkpoint())
            }
            return run
        }
        for rank in 1..<count {
            #expect(shared[rank].checkpoints == shared[0].checkpoints, "rank \(rank) has the bits of rank 0")
        }
        #expect(steps.map(\.record.stage) == [.plan, .reconstruction, .adversarial, .adversarial])
        for (one, several) in zip(steps, zip(shared[0].records, shared[0].checkpoints)) {
            for (a, b) in zip(numbers(one.record), numbers(several.0)) {
                #expect(abs(a - b) <= 1e-5 * max(1, abs(a)), "a loss of \(one.record.stage)")
            }
            let (moved, far) = try compare(one.after, several.1, before: one.before)
            #expect(moved > 100_000, "\(one.record.stage) moves weights")
            #expect(far.isEmpty, "\(one.record.stage) in \(count) processes")
        }
    }

    private func numbers(_ record: GANTrainer.Record) -> [Float] {
        [
            record.generator, record.discriminator, record.plan, record.drums, record.gates, record.pitches,
            record.velocities, record.divergence, record.adversarial, record.gradientNorm, record.real, record.fake,
        ].map { $0 ?? 0 }
    }

    /// How many weights a step moved, and by name the greatest difference of weights and of the optimisers' means of gradients where it is
    /// more than rounding.
    ///
    /// Gradients are clipped to a norm of 2 and sums in another order differ by some 1e-7 of their terms, so 1e-6 is rounding; the least that Adam
    /// moves a weight here is 4e-5, and a loss that was weighted by its share alone would change gradients by tens of percent.
    private func compare(
        _ a: [UInt8], _ b: [UInt8], before: [UInt8]
    ) throws -> (moved: Int, far: [String: Float]) {
        let (first, second, start) = (
            try Safetensors(bytes: a), try Safetensors(bytes: b), try Safetensors(bytes: before)
        )
        var moved = 0
        var far: [String: Float] = [:]
        for name in first.names where !name.hasSuffix("step") {
            let (x, y, z) = (
                try first.tensor(name).values, try second.tensor(name).values, try start.tensor(name).values
            )
            for index in x.indices {
                if !name.hasPrefix("optimizer."), x[index] != z[index] { moved += 1 }
                let difference = abs(x[index] - y[index])
                if difference > 1e-6 { far[name] = max(far[name] ?? 0, difference) }
            }
        }
        return (moved, far)
    }

    /// A run's folder belongs to rank 0; who wants to stop is whoever gets the signal.
    @Test func anyProcessStopsTheRunAndAnotherNumberOfThemGoesOn() throws {
        var plain = Self.configuration
        (plain.steps, plain.adversarialSteps) = (3, 0)
        let configuration = plain
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("continuo-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let description = TrainingRun.Description(
            configuration: configuration, dataHash: "abc", dataName: "tiny.jsonl", version: "0", processes: 2)
        let stopped = try Processes.run(2) { member -> Bool in
            let trainer = try Self.trainer(member, configuration)
            guard member.rank == 0 else { return try TrainingRun.follow(trainer) { trainer.step == 2 } }
            return try TrainingRun(folder: folder, description: description, resume: false).train(trainer)
        }
        #expect(stopped == [false, false])
        let file = folder.appendingPathComponent("checkpoint.safetensors")
        #expect(try Safetensors(bytes: [UInt8](Data(contentsOf: file))).integers("step", count: 1) == [2])

        let finished = try Processes.run(3) { member -> (Bool, [UInt8]) in
            let trainer = try Self.trainer(member, configuration)
            let isFinished =
                member.rank > 0
                ? try TrainingRun.follow(trainer)
                : try TrainingRun(folder: folder, description: description, resume: true).train(trainer)
            return (isFinished, trainer.checkpoint())
        }
        #expect(finished.allSatisfy { $0.0 && $0.1 == finished[0].1 })
        #expect(try [UInt8](Data(contentsOf: file)) == finished[0].1)
    }

    @Test func aProcessWithOtherWeightsEndsTheRunWithTheReason() throws {
        let refusals = try Processes.run(2) { member -> String in
            let trainer = try Self.trainer(member)
            let lockstep = try Lockstep(trainer, checkpoint: nil)
            if member.rank == 1 {
                trainer.weights.trainable[0].variable.assign(Tensor(shape: trainer.weights.trainable[0].variable.shape))
            }
            do {
                try lockstep.compare()
                return "agreed"
            } catch { return "\(error)" }
        }
        #expect(refusals.allSatisfy { $0.contains("rank 1 has other weights after step 0 than rank 0") }, "\(refusals)")
    }

    @Test func moreProcessesThanWindowsAreRefused() {
        let refusal = #expect(throws: TrainingError.self) { try Processes.run(5) { _ = try Self.trainer($0) } }
        #expect(refusal.map { "\($0)" }?.contains("at least one window for each") == true)
    }

    /// Threads of one process share the operations; the bits are the same.
    @Test func aRunOnTwoThreadsIsTheRunOnOneBitForBit() throws {
        let one = try Self.whole.get()
        Workers.use(2)
        defer { Workers.use(1) }
        #expect(try Self.run(SingleProcess()).checkpoints == one.checkpoints)
    }
}
