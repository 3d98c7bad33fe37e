import ArgumentParser
import ConsoleAPI
import ContinuoClient
import Foundation

struct TakesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "takes", abstract: "List, show and export what was recorded.",
        subcommands: [List.self, Show.self, Export.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the latest takes, newest first.")
        @Option(help: "How many, 1 to 500.") var limit = 20
        @OptionGroup var daemon: DaemonOption
        @Flag(help: "Print JSON.") var json = false

        func validate() throws {
            guard (1...500).contains(limit) else { throw ValidationError("--limit is 1 to 500.") }
        }

        func run() async throws {
            let takes = try await daemon.ask { client throws(ClientError) in try await client.takes(limit: limit) }
            if json { return try printJSON(TakeListReport(takes: takes)) }
            guard !takes.isEmpty else {
                print("No takes yet: press Record on the keyboard (or \"continuo record\"), play, press Record again.")
                return
            }
            var table = Table(
                head: ["take", "recorded", "bars", "metre", "bpm", "notes", "bands", "keyboard"],
                numbers: [0, 2, 4, 5, 6])
            table.rows = takes.map { take in
                [
                    "\(take.id)", local(take.savedAt), "\(take.bars)", take.meter, beats(take.tempo),
                    "\(take.noteCount)",
                    "\(take.arrangementCount)", take.keyboard + (take.isDamaged ? " (input was lost)" : ""),
                ]
            }
            for line in table.lines { print(line) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a take and the bands that were written for it.")
        @Argument(help: "The take's number; the newest one by default.") var take: Int64?
        @OptionGroup var daemon: DaemonOption
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let report = try await find(take, daemon)
            if json { return try printJSON(report) }
            let summary = report.summary
            print(
                Ink.bold("Take \(summary.id)") + "  \(local(summary.savedAt)), on \(summary.keyboard)"
                    + (summary.isDamaged ? Ink.red("  input was lost while it was recorded") : ""))
            print(
                "\(counted(summary.noteCount, "note")), \(counted(summary.bars, "bar")) in \(summary.meter) at "
                    + "\(beats(summary.tempo)) quarter notes a minute, \(report.key)")
            guard !report.arrangements.isEmpty else { return print("No band was written for it yet.") }
            var table = Table(head: ["band", "written", "genre", "seed", "by"], numbers: [0, 3])
            table.rows = report.arrangements.enumerated().map { index, band in
                ["\(index + 1)", local(band.savedAt), band.genre, band.seed, band.accompanist]
            }
            for line in table.lines { print(line) }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a take with its band, or its melody alone, as a MIDI file.")
        @Argument(help: "The take's number; the newest one by default.") var take: Int64?
        @Option(help: "Which of the take's bands, as \"takes show\" counts them; the newest one by default.")
        var band: Int?
        @Flag(help: "The melody alone, on the grid.") var melody = false
        @Flag(help: "The melody alone, as it was played.") var performance = false
        @Flag(help: "On the grid, without the genre's swing, accents and micro-timing.") var straight = false
        @Option(name: .shortAndLong, help: "MIDI file to write; - is standard output.", completion: .file())
        var output: String
        @OptionGroup var daemon: DaemonOption

        func validate() throws {
            guard !(melody && performance), band == nil || !(melody || performance) else {
                throw ValidationError("Choose one of --band, --melody and --performance.")
            }
        }

        func run() async throws {
            let report = try await find(take, daemon)
            let id = report.summary.id
            let bytes: [UInt8]
            let what: String
            if melody || performance {
                bytes = try await daemon.ask { client throws(ClientError) in
                    try await client.midiFile(take: id, quantized: melody)
                }
                what = "the melody of take \(id)" + (performance ? " as it was played" : "")
            } else {
                guard !report.arrangements.isEmpty else {
                    throw fail(
                        "no band was written for take \(id) yet (--melody exports the melody alone)", ExitReason.notNow)
                }
                let number = band ?? report.arrangements.count
                guard report.arrangements.indices.contains(number - 1) else {
                    throw fail(
                        "take \(id) has no band \(number); it has \(report.arrangements.count)", ExitReason.noInput)
                }
                let arrangement = report.arrangements[number - 1]
                bytes = try await daemon.ask { client throws(ClientError) in
                    try await client.midiFile(arrangement: arrangement.id, straight: straight)
                }
                what = "take \(id) with band \(number) (\(arrangement.genre), seed \(arrangement.seed))"
            }
            try writeFile(bytes, to: output)
            if output != "-" { print("\(output): \(what)") }
        }
    }
}

/// The take of a number, or the newest one.
private func find(_ take: Int64?, _ daemon: DaemonOption) async throws -> TakeReport {
    if let take { return try await daemon.ask { client throws(ClientError) in try await client.take(take) } }
    let newest = try await daemon.ask { client throws(ClientError) in try await client.takes(limit: 1) }
    guard let id = newest.first?.id else {
        throw fail("there are no takes yet (press Record, play a melody, press Record again)", ExitReason.notNow)
    }
    return try await daemon.ask { client throws(ClientError) in try await client.take(id) }
}

/// A time as people of this machine's zone write it.
private func local(_ date: Date) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyy-MM-dd HH:mm"
    return formatter.string(from: date)
}
