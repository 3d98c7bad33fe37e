import Foundation
import Rendering
import Training

extension CurveChart {
    /// A training run's curves.
    ///
    /// - Parameter title: the run's name.
    init(_ history: LossHistory, title: String) {
        func curve(_ column: String, _ title: String) -> Curve {
            Curve(title: title, values: history.columns[column] ?? [])
        }
        let stages = ["plan": "chords", "reconstruction": "reconstruction", "adversarial": "adversarial"]
        self.init(
            title: title,
            subtitle: "\(history.count) steps, faint: where eight in ten values lie",
            firstStep: history.firstStep,
            stages: history.stages.map { .init(title: stages[$0.name] ?? $0.name, range: $0.rows) },
            panels: [
                Panel(
                    title: "Generator", note: "its whole loss, smaller is better", curves: [curve("generator", "loss")]),
                Panel(
                    title: "Discriminator", note: "hinge loss: lower, the better it tells bands from people's",
                    curves: [curve("discriminator", "loss")], level: .init(value: 2, title: "it sees nothing")),
                Panel(
                    title: "Chords", note: "cross-entropy of the chord plan", curves: [curve("plan", "loss")]),
                Panel(
                    title: "Rhythm", note: "when parts and drums strike",
                    curves: [curve("gates", "parts"), curve("drums", "drums")]),
                Panel(
                    title: "Pitches and velocities",
                    curves: [curve("pitches", "pitches"), curve("velocities", "velocities")]),
                Panel(
                    title: "Style", note: "nats that a band's style tells, near 0 it has collapsed",
                    curves: [curve("divergence", "nats")]),
                Panel(
                    title: "Gradient", note: "norm before it is clipped", curves: [curve("gradient_norm", "norm")]),
            ])
    }
}

/// A training run's losses: its folder or the table itself.
struct RunFile {
    /// What a person calls it.
    let name: String
    let history: LossHistory

    /// - Returns: nil where the path is neither a run's folder nor a `.csv` file.
    init?(_ path: String) throws {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        guard exists && isFolder.boolValue || path.lowercased().hasSuffix(".csv") else { return nil }
        let url = URL(fileURLWithPath: path)
        let file = isFolder.boolValue ? url.appendingPathComponent("losses.csv").path : path
        guard FileManager.default.fileExists(atPath: file) else {
            throw fail(
                "\(path) is no training run: it has no losses.csv. Name a run's folder or a MIDI file",
                ExitReason.noInput)
        }
        name = (isFolder.boolValue ? url : url.deletingLastPathComponent()).standardizedFileURL.lastPathComponent
        do { history = try LossHistory(String(decoding: try readFile(file), as: UTF8.self)) } catch let error
            as TrainingError
        {
            throw fail("\(file): \(error)", ExitReason.badInput)
        }
    }
}
