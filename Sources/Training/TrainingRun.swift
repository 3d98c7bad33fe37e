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
/// | `heldout.csv` | a row a checkpoint: losses and metrics on songs that are not learned from |
/// | `progress.json` | how far it is; replaced whole, at most every second |
/// | `best.safetensors` | the checkpoint with the least held-out loss, where a run may end early |
/// | `checkpoints/STEP` | samples, where the caller makes them |
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
        /// Processes that the run began with, each with its share of the configuration's batch; nil for one.
        public var processes: Int?

        public init(
            configuration: TrainingConfiguration, dataHash: String, dataName: String, version: String,
            startHash: String? = nil, removals: [SongFilter.Removal]? = nil, songs: [String: Int]? = nil,
            processes: Int? = nil
        ) {
            self.configuration = configuration
            self.dataHash = dataHash
            self.dataName = dataName
            self.version = version
            self.startHash = startHash
            self.removals = removals
            self.songs = songs
            self.processes = processes
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
    public var checkpointsFolder: URL { folder.appendingPathComponent("checkpoints") }
    var heldOutFile: URL { folder.appendingPathComponent("heldout.csv") }
    var progressFile: URL { folder.appendingPathComponent("progress.json") }
    var bestFile: URL { folder.appendingPathComponent("best.safetensors") }
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
        /// What was measured on held-out songs after this step; nil at most steps.
        public var heldOut: HeldOut.Row?
    }

    /// Trains to the end or until `shouldStop` says so; resumes from the folder's checkpoint where there is one.
    ///
    /// Where several processes train together, rank 0 calls this and the others `follow`; the files of a run are those of rank 0.
    ///
    /// A run whose configuration has patience ends early where the held-out loss gets no better, and leaves the trainer with the best
    /// checkpoint's weights.
    ///
    /// - Parameters:
    ///   - bundle: where the model is kept as it learns; nil for nowhere.
    ///   - style: gives the bundle's models their instruments and groove.
    ///   - heldOut: what is measured at checkpoints; needed where the configuration has patience.
    ///   - atCheckpoint: told after each checkpoint, with the steps done: the place to make samples.
    /// - Returns: whether the run is finished; if not, `checkpoint.safetensors` is where it goes on.
    public func train(
        _ trainer: GANTrainer, keeping bundle: LearnBundle? = nil, as style: ArrangerStyle = .pop,
        heldOut: HeldOut? = nil, atCheckpoint: (GANTrainer) throws -> Void = { _ in },
        shouldStop: () -> Bool = { false }, progress: (Progress) -> Void = { _ in }
    ) throws -> Bool {
        let patience = trainer.configuration.patience
        precondition(patience == nil || heldOut != nil, "a run with patience has held-out songs")
        let lockstep = try Lockstep(trainer, checkpoint: (try? Data(contentsOf: checkpointFile)).map { [UInt8]($0) })
        var losses = try LossTable(file: lossesFile, keepingStepsBelow: trainer.step)
        var table = try heldOut.map {
            try HeldOutTable(file: heldOutFile, metrics: $0.metrics, keepingStepsTo: trainer.step)
        }
        var report = ProgressFile(file: progressFile)
        try report.update(now: true) {
            $0.phase = .training
            $0.step = trainer.step
            $0.totalSteps = trainer.totalSteps
        }
        func state() -> EarlyStop { EarlyStop(table?.rows ?? [], lastStage: trainer.configuration.lastStage) }
        let start = ContinuousClock.now
        let first = trainer.step
        var health = TrainingHealth(freeBits: trainer.configuration.freeBits)
        var pace = TrainingPace(trainer.configuration)
        var last: Progress?
        running: while true {
            let isEnd = trainer.isFinished || patience.map { state().waited >= $0 } ?? false
            switch lockstep.next(isEnd: isEnd, shouldStop: shouldStop()) {
            case .end: break running
            case .stop:
                try save(trainer)
                try report.update(now: true) { $0.step = trainer.step }
                return false
            case .step: break
            }
            let before = ContinuousClock.now
            let record: GANTrainer.Record
            do { record = try trainer.advance() } catch {
                try? report.update(now: true) { $0.warnings.append(.init(step: trainer.step + 1, text: "\(error)")) }
                throw error
            }
            pace.hear(record.stage, seconds: Double((ContinuousClock.now - before) / .microseconds(1)) / 1e6)
            try losses.append(record)
            var warnings = health.hear(record)
            var row: HeldOut.Row?
            if trainer.isAtCheckpoint {
                try lockstep.compare()
                if let heldOut {
                    let measured = HeldOut.Row(
                        step: trainer.step, stage: record.stage,
                        losses: heldOut.losses(trainer),
                        metrics: record.stage == .plan ? [:] : try heldOut.measure(trainer))
                    try table?.append(measured)
                    if patience != nil, state().best?.step == trainer.step { try save(trainer, to: bestFile) }
                    if record.stage != .plan {
                        warnings += health.hear(
                            step: trainer.step, changedBySeed: measured.metrics["changedBySeed"],
                            silent: measured.metrics["silentBars"])
                    }
                    row = measured
                }
                try save(trainer)
                try atCheckpoint(trainer)
            }
            try bundle?.keep(
                trainer, instrumentation: style.instrumentation(seed: 0), groove: style.groove, losses: lossesFile)
            let seconds = max(1e-9, Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000)
            let now = Progress(
                record: record, totalSteps: trainer.totalSteps,
                stepsPerSecond: Double(trainer.step - first) / seconds,
                secondsLeft: pace.left(after: trainer.step), warnings: warnings, heldOut: row)
            try report.update {
                $0.step = trainer.step
                $0.stepsPerSecond = now.stepsPerSecond
                $0.secondsLeft = now.secondsLeft
                $0.warnings += warnings.map { .init(step: $0.step + 1, text: "\($0.sentence) (\($0.advice))") }
            }
            last = now
            progress(now)
        }
        if !trainer.isFinished, var last {
            // It ends early: what was shown as a part of the way was all of it.
            last.totalSteps = trainer.step
            last.secondsLeft = 0
            last.warnings = []
            last.heldOut = nil
            progress(last)
        }
        try save(trainer)
        if patience != nil, let best = state().best, best.step != trainer.step {
            do { try trainer.takeWeights(of: [UInt8](Data(contentsOf: bestFile))) } catch let error as TrainingError {
                throw error
            } catch {
                throw TrainingError.folder("\(bestFile.path): \(error.localizedDescription)")
            }
        }
        try report.update(now: true) {
            $0.phase = .finished
            $0.step = trainer.step
            $0.totalSteps = trainer.step
            $0.secondsLeft = 0
        }
        return true
    }

    /// Says in a folder's `progress.json` that the data are read, before the run can be opened; a folder with a run that is not to go on
    /// stays as it is.
    public static func prepare(_ folder: URL, resume: Bool) throws {
        let configuration = folder.appendingPathComponent("configuration.json")
        guard resume || !FileManager.default.fileExists(atPath: configuration.path) else { return }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw TrainingError.folder("\(folder.path): \(error.localizedDescription)")
        }
        var report = ProgressFile(file: folder.appendingPathComponent("progress.json"))
        try report.update(now: true) { $0.phase = .preparing }
    }

    /// A folder for a run that was given none: `GENRE-N` in the folder of runs, a new number or, to go on, the highest.
    public static func folder(in runs: URL, genre: String, resume: Bool) -> URL {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: runs.path)) ?? []
        let numbers = names.compactMap { $0.hasPrefix("\(genre)-") ? Int($0.dropFirst(genre.count + 1)) : nil }
        let highest = numbers.max() ?? 0
        return runs.appendingPathComponent("\(genre)-\(resume && highest > 0 ? highest : highest + 1)")
    }

    private func save(_ trainer: GANTrainer, to file: URL? = nil) throws {
        let file = file ?? checkpointFile
        do {
            try Data(trainer.checkpoint()).write(to: file, options: .atomic)
        } catch {
            throw TrainingError.folder("\(file.path): \(error.localizedDescription)")
        }
    }
}

