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

    @Argument(help: "Folder with excerpts.tsv and the MIDI files that it names.", completion: .directory) var folder: String
    @Option(name: .shortAndLong, help: "Swift file to write the weights to.", completion: .file()) var output: String?

    private struct Excerpt {
        var features: [Double]
        var label: Int
        var isTest: Bool
    }

    func run() throws {
        let excerpts = try read()
        let learned = excerpts.filter { !$0.isTest }
        guard !learned.isEmpty else { throw fail("\(folder) has no excerpts to learn from", ExitReason.badInput) }
        let genres = GenreClassifier.genres
        let classifier = GenreClassifier(
            SoftmaxRegression(
                learningFrom: learned.map(\.features), labels: learned.map(\.label), classes: genres.count))
        report("learned from", learned, classifier)
        report("unseen songs", excerpts.filter(\.isTest), classifier)
        guard let output else { return }
        let text = """
            /// Written by `continuo learn-genres`; a line a genre, a weight for each feature of `GenreFeatures` and the constant.
            let genreClassifierWeights = \"""
            \(classifier.text.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
                \"""

            """
        try writeFile(Array(text.utf8), to: output)
    }

    /// Lines of file, genre, split, metre and bars, separated by tabs.
    private func read() throws -> [Excerpt] {
        let list = String(decoding: try readFile("\(folder)/excerpts.tsv"), as: UTF8.self)
        return try list.split(separator: "\n").enumerated().map { index, line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard cells.count >= 5, let label = GenreClassifier.genres.firstIndex(where: { $0.rawValue == cells[1] }),
                let meter = Meter(cells[3]), let bars = Int(cells[4]), bars > 0
            else {
                throw fail(
                    "\(folder)/excerpts.tsv, line \(index + 1): expected file, genre, split, metre and bars",
                    ExitReason.badInput)
            }
            let tracks = EvaluatedTrack.all(of: try readMIDIFile("\(folder)/\(cells[0])"))
            let parts = Dictionary(grouping: tracks, by: \.role).mapValues { $0.flatMap(\.notes) }
            return Excerpt(
                features: GenreFeatures.values(parts: parts, meter: meter, bars: bars), label: label,
                isTest: cells[2] == "test")
        }
    }

    private func report(_ title: String, _ excerpts: [Excerpt], _ classifier: GenreClassifier) {
        let genres = GenreClassifier.genres
        var table = Table(
            head: ["\(title):", "excerpts"] + genres.map { "heard as \($0.rawValue)" },
            numbers: Set(1..<genres.count + 2))
        var right = 0
        for (label, genre) in genres.enumerated() {
            let own = excerpts.filter { $0.label == label }
            let heard = own.map { excerpt in
                let chances = classifier.regression.probabilities(excerpt.features)
                return chances.indices.max { chances[$0] < chances[$1] } ?? 0
            }
            right += heard.count { $0 == label }
            table.rows.append(
                [genre.rawValue, "\(own.count)"] + genres.indices.map { index in "\(heard.count { $0 == index })" })
        }
        print(table.lines.joined(separator: "\n"))
        print(String(format: "right: %.3f of %d", Double(right) / Double(max(1, excerpts.count)), excerpts.count))
    }
}
