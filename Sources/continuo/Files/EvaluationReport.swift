import Evaluation
import Foundation
import Installation
import Music
import Rendering

/// What a set of bands measures, as tables, Markdown, JSON and a chart.
struct EvaluationReport {
    var title: String
    /// Which melodies bands were made for, a clause; nil where the bands were there.
    var melodies: String?
    let pieces: [EvaluatedPiece]
    let set: SetMetrics
    /// The same bands a semitone up, and under other melodies.
    let wrongKey: SetMetrics
    let otherPiece: SetMetrics
    var context = Gate.Context()
    var skipped: [EvaluationFiles.Problem] = []
    /// Other bands for the same melodies.
    var beside: (name: String, set: SetMetrics)?
    /// `GenreModel.weightsHash` of the model that made the bands, where they were made.
    var weightsHash: String?
    /// Share of notes that the bands beside have otherwise, and how alike the two are in texture.
    var changedBeside: Double?
    var overlap: Double?

    init(title: String, pieces: [EvaluatedPiece]) {
        self.title = title
        self.pieces = pieces
        set = SetMetrics(pieces)
        wrongKey = SetMetrics.wrongKey(pieces)
        otherPiece = SetMetrics.otherPiece(pieces)
    }

    var gates: [Gate] { Gate.all(set, context) }

    // MARK: - Tables

    /// `0.72`; small shares with three decimals.
    static func text(_ value: Double?, _ decimals: Int = 2) -> String {
        value.map { String(format: "%.\(decimals)f", $0) } ?? "-"
    }

    private static func decimals(_ metric: Metric) -> Int {
        ["semitoneClash", "tritoneRate"].contains(metric.name) ? 3 : 2
    }

    /// Each metric beside those of people, of patterns, and of the floors.
    var metricTable: Table {
        var columns: [(head: String, value: (Metric) -> Double?)] = [("this set", { $0.value(set) })]
        if let beside { columns.append((beside.name, { $0.value(beside.set) })) }
        columns += [
            ("people: songs", { $0.references.independent }), ("orchestra", { $0.references.orchestra }),
            ("pop piano", { $0.references.pop }), ("MMA, true chords", { $0.references.trueChords }),
            ("HMM + MMA", { $0.references.baseline }), ("floor: other piece", { $0.value(otherPiece) }),
            ("floor: +1 semitone", { $0.value(wrongKey) }),
        ]
        var table = Table(head: ["metric", "best"] + columns.map(\.head), numbers: Set(2..<columns.count + 2))
        for metric in Metric.all {
            let aim =
                switch metric.aim {
                case .higher: "high"
                case .lower: "low"
                case .human: "human"
                }
            let decimals = EvaluationReport.decimals(metric)
            table.rows.append(
                [metric.title, aim] + columns.map { EvaluationReport.text($0.value(metric), decimals) })
        }
        return table
    }

    private static let roleColumns: [(head: String, name: String, value: @Sendable (SetMetrics, Role) -> Double?)] = [
        ("empty bars", "emptyBars", { $0.mean(\.emptyBars, of: $1) }),
        ("notes/bar", "notesPerBar", { $0.mean(\.notesPerBar, of: $1) }),
        ("UPC", "pitchClassesPerBar", { $1 == .drums ? nil : $0.mean(\.pitchClassesPerBar, of: $1) }),
        ("QN", "qualifiedNotes", { $0.mean(\.qualifiedNotes, of: $1) }),
        ("DP", "drumPattern", { $0.mean(\.drumPattern, of: $1) }),
        ("on grid", "onGrid", { $0.mean(\.onGrid, of: $1) }),
        ("groove", "groove", { $0.mean(\.groove, of: $1) }),
        ("polyphony", "polyphony", { $0.mean(\.polyphony, of: $1) }),
        ("p5", "lowPitch", { $0.mean(\.lowPitch, of: $1) }),
        ("p50", "medianPitch", { $0.mean(\.medianPitch, of: $1) }),
        ("p95", "highPitch", { $0.mean(\.highPitch, of: $1) }),
        ("entropy", "pitchClassEntropy", { $1 == .drums ? nil : $0.mean(\.pitchClassEntropy, of: $1) }),
        ("length", "meanLength", { $0.mean(\.meanLength, of: $1) }),
    ]

