import Evaluation
import FoundationEssentials
import Generation

/// What was measured of a model, as its card tells it: a part of what `continuo evaluate --json` writes.
public struct ModelEvaluation: Hashable, Sendable, Codable {
    /// A gate with its outcome.
    public struct Bound: Hashable, Sendable, Codable {
        public var level: String
        public var title: String
        public var value: Double?
        public var bound: String
        public var passed: Bool
    }

    public var genre: String?
    /// `GenreModel.weightsHash` of the model that was measured.
    public var weights: String?
    /// Which melodies it was measured with, a clause; nil where it was not said.
    public var melodies: String?
    public var mean: [String: Double]
    public var references: [String: [String: Double]]
    public var floors: [String: [String: Double]]
    public var beside: [String: [String: Double]]
    public var gates: [Bound]

    /// What was measured of a model whose card does not say it: `NAME.evaluation.json` beside `NAME.safetensors`.
    ///
    /// - Returns: nil where there is none, or it is of other weights.
    public static func beside(_ file: String, of model: GenreModel) -> ModelEvaluation? {
        guard file.hasSuffix(".safetensors") else { return nil }
        let path = file.dropLast("safetensors".count) + "evaluation.json"
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: String(path))),
            let evaluation = try? JSONDecoder().decode(ModelEvaluation.self, from: data),
            evaluation.weights == model.weightsHash
        else { return nil }
        return evaluation
    }

    /// The must-gates that are missed, as clauses.
    public var missed: [String] {
        gates.filter { $0.level == Gate.Level.must.rawValue && !$0.passed }.map {
            "\($0.title) \(Self.text($0.value)) (\($0.bound))"
        }
    }

    /// Each metric beside people, the arranger and the floor: a row of cells each.
    public var rows: [[String]] {
        Metric.all.map { metric in
            let values = [
                mean[metric.name], beside["arranger"]?[metric.name], references[metric.name]?["independent"],
                floors["wrongKey"]?[metric.name],
            ]
            return [metric.title] + values.map { Self.text($0) }
        }
    }

    /// The heads of `rows`; all but the first are numbers.
    public static let rowHeads = ["metric", "this model", "arranger", "people: songs", "floor: +1 semitone"]

    /// Each gate: title, level, value, bound, outcome.
    public var gateRows: [[String]] {
        gates.map {
            [$0.title, $0.level, Self.text($0.value), $0.bound, $0.passed ? "kept" : "MISSED"]
        }
    }

    /// The heads of `gateRows`; the third is a number.
    public static let gateHeads = ["gate", "level", "value", "bound", ""]

    /// For the file's metadata: what was measured, beside people; and with which melodies.
    public var notes: [String: String] {
        let measured = Metric.all.compactMap { metric in
            mean[metric.name].map { value in
                let people = references[metric.name]?["independent"].map { " (people \(Self.text($0)))" }
                return "\(metric.name) \(Self.text(value))\(people ?? "")"
            }
        }
        var notes = ["metrics": measured.joined(separator: ", ")]
        if let melodies { notes["measured with"] = melodies }
        return notes
    }

    /// The figures that `notes` wrote into a card, by the metrics' names; empty where there are none.
    public static func figures(in notes: [String: String]) -> [String: Double] {
        var figures: [String: Double] = [:]
        for clause in (notes["metrics"] ?? "").split(separator: ",") {
            let words = clause.split(separator: " ")
            guard words.count >= 2, let value = Double(words[1]), value.isFinite else { continue }
            figures[String(words[0])] = value
        }
        return figures
    }

    /// The readable card.
    public func markdown(_ model: GenreModel) -> String {
        let facts = model.card.metadata.sorted { $0.key < $1.key }.filter { $0.key != "metrics" }
        return
            (["# \(model.card.genre.rawValue)", ""]
            + Self.table(["", ""], facts.map { [$0.key, $0.value] }, numbers: []) + ["", "## Beside people", ""]
            + Self.table(Self.rowHeads, rows, numbers: [1, 2, 3, 4]) + ["", "## Gates", ""]
            + Self.table(Self.gateHeads, gateRows, numbers: [2])).joined(separator: "\n") + "\n"
    }

    /// A Markdown table's lines.
    ///
    /// - Parameter numbers: columns that are aligned at their right edge.
    public static func table(_ head: [String], _ rows: [[String]], numbers: Set<Int>) -> [String] {
        func line(_ cells: [String]) -> String {
            "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
        }
        let rule = head.indices.map { numbers.contains($0) ? "--:" : "---" }
        return [line(head), line(rule)] + rows.map(line)
    }

    /// With three decimals; `-` for none.
    private static func text(_ value: Double?) -> String {
        guard let value, value.isFinite, abs(value) < 1e12 else { return "-" }
        let thousandths = Int((abs(value) * 1000).rounded())
        let digits = String(thousandths % 1000)
        let sign = value < 0 && thousandths > 0 ? "-" : ""
        return "\(sign)\(thousandths / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
    }
}
