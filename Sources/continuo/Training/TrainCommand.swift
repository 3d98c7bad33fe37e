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
            Several processes, also on several machines, train one model together where mpirun or srun starts them: each takes \
            --batch windows of a step, and the first one writes the run. That needs a program that is built with the trait MPI \
            (docs/training-cluster.md).
            """)

    @Option(help: "The genre's short name: jazz, pop, rock, symphony, or one of your own.") var genre = "pop"
    @Option(
        help: "The arranger's style to learn from: jazz, pop, rock or symphony. (default: the genre's own, else pop)")
    var teacher: String?
    @Option(help: "A prepared data set, or lead sheets in a JSON Lines file.", completion: .file()) var data: String
    @OptionGroup var mixing: MixOptions
    @Option(
        name: .customLong("run"),
        help: "The run's folder. (default: genre and a number in the state folder's runs; with --resume the latest)",
        completion: .directory)
    var folder: String?
    @Option(help: "Seeds weights, order and noise.") var seed: UInt64 = 1
    @OptionGroup(title: "Length") var length: TrainLengthOptions
    @OptionGroup(title: "Network and learning rates") var network: TrainNetworkOptions
    @OptionGroup(title: "Loss weights") var losses: TrainLossOptions
    @OptionGroup(title: "Variety of the data") var variety: TrainAugmentationOptions
    @Option(
        help: "At checkpoints, bands for held-out melodies: none, pictures or audio. (default: audio with a SoundFont)")
    var samples: SampleKind?
    @Flag(help: "Report on standard output, a JSON object a line.") var json = false
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
    @Option(help: "On the card: under which terms the model may be used. (default: what its music allows is named)")
    var licence: String?
    @Option(
        help:
            "Processors to compute on, of each process; the result is the same on any number. (default: all, shared evenly)"
    )
    var threads: Int?
    @Flag(help: "Go on with a run: --resume RUN needs nothing else; without RUN the folder is that of --run.")
    var resume = false

    func validate() throws {
        if let threads, !(1...64).contains(threads) { throw ValidationError("--threads is 1 to 64, not \(threads)") }
    }

    func run() throws {
        let processes = try TrainProcesses.join()
        try processes.run { try train(processes) }
    }

    private func train(_ processes: TrainProcesses) throws {
        let machine = ProcessInfo.processInfo
        Workers.use(
            threads
                ?? TrainProcesses.threads(allowed: machine.activeProcessorCount, machine: machine.processorCount))
        // Rank 0 speaks for all.
        func note(_ text: String) { if processes.isFirst { continuo.note(text) } }
        var configuration = TrainingConfiguration()
        configuration.genre = genre
        configuration.teacher = teacher
        configuration.seed = seed
        length.apply(to: &configuration)
        network.apply(to: &configuration)
        losses.apply(to: &configuration)
        variety.apply(to: &configuration)
        configuration.mix = try mixing.songMix()
        configuration.filter = mixing.filter
        configuration.batch *= processes.count
        do { try configuration.validate(processes: processes.count) } catch {
            throw fail("\(error)", ExitReason.badInput)
        }
        let trained = try TrainingData(data, filter: mixing.filter ?? "", mix: configuration.mix ?? SongMix())
        let dataName = trained.name
        do {
            let place =
                folder.map { URL(fileURLWithPath: $0) }
                ?? TrainingRun.folder(
                    in: URL(fileURLWithPath: Places.ofThisProgram.state).appendingPathComponent("runs"), genre: genre,
                    resume: resume)
            if folder == nil { note("the run's folder is \(place.path)") }
            if processes.isFirst { try TrainingRun.prepare(place, resume: resume) }
            if processes.count > 1 {
                note(
                    "\(processes.count) processes of \(counted(Workers.count, "thread")), \(network.batch) windows each: "
                        + "\(configuration.batch) in a step")
            }
            let learned = trained.songs.filter { $0.split == .training }
            for removal in trained.removals { note("\(removal.clause) removed \(counted(removal.removed, "song"))") }
            note("\(trained.songs.count) sections of songs in \(dataName), \(learned.count) of them to learn from")
            let style = configuration.style
            var windowOptions = WindowSet.Options()
            windowOptions.seed = seed
            windowOptions.renderings = configuration.renderings
            if let augmentation = configuration.augmentation { windowOptions.take(augmentation) }
            windowOptions.mix = configuration.mix ?? SongMix()
            windowOptions.kit = style.kit
            let windows = WindowSet(songs: learned, teacher: ArrangerTeacher(style: style), options: windowOptions)
            var planOptions = PlanWindowSet.Options()
            planOptions.seed = seed
            let planWindows = PlanWindowSet(songs: learned, options: planOptions)
            note("\(windows.count) windows of four bars for the band, \(planWindows.count) for the chords")
            if let epochs = length.epochs {
                configuration.steps = TrainingConfiguration.steps(
                    epochs: epochs, windows: windows.count, batch: configuration.batch)
                try configuration.validate(processes: processes.count)
            }
            // A few songs are enough to see a loss rise; rendering all of them would take long.
            let held = Array(trained.songs.filter { $0.split == .validation }.prefix(40))
            windowOptions.renderings = 1
            let heldWindows = WindowSet(songs: held, teacher: ArrangerTeacher(style: style), options: windowOptions)
            let heldPlans = PlanWindowSet(songs: held, options: planOptions)
            if configuration.patience != nil, heldWindows.count == 0 {
                throw TrainingError.data("--patience needs held-out songs, and none of these is one; add more songs")
            }

            let beginning = try start.map { try readFile(weights($0, in: place)) }
            let description = TrainingRun.Description(
                configuration: configuration, dataHash: trained.hash, dataName: dataName,
                version: continuoVersion, startHash: beginning.map { SHA256.hexadecimal($0) },
                removals: configuration.filter == nil ? nil : trained.removals,
                songs: Dictionary(grouping: learned, by: \.source.rawValue).mapValues(\.count),
                processes: processes.count > 1 ? processes.count : nil)
            let trainer = try GANTrainer(
                configuration: configuration, windows: windows, planWindows: planWindows,
                communicator: processes.communicator)
            try processes.communicator.agree(on: [
                ("settings", settings(configuration)), ("data (by their SHA-256)", trained.hash),
                ("weights to begin with", description.startHash ?? "fresh ones"), ("version", continuoVersion),
                ("instruction set (CONTINUO_ISA chooses one)", InstructionSet.current.rawValue),
            ])
            if let beginning { try trainer.start(from: beginning) }
            note("instruction set \(InstructionSet.current.rawValue), \(trainer.totalSteps) steps")

            let interrupt = Interrupt()
            guard processes.isFirst else {
                _ = try TrainingRun.follow(trainer, shouldStop: { interrupt.isRequested })
                return
            }
            let trainingRun = try TrainingRun(
                folder: place, description: description, resume: resume)
            let bundle = try learn.map {
                try LearnBundle(folder: URL(fileURLWithPath: $0), configuration: configuration)
            }
            if !resume || !FileManager.default.fileExists(atPath: RememberedRun.arguments(in: place.path)) {
                try RememberedRun.keep(Array(CommandLine.arguments.dropFirst(2)), start: beginning, in: place.path)
            }
            let judging = MelodyList.heldOut(trained.songs, count: 60)
            if !judging.isEmpty { try MelodyList.write(judging, to: "\(place.path)/melodies") }
            let manner = GenreModel.Card.Manner(
                temperatureScale: temperatureScale, leaning: leaning, lineReserve: lineReserve,
                styleSpread: styleSpread)
            let bands = CheckpointSamples(
                songs: trained.songs, style: style, manner: manner, folder: trainingRun.checkpointsFolder,
                kind: samples)
            let report = TrainReport(json: json)
            let heldOut = HeldOut(
                windows: heldWindows, planWindows: heldPlans, metrics: CheckpointSamples.metrics,
                measure: bands.measure)
            let finished = try trainingRun.train(
                trainer, keeping: bundle, as: style, heldOut: heldOut, atCheckpoint: bands.keep,
                shouldStop: { interrupt.isRequested }, progress: report.hear)
            guard finished else {
                report.end(finished: false, step: trainer.step, model: nil)
                note("stopped after step \(trainer.step); go on with \"continuo train --resume \(place.path)\"")
                return
            }
            let model = trainer.model(
                instrumentation: style.instrumentation(seed: 0), groove: style.groove,
                manner: manner,
                notes: cardNotes(
                    configuration, dataName: dataName, dataHash: description.dataHash, songs: learned,
                    processes: processes.count))
            try writeFile(model, to: trainingRun.modelFile.path)
            if let output { try writeFile(model, to: output) }
            if trainer.step < trainer.totalSteps {
                note("ended early after step \(trainer.step): the held-out loss got no better")
            }
            report.end(finished: true, step: trainer.step, model: output ?? trainingRun.modelFile.path)
            note("model written: \(output ?? trainingRun.modelFile.path), \(model.count / 1024) kB")
        } catch let error as TrainingError {
            throw fail("\(error)", ExitReason.badInput)
        }
    }

    /// The file of what is learned already: a genre stands for its model; a run that goes on has what it began with.
    private func weights(_ start: String, in run: URL) -> String {
        let own = RememberedRun.start(in: run.path)
        if resume, FileManager.default.fileExists(atPath: own) { return own }
        guard !FileManager.default.fileExists(atPath: start), let genre = Genre(rawValue: start) else { return start }
        return ModelFolders(Places.ofThisProgram.models).model(of: genre).file ?? start
    }

    private func settings(_ configuration: TrainingConfiguration) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return (try? encoder.encode(configuration)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private func cardNotes(
        _ configuration: TrainingConfiguration, dataName: String, dataHash: String, songs: [Song], processes: Int
    ) -> [String: String] {
        var notes = [
            "training": settings(configuration),
            "data": "\(dataName), SHA-256 \(dataHash), \(songs.count) sections of songs",
            "teacher": "the arranger's style '\(configuration.style.genre.rawValue)'", "code version": continuoVersion,
            "instruction set": InstructionSet.current.rawValue, "licence": licence ?? "not stated",
            "learned from": Set(songs.map(\.source)).sorted { $0.rawValue < $1.rawValue }
                .map { "\($0.rawValue): \($0.licence)" }.joined(separator: "; "),
            "started from": start ?? "fresh weights",
        ]
        if processes > 1 {
            notes["processes"] = "\(processes), of \(configuration.batch) windows in a step \(network.batch) each"
        }
        return notes
    }
}
