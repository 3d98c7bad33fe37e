import ArgumentParser
import ConsoleAPI
import Foundation
import Generation
import Installation
import Music

extension ModelsCommand {
    struct Release: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a trained model to use.",
            discussion: """
                The model is measured where no evaluation of its very weights lies beside it (evaluation.json), gets a card, and goes \
                into the state folder's models/; earlier ones are kept as versions. One that misses a must-gate is refused.
                """)

        @OptionGroup var options: ModelsCommand.Options
        @Argument(help: "Folder of a finished run, or a model file.", completion: .file()) var source: String
        @Option(help: "Genre to release it as, where it is not that which it was trained for.") var genre: Genre?
        @Option(
            help: "Folder of melodies to measure with (default: RUN/melodies, else those that come with the program).")
        var melodies: String?
        @Flag(help: "Release it though it misses a must-gate; the card says so.") var force = false

        func run() throws {
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
                note(evaluation.table.lines.joined(separator: "\n"))
                note(evaluation.gateTable.lines.joined(separator: "\n"))
                throw fail(
                    "\(file) is not released: it misses \(missed.joined(separator: "; ")). --force releases it all the same",
                    ExitReason.badInput)
            }
            var notes = evaluation.notes
            notes["weights SHA-256"] = trained.weightsHash
            notes["released"] = Date().formatted(.iso8601)
            notes["released with"] = "continuo \(continuoVersion)"
            notes["licence"] = trained.card.notes["licence"] ?? "not stated"
            notes["gates"] =
                missed.isEmpty
                ? "every must-gate is kept" : "released with --force; misses \(missed.joined(separator: "; "))"
            do {
                let released = try GenreModel.adding(notes: notes, to: bytes, genre: genre)
                let model = try GenreModel(bytes: released)
                let version = try options.shelf.install(released, card: evaluation.markdown(model))
                if options.json { return try printJSON(VersionReport(genre: genre.rawValue, version)) }
                print("\(genre.rawValue), version \(version.number): \(options.shelf.path(of: genre))")
                print(notes["gates"]!)
            } catch let error as ShelfError {
                throw fail("\(error)", ExitReason.cannotWrite)
            }
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
            let own = "\(folder)/melodies"
            let sung = try melodies ?? (FileManager.default.fileExists(atPath: own) ? own : Self.shippedMelodies())
            note("measuring with the melodies in \(sung)")
            let command = try EvaluateBandsCommand.parse([
                "--genre", genre.rawValue, "--melodies", sung, "--model", file,
            ])
            let json = try command.make().json()
            do { try Data(json).write(to: URL(fileURLWithPath: beside), options: .atomic) } catch {
                note("the evaluation is not kept beside the model: \(error.localizedDescription)")
            }
            return try JSONDecoder().decode(ModelEvaluation.self, from: Data(json))
        }

        private static func shippedMelodies() throws -> String {
            var folders = Places.ofThisProgram.models.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
            folders = folders.flatMap { ["\($0)/Examples/melodies", "\($0)/melodies"] }
            guard let found = folders.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
                throw fail(
                    "there are no melodies to measure the model with; name a folder with --melodies", ExitReason.noInput
                )
            }
            return found
        }
    }

    struct History: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the released versions of a genre.")
        @OptionGroup var options: ModelsCommand.Options
        @Argument(help: "Genre, such as pop.") var genre: Genre

        func run() throws {
            let versions = options.shelf.versions(of: genre)
            if options.json { return try printJSON(versions.map { VersionReport(genre: genre.rawValue, $0) }) }
            var table = Table(head: ["VERSION", "RELEASED", "SHA-256", ""])
            for version in versions {
                let notes = (try? readModel(version.path))?.card.notes
                table.rows.append([
                    "\(version.number)", notes?["released"] ?? "", String(version.hash.prefix(12)),
                    version.isInUse ? "in use" : "",
                ])
            }
            if versions.isEmpty { note("no model of your own for \(genre.rawValue) was released") }
            for line in table.lines { print(line) }
        }
    }

    struct RollBack: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rollback", abstract: "Go back to an earlier version of a genre's model.",
            discussion: "Past the first version of your own the shipped model plays again.")
        @OptionGroup var options: ModelsCommand.Options
        @Argument(help: "Genre, such as pop.") var genre: Genre
        @Argument(help: "Version; 0 is the shipped model (default: the one before).") var version: Int?

        func run() throws {
            do {
                let taken = try options.shelf.rollBack(genre, to: version)
                if options.json { return try printJSON(VersionReport(genre: genre.rawValue, taken)) }
                print(
                    taken.map { "\(genre.rawValue), version \($0.number)" }
                        ?? "\(genre.rawValue): no model of your own is in use")
            } catch let error as ShelfError {
                throw fail("\(error)", ExitReason.badInput)
            }
        }
    }
}

extension ModelsCommand.Options {
    /// Where released models go: the folder that is looked into first.
    var shelf: ModelShelf { ModelShelf(folders.paths[0]) }
}

/// What `--json` prints of a released version.
private struct VersionReport: Encodable {
    var genre: String
    /// 0 where no own model is in use.
    var version: Int
    var file: String?
    var hash: String?
    var isInUse: Bool

    init(genre: String, _ version: ModelShelf.Version?) {
        self.genre = genre
        self.version = version?.number ?? 0
        file = version?.path
        hash = version?.hash
        isInUse = version?.isInUse ?? true
    }
}

/// Reads a model file, or says why it cannot be used.
func readModel(_ path: String) throws -> GenreModel {
    let bytes = try readFile(path)
    do { return try GenreModel(bytes: bytes) } catch { throw fail("cannot use \(path): \(error)", ExitReason.badInput) }
}
