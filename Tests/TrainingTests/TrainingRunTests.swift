import Foundation
import Generation
import Tensor
import Testing

@testable import Training

/// The folder of a run, from the first row to the resumption.
struct TrainingRunTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("continuo-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func description(
        _ configuration: TrainingConfiguration = TinyBand.configuration, dataHash: String = "abc"
    ) -> TrainingRun.Description {
        .init(configuration: configuration, dataHash: dataHash, dataName: "tiny.jsonl", version: "0")
    }

    private func rows(_ run: TrainingRun) throws -> [[String]] {
        try String(contentsOf: run.lossesFile, encoding: .utf8).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test func anInterruptedRunLeavesACheckpointAndResumesWithARowAStep() throws {
        try withFolder { folder in
            let first = try TrainingRun(folder: folder, description: description(), resume: false)
            var taken = 0
            let stopped = try first.train(
                TinyBand.trainer(), shouldStop: { taken == 5 }, progress: { _ in taken += 1 })
            #expect(!stopped)
            #expect(try rows(first).count == 1 + 5)

            // As after a crash: two more rows were written than the checkpoint knows.
            let checkpoint = try Data(contentsOf: first.checkpointFile)
            var text = try String(contentsOf: first.lossesFile, encoding: .utf8)
            text += "5,adversarial,99,99,,,,,,,,1\n6,adversarial,99,99,,,,,,,,1\n"
            try Data(text.utf8).write(to: first.lossesFile)

            let second = try TrainingRun(folder: folder, description: description(), resume: true)
            var seen: [Int] = []
            let finished = try second.train(TinyBand.trainer(), progress: { seen.append($0.record.step) })
            #expect(finished)
            #expect(seen == [5])
            #expect(try Data(contentsOf: second.checkpointFile) != checkpoint)

            let rows = try rows(second)
            #expect(rows[0] == LossTable.columns)
            #expect(rows.dropFirst().map { $0[0] } == ["0", "1", "2", "3", "4", "5"])
            #expect(rows.allSatisfy { $0.count == LossTable.columns.count })
            for row in rows.dropFirst() {
                let isAdversarial = row[1] == "adversarial"
                #expect((Float(row[3]) != nil) == isAdversarial, "the discriminator's loss in row \(row)")
                #expect((Float(row[2]) != nil) == (row[1] != "plan"), "the generator's loss in row \(row)")
                #expect(Float(row[11]) != nil)
            }
            #expect(rows[6][2] != "99")
        }
    }

    @Test func aRunCanBeKeptAtMomentsFromEarlyToLate() throws {
        try withFolder { folder in
            let run = try TrainingRun(
                folder: folder.appendingPathComponent("run"), description: description(), resume: false)
            let bundle = try LearnBundle(
                folder: folder.appendingPathComponent("learn"), configuration: TinyBand.configuration)
            #expect(bundle.moments == [3, 4, 5, 6])
            #expect(try run.train(TinyBand.trainer(), keeping: bundle))
            let names = try FileManager.default.contentsOfDirectory(atPath: bundle.folder.path).sorted()
            #expect(
                names == [
                    "discriminator.safetensors", "losses.csv", "step-3.safetensors", "step-4.safetensors",
                    "step-5.safetensors", "step-6.safetensors",
                ])
            func bytes(_ name: String) throws -> [UInt8] {
                [UInt8](try Data(contentsOf: bundle.folder.appendingPathComponent(name)))
            }
            let early = try GenreModel(bytes: bytes("step-3.safetensors"))
            let late = try GenreModel(bytes: bytes("step-6.safetensors"))
            #expect(early.hash != late.hash)
            #expect(early.card.notes["step"] == "3 of 6")
            let discriminator = try Safetensors(bytes: bytes("discriminator.safetensors"))
            #expect(discriminator.metadata["format"] == "continuo-discriminator-1")
            var random = SeededRandom(seed: 1)
            let weights = Critic().parameters(using: &random)
            try weights.load(from: discriminator)
        }
    }

    @Test(arguments: [
        (1_200, 4_000, 700, [1_240, 1_400, 2_000, 5_200, 5_550, 5_900]), (0, 0, 10, [5, 10]), (10, 2, 0, [11, 12]),
    ])
    func theMomentsGoFromTheFirstHundredthToTheEnd(plan: Int, steps: Int, adversarial: Int, moments: [Int]) {
        var configuration = TrainingConfiguration()
        configuration.planSteps = plan
        configuration.steps = steps
        configuration.adversarialSteps = adversarial
        #expect(LearnBundle.moments(configuration).suffix(moments.count) == moments[...])
    }

    @Test func aFolderWithAnotherRunIsRefused() throws {
        try withFolder { folder in
            _ = try TrainingRun(folder: folder, description: description(), resume: false)
            var other = TinyBand.configuration
            other.steps = 3
            #expect(refusal(folder, description(), resume: false)?.contains("holds a run already") == true)
            #expect(refusal(folder, description(other), resume: true)?.contains("other settings") == true)
            #expect(refusal(folder, description(dataHash: "def"), resume: true)?.contains("other data") == true)
            #expect(refusal(folder, description(), resume: true) == nil)
            try Data("{}".utf8).write(to: folder.appendingPathComponent("configuration.json"))
            #expect(refusal(folder, description(), resume: true)?.contains("cannot be read") == true)
        }
    }

    @Test func aFolderThatCannotBeMadeIsRefused() throws {
        try withFolder { folder in
            try Data().write(to: folder)
            let inside = folder.appendingPathComponent("run")
            #expect(refusal(inside, description(), resume: false)?.contains("cannot use the run's folder") == true)
        }
    }

    @Test func aDamagedCheckpointInTheFolderStopsTheRun() throws {
        try withFolder { folder in
            let run = try TrainingRun(folder: folder, description: description(), resume: false)
            try Data("no checkpoint".utf8).write(to: run.checkpointFile)
            let refusal = #expect(throws: TrainingError.self) { try run.train(TinyBand.trainer()) }
            #expect(refusal.map { "\($0)" }?.hasPrefix("cannot resume: ") == true)
        }
    }

    private func refusal(_ folder: URL, _ description: TrainingRun.Description, resume: Bool) -> String? {
        do {
            _ = try TrainingRun(folder: folder, description: description, resume: resume)
            return nil
        } catch {
            return "\(error)"
        }
    }
}