/// `losses.csv`: a row a step, appended as training goes.
struct LossTable {
    static let columns = [
        "step", "stage", "generator", "discriminator", "plan", "drums", "gates", "pitches", "velocities", "divergence",
        "adversarial", "gradient_norm", "real", "fake",
    ]

    private let handle: FileHandle

    /// Opens the table; rows of steps that a resumed run will take again are dropped.
    init(file: URL, keepingStepsBelow step: Int) throws {
        var text = LossTable.columns.joined(separator: ",") + "\n"
        if let old = try? String(contentsOf: file, encoding: .utf8) {
            for row in old.split(separator: "\n").dropFirst() {
                guard let number = row.split(separator: ",").first.flatMap({ Int($0) }), number < step else { continue }
                // A table that was begun with fewer columns gets empty cells.
                let missing =
                    LossTable.columns.count - row.split(separator: ",", omittingEmptySubsequences: false).count
                text += row + String(repeating: ",", count: max(0, missing)) + "\n"
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
            record.velocities, record.divergence, record.adversarial, record.gradientNorm, record.real, record.fake,
        ]
        let row = ["\(record.step)", record.stage.rawValue] + numbers.map { $0.map { "\($0)" } ?? "" }
        do {
            try handle.write(contentsOf: Data((row.joined(separator: ",") + "\n").utf8))
        } catch {
            throw TrainingError.folder("cannot append to losses.csv: \(error.localizedDescription)")
        }
    }
}
