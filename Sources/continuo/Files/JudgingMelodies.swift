import Foundation
import Installation

/// The melodies that a model is judged by, and how that is said.
struct JudgingMelodies {
    var files: [EvaluationFiles.File]
    /// A clause for reports and cards: `23 held-out melodies of the run`.
    var words: String

    /// Fewer are not enough: a figure of a set, such as the conditioning gap, needs melodies to exchange.
    static let fewest = 5

    /// Those of a folder.
    init(in folder: String, only names: Set<String>?) throws {
        files = try EvaluationFiles.midiFiles(in: folder, only: names)
        words = "\(Self.counted(files.count)) of \(URL(fileURLWithPath: folder).lastPathComponent)"
    }

    /// The ones that a run held out; where there are too few, the examples that come with the program beside them.
    ///
    /// - Parameter run: nil takes the examples alone.
    init(heldOutFrom run: String?, only names: Set<String>?) throws {
        let own = run.map { "\($0)/melodies" }.flatMap { Self.hasMelodies($0) ? $0 : nil }
        files = try own.map { try EvaluationFiles.midiFiles(in: $0, only: names) } ?? []
        words = "\(Self.counted(files.count, "held-out ")) of the run"
        guard files.count < Self.fewest else { return }
        guard let examples = Places.ofThisProgram.melodies.first(where: Self.hasMelodies) else {
            guard files.isEmpty else { return }
            throw fail("there are no melodies to measure with; name a folder with --melodies", ExitReason.noInput)
        }
        let added = try EvaluationFiles.midiFiles(in: examples, only: files.isEmpty ? names : nil)
        let shown = "\(Self.counted(added.count, "example ")) that come with Continuo"
        words =
            files.isEmpty
            ? shown + (run == nil ? "" : ", since the run held out no melody of eight bars") : "\(words) and \(shown)"
        let known = Set(files.map(\.name))
        files += added.filter { !known.contains($0.name) }
    }

    private static func hasMelodies(_ folder: String) -> Bool {
        (try? FileManager.default.contentsOfDirectory(atPath: folder))?.contains { $0.hasSuffix(".mid") } ?? false
    }

    private static func counted(_ count: Int, _ kind: String = "") -> String {
        "\(count) \(kind)\(count == 1 ? "melody" : "melodies")"
    }
}
