import Foundation
import Training

/// Shows a run: redrawn in place on a terminal, a line now and then elsewhere, or a JSON object a line.
final class TrainReport {
    private let json: Bool
    private let isTerminal = isatty(STDERR_FILENO) != 0 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    private let hasColors = (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    private var view = TrainingView()
    private var drawn = 0
    private var last: ContinuousClock.Instant?

    init(json: Bool) { self.json = json }

    func hear(_ progress: TrainingRun.Progress) {
        view.hear(progress)
        if let row = progress.heldOut { view.figures = CheckpointSamples.figures(row) }
        let done = progress.record.step + 1
        let matters = done == progress.totalSteps || progress.heldOut != nil || !progress.warnings.isEmpty
        if json {
            if matters || done % 50 == 0 { write(JSONLine(progress)) }
        } else if isTerminal {
            let now = ContinuousClock.now
            if !matters, let last, now - last < .milliseconds(200) { return }
            last = now
            redraw()
        } else {
            for warning in progress.warnings { note("warning: \(warning)") }
            if done == progress.totalSteps || done % 50 == 0 { note(line(progress)) }
            if let row = progress.heldOut, let text = Self.text(row) { note(text) }
        }
    }

    /// Says how it ended.
    func end(finished: Bool, step: Int, model: String?) {
        if json { write(JSONEnd(finished: finished, step: step, model: model)) }
    }

    private func redraw() {
        let lines = view.lines(columns: max(20, Screen.columns(of: STDERR_FILENO) - 1), isUnicode: Screen.isUnicode).map
        { line in
            hasColors && line.hasPrefix("!") ? "\u{1B}[31m\(line)\u{1B}[0m" : line
        }
        let back = drawn > 0 ? "\u{1B}[\(drawn)A\r\u{1B}[J" : ""
        FileHandle.standardError.write(Data((back + lines.joined(separator: "\n") + "\n").utf8))
        drawn = lines.count
    }

    private func line(_ progress: TrainingRun.Progress) -> String {
        let record = progress.record
        func number(_ value: Float?) -> String { value.map { String(format: "%.3f", $0) } ?? "-" }
        return
            "step \(record.step + 1)/\(progress.totalSteps) \(record.stage.rawValue)"
            + "  generator \(number(record.generator ?? record.plan))"
            + "  discriminator \(number(record.discriminator))"
            + String(format: "  %.1f steps/s", progress.stepsPerSecond)
            + (progress.secondsLeft.map { "  about \(TrainingView.duration($0)) left" } ?? "")
    }

    private static func text(_ row: HeldOut.Row) -> String? {
        guard let loss = row.losses.score ?? row.losses.plan else { return nil }
        let figures = CheckpointSamples.figures(row).map { "\($0.title) " + String(format: "%.2f", $0.value) }
        return (["held out after step \(row.step): loss " + String(format: "%.3f", loss)] + figures)
            .joined(separator: ", ")
    }

    private func write(_ value: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Numbers that are none are told as text, so that the line is JSON in any case.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        guard let line = try? encoder.encode(value) else { return }
        FileHandle.standardOutput.write(line + Data("\n".utf8))
    }
}

/// How far a run is, for programs.
private struct JSONLine: Encodable {
    var event = "step"
    var step: Int
    var totalSteps: Int
    var stage: String
    var generator: Float?
    var discriminator: Float?
    var real: Float?
    var fake: Float?
    var stepsPerSecond: Double
    var secondsLeft: Double?
    var heldOutLoss: Float?
    var heldOut: [String: Double]?
    var warnings: [String]

    init(_ progress: TrainingRun.Progress) {
        let record = progress.record
        step = record.step + 1
        totalSteps = progress.totalSteps
        stage = record.stage.rawValue
        generator = record.generator ?? record.plan
        discriminator = record.discriminator
        real = record.real
        fake = record.fake
        stepsPerSecond = progress.stepsPerSecond
        secondsLeft = progress.secondsLeft
        heldOutLoss = progress.heldOut.flatMap { $0.losses.score ?? $0.losses.plan }
        heldOut = progress.heldOut?.metrics
        warnings = progress.warnings.map { "\($0)" }
    }
}

/// How a run ended, for programs.
private struct JSONEnd: Encodable {
    var event = "end"
    var finished: Bool
    var step: Int
    var model: String?
}
