import Evaluation
import Foundation
import Music

/// How free playing was read, as tables and as JSON.
struct CaptureReport {
    enum Kind {
        case model(seed: UInt64)
        case performances(Double)
    }

    /// What was read from one recording.
    struct Reading {
        var name: String
        var answer: CaptureAnswer?
        var truth: CaptureTruth?
        /// Why there is nothing to compare with.
        var reason: String?
    }

    let kind: Kind
    var files = 0
    var verdicts: [CaptureVerdict] = []
    var phrases: [PhraseVerdict] = []
    var readings: [Reading] = []
    var skipped: [EvaluationFiles.Problem] = []

    init(kind: Kind) { self.kind = kind }

    private var score: CaptureScore { CaptureScore(verdicts) }

    /// Recordings have none: what their files say is not always right.
    var gates: [Gate] {
        guard case .model = kind else { return [] }
        return score.gates + phraseScore.gates
    }

    // MARK: - Tables

    var lines: [String] {
        var lines: [String] = []
        switch kind {
        case .model(let seed):
            lines.append("\(counted(files, "melody", "melodies")), \(counted(verdicts.count, "take")), seed \(seed)")
        case .performances(let seconds):
            let compared = "\(verdicts.count) with a tempo map and metre to compare with"
            lines.append("\(counted(files, "performance")), up to \(beats(seconds)) s of each; \(compared)")
            lines += [""] + readingTable.lines
        }
        if !skipped.isEmpty { lines.append("\(counted(skipped.count, "file")) left out") }
        guard !verdicts.isEmpty else { return lines }
        lines += [""] + scoreTable.lines + [""] + meterTable.lines
        if let cost = score.cost {
            lines += ["", String(format: "cost: %.1f ms a take, at most %.1f", cost.mean * 1e3, cost.greatest * 1e3)]
        }
        if let latest = score.latestTempoError {
            let shares = String(format: "%.1f %%, nine in ten within %.1f %%", latest.median * 100, latest.ninth * 100)
            lines.append("tempo of the last bar: median error \(shares)")
        }
        let errors = score.errors
        if !errors.isEmpty {
            lines += ["", Ink.bold("errors")]
            lines += errors.prefix(12).map { "  \($0.error): \($0.count)" }
            let rest = errors.dropFirst(12).reduce(0) { $0 + $1.count }
            if rest > 0 { lines.append("  others: \(rest)") }
        }
        if !phrases.isEmpty { lines += phraseLines }
        if !gates.isEmpty { lines += [""] + gateTable.lines }
        return lines
    }

    private static let columns: [(head: String, name: String, holds: @Sendable (CaptureVerdict) -> Bool)] = [
        ("tempo", "tempo", { $0.isTempoRight }),
        ("not half or double", "tempoItself", { $0.isTempoExact }),
        ("metre", "meter", { $0.isMeterRight }),
        ("bar line", "barLine", { $0.isBarLineRight }),
        ("metre and bar line", "meterAndBarLine", { $0.isMeterAndBarLineRight }),
        ("all", "all", { $0.isTempoRight && $0.isMeterAndBarLineRight }),
    ]

    private var scoreTable: Table {
        var table = Table(
            head: ["share of takes", "takes"] + Self.columns.map(\.head), numbers: Set(1...Self.columns.count + 1))
        func add(_ title: String, _ score: CaptureScore) {
            guard !score.verdicts.isEmpty else { return }
            table.rows.append(
                [title, "\(score.verdicts.count)"]
                    + Self.columns.map { EvaluationReport.text(score.share(of: $0.holds), 3) })
        }
        add("all metres", score)
        for meter in MeterClass.allCases { add(meter.rawValue, score.only(meter)) }
        if score.evenShare(of: \.isMeterRight) != nil {
            table.rows.append(
                ["each metre alike", ""] + Self.columns.map { EvaluationReport.text(score.evenShare(of: $0.holds), 3) })
        }
        return table
    }

    /// Which metre was taken for which: a row is what is true, a column what was read.
    private var meterTable: Table {
        var table = Table(
            head: ["heard as"] + MeterClass.allCases.map(\.rawValue) + ["nothing"],
            numbers: Set(1...MeterClass.allCases.count + 1))
        for meter in MeterClass.allCases where !score.only(meter).verdicts.isEmpty {
            table.rows.append([meter.rawValue] + Self.heard.map { "\(score.count(of: meter, heardAs: $0))" })
        }
        return table
    }

    private static let heard: [MeterClass?] = MeterClass.allCases + [nil]

    private var phraseScore: PhraseScore { PhraseScore(phrases) }

