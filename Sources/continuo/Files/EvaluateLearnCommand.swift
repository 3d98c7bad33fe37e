import ArgumentParser
import Evaluation
import Foundation
import Music

/// Learns the genre classifier of `continuo evaluate`: a development step, not shown in the help.
struct LearnGenresCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "learn-genres",
        abstract: "Learn the genre classifier from rendered excerpts (a development step).",
        discussion: "scripts/reference/genre_excerpts.py renders the excerpts; docs/evaluation.md has the recipe.",
        shouldDisplay: false)

    @Argument(help: "Folder with excerpts.tsv and the MIDI files that it names.", completion: .directory) var folder:
        String
    @Option(name: .shortAndLong, help: "Swift file to write the weights to.", completion: .file()) var output: String?

    private struct Excerpt {
        var features: [Double]
        var label: Int
        var isTest: Bool
        /// A quarter of the library, by its files.
        var fold: Int
    }

    func run() throws {
        let excerpts = try read()
        let learned = excerpts.filter { !$0.isTest }
        guard !learned.isEmpty else { throw fail("\(folder) has no excerpts to learn from", ExitReason.badInput) }
        let classifier = learn(learned)
        report("learned from", learned.map { ($0.label, hear($0, classifier)) })
        report("unseen songs", excerpts.filter(\.isTest).map { ($0.label, hear($0, classifier)) })
        // Others, only to see how well patterns are known that were never met: each learns without a quarter of the library's files.
        var unmet: [(label: Int, heard: Int)] = []
        for fold in 0..<4 {
            let without = learned.filter { $0.fold != fold }
            guard !without.isEmpty else { continue }
            let partly = learn(without)
            unmet += excerpts.filter { $0.isTest && $0.fold == fold }.map { ($0.label, hear($0, partly)) }
        }
        report("unseen songs and patterns", unmet)
        guard let output else { return }
        let text = """
            /// Written by `continuo learn-genres`; a line a genre, a weight for each feature of `GenreFeatures` and the constant.
            let genreClassifierWeights = \"""
            \(classifier.text.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
                \"""

            """
        try writeFile(Array(text.utf8), to: output)
    }

    private func learn(_ excerpts: [Excerpt]) -> GenreClassifier {
        GenreClassifier(
            SoftmaxRegression(
                learningFrom: excerpts.map(\.features), labels: excerpts.map(\.label),
                classes: GenreClassifier.genres.count))
    }

    /// Lines of file, genre, split, metre, bars and groove (`library/file:name`), separated by tabs.
    private func read() throws -> [Excerpt] {
        let list = String(decoding: try readFile("\(folder)/excerpts.tsv"), as: UTF8.self)
        return try list.split(separator: "\n").enumerated().map { index, line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard cells.count >= 6, let label = GenreClassifier.genres.firstIndex(where: { $0.rawValue == cells[1] }),
                let meter = Meter(cells[3]), let bars = Int(cells[4]), bars > 0
            else {
                throw fail(
                    "\(folder)/excerpts.tsv, line \(index + 1): expected file, genre, split, metre, bars and groove",
                    ExitReason.badInput)
            }
            let tracks = EvaluatedTrack.all(of: try readMIDIFile("\(folder)/\(cells[0])"))
            let parts = Dictionary(grouping: tracks, by: \.role).mapValues { $0.flatMap(\.notes) }
            return Excerpt(
                features: GenreFeatures.values(parts: parts, meter: meter, bars: bars), label: label,
                isTest: cells[2] == "test",
                fold: cells[5].prefix { $0 != ":" }.utf8.reduce(0) { $0 + Int($1) } % 4)
        }
    }

    private func hear(_ excerpt: Excerpt, _ classifier: GenreClassifier) -> Int {
        let chances = classifier.regression.probabilities(excerpt.features)
        return chances.indices.max { chances[$0] < chances[$1] } ?? 0
    }

    private func report(_ title: String, _ verdicts: [(label: Int, heard: Int)]) {
        let genres = GenreClassifier.genres
        var table = Table(
            head: ["\(title):", "excerpts"] + genres.map { "heard as \($0.rawValue)" },
            numbers: Set(1..<genres.count + 2))
        for (label, genre) in genres.enumerated() {
            let own = verdicts.filter { $0.label == label }
            table.rows.append(
                [genre.rawValue, "\(own.count)"]
                    + genres.indices.map { index in "\(own.count { $0.heard == index })" })
        }
        print(table.lines.joined(separator: "\n"))
        let right = verdicts.count { $0.label == $0.heard }
        print(String(format: "right: %.3f of %d", Double(right) / Double(max(1, verdicts.count)), verdicts.count))
    }
}
