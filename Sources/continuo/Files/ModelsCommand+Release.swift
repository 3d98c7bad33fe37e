import ArgumentParser
import ConsoleAPI
import ContinuoClient
import Foundation
import Generation
import Installation
import ModelLibrary
import Music

extension ModelsCommand {
    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a trained model to use.",
            discussion: """
                The model is measured where no evaluation of its very weights lies beside it (evaluation.json), gets a card, and goes \
                into the state folder's models/; earlier ones are kept as versions. One that misses a must-gate is refused. With --job \
                the daemon releases what a job of its own has learned and measured.
                """)

        @OptionGroup var options: ModelsCommand.Options
        @Argument(help: "Folder of a finished run, or a model file.", completion: .file()) var source: String?
        @Option(help: "The daemon's training job whose model is wanted, in place of a folder.") var job: Int64?
        @Option(help: "Genre to release it as, where it is not that which it was trained for.") var genre: Genre?
        @Option(
            help: "Folder of melodies to measure with (default: those held out from the run, else the examples).")
        var melodies: String?
        @Flag(help: "Release it though it misses a must-gate; the card says so.") var force = false

        func validate() throws {
            guard (source == nil) != (job == nil) else {
                throw ValidationError("Name a run's folder, a model file, or --job with a job's number.")
            }
            if job != nil, genre != nil || melodies != nil || options.models != nil {
                throw ValidationError(
                    "--job releases what the daemon has; --genre, --melodies and --models are for files.")
            }
        }

        func run() async throws {
            if let job { return try await release(job: job) }
            guard let source else { preconditionFailure("validated before") }
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: source, isDirectory: &isFolder)
            let file = isFolder.boolValue ? "\(source)/model.safetensors" : source
            let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
            let trained = try readModel(file)
            let bytes = try readFile(file)
            let genre = genre ?? trained.card.genre
            let evaluation = try evaluation(of: trained, file, in: folder, genre)
            let missed = evaluation.missed
            guard missed.isEmpty || force else {
                let table = Table(head: ModelEvaluation.rowHeads, rows: evaluation.rows, numbers: [1, 2, 3, 4])
                let gates = Table(head: ModelEvaluation.gateHeads, rows: evaluation.gateRows, numbers: [2])
                note((table.lines + gates.lines).joined(separator: "\n"))
                throw fail(
                    "\(file) is not released: it misses \(missed.joined(separator: "; ")). --force releases it all the same",
                    ExitReason.badInput)
            }
            do {
                let release = try ModelRelease(bytes, as: genre, evaluation: evaluation)
                let version = try release.install(on: options.library.shelf, force: force, version: continuoVersion)
                if options.json { return try printJSON(options.library.report(of: genre)) }
                print("\(genre.rawValue), version \(version.number): \(options.library.shelf.path(of: genre))")
                print(release.verdict)
            } catch let error as ShelfError {
                throw fail("\(error)", ExitReason.cannotWrite)
            }
        }

        private func release(job: Int64) async throws {
            let report = try await options.daemon.ask { client throws(ClientError) in
                let genre = Genre(rawValue: try await client.job(job).summary.genre)
                guard let genre else { throw .refused(.badRequest("job \(job) is of no genre")) }
                return try await client.release(genre, ReleaseRequest(job: job, force: force))
            }
            if options.json { return try printJSON(report) }
            print("\(report.summary.genre), version \(report.summary.version ?? 0): \(report.file ?? "")")
            if let verdict = report.card["gates"] { print(verdict) }
        }

        /// That which lies beside the model, if it is of these weights; else a new one, which is kept there where that can be.
        private func evaluation(
            of model: GenreModel, _ file: String, in folder: String, _ genre: Genre
        ) throws -> ModelEvaluation {
            let beside = "\(folder)/evaluation.json"
            if let data = FileManager.default.contents(atPath: beside),
                let known = try? JSONDecoder().decode(ModelEvaluation.self, from: data),
                known.weights == model.weightsHash, known.genre == genre.rawValue
            {
                return known
            }
            let command = try EvaluateBandsCommand.parse(
                ["--genre", genre.rawValue, "--model", file]
                    + (melodies.map { ["--melodies", $0] } ?? ["--run", folder]))
            let json = try command.make().json()
            do { try Data(json).write(to: URL(fileURLWithPath: beside), options: .atomic) } catch {
                note("the evaluation is not kept beside the model: \(error.localizedDescription)")
            }
            return try JSONDecoder().decode(ModelEvaluation.self, from: Data(json))
        }
    }
}

/// Reads a model file, or says why it cannot be used.
func readModel(_ path: String) throws -> GenreModel {
    let bytes = try readFile(path)
    do { return try GenreModel(bytes: bytes) } catch { throw fail("cannot use \(path): \(error)", ExitReason.badInput) }
}