    /// How each role is woven, mean of the pieces that have it.
    var roleTable: Table {
        let columns = EvaluationReport.roleColumns
        var table = Table(head: ["role", "pieces"] + columns.map(\.head), numbers: Set(1..<columns.count + 2))
        for role in set.roles {
            let count = set.pieces.count { $0.textures[role] != nil }
            table.rows.append(
                [role.rawValue, "\(count)"]
                    + columns.map { column in
                        let isPitch = ["p5", "p50", "p95"].contains(column.head)
                        return EvaluationReport.text(column.value(set, role), isPitch ? 0 : 2)
                    })
        }
        return table
    }

    /// How often each genre is heard, and how far apart the parts are.
    var facts: [String] {
        let shares = zip(GenreClassifier.genres, set.genreShares).map { "\($0.rawValue) \(EvaluationReport.text($1))" }
        let pairs = RolePair.all.compactMap { pair in
            mean(pair).map { "\(pair) \(EvaluationReport.text($0))" }
        }
        var lines = ["heard as: \(shares.joined(separator: ", "))"]
        if !pairs.isEmpty { lines.append("tonal distance: \(pairs.joined(separator: ", "))") }
        if let fills = set.fillsAtPhraseEnds {
            lines.append(
                "drum fills where the melody rests or holds: \(EvaluationReport.text(fills.share)) (by chance \(EvaluationReport.text(fills.chance)))"
            )
        }
        if let unlengthened = context.unlengthened {
            lines.append(
                "qualified notes of the least role before short notes are lengthened: \(EvaluationReport.text(unlengthened))"
            )
        }
        if let changed = context.changedBySeed {
            lines.append("notes changed by another seed: \(EvaluationReport.text(changed))")
        }
        if let changed = context.changedBySilence {
            lines.append("notes changed by silencing the melody: \(EvaluationReport.text(changed))")
        }
        if let beside, let changedBeside {
            lines.append(
                "notes that \(beside.name) has otherwise: \(EvaluationReport.text(changedBeside)); overlap of textures: \(EvaluationReport.text(overlap))"
            )
        }
        return lines
    }

    private func mean(_ pair: RolePair) -> Double? {
        BandMaker.average(set.pieces.compactMap { $0.band.tonalDistances[pair] })
    }

    var gateTable: Table {
        var table = Table(head: ["level", "gate", "value", "bound", ""], numbers: [2])
        for gate in gates {
            table.rows.append([
                gate.level.rawValue, gate.title, EvaluationReport.text(gate.value, 3), gate.bound,
                gate.isPassed ? "pass" : "FAIL",
            ])
        }
        return table
    }

    private var summary: String {
        let meters = Dictionary(grouping: set.pieces, by: \.meter).map { ("\($0.key)", $0.value.count) }
            .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
        let list = meters.map { "\($0.1) in \($0.0)" }.joined(separator: ", ")
        let left = skipped.isEmpty ? "" : "; \(counted(skipped.count, "file")) left out"
        return "\(title): \(counted(set.pieces.count, "piece")), \(list)\(left)"
    }

    func lines(gates: Bool) -> [String] {
        var lines = [Ink.bold(summary), ""] + metricTable.lines + [""] + roleTable.lines + [""] + facts
        if gates { lines += [""] + gateTable.lines }
        return lines
    }

    func markdown(gates: Bool) -> [String] {
        var lines = [summary, ""] + metricTable.markdown + [""] + roleTable.markdown + [""] + facts.map { "- \($0)" }
        if gates { lines += [""] + gateTable.markdown }
        return lines
    }

    // MARK: - Chart

    /// The metrics that have human values, and the genres heard.
    var chart: ScaleChart {
        var legend: [ScaleChart.Kind: String] = [
            .own: "this set", .baseline: "HMM + MMA", .otherPiece: "another piece's band", .wrongKey: "a semitone up",
        ]
        if let beside { legend[.compared] = beside.name }
        let rows = Metric.all.filter { !$0.references.human.isEmpty }.map { metric in
            var marks: [ScaleChart.Kind: Double] = [:]
            marks[.own] = metric.value(set)
            marks[.compared] = beside.flatMap { metric.value($0.set) }
            marks[.baseline] = metric.references.baseline
            // Floors say nothing about what only the band itself shows.
            if metric.aim != .human, metric.name != "clarity" {
                marks[.otherPiece] = metric.value(otherPiece)
                marks[.wrongKey] = metric.value(wrongKey)
            }
            let human = metric.references.human
            return ScaleChart.Row(
                title: metric.title, human: human.min()!...human.max()!, marks: marks,
                isReversed: metric.aim == .lower, decimals: EvaluationReport.decimals(metric))
        }
        let shares = zip(GenreClassifier.genres, set.genreShares).map {
            ScaleChart.Share(title: "heard as \($0.rawValue)", value: $1)
        }
        return ScaleChart(
            title: title, subtitle: "\(summary.dropFirst(title.count + 2)) · better is right, or near to people",
            legend: legend, rows: rows, shares: shares)
    }

