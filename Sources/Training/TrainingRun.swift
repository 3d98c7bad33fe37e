import Foundation
import Generation
import Music
import Tensor

/// A training run's folder: configuration, losses, checkpoint, model.
///
/// | file | what |
/// | --- | --- |
/// | `configuration.json` | the settings, the data and the code's version |
/// | `losses.csv` | a row a step: both losses and their terms |
/// | `checkpoint.safetensors` | everything that the next step depends on; replaced whole |
/// | `model.safetensors` | the finished genre model |
public struct TrainingRun: Sendable {
    public let folder: URL

    /// What is written into `configuration.json`.
    public struct Description: Codable, Hashable, Sendable {
        public var configuration: TrainingConfiguration
        /// SHA-256 of the data file.
        public var dataHash: String
        /// The data file's name, without its folder.
        public var dataName: String
        public var version: String
        /// SHA-256 of the checkpoint whose weights the run begins with; nil for fresh weights.
        public var startHash: String?
        /// How many songs each clause of the filter removed; nil without a filter.
        public var removals: [SongFilter.Removal]?
        /// Songs of each source that are learned from; nil where the data were not counted.
        public var songs: [String: Int]?

        public init(
            configuration: TrainingConfiguration, dataHash: String, dataName: String, version: String,
            startHash: String? = nil, removals: [SongFilter.Removal]? = nil, songs: [String: Int]? = nil
        ) {
            self.configuration = configuration
            self.dataHash = dataHash
            self.dataName = dataName
            self.version = version
            self.startHash = startHash
            self.removals = removals
            self.songs = songs
        }
    }

    /// Opens or makes the folder of a run.
    ///
    /// - Parameters:
    ///   - resume: go on with the run that is there; a folder with another configuration or other data is refused.
    /// - Throws: `TrainingError.folder` where the folder cannot be made, holds a run and `resume` is false, or holds another run.
    public init(folder: URL, description: Description, resume: Bool) throws {
        self.folder = folder
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let file = folder.appendingPathComponent("configuration.json")
        if let present = try? Data(contentsOf: file) {
            guard resume else {
                throw TrainingError.folder(
                    "\(folder.path) holds a run already: add --resume to go on, or name another folder")
            }
            guard let was = try? JSONDecoder().decode(Description.self, from: present) else {
                throw TrainingError.folder("\(file.path) cannot be read as a run's configuration")
            }
            guard was.configuration == description.configuration, was.dataHash == description.dataHash,
                was.startHash == description.startHash
            else {
                throw TrainingError.folder(
                    "the run in \(folder.path) has other settings or other data; resume it with the same ones")
            }
            return
        }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try encoder.encode(description).write(to: file, options: .atomic)
        } catch {
            throw TrainingError.folder("\(folder.path): \(error.localizedDescription)")
        }
    }

    public var checkpointFile: URL { folder.appendingPathComponent("checkpoint.safetensors") }
    public var modelFile: URL { folder.appendingPathComponent("model.safetensors") }
    var lossesFile: URL { folder.appendingPathComponent("losses.csv") }

    /// What a caller is told while it trains.
    public struct Progress: Sendable {
        public var record: GANTrainer.Record
        public var totalSteps: Int
        /// Steps a second since the start or resumption.
        public var stepsPerSecond: Double
        /// Seconds until the end; nil while that cannot be told.
        public var secondsLeft: Double?
        /// What goes wrong, and was not told lately.
        public var warnings: [TrainingHealth.Warning]
    }

    /// Trains to the end or until `shouldStop` says so; resumes from the folder's checkpoint where there is one.
    ///
    /// - Parameters:
    ///   - bundle: where the model is kept as it learns; nil for nowhere.
    ///   - style: gives the bundle's models their instruments and groove.
    /// - Returns: whether the run is finished; if not, `checkpoint.safetensors` is where it goes on.
    public func train(
        _ trainer: GANTrainer, keeping bundle: LearnBundle? = nil, as style: ArrangerStyle = .pop,
        shouldStop: () -> Bool = { false }, progress: (Progress) -> Void = { _ in }
    ) throws -> Bool {
        if let checkpoint = try? Data(contentsOf: checkpointFile) { try trainer.resume(from: [UInt8](checkpoint)) }
        var losses = try LossTable(file: lossesFile, keepingStepsBelow: trainer.step)
        let start = ContinuousClock.now
        let first = trainer.step
        var health = TrainingHealth(freeBits: trainer.configuration.freeBits)
        var pace = TrainingPace(trainer.configuration)
        while !trainer.isFinished {
            if shouldStop() {
                try save(trainer)
                return false
            }
            let before = ContinuousClock.now
            let record = try trainer.advance()
            pace.hear(record.stage, seconds: Double((ContinuousClock.now - before) / .microseconds(1)) / 1e6)
            try losses.append(record)
            if trainer.step % trainer.configuration.checkpointEvery == 0 { try save(trainer) }
            try bundle?.keep(
                trainer, instrumentation: style.instrumentation(seed: 0), groove: style.groove, losses: lossesFile)
            let seconds = max(1e-9, Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000)
            progress(
                Progress(
                    record: record, totalSteps: trainer.totalSteps,
                    stepsPerSecond: Double(trainer.step - first) / seconds,
                    secondsLeft: pace.left(after: trainer.step), warnings: health.hear(record)))
        }
        try save(trainer)
        return true
    }

    private func save(_ trainer: GANTrainer) throws {
        do {
            try Data(trainer.checkpoint()).write(to: checkpointFile, options: .atomic)
        } catch {
            throw TrainingError.folder("\(checkpointFile.path): \(error.localizedDescription)")
        }
    }
}

/// `losses.csv`: a row a step, appended as training goes.
struct LossTable {
    static let columns = [
        "step", "stage", "generator", "discriminator", "plan", "drums", "gates", "pitches", "velocities", "divergence",
        "adversarial", "gradient_norm",
    ]

    private let handle: FileHandle

    /// Opens the table; rows of steps that a resumed run will take again are dropped.
    init(file: URL, keepingStepsBelow step: Int) throws {
        var text = LossTable.columns.joined(separator: ",") + "\n"
        if let old = try? String(contentsOf: file, encoding: .utf8) {
            for row in old.split(separator: "\n").dropFirst() {
                guard let number = row.split(separator: ",").first.flatMap({ Int($0) }), number < step else { continue }
                text += row + "\n"
            }
        }
        do {
            try Data(text.utf8).write(to: file, options: .atomic)
            handle = try FileHandle(forWritingTo: file)
            try handle.seekToEnd()
        } catch {
            throw TrainingError.folder("\(file.path): \(error.localizedDescription)")
        }
    }

    mutating func append(_ record: GANTrainer.Record) throws {
        let numbers = [
            record.generator, record.discriminator, record.plan, record.drums, record.gates, record.pitches,
            record.velocities, record.divergence, record.adversarial, record.gradientNorm,
        ]
        let row = ["\(record.step)", record.stage.rawValue] + numbers.map { $0.map { "\($0)" } ?? "" }
        do {
            try handle.write(contentsOf: Data((row.joined(separator: ",") + "\n").utf8))
        } catch {
            throw TrainingError.folder("cannot append to losses.csv: \(error.localizedDescription)")
        }
    }
}
