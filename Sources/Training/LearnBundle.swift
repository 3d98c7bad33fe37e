import Foundation
import Generation
import Music

/// A run as something to learn from: the model at six moments from early to late, the discriminator, and the losses.
///
/// | file | what |
/// | --- | --- |
/// | `step-N.safetensors` | the genre model after N steps, playable like any other |
/// | `discriminator.safetensors` | its weights at the end |
/// | `losses.csv` | the run's losses |
public struct LearnBundle: Sendable {
    public let folder: URL
    /// The steps after which the model is kept, ascending.
    public let moments: [Int]

    /// Makes the folder.
    ///
    /// - Throws: `TrainingError.folder` where that is not possible.
    public init(folder: URL, configuration: TrainingConfiguration) throws {
        self.folder = folder
        moments = LearnBundle.moments(configuration)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw TrainingError.folder("\(folder.path): \(error.localizedDescription)")
        }
    }

    /// After a hundredth, a twentieth and a fifth of the reconstruction, at its end, and half-way through and at the end of the
    /// adversarial stage. Short runs have fewer different moments.
    static func moments(_ configuration: TrainingConfiguration) -> [Int] {
        let start = configuration.planSteps
        let reconstruction = configuration.steps
        let end = start + reconstruction
        let moments = [
            start + max(1, reconstruction / 100), start + max(1, reconstruction / 20),
            start + max(1, reconstruction / 5), end,
            end + configuration.adversarialSteps / 2, end + configuration.adversarialSteps,
        ]
        return Set(moments.filter { $0 > 0 && $0 <= end + configuration.adversarialSteps }).sorted()
    }

    /// Keeps the model if this is one of the moments; at the run's end the discriminator and the losses too.
    func keep(_ trainer: GANTrainer, instrumentation: Instrumentation, groove: Groove, losses: URL) throws {
        guard moments.contains(trainer.step) else { return }
        let model = trainer.model(
            instrumentation: instrumentation, groove: groove,
            notes: ["step": "\(trainer.step) of \(trainer.totalSteps)"])
        try write(Data(model), "step-\(trainer.step).safetensors")
        guard trainer.isFinished else { return }
        try write(Data(trainer.discriminator()), "discriminator.safetensors")
        try write((try? Data(contentsOf: losses)) ?? Data(), "losses.csv")
    }

    private func write(_ data: Data, _ name: String) throws {
        let file = folder.appendingPathComponent(name)
        do { try data.write(to: file, options: .atomic) } catch {
            throw TrainingError.folder("\(file.path): \(error.localizedDescription)")
        }
    }
}
