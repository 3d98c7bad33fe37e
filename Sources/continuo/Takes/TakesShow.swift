import ArgumentParser
import ConsoleAPI
import ContinuoClient
import Foundation
import Rendering
import StandardMIDIFile

struct TakesShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a take and the bands that were written for it.")
    @Argument(help: "The take's number; the newest one by default.") var take: Int64?
    @Option(help: "Which of the take's bands is drawn; the newest one by default.") var band: Int?
    @Flag(inversion: .prefixedNo, help: "Draw the melody and its band.") var roll = true
    @OptionGroup var source: TakeSource
    @Flag(help: "Print JSON.") var json = false

    /// The roll of the take with its band, as wide as the terminal.
    private func draw(_ report: TakeReport) async throws {
        guard report.summary.noteCount > 0 else { return }
        let chosen = try report.band(band)
        let bytes = try await source.ask { takes in
            guard let chosen else { return try await takes.midiFile(take: report.summary.id, quantized: true) }
            return try await takes.midiFile(arrangement: chosen.summary.id, straight: true)
        }
        guard let file = try? MIDIFile(bytes: bytes), let read = try? ArrangementReader(file).arrangement() else {
            throw fail("take \(report.summary.id) cannot be drawn", ExitReason.failedInside)
        }
        let style = TerminalRoll.Style(isUnicode: Screen.isUnicode, colors: Screen.colors)
        let columns = max(TerminalRoll.minimumColumns, Screen.columns)
        print()
        for line in TerminalRoll(read.arrangement).lines(columns: columns, style: style) { print(line) }
        print()
    }

    func run() async throws {
        let report = try await source.take(take)
        if json { return try printJSON(report) }
        let summary = report.summary
        print(
            Ink.bold("Take \(summary.id)") + "  \(local(summary.savedAt)), "
                + (summary.source == "imported" ? "imported" : "on \(summary.keyboard)")
                + (summary.isDamaged ? Ink.red("  input was lost while it was recorded") : "")
                + (summary.deletedAt.map { Ink.red("  deleted \(local($0))") } ?? ""))
        print(
            "\(counted(summary.noteCount, "note")), \(counted(summary.bars, "bar")) in \(summary.meter) at "
                + "\(beats(summary.tempo)) quarter notes a minute, \(report.key)")
        let marks = [stars(summary.rating), summary.tags.joined(separator: ", "), summary.note]
        let written = marks.filter { !$0.isEmpty }.joined(separator: "  ")
        if !written.isEmpty { print(written) }
        if roll { try await draw(report) }
        guard !report.arrangements.isEmpty else { return print("No band was written for it yet.") }
        var table = Table(head: ["band", "written", "genre", "seed", "by"], numbers: [0, 3])
        table.rows = report.arrangements.enumerated().map { index, band in
            ["\(index + 1)", local(band.savedAt), band.genre, band.seed, band.accompanist]
        }
        for line in table.lines { print(line) }
    }
}

struct TakesPlay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "play", abstract: "Set a take on the desk and let its band play it, from the next beat on.")
    @Argument(help: "The take's number; the newest one by default.") var take: Int64?
    @Option(help: "Which of the take's bands, as \"takes show\" counts them; the newest one by default.") var band: Int?
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let client = daemon.client
        var source = TakeSource()
        source.daemon = daemon
        let report = try await source.take(take)
        let chosen = try report.band(band)
        let answer = try await daemon.ask { _ throws(ClientError) in
            try await client.play(take: report.summary.id, arrangement: chosen?.summary.id)
        }
        if json { return try printJSON(answer) }
        print(answer.message)
    }
}

struct TakesVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Make the bands of a take again and compare them note for note.",
        discussion: """
            Ends with 0 where no band differs that this machine can make again: "other instruction set" and "model absent" \
            say why it cannot. Ends with 65 where notes differ without such a reason.
            """)
    @Argument(help: "The take's number; the newest one by default.") var take: Int64?
    @OptionGroup var source: TakeSource
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let id = try await source.take(take).summary.id
        let report = try await source.ask { try await $0.verify(id) }
        if json {
            try printJSON(report)
        } else if report.items.isEmpty {
            print("No band was written for take \(id) yet.")
        } else {
            var table = Table(head: ["band", "genre", "seed", "result", ""], numbers: [0, 2])
            table.rows = report.items.enumerated().map { index, item in
                [
                    "\(index + 1)", item.arrangement.genre, item.arrangement.seed, item.outcome.rawValue, item.detail,
                ]
            }
            for line in table.lines { print(line) }
        }
        if report.items.contains(where: { $0.outcome == .differs }) { throw ExitReason.badInput }
    }
}
