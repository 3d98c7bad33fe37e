import ArgumentParser
import Evaluation
import Foundation
import Generation
import Music
import Rendering
import StandardMIDIFile

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure bands, or how free playing is read.",
        discussion: """
            continuo evaluate BANDS --melodies MELODIES  bands against their melodies
            continuo evaluate capture MELODIES           tempo, metre, bar line of free playing

            What the numbers mean is told in docs/evaluation.md.
            """,
        subcommands: [EvaluateBandsCommand.self, EvaluateCaptureCommand.self],
        defaultSubcommand: EvaluateBandsCommand.self)
}

struct EvaluateBandsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bands",
        abstract: "Measure bands against their melodies, beside people and beside floors (the word may be left out).",
        discussion: """
            continuo evaluate BANDS --melodies MELODIES          MIDI files of one name are a pair; any program's
            continuo evaluate BANDS                              the melody is a track of each file
            continuo evaluate --genre jazz --melodies MELODIES   bands are made first; --arranger makes them of patterns
            continuo evaluate --run RUN                          the model of a training run, on melodies that it held out

            What the numbers mean is told in docs/evaluation.md.
            """)

    @Argument(help: "Folder of MIDI files with bands.", completion: .directory) var bands: String?
    @Option(
        help: "Folder of MIDI files with the melodies. (bands that are made: those of --run, else the examples)",
        completion: .directory) var melodies: String?
    @Option(
        name: .customLong("run"),
        help: "Folder of a training run: its model makes the bands, for melodies that it held out.",
        completion: .directory) var trainingRun: String?
    @Option(help: "Text file with the names of the melodies to take, one a line.", completion: .file()) var only:
        String?
    @Option(
        help: "Folder with other bands for the same melodies, shown beside and compared note by note.",
        completion: .directory) var compare: String?
    @Option(help: "Make bands of this genre; where BANDS is given, the genre that they should be of.") var genre: Genre?
    @Flag(help: "Use the arranger's patterns and no model.") var arranger = false
    @Option(help: "Seed of the first band; the next ones count on by thousands.") var seed: UInt64 = 1
    @Option(help: "0 plays the likeliest rhythm, 1 is daring.") var temperature = 0.3
    @Option(help: "Folder with models that goes before all others.", completion: .directory) var models: String?
    @Option(help: "Model file that makes the bands, such as a run's model.safetensors.", completion: .file()) var model:
        String?
    @Option(name: .shortAndLong, help: "Folder to write the made bands to.", completion: .directory) var output: String?
    @Option(help: "File to write every number to, piece by piece.", completion: .file(extensions: ["json"])) var json:
        String?
    @Option(help: "Chart to write, .png or .svg.", completion: .file(extensions: ["png", "svg"])) var picture: String?
    @Flag(help: "Show the gates, and fail with code 1 where a must is missed.") var gates = false
    @Flag(help: "Print the tables as Markdown.") var markdown = false

    func validate() throws {
        guard (0...1).contains(temperature) else { throw ValidationError("--temperature is 0 to 1.") }
        if bands == nil {
            guard genre != nil || trainingRun != nil else {
                throw ValidationError("Name a folder of bands, a --genre to make bands of, or a --run.")
            }
        } else {
            if arranger { throw ValidationError("--arranger makes bands; it needs no folder of bands.") }
            if trainingRun != nil { throw ValidationError("--run makes bands; it needs no folder of bands.") }
            if model != nil { throw ValidationError("--model makes bands; it needs no folder of bands.") }
            if output != nil { throw ValidationError("--output is for bands that are made; here they are read.") }
        }
        if let picture, !["png", "svg"].contains(URL(fileURLWithPath: picture).pathExtension.lowercased()) {
            throw ValidationError("'\(picture)' is no .png or .svg file.")
        }
    }

    func run() throws {
        let report = try bands.map { try read($0) } ?? make()
        print((markdown ? report.markdown(gates: gates) : report.lines(gates: gates)).joined(separator: "\n"))
        if let json { try writeFile(try report.json(), to: json) }
        if let picture { try draw(report.chart, to: picture) }
        let missed = report.gates.filter { $0.level == .must && !$0.isPassed }
        if gates, !missed.isEmpty { throw ExitCode(1) }
    }

    /// Measures what is there.
    private func read(_ bands: String) throws -> EvaluationReport {
        let names = try only.map { try EvaluationFiles.names(in: $0) }
        let pairs = try EvaluationFiles.pairs(bands: bands, melodies: melodies, only: names)
        var report = EvaluationReport(title: URL(fileURLWithPath: bands).lastPathComponent, pieces: pairs.pieces)
        report.context.genre = genre
        report.context.missing = pairs.missing
        report.skipped = pairs.skipped
        if let compare { try add(compare, names, to: &report) }
        return report
    }

    /// Makes bands and measures them.
    func make() throws -> EvaluationReport {
        let given = try (model ?? trainingRun.map { "\($0)/model.safetensors" }).map { try readModel($0) }
        guard let genre = genre ?? given?.card.genre else { preconditionFailure("validated before") }
        let maker = try BandMaker(
            genre: genre, arranger: arranger, models: models, model: given, temperature: temperature)
        let names = try only.map { try EvaluationFiles.names(in: $0) }
        if let output {
            do {
                try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
            } catch {
                throw fail("cannot make the folder \(output): \(error.localizedDescription)", ExitReason.cannotWrite)
            }
        }
        let judging =
            try melodies.map { try JudgingMelodies(in: $0, only: names) }
            ?? JudgingMelodies(heldOutFrom: trainingRun, only: names)
        if melodies == nil { note("measuring with \(judging.words)") }
        var report = try measure(maker, judging)
        if let compare { try add(compare, names, to: &report) }
        return report
    }

    /// Has bands made for the melodies and measures them.
    private func measure(_ maker: BandMaker, _ judging: JudgingMelodies) throws -> EvaluationReport {
        let files = judging.files
        var made = BandMaker.Result()
        for (index, file) in files.enumerated() {
            do {
                let bytes = try maker.add(file, seed: seed &+ UInt64(index) &* 1_000, to: &made)
                if let output { try writeFile(bytes, to: "\(output)/\(file.name).mid") }
            } catch let problem as EvaluationFiles.Problem {
                note("\(file.path): \(problem.reason); left out.")
                made.skipped.append(problem)
            }
        }
        guard !made.pieces.isEmpty else {
            throw fail("none of the \(files.count) melodies can be used", ExitReason.badInput)
        }
        var report = EvaluationReport(title: "\(maker.genre.rawValue), \(maker.name)", pieces: made.pieces)
        report.context.genre = maker.genre
        report.context.missing = made.skipped.count
        report.context.changedBySeed = made.changedBySeed
        report.context.changedBySilence = made.changedBySilence
        report.skipped = made.skipped
        report.melodies = judging.words
        report.weightsHash = maker.weightsHash
        if !made.unlengthened.isEmpty {
            report.context.unlengthened = SetMetrics(made.unlengthened).leastQualifiedNotes
        }
        if !made.patterns.isEmpty {
            let beside = SetMetrics(made.patterns)
            report.beside = ("arranger", beside)
            report.context.arranger = beside
        }
        return report
    }

    private func add(_ folder: String, _ names: Set<String>?, to report: inout EvaluationReport) throws {
        let others = try EvaluationFiles.pairs(bands: folder, melodies: melodies, only: names)
        let byName = Dictionary(others.pieces.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let changes = report.pieces.compactMap { piece in byName[piece.name].flatMap { NoteDifference.share(piece, $0) }
        }
        let beside = SetMetrics(others.pieces)
        report.beside = (URL(fileURLWithPath: folder).lastPathComponent, beside)
        report.changedBeside = changes.isEmpty ? nil : changes.reduce(0, +) / Double(changes.count)
        report.overlap = OverlapArea.between(report.set, beside)
    }

    private func draw(_ chart: ScaleChart, to path: String) throws {
        do {
            let isSVG = path.lowercased().hasSuffix(".svg")
            try writeFile(isSVG ? Array(chart.svg().utf8) : try chart.png(), to: path)
        } catch let error as RenderingError {
            throw fail(error)
        }
    }
}
