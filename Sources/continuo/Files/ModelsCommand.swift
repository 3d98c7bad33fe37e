import ArgumentParser
import Foundation
import Generation
import Installation
import Music

/// The genres that can be played, and what is known of their models.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the genres and their models; release your own and go back.",
        discussion: """
            A genre without a model of its own is played by the arranger. Your own models lie in the state folder's models/ and go \
            before the shipped ones; the first usable one plays.
            """,
        subcommands: [List.self, Show.self, Release.self, History.self, RollBack.self, Export.self],
        defaultSubcommand: List.self)

    /// Where models are looked for.
    struct Options: ParsableArguments {
        @Option(help: "Folder with models that go before all others.", completion: .directory) var models: String?
        @Flag(help: "Print as JSON.") var json = false

        var folders: ModelFolders { ModelFolders((models.map { [$0] } ?? []) + Places.ofThisProgram.models) }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the genres and their models.")
        @OptionGroup var options: Options

        func run() throws {
            let folders = options.folders
            let reports = folders.genres.map { ModelReport($0, folders.model(of: $0)) }
            if options.json { return try printJSON(reports) }
            var table = Table(head: ["GENRE", "PLAYED BY", "LICENCE", "SIZE", "SHA-256"])
            table.numbers = [3]
            for report in reports {
                let size = report.bytes.map { String(format: "%.1f MB", Double($0) / 1e6) } ?? ""
                table.rows.append([
                    report.genre, report.file ?? "the arranger", report.card["licence"] ?? "", size,
                    String((report.hash ?? "").prefix(12)),
                ])
            }
            for line in table.lines { print(line) }
            for problem in reports.flatMap(\.problems) { note(problem) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what a genre's model says of itself.")
        @OptionGroup var options: Options
        @Argument(help: "Genre, such as pop, or a model file.") var genre: String

        func run() throws {
            let folders = options.folders
            if genre.hasSuffix(".safetensors") {
                let model = try readModel(genre)
                return try show(ModelReport(model.card.genre, .init(model: model, file: genre)))
            }
            guard let genre = Genre(rawValue: genre), folders.genres.contains(genre) else {
                let names = folders.genres.map(\.rawValue).joined(separator: ", ")
                throw fail("there is no genre '\(genre)': there are \(names)", ExitReason.noInput)
            }
            try show(ModelReport(genre, folders.model(of: genre)))
        }

        private func show(_ report: ModelReport) throws {
            if options.json { return try printJSON(report) }
            print(Ink.bold(report.genre))
            guard let file = report.file, let hash = report.hash else {
                print("  played by the arranger: no model is installed")
                for problem in report.problems { print("  \(problem)") }
                return
            }
            var rows = [("file", file), ("SHA-256", hash)]
            rows += report.card.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            let width = rows.map(\.0.count).max() ?? 0
            for (key, value) in rows {
                print("  " + key + String(repeating: " ", count: width - key.count + 2) + value)
            }
            if let readable = ModelShelf.readableCard(beside: file) { print("\n\(readable)") }
            for problem in report.problems { note(problem) }
        }
    }
}

/// What `--json` prints of a genre.
private struct ModelReport: Encodable {
    var genre: String
    /// Nil where the arranger plays.
    var file: String?
    var hash: String?
    /// SHA-256 of weights and styles alone.
    var weights: String?
    var bytes: Int?
    /// As the file says it.
    var card: [String: String]
    /// Files that are there and cannot be used.
    var problems: [String]

    init(_ genre: Genre, _ search: ModelFolders.Search) {
        self.genre = genre.rawValue
        file = search.file
        hash = search.model?.hash
        weights = search.model?.weightsHash
        bytes = search.file.flatMap {
            ((try? FileManager.default.attributesOfItem(atPath: $0))?[.size] as? NSNumber)?.intValue
        }
        card = search.model?.card.metadata ?? [:]
        problems = search.problems
    }
}
