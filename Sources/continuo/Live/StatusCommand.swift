import ArgumentParser
import ConsoleAPI
import ContinuoClient

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "Show how the daemon is.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let status = try await daemon.ask { client throws(ClientError) in try await client.status() }
        if json { return try printJSON(status) }
        print(status.sentence)
        var rows: [(String, String)] = []
        rows += status.keyboards.map { keyboard in
            ("keyboard", keyboard.name + " (\(keyboard.profile.map { "profile \($0)" } ?? "no profile"))")
        }
        if status.keyboards.isEmpty { rows.append(("keyboard", "none plugged in")) }
        rows.append(
            (
                "band on",
                status.output
                    ?? (status.synth == nil
                        ? "no port: start a synthesizer such as fluidsynth" : "the synthesizer, once it runs")
            ))
        if let synth = status.synth { rows.append(("synth", synth)) }
        rows.append(
            (
                "time",
                status.tempo.map { "\(status.meter) at \(beats($0)) quarter notes a minute" }
                    ?? "read from your playing"
            ))
        var manners = [status.listening ? "listening" : "not listening"]
        if status.metronome { manners.append("click on") }
        if !status.loop { manners.append("ends with the round") }
        for (what, parts) in [("locked", status.locked), ("muted", status.muted), ("solo", status.solo)] {
            if !parts.isEmpty { manners.append("\(what): \(parts.joined(separator: ", "))") }
        }
        rows.append(("manners", manners.joined(separator: "; ")))
        if let variation = status.variation, let count = status.variations {
            rows.append(("variation", "\(variation) of \(count)"))
        }
        rows.append(("genre", status.genres.map { $0 == status.genre ? Ink.bold($0) : $0 }.joined(separator: ", ")))
        rows.append(("last take", status.lastTakeID.map { "\($0)" } ?? "none since the start"))
        rows += status.timingRows
        for (name, text) in rows { print("  " + Ink.quiet(pad(name)) + text) }
        for problem in status.problems { print("  " + Ink.red(pad("problem")) + problem) }
        let lost = ["overruns", "dropped bytes", "send failures", "late notes"].compactMap { name in
            status.counters[name].flatMap { $0 > 0 ? "\(name) \($0)" : nil }
        }
        if !lost.isEmpty { print("  " + Ink.red(pad("lost")) + lost.joined(separator: ", ")) }
    }

    private func pad(_ name: String) -> String { name + String(repeating: " ", count: max(1, 11 - name.count)) }
}

extension StatusReport {
    /// What was measured and lost since the daemon's start; nothing where nothing was measured yet.
    var timingRows: [(String, String)] {
        func text(_ found: TimingReport.Distribution) -> String {
            func milliseconds(_ value: Double) -> String {
                value < 10 ? "\((value * 100).rounded() / 100)" : "\(Int(value.rounded()))"
            }
            return "p50 \(milliseconds(found.p50)) ms, p99 \(milliseconds(found.p99)) ms, longest "
                + "\(milliseconds(found.longest)) ms of \(found.count)"
        }
        let found = [("thru", timing?.thru), ("jitter", timing?.lateness), ("making", timing?.generation)]
        let rows = found.compactMap { name, times in times.map { (name, text($0)) } }
        return rows.isEmpty ? [] : rows + [("overruns", "\(counters["overruns"] ?? 0)")]
    }

    /// The state in a line.
    var sentence: String {
        let what =
            switch state {
            case .idle: "listening"
            case .armed: "recording begins with your first note"
            case .recording: "recording"
            case .generating: "the band listens to what you played"
            case .playing: "the band plays"
            case .stopped: "stopped"
            }
        return "continuod \(version): " + Ink.green(what)
    }

    /// What one would do now.
    var nextSteps: [String] {
        switch state {
        case .idle, .stopped:
            let again = lastTakeID == nil ? "" : ", else on the last take"
            return (keyboards.isEmpty ? ["Plug a keyboard in, or: continuo perform MELODY.mid --record"] : [])
                + [
                    "continuo accompany       the band comes in on what you just played\(again)",
                    "continuo record          then play; the same again ends the take",
                ]
                + ["continuo takes list      what was recorded", "continuo --help          everything else"]
        case .armed, .recording:
            return ["Play, then: continuo record   ends the take, and the band comes in"]
        case .generating, .playing:
            return [
                "continuo next     another variation", "continuo stop     stops at the bar line",
                "continuo takes export -o band.mid     keeps it as a MIDI file",
            ]
        }
    }
}
