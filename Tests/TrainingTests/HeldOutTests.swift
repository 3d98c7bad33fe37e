import Foundation
import Testing

import Generation

@testable import Training

/// Held-out measures, the early end, `progress.json` and the folders of samples.
struct HeldOutTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("continuo-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func run(_ folder: URL, _ configuration: TrainingConfiguration, resume: Bool = false) throws -> TrainingRun
    {
        try TrainingRun(
            folder: folder,
            description: .init(configuration: configuration, dataHash: "abc", dataName: "tiny", version: "0"),
            resume: resume)
    }

    private var heldOut: HeldOut {
        HeldOut(windows: TinyBand.windows, planWindows: TinyBand.planWindows, metrics: ["score"]) {
            ["score": Double($0.step)]
        }
    }

    @Test func everyCheckpointHasARowOfHeldOutLossesAndMetrics() throws {
        try withFolder { folder in
            let run = try run(folder, TinyBand.configuration)
            var seen: [Int] = []
            var kept: [Int] = []
            let finished = try run.train(
                TinyBand.trainer(), heldOut: heldOut, atCheckpoint: { kept.append($0.step) },
                progress: { if let row = $0.heldOut { seen.append(row.step) } })
            #expect(finished)
            #expect(seen == [2, 4, 6])
            #expect(kept == [2, 4, 6])
            let rows = HeldOutTable.read(try String(contentsOf: run.heldOutFile, encoding: .utf8))
            #expect(rows.map(\.step) == [2, 4, 6])
            #expect(rows.map(\.stage) == [.plan, .reconstruction, .adversarial])
            #expect(rows[0].losses.plan != nil && rows[0].losses.score == nil && rows[0].metrics.isEmpty)
            #expect(rows[1].losses.score != nil && rows[1].metrics == ["score": 4])
        }
    }

    @Test func rowsOfStepsThatAreTakenAgainAreDropped() throws {
        try withFolder { folder in
            let first = try run(folder, TinyBand.configuration)
            var taken = 0
            _ = try first.train(
                TinyBand.trainer(), heldOut: heldOut, shouldStop: { taken == 4 }, progress: { _ in taken += 1 })
            var text = try String(contentsOf: first.heldOutFile, encoding: .utf8)
            text += "6,adversarial,,99,,,,,99\n"
            try Data(text.utf8).write(to: first.heldOutFile)
            let second = try run(folder, TinyBand.configuration, resume: true)
            #expect(try second.train(TinyBand.trainer(), heldOut: heldOut))
            let rows = HeldOutTable.read(try String(contentsOf: first.heldOutFile, encoding: .utf8))
            #expect(rows.map(\.step) == [2, 4, 6])
            #expect(rows[2].losses.score != 99)
        }
    }

    @Test func measuringHeldOutSongsChangesNoStep() throws {
        let plain = try TinyBand.trainer()
        let measured = try TinyBand.trainer()
        while !plain.isFinished {
            _ = try plain.advance()
            _ = try measured.advance()
            _ = measured.losses(on: TinyBand.windows, TinyBand.planWindows)
        }
        #expect(plain.checkpoint() == measured.checkpoint())
    }

    @Test(
        arguments: [
            ([3, 2, 1], 3, 0), ([3, 1, 2], 2, 1), ([1, 2, 3, 4], 1, 3), ([2, 1, 1], 2, 1),
        ] as [([Float], Int, Int)])
    func theBestCheckpointIsTheOneWithTheLeastLoss(losses: [Float], best: Int, waited: Int) {
        let early = HeldOut.Row(step: 0, stage: .reconstruction, losses: .init(score: 0), metrics: [:])
        let rows = losses.enumerated().map {
            HeldOut.Row(step: $0.offset + 1, stage: .adversarial, losses: .init(score: $0.element), metrics: [:])
        }
        let stop = EarlyStop([early] + rows, lastStage: .adversarial)
        #expect(stop.best?.step == best)
        #expect(stop.waited == waited)
    }

    @Test func aRunThatGetsNoBetterEndsWithTheWeightsOfItsBestCheckpoint() throws {
        try withFolder { folder in
            var configuration = TinyBand.configuration
            configuration.planSteps = 0
            configuration.adversarialSteps = 0
            configuration.steps = 20
            configuration.checkpointEvery = 1
            configuration.patience = 3
            var heldOut = heldOut
            // It falls for four steps and rises from then on.
            heldOut.losses = { .init(score: Float(abs($0.step - 4))) }
            func weights(_ trainer: GANTrainer) -> [UInt8] {
                trainer.model(
                    instrumentation: ArrangerStyle.pop.instrumentation(seed: 0), groove: ArrangerStyle.pop.groove,
                    notes: [:])
            }
            var byStep: [Int: [UInt8]] = [:]
            let trainer = try TinyBand.trainer(configuration)
            var shown: [TrainingRun.Progress] = []
            let finished = try run(folder, configuration).train(
                trainer, heldOut: heldOut, atCheckpoint: { byStep[$0.step] = weights($0) },
                progress: { shown.append($0) })
            #expect(shown.map(\.totalSteps) == [20, 20, 20, 20, 20, 20, 20, 7], "the end is shown as the end")
            #expect(shown.last?.secondsLeft == 0)
            #expect(finished && byStep.keys.max() == 7, "three checkpoints behind the best")
            #expect(weights(trainer) == byStep[4] && byStep[4] != byStep[7])
            // A run that is asked to go on has nothing left to do, and comes to the same weights.
            let again = try TinyBand.trainer(configuration)
            var taken = 0
            #expect(
                try run(folder, configuration, resume: true).train(
                    again, heldOut: heldOut, progress: { _ in taken += 1 }))
            #expect(taken == 0 && weights(again) == byStep[4])
        }
    }

    @Test func theProgressFileSaysHowFarTheRunIs() throws {
        try withFolder { folder in
            try TrainingRun.prepare(folder, resume: false)
            func content() throws -> ProgressFile.Content {
                try JSONDecoder().decode(
                    ProgressFile.Content.self, from: Data(contentsOf: folder.appendingPathComponent("progress.json")))
            }
            #expect(try content().phase == .preparing)
            let run = try run(folder, TinyBand.configuration)
            var taken = 0
            _ = try run.train(TinyBand.trainer(), shouldStop: { taken == 3 }, progress: { _ in taken += 1 })
            #expect(try content().phase == .training)
            #expect(try content().step == 3)
            _ = try run.train(TinyBand.trainer())
            let end = try content()
            #expect(end.phase == .finished)
            #expect(end.step == 6 && end.totalSteps == 6)
            #expect(ISO8601DateFormatter().date(from: end.updated) != nil)
            try TrainingRun.prepare(folder, resume: false)
            #expect(try content() == end, "a run that is there is left alone")
        }
    }

    @Test(
        arguments: [
            ([1, 2, 3], 3, [1, 2, 3]), ([1, 2, 3, 100], 3, [1, 3, 100]), ([10, 20, 30, 40, 50], 3, [10, 30, 50]),
            ([], 3, []),
        ] as [([Int], Int, [Int])])
    func theFirstTheLastAndSpreadCheckpointsAreKept(steps: [Int], most: Int, kept: [Int]) {
        let result = CheckpointFolders.kept(steps, most: most)
        #expect(result.count == kept.count)
        #expect(result.first == kept.first && result.last == kept.last)
    }

    @Test func bandsThatAreAllAlikeAndSilentOnesAreToldWithAdvice() {
        var health = TrainingHealth(freeBits: 0.05)
        #expect(health.hear(step: 10, changedBySeed: 0.5, silent: 0.1).isEmpty)
        let found = health.hear(step: 20, changedBySeed: 0.01, silent: 0.8)
        #expect(found.map(\.trouble) == [.sameBand, .silence])
        #expect(found.allSatisfy { $0.advice.contains("--adversarial-weight") && $0.step == 19 })
        #expect(health.hear(step: 30, changedBySeed: 0.01, silent: 0.8).isEmpty, "told once")
        #expect(TrainingError.diverged(step: 3).description.contains("--rate"))
    }
}
