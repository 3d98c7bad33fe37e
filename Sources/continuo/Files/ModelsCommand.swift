import ArgumentParser
import ConsoleAPI
import ContinuoClient
import Foundation
import Generation
import Installation
import ModelLibrary
import Music

/// The genres that can be played, and what is known of their models.
struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the genres and their models; release your own and go back.",
        discussion: """
            A genre without a model of its own is played by the arranger. Your own models lie in the state folder's models/ and go \
            before the shipped ones; the first usable one plays. Where a daemon runs, it is asked: its models are those that are \
            heard. Without one, and with --models, this account's files are looked at.
            """,
        subcommands: [List.self, Show.self, Release.self, History.self, RollBack.self, Export.self],
        defaultSubcommand: List.self)

    /// Where models are looked for.
    struct Options: ParsableArguments {
        @Option(help: "Folder with models that go before all others; no daemon is asked.", completion: .directory)
        var models: String?
        @OptionGroup var daemon: DaemonOption
        @Flag(help: "Print as JSON.") var json = false

        var folders: ModelFolders { ModelFolders((models.map { [$0] } ?? []) + Places.ofThisProgram.models) }
        var library: ModelLibrary { ModelLibrary(folders) }

        /// Asks the daemon, or looks at the files where none runs; ends the command with what to do where that fails.
        func ask<T>(
            _ question: (ContinuoClient) async throws(ClientError) -> T, files: (ModelLibrary) throws(APIError) -> T
        ) async throws -> T {
            if models == nil {
                do { return try await question(daemon.client) } catch {
                    // A socket that was named is one that is meant.
                    guard case .unreachable = error, daemon.socket == nil else { throw fail(error) }
                }
            }
            do { return try files(library) } catch { throw fail(.refused(error)) }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the genres and their models.")
        @OptionGroup var options: Options

        func run() async throws {
            let list = try await options.ask { client throws(ClientError) in
                try await client.models()
            } files: {
                $0.all
            }
            if options.json { return try printJSON(list) }
            var table = Table(head: ["GENRE", "PLAYED BY", "VERSION", "LICENCE", "SIZE", "SHA-256"])
            table.numbers = [2, 4]
            for model in list.models {
                let summary = model.summary
                let size = summary.bytes.map { String(format: "%.1f MB", Double($0) / 1e6) } ?? ""
                table.rows.append([
                    summary.genre, model.file ?? "the arranger", summary.version.map { "\($0)" } ?? "",
                    summary.licence ?? "", size, String((summary.hash ?? "").prefix(12)),
                ])
            }
            for line in table.lines { print(line) }
            for problem in list.models.flatMap(\.summary.problems) { note(problem) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what a genre's model says of itself.")
        @OptionGroup var options: Options
        @Argument(help: "Genre, such as pop, or a model file.") var genre: String

        func run() async throws {
            if genre.hasSuffix(".safetensors") {
                let model = try readModel(genre)
                return try show(ModelReport(model.card.genre, .init(model: model, file: genre), .own))
            }
            guard let name = Genre(rawValue: genre) else {
                throw fail("'\(genre)' is no genre's name; \"continuo models\" lists them", ExitReason.noInput)
            }
            try show(
                try await options.ask { client throws(ClientError) in
                    try await client.model(of: name)
                } files: {
                    library throws(APIError) in
                    try library.requireKnown(name)
                    return library.report(of: name)
                })
        }

        private func show(_ report: ModelReport) throws {
            if options.json { return try printJSON(report) }
            print(Ink.bold(report.summary.genre))
            guard let file = report.file, let hash = report.summary.hash else {
                print("  played by the arranger: no model is installed")
                for problem in report.summary.problems { print("  \(problem)") }
                return
            }
            var rows = [("file", file), ("SHA-256", hash)]
            if let version = report.summary.version { rows.append(("version", "\(version)")) }
            rows += report.card.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            let width = rows.map(\.0.count).max() ?? 0
            for (key, value) in rows {
                print("  " + key + String(repeating: " ", count: width - key.count + 2) + value)
            }
            if let readable = report.readable { print("\n\(readable)") }
            for problem in report.summary.problems { note(problem) }
        }
    }

    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the released versions of a genre.")
        @OptionGroup var options: ModelsCommand.Options
        @Argument(help: "Genre, such as pop.") var genre: Genre

        func run() async throws {
            let report = try await options.ask { client throws(ClientError) in
                try await client.model(of: genre)
            } files: {
                $0.report(of: genre)
            }
            if options.json { return try printJSON(report.history) }
            var table = Table(head: ["VERSION", "RELEASED", "SHA-256", ""])
            for version in report.history {
                table.rows.append([
                    "\(version.version)", version.released ?? "", String(version.hash.prefix(12)),
                    version.isInUse ? "in use" : "",
                ])
            }
            if report.history.isEmpty { note("no model of your own for \(genre.rawValue) was released") }
            for line in table.lines { print(line) }
        }
    }

    struct RollBack: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rollback", abstract: "Go back to an earlier version of a genre's model.",
            discussion: "Past the first version of your own the shipped model plays again.")
        @OptionGroup var options: ModelsCommand.Options
        @Argument(help: "Genre, such as pop.") var genre: Genre
        @Argument(help: "Version; 0 is the shipped model (default: the one before).") var version: Int?

        func run() async throws {
            let request = RollbackRequest(version: version)
            let report = try await options.ask { client throws(ClientError) in
                try await client.rollBack(genre, request)
            } files: { library throws(APIError) in
                try library.rollBack(genre, request)
            }
            if options.json { return try printJSON(report) }
            print(
                report.summary.version.map { "\(genre.rawValue), version \($0)" }
                    ?? "\(genre.rawValue): no model of your own is in use")
        }
    }
}
