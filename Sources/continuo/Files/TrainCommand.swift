import ArgumentParser
import ConsoleAPI
import Foundation
import Generation
import Installation
import Music
import Tensor
import Training

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a genre model: a generator and a discriminator against each other.",
        discussion: """
            The data are a folder made by "continuo data prepare", or lead sheets alone (melody and chords, one JSON object a \
            line). Where people wrote no parts, the arranger renders the melody and its chords for a band.
            Losses go to RUN/losses.csv a row a step, checkpoints to RUN/checkpoint.safetensors, and the finished model to \
            RUN/model.safetensors. Interrupt at any time; --resume goes on as if nothing had happened.
            """)

    @Option(help: "The genre's short name: jazz, pop, rock, symphony, or one of your own.") var genre = "pop"
    @Option(
        help: "The arranger's style to learn from: jazz, pop, rock or symphony. (default: the genre's own, else pop)")
    var teacher: String?
    @Option(help: "A prepared data set, or lead sheets in a JSON Lines file.", completion: .file()) var data: String
    @OptionGroup var mixing: MixOptions
    @Option(name: .customLong("run"), help: "The run's folder.", completion: .directory) var folder: String
    @Option(help: "Seeds weights, order and noise.") var seed: UInt64 = 1
    @Option(help: "Times that each song is rendered.") var renderings = 3
    @Option(help: "Steps of the chord head.") var planSteps = 1_000
    @Option(help: "Steps of reconstruction.") var steps = 4_000
    @Option(help: "Steps against the discriminator, after those.") var adversarialSteps = 1_000
    @Option(help: "Windows of four bars in a step.") var batch = 32
    @Option(help: "Highest learning rate of reconstruction.") var rate: Float = 2e-3
    @Option(help: "Steps of the discriminator for each of the generator, against each other.") var criticSteps = 2
    @Option(help: "Learning rate of the generator against the discriminator.") var adversarialRate: Float = 2e-4
    @Option(help: "Learning rate of the discriminator.") var criticRate: Float = 6e-4
    @Option(help: "Weight of real scores under another melody in the discriminator's loss.") var mismatchWeight: Float =
        0.25
    @Option(help: "Weight of the discriminator's verdict; beyond 12 training turns.") var adversarialWeight: Float = 0.6
    @Option(help: "Steps between checkpoints.") var checkpointEvery = 250
    @Option(help: "Model file to write at the end besides RUN/model.safetensors.", completion: .file()) var output:
        String?
    @Option(help: "Folder for the model at six moments of the run and the discriminator, to learn from.") var learn:
        String?
    @Option(help: "On the card: what a player's temperature is multiplied by.") var temperatureScale = 1.0
    @Option(
        help: "On the card: how much the chords lean to the melody's rhythm, as log-odds; below 0 they keep off it.")
    var leaning = 0.0
    @Option(help: "On the card: how much the line keeps away from the melody's notes, as log-odds.") var lineReserve =
        0.0
    @Option(help: "On the card: how far a variation goes from a style that was learned.") var styleSpread = 0.2
    @Option(
        help: ArgumentHelp(
            "Begin with what is learned already: a genre's name, a model file, or another run's checkpoint.",
            valueName: "genre|file"), completion: .file())
    var start: String?
    @Option(help: "Processors to compute on; the result is the same on any number. (default: all)") var threads: Int?
    @Flag(help: "Go on with the run that is in the folder.") var resume = false

    func validate() throws {
        if let threads, !(1...64).contains(threads) { throw ValidationError("--threads is 1 to 64, not \(threads)") }
    }

    func run() throws {
        Workers.use(threads ?? min(64, max(1, ProcessInfo.processInfo.activeProcessorCount)))
        var configuration = TrainingConfiguration()
        configuration.genre = genre
        configuration.teacher = teacher
        configuration.seed = seed
        configuration.renderings = renderings
        configuration.planSteps = planSteps
        configuration.steps = steps
        configuration.adversarialSteps = adversarialSteps
        configuration.batch = batch
        configuration.rate = rate
        configuration.adversarialWeight = adversarialWeight
        configuration.criticSteps = criticSteps
        configuration.adversarialRate = adversarialRate
        configuration.criticRate = criticRate
        configuration.mismatchWeight = mismatchWeight
        configuration.checkpointEvery = checkpointEvery

        configuration.mix = try mixing.songMix()
        configuration.filter = mixing.filter
        let trained = try TrainingData(data, filter: mixing.filter ?? "", mix: configuration.mix ?? SongMix())
        let dataName = trained.name
        do {
            try configuration.validate()
            let learned = trained.songs.filter { $0.split == .training }
            for removal in trained.removals { note("\(removal.clause) removed \(counted(removal.removed, "song"))") }
            note("\(trained.songs.count) sections of songs in \(dataName), \(learned.count) of them to learn from")
            let style = configuration.style
            var windowOptions = WindowSet.Options()
            windowOptions.seed = seed
            windowOptions.renderings = renderings
            windowOptions.mix = configuration.mix ?? SongMix()
            windowOptions.kit = style.kit
            let windows = WindowSet(songs: learned, teacher: ArrangerTeacher(style: style), options: windowOptions)
            var planOptions = PlanWindowSet.Options()
            planOptions.seed = seed
            let planWindows = PlanWindowSet(songs: learned, options: planOptions)
            note("\(windows.count) windows of four bars for the band, \(planWindows.count) for the chords")

            let beginning = try start.map { try readFile(Self.weights($0)) }
            let description = TrainingRun.Description(
                configuration: configuration, dataHash: trained.hash, dataName: dataName,
                version: continuoVersion, startHash: beginning.map { SHA256.hexadecimal($0) },
                removals: configuration.filter == nil ? nil : trained.removals,
                songs: Dictionary(grouping: learned, by: \.source.rawValue).mapValues(\.count))
            let trainingRun = try TrainingRun(
                folder: URL(fileURLWithPath: folder), description: description, resume: resume)
            let trainer = try GANTrainer(configuration: configuration, windows: windows, planWindows: planWindows)
            if let beginning { try trainer.start(from: beginning) }
            note("instruction set \(InstructionSet.current.rawValue), \(trainer.totalSteps) steps")

            let interrupt = Interrupt()
            let bundle = try learn.map {
                try LearnBundle(folder: URL(fileURLWithPath: $0), configuration: configuration)
            }
            let finished = try trainingRun.train(
                trainer, keeping: bundle, as: style, shouldStop: { interrupt.isRequested }
            ) { progress in
                report(progress)
            }
            guard finished else {
                note("stopped after step \(trainer.step); go on with the same command and --resume")
                return
            }
            let model = trainer.model(
                instrumentation: style.instrumentation(seed: 0), groove: style.groove,
                manner: .init(
                    temperatureScale: temperatureScale, leaning: leaning, lineReserve: lineReserve,
                    styleSpread: styleSpread),
                notes: cardNotes(
                    configuration, dataName: dataName, dataHash: description.dataHash, songs: learned.count))
            try writeFile(model, to: trainingRun.modelFile.path)
            if let output { try writeFile(model, to: output) }
            note("model written: \(output ?? trainingRun.modelFile.path), \(model.count / 1024) kB")
        } catch let error as TrainingError {
            throw fail("\(error)", ExitReason.badInput)
        }
    }

    /// The file of what is learned already: a genre stands for its model.
    private static func weights(_ start: String) -> String {
        guard !FileManager.default.fileExists(atPath: start), let genre = Genre(rawValue: start) else { return start }
        return ModelFolders(Places.ofThisProgram.models).model(of: genre).file ?? start
    }

    private func cardNotes(
        _ configuration: TrainingConfiguration, dataName: String, dataHash: String, songs: Int
    ) -> [String: String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let settings = (try? encoder.encode(configuration)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return [
            "training": settings, "data": "\(dataName), SHA-256 \(dataHash), \(songs) sections of songs",
            "teacher": "the arranger's style '\(configuration.style.genre.rawValue)'", "code version": continuoVersion,
            "instruction set": InstructionSet.current.rawValue, "licence": "Apache-2.0",
            "started from": start ?? "fresh weights",
        ]
    }

    private func report(_ progress: TrainingRun.Progress) {
        let record = progress.record
        let done = record.step + 1
        let isTerminal = isatty(STDERR_FILENO) != 0
        for warning in progress.warnings { note((isTerminal ? "\r\u{1B}[K" : "") + "warning: \(warning)") }
        guard done == progress.totalSteps || done % (isTerminal ? 5 : 50) == 0 else { return }
        func number(_ value: Float?) -> String { value.map { String(format: "%.3f", $0) } ?? "-" }
        let text =
            "step \(done)/\(progress.totalSteps) \(record.stage.rawValue)  generator \(number(record.generator ?? record.plan))"
            + "  discriminator \(number(record.discriminator))"
            + String(format: "  %.1f steps/s", progress.stepsPerSecond)
            + (progress.secondsLeft.map { "  about \(duration($0)) left" } ?? "")
        FileHandle.standardError.write(Data((isTerminal ? "\r\u{1B}[K\(text)" : "\(text)\n").utf8))
        if isTerminal, done == progress.totalSteps { FileHandle.standardError.write(Data("\n".utf8)) }
    }
}

/// `40 s`, `12 min`, `3 h 05 min`.
private func duration(_ seconds: Double) -> String {
    if seconds < 90 { return "\(Int(seconds.rounded())) s" }
    let minutes = Int((seconds / 60).rounded())
    return minutes < 120 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60 < 10 ? "0" : "")\(minutes % 60) min"
}
