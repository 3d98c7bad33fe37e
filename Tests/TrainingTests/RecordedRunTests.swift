import Foundation
import Testing

@testable import Training

/// The losses of real runs, some of them provoked to go wrong (docs/experiments.md): each is named for what it is, and those
/// that go well are left alone.
struct RecordedRunTests {
    private static let tree = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    /// The troubles that are told while a run's table is heard row by row, each once.
    private func troubles(_ file: URL) throws -> Set<TrainingHealth.Trouble> {
        let history = try LossHistory(String(contentsOf: file, encoding: .utf8))
        var health = TrainingHealth(freeBits: 0.05)
        var told: Set<TrainingHealth.Trouble> = []
        for stage in history.stages {
            for row in stage.rows {
                func value(_ column: String) -> Float? { history.columns[column]?[row].map { Float($0) } }
                var record = GANTrainer.Record(
                    step: history.firstStep + row, stage: try #require(GANTrainer.Stage(rawValue: stage.name)),
                    gradientNorm: value("gradient_norm") ?? 0)
                record.generator = value("generator")
                record.discriminator = value("discriminator")
                record.plan = value("plan")
                record.drums = value("drums")
                record.gates = value("gates")
                record.pitches = value("pitches")
                record.divergence = value("divergence")
                told.formUnion(health.hear(record).map(\.trouble))
            }
        }
        return told
    }

    private static let provoked: [(run: String, troubles: Set<TrainingHealth.Trouble>)] = [
        ("healthy", []), ("generator-rate-30", [.forgetting]), ("discriminator-rate-30", [.blindDiscriminator]),
        ("discriminator-stands-still", [.blindDiscriminator]), ("healthy-reconstruction", []),
        ("divergence-weight-10", [.silentStyle]),
    ]

    @Test(arguments: provoked)
    func aRunIsNamedForWhatItIs(run: String, troubles: Set<TrainingHealth.Trouble>) throws {
        let file = Self.tree.appendingPathComponent("Fixtures/losses/\(run).csv")
        #expect(try self.troubles(file) == troubles)
    }

    @Test func theShippedModelsRunIsLeftAlone() throws {
        let models = Self.tree.appendingPathComponent("../../models/learn/pop/losses.csv").standardized
        #expect(try troubles(models).isEmpty)
    }
}