    // MARK: - JSON

    private struct Document: Encodable {
        struct Piece: Encodable {
            var name: String
            var metre: String
            var bars: Int
            var tracks: Int
            var hungNotes: Int
            var metrics: [String: Double]
            var roles: [String: [String: Double]]
            var tonalDistances: [String: Double]
            var drumFills: Int?
            var genres: [String: Double]
        }

        struct Bound: Encodable {
            var level: String
            var title: String
            var value: Double?
            var bound: String
            var passed: Bool
        }

        struct Skipped: Encodable {
            var name: String
            var reason: String
        }

        var title: String
        var genre: String?
        var weights: String?
        var melodies: String?
        var pieces: [Piece]
        var skipped: [Skipped]
        var mean: [String: Double]
        var roles: [String: [String: Double]]
        var tonalDistances: [String: Double]
        var heardAs: [String: Double]
        var references: [String: [String: Double]]
        var floors: [String: [String: Double]]
        var beside: [String: [String: Double]]
        var changes: [String: Double]
        var gates: [Bound]
    }

    /// Every number of every piece, and of the whole.
    func json() throws -> [UInt8] {
        func means(_ set: SetMetrics) -> [String: Double] {
            collect(Metric.all) { ($0.name, $0.value(set)) }
        }
        let references = Dictionary(
            uniqueKeysWithValues: Metric.all.map { metric in
                let known = metric.references
                return (
                    metric.name,
                    collect([
                        ("independent", known.independent), ("orchestra", known.orchestra), ("pop909", known.pop),
                        ("trueChords", known.trueChords), ("baseline", known.baseline),
                    ]) { $0 }
                )
            })
        let document = Document(
            title: title, genre: context.genre?.rawValue, weights: weightsHash, melodies: melodies,
            pieces: set.pieces.map(document),
            skipped: skipped.map { .init(name: $0.name, reason: $0.reason) }, mean: means(set),
            roles: collect(set.roles) { role in
                (role.rawValue, collect(EvaluationReport.roleColumns) { ($0.name, $0.value(set, role)) })
            },
            tonalDistances: collect(RolePair.all) { ($0.description, mean($0)) },
            heardAs: collect(zip(GenreClassifier.genres, set.genreShares)) { ($0.rawValue, $1) },
            references: references.filter { !$0.value.isEmpty },
            floors: ["otherPiece": means(otherPiece), "wrongKey": means(wrongKey)],
            beside: beside.map { [$0.name: means($0.set)] } ?? [:],
            changes: collect([
                ("anotherSeed", context.changedBySeed), ("qualifiedNotesUnlengthened", context.unlengthened),
                ("melodySilenced", context.changedBySilence),
                ("beside", changedBeside), ("overlapBeside", overlap),
                ("fillsByChance", set.fillsAtPhraseEnds?.chance),
            ]) { $0 },
            gates: gates.map {
                .init(
                    level: $0.level.rawValue, title: $0.title, value: $0.value, bound: $0.bound, passed: $0.isPassed)
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(document)) + [UInt8(ascii: "\n")]
    }

    private func document(_ piece: PieceMetrics) -> Document.Piece {
        let single = SetMetrics(piece)
        return Document.Piece(
            name: piece.name, metre: "\(piece.meter)", bars: piece.bars, tracks: piece.band.tracks,
            hungNotes: piece.band.hungNotes, metrics: collect(Metric.all) { ($0.name, $0.pieceValue(piece)) },
            roles: collect(single.roles) { role in
                (role.rawValue, collect(EvaluationReport.roleColumns) { ($0.name, $0.value(single, role)) })
            },
            tonalDistances: collect(RolePair.all) { ($0.description, piece.band.tonalDistances[$0]) },
            drumFills: piece.band.fills?.bars,
            genres: collect(zip(GenreClassifier.genres, piece.genres)) { ($0.rawValue, $1) })
    }

    private func collect<Items: Sequence, Value>(
        _ items: Items, _ entry: (Items.Element) -> (String, Value?)
    ) -> [String: Value] {
        items.reduce(into: [:]) { result, item in
            let (key, value) = entry(item)
            if let value { result[key] = value }
        }
    }
}

extension Table {
    /// The same as a Markdown table.
    var markdown: [String] { ModelEvaluation.table(head, rows, numbers: numbers) }
}
