import Evaluation
import Foundation
import Generation

/// What an evaluation's JSON says of a model, as its card tells it.
struct ModelEvaluation: Decodable {
    struct Bound: Decodable {
        var level: String
        var title: String
        var value: Double?
        var bound: String
        var passed: Bool
    }

    var genre: String?
    /// `GenreModel.weightsHash` of the model that was measured.
    var weights: String?
    var mean: [String: Double]
    var references: [String: [String: Double]]
    var floors: [String: [String: Double]]
    var beside: [String: [String: Double]]
    var gates: [Bound]

    /// The must-gates that are missed, as clauses.
    var missed: [String] {
        gates.filter { $0.level == Gate.Level.must.rawValue && !$0.passed }.map {
            "\($0.title) \(EvaluationReport.text($0.value, 3)) (\($0.bound))"
        }
    }

    /// Each metric beside people, the arranger and the floor.
    var table: Table {
        var table = Table(
            head: ["metric", "this model", "arranger", "people: songs", "floor: +1 semitone"], numbers: [1, 2, 3, 4])
        for metric in Metric.all {
            let values = [
                mean[metric.name], beside["arranger"]?[metric.name], references[metric.name]?["independent"],
                floors["wrongKey"]?[metric.name],
            ]
            table.rows.append([metric.title] + values.map { EvaluationReport.text($0, 3) })
        }
        return table
    }

    var gateTable: Table {
        var table = Table(head: ["gate", "level", "value", "bound", ""], numbers: [2])
        for gate in gates {
            table.rows.append([
                gate.title, gate.level, EvaluationReport.text(gate.value, 3), gate.bound,
                gate.passed ? "kept" : "MISSED",
            ])
        }
        return table
    }

    /// For the file's metadata: what was measured, beside people.
    var notes: [String: String] {
        let measured = Metric.all.compactMap { metric in
            mean[metric.name].map { value in
                let people = references[metric.name]?["independent"].map { " (people \(EvaluationReport.text($0, 3)))" }
                return "\(metric.name) \(EvaluationReport.text(value, 3))\(people ?? "")"
            }
        }
        return ["metrics": measured.joined(separator: ", ")]
    }

    /// The readable card.
    func markdown(_ model: GenreModel) -> String {
        var facts = Table(head: ["", ""])
        for (key, value) in model.card.metadata.sorted(by: { $0.key < $1.key }) where key != "metrics" {
            facts.rows.append([key, value])
        }
        return
            (["# \(model.card.genre.rawValue)", ""] + facts.markdown + ["", "## Beside people", ""] + table.markdown
            + ["", "## Gates", ""] + gateTable.markdown).joined(separator: "\n") + "\n"
    }
}