    /// How often "what I just played" was understood, and what was taken instead.
    private var phraseLines: [String] {
        var table = Table(
            head: ["phrases", "sessions", "first press", "second press"], numbers: [1, 2, 3])
        let kinds: [(String, (PhraseVerdict) -> Bool)] = [
            ("all sessions", { _ in true }),
            ("the last melody played twice", { $0.session.phrases.first?.kind == .secondPass }),
            ("the last melody played once", { $0.session.phrases.first?.kind == .melody }),
            ("a hesitation in it", { $0.session.phrases.first?.hesitations.isEmpty == false }),
        ]
        for (title, isKept) in kinds {
            let kept = phraseScore.only(isKept)
            guard !kept.verdicts.isEmpty else { continue }
            table.rows.append(
                [title, "\(kept.verdicts.count)"] + (0...1).map { EvaluationReport.text(kept.share(press: $0), 3) })
        }
        var lines = [""] + table.lines
        for (press, title) in ["errors at the first press", "errors at the second press"].enumerated() {
            let errors = phraseScore.errors(press: press)
            guard !errors.isEmpty else { continue }
            lines += ["", Ink.bold(title)] + errors.map { "  \($0.error): \($0.count)" }
        }
        return lines
    }

    private var readingTable: Table {
        var table = Table(head: ["performance", "read", "", "the file says", "", "compared"], numbers: [1, 3])
        for reading in readings {
            var row = [reading.name]
            row += reading.answer.map { [beats($0.tempo.quartersPerMinute), "\($0.meter)"] } ?? ["-", ""]
            row += reading.truth.map { [beats($0.quartersPerMinute), $0.meter.rawValue] } ?? ["-", ""]
            if let truth = reading.truth {
                let verdict = CaptureVerdict(name: reading.name, truth: truth, answer: reading.answer, cost: 0)
                row.append(verdict.error ?? "right")
            } else {
                row.append("not compared: \(reading.reason ?? "it has no notes")")
            }
            table.rows.append(row)
        }
        return table
    }

    private var gateTable: Table {
        var table = Table(head: ["gate", "", "bound", "this set", ""], numbers: [3])
        for gate in gates {
            table.rows.append(
                [
                    gate.level.rawValue, gate.title, gate.bound, EvaluationReport.text(gate.value, 3),
                    gate.isPassed ? Ink.green("pass") : Ink.red("FAIL"),
                ])
        }
        return table
    }

    private func counted(_ count: Int, _ one: String, _ many: String) -> String {
        "\(count) \(count == 1 ? one : many)"
    }
    private func counted(_ count: Int, _ word: String) -> String { counted(count, word, "\(word)s") }

    // MARK: - JSON

    private struct Contents: Encodable {
        struct Take: Encodable {
            var name: String
            var trueTempo: Double?
            var trueMeter: String?
            var tempo: Double?
            var meter: String?
            /// In felt beats.
            var barLineError: Double?
            var isTempoRight: Bool?
            var isMeterRight: Bool?
            var isBarLineRight: Bool?
            var error: String?
            var seconds: Double?
        }
        var takes: [Take]
        /// For all metres (`all`), for each, and for each counted alike (`even`).
        var shares: [String: [String: Double]]
        /// Takes by true metre, then by the metre read (`none` where there is none).
        var meters: [String: [String: Int]]
        var errors: [String: Int]
        var gates: [String: Bool]
        var skipped: [String: String]
    }

    func json() throws -> [UInt8] {
        var shares: [String: [String: Double]] = [:]
        for (name, score) in [("all", score)] + MeterClass.allCases.map({ ($0.rawValue, score.only($0)) })
        where !score.verdicts.isEmpty {
            shares[name] = Dictionary(
                uniqueKeysWithValues: Self.columns.map { ($0.name, score.share(of: $0.holds) ?? 0) })
        }
        if score.evenShare(of: \.isMeterRight) != nil {
            shares["even"] = Dictionary(
                uniqueKeysWithValues: Self.columns.map { ($0.name, score.evenShare(of: $0.holds) ?? 0) })
        }
        let meters = Dictionary(
            uniqueKeysWithValues: MeterClass.allCases.map { meter in
                let counts = Self.heard.map { ($0?.rawValue ?? "none", score.count(of: meter, heardAs: $0)) }
                return (meter.rawValue, Dictionary(uniqueKeysWithValues: counts))
            })
        let unknown = readings.filter { $0.truth == nil }.map { reading in
            Contents.Take(
                name: reading.name, tempo: reading.answer?.tempo.quartersPerMinute,
                meter: reading.answer.map { "\($0.meter)" })
        }
        let contents = Contents(
            takes: verdicts.map { verdict in
                Contents.Take(
                    name: verdict.name, trueTempo: verdict.truth.quartersPerMinute,
                    trueMeter: verdict.truth.meter.rawValue, tempo: verdict.answer?.tempo.quartersPerMinute,
                    meter: verdict.answer.map { "\($0.meter)" }, barLineError: verdict.barLineError,
                    isTempoRight: verdict.isTempoRight, isMeterRight: verdict.isMeterRight,
                    isBarLineRight: verdict.isBarLineRight, error: verdict.error, seconds: verdict.cost)
            } + unknown,
            shares: shares, meters: meters,
            errors: Dictionary(uniqueKeysWithValues: score.errors.map { ($0.error, $0.count) }),
            gates: Dictionary(uniqueKeysWithValues: gates.map { ($0.title, $0.isPassed) }),
            skipped: Dictionary(skipped.map { ($0.name, $0.reason) }, uniquingKeysWith: { first, _ in first }))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(contents))
    }
}
