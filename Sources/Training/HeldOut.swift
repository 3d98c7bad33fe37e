import Foundation

/// What a run measures at its checkpoints on songs that it does not learn from.
public struct HeldOut {
    /// Windows of held-out songs; empty ones give no losses.
    public var windows: WindowSet
    public var planWindows: PlanWindowSet
    /// Columns of `heldout.csv` after the losses.
    public var metrics: [String]
    /// Makes bands with the weights as they are and measures them: a number for each of `metrics` that exists. It is not asked while
    /// the chord head learns, when there is no band yet.
    public var measure: (GANTrainer) throws -> [String: Double]
    /// The losses on the windows.
    var losses: (GANTrainer) -> Losses

    public init(
        windows: WindowSet, planWindows: PlanWindowSet, metrics: [String] = [],
        measure: @escaping (GANTrainer) throws -> [String: Double] = { _ in [:] }
    ) {
        self.windows = windows
        self.planWindows = planWindows
        self.metrics = metrics
        self.measure = measure
        losses = { $0.losses(on: windows, planWindows) }
    }

    /// A row of `heldout.csv`.
    public struct Row: Hashable, Sendable {
        /// Steps done.
        public var step: Int
        public var stage: GANTrainer.Stage
        public var losses: Losses
        public var metrics: [String: Double]
    }

    /// Means over held-out windows; nil where the stage has none, or there are no windows.
    public struct Losses: Hashable, Sendable {
        public var plan: Float?
        /// What is reconstructed, without the divergence and the discriminator's verdict.
        public var score: Float?
        public var drums: Float?
        public var gates: Float?
        public var pitches: Float?
        public var velocities: Float?

        public init(
            plan: Float? = nil, score: Float? = nil, drums: Float? = nil, gates: Float? = nil, pitches: Float? = nil,
            velocities: Float? = nil
        ) {
            self.plan = plan
            self.score = score
            self.drums = drums
            self.gates = gates
            self.pitches = pitches
            self.velocities = velocities
        }
    }
}

/// `heldout.csv`: a row a checkpoint.
struct HeldOutTable {
    static let losses = ["plan", "loss", "drums", "gates", "pitches", "velocities"]

    private let file: URL
    private let metrics: [String]
    private(set) var rows: [HeldOut.Row] = []

    var columns: [String] { ["step", "stage"] + Self.losses + metrics }

    /// Opens the table; rows of steps that a resumed run will take again are dropped.
    init(file: URL, metrics: [String], keepingStepsTo step: Int) throws {
        self.file = file
        self.metrics = metrics
        if let old = try? String(contentsOf: file, encoding: .utf8) {
            rows = Self.read(old).filter { $0.step <= step }
        }
        try write()
    }

    mutating func append(_ row: HeldOut.Row) throws {
        rows.append(row)
        try write()
    }

    private func write() throws {
        let lines = rows.map { row in
            let losses = row.losses
            let numbers: [Float?] = [
                losses.plan, losses.score, losses.drums, losses.gates, losses.pitches, losses.velocities,
            ]
            let cells =
                ["\(row.step)", row.stage.rawValue] + numbers.map { $0.map { "\($0)" } ?? "" }
                + metrics.map { name in row.metrics[name].map { "\($0)" } ?? "" }
            return cells.joined(separator: ",")
        }
        do {
            let text = ([columns.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
            try Data(text.utf8).write(to: file, options: .atomic)
        } catch {
            throw TrainingError.folder("\(file.path): \(error.localizedDescription)")
        }
    }

    /// The rows of a table, by the names of its columns; lines that are no rows are left out.
    static func read(_ text: String) -> [HeldOut.Row] {
        let lines = text.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        guard let head = lines.first else { return [] }
        return lines.dropFirst().compactMap { cells in
            guard cells.count == head.count else { return nil }
            var named: [String: String] = [:]
            for (name, cell) in zip(head, cells) where !cell.isEmpty { named[name] = cell }
            guard let step = named["step"].flatMap({ Int($0) }),
                let stage = named["stage"].flatMap(GANTrainer.Stage.init(rawValue:))
            else { return nil }
            func loss(_ name: String) -> Float? { named[name].flatMap { Float($0) } }
            var metrics: [String: Double] = [:]
            for name in head.dropFirst(2 + losses.count) { metrics[name] = named[name].flatMap { Double($0) } }
            return HeldOut.Row(
                step: step, stage: stage,
                losses: .init(
                    plan: loss("plan"), score: loss("loss"), drums: loss("drums"), gates: loss("gates"),
                    pitches: loss("pitches"), velocities: loss("velocities")), metrics: metrics)
        }
    }
}

/// When a run has learned enough: a held-out loss that gets no better for some checkpoints.
///
/// It is counted in the last stage alone, so that a run never ends before generator and discriminator met; all is told by the rows of
/// `heldout.csv`, so a resumed run stops where one without interruption would.
struct EarlyStop {
    /// The row with the least held-out loss; nil before the first one.
    let best: HeldOut.Row?
    /// Checkpoints since the best one.
    let waited: Int

    init(_ rows: [HeldOut.Row], lastStage: GANTrainer.Stage) {
        var best: HeldOut.Row?
        var waited = 0
        for row in rows where row.stage == lastStage {
            guard let loss = row.losses.score ?? row.losses.plan, loss.isFinite else { continue }
            if let least = best?.losses.score ?? best?.losses.plan, loss >= least {
                waited += 1
            } else {
                best = row
                waited = 0
            }
        }
        self.best = best
        self.waited = waited
    }
}
