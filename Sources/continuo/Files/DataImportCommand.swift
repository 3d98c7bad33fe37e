import ArgumentParser
import ConsoleAPI
import Foundation
import Music
import StandardMIDIFile
import Synchronization
import Training

extension DataCommand {
    struct ImportCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Make a data set of folders of MIDI and MusicXML files, or bring it up to date.",
            discussion: """
                Reads .mid, .midi, .smf, .kar, .rmi, .musicxml, .xml and .mxl files in the folders and those inside them, finds the \
                melody and the band's parts in each, and leaves out what is broken, no song, or there already, in another key or \
                at another tempo too. DATASET/report.json has a row a file: what was understood of it, or why it was left out.

                Run again, it reads only files that are new or have changed, and forgets those that have gone; without folders it \
                looks into those of before. Broken off, in whatever way, it goes on with the same command. A table \
                continuo-data.csv in a folder corrects what is misunderstood (docs/data.md).
                """)

        @Argument(help: "Folders of music.", completion: .directory) var folders: [String] = []
        @Flag(help: "Your own takes too, with the chords of the newest band of each.") var takes = false
        @Option(name: .shortAndLong, help: "The data set's folder.", completion: .directory) var output: String
        @Option(
            help:
                "The genre of what these folders hold; by default a folder that is called after one says it. Empty: none."
        )
        var genre: String?
        @Option(help: "A tag for what these folders hold; can be given again. Folders' names are tags already.")
        var tag: [String] = []
        @Flag(help: "Keep songs whose files have gone.") var keepMissing = false
        @Option(help: ArgumentHelp("Files read at the same time (default: one a core).", valueName: "n")) var jobs: Int?
        @Flag(help: "Name every file that was left out, and why.") var verbose = false
        @Flag(help: "Print what became of the files as JSON: the counts, and with --verbose a row a file.") var json =
            false
        @OptionGroup var source: TakeSource

        func validate() throws {
            guard jobs.map({ (1...256).contains($0) }) ?? true else { throw ValidationError("--jobs is 1 to 256.") }
            guard tag.allSatisfy({ !$0.isEmpty }) else { throw ValidationError("--tag is a word or more.") }
            guard genre == nil && tag.isEmpty || !folders.isEmpty || takes else {
                throw ValidationError("--genre and --tag are said of the folders that are named, or of --takes.")
            }
        }

        func run() async throws {
            let tags = tag.isEmpty ? nil : tag
            var work = DataSetImport(URL(fileURLWithPath: output))
            work.keepsMissing = keepMissing
            if let jobs { work.workers = jobs }
            let interrupt = Interrupt()
            let line = ProgressLine()
            let outcome: DataSetImport.Outcome
            do {
                outcome = try await work.run(
                    folders.map { .init(URL(fileURLWithPath: $0), genre: genre, tags: tags) },
                    takes: takes ? try await TakeReading(source: source).takes(genre: genre, tags: tags) : nil,
                    progress: { line.show($0) }, shouldStop: { interrupt.isRequested })
            } catch let error as TrainingError {
                line.end()
                throw fail("\(error)", ExitReason.badInput)
            }
            line.end()
            for notice in outcome.notices { note(notice) }
            if outcome.isStopped {
                note(
                    "stopped: \(counted(outcome.read, "file")) read and remembered, \(outcome.left) to go; the same command goes on"
                )
                throw ExitReason.notNow
            }
            if json { return try printJSON(ImportCounts(outcome, rows: verbose)) }
            for text in ImportTable(outcome, verbose: verbose).lines { print(text) }
            print("\(DataSetFolder(work.dataSet).piecesFile.path) and report.json beside it")
        }
    }
}

/// The player's takes as an import reads them.
struct TakeReading: Sendable {
    var source: TakeSource

    func takes(genre: String?, tags: [String]?) async throws -> DataSetImport.Takes {
        var list: [DataSetImport.Takes.Take] = []
        var before: Int64?
        repeat {
            let page = try await source.ask {
                try await $0.takes(TakeListRequest(limit: TakeListRequest.largestPage, before: before))
            }
            for take in page {
                let stamp = [
                    "\(take.savedAt.timeIntervalSince1970)", take.meter, "\(take.tempo)", "\(take.bars)",
                    "\(take.noteCount)",
                    "\(take.arrangementCount)",
                ]
                list.append(.init(number: take.id, tags: take.tags, stamp: stamp.joined(separator: " ")))
            }
            before = page.count < TakeListRequest.largestPage ? nil : page.last?.id
        } while before != nil
        return DataSetImport.Takes(list, genre: genre, tags: tags) { [self] in try await music(of: $0) }
    }

    /// A take's melody, with the chords of the newest band that was written for it.
    func music(of take: Int64) async throws -> (phrase: Phrase, chords: ChordPlan?) {
        let bytes = try await source.ask { takes in
            let bands = try await takes.take(take).arrangements
            guard let band = bands.last else { return try await takes.midiFile(take: take, quantized: true) }
            return try await takes.midiFile(arrangement: band.id, straight: true)
        }
        do {
            let read = try ImportedTake(bytes: bytes, file: "take \(take)", keepsBand: false)
            return (read.take.phrase, read.chords)
        } catch {
            throw fail("\(error)", ExitReason.failedInside)
        }
    }
}

/// A line on standard error that says how far an import is: on a terminal it is written over and over, elsewhere now and then.
final class ProgressLine: Sendable {
    private let isTerminal = isatty(STDERR_FILENO) != 0
    /// When it was shown last, in seconds, and whether it stands on the screen.
    private let shown = Mutex<(at: Double, isOpen: Bool)>((0, false))

    func show(_ progress: DataSetImport.Progress) {
        let now = Double(DispatchTime.now().uptimeNanoseconds) / 1e9
        let isDue = shown.withLock { shown in
            // A terminal is drawn ten times a second, a log file is written to every ten seconds.
            guard progress.done == progress.total && isTerminal || now - shown.at >= (isTerminal ? 0.1 : 10) else {
                return false
            }
            defer { shown = (now, isTerminal) }
            return shown.at > 0 || isTerminal
        }
        guard isDue else { return }
        let share = Double(progress.done) / Double(max(1, progress.total))
        let filled = Int(share * 24)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 24 - filled)
        let text =
            "\(progress.done) of \(counted(progress.total, "file"))"
            + String(format: "  %.0f files/s", progress.filesPerSecond)
            + (progress.secondsLeft.map { "  about \(TrainingView.duration($0)) left" } ?? "")
        let line = isTerminal ? "\r\u{1B}[K[\(bar)] \(text)" : "\(text)\n"
        FileHandle.standardError.write(Data(line.utf8))
    }

    func end() {
        if shown.withLock({ $0.isOpen }) { FileHandle.standardError.write(Data("\n".utf8)) }
    }
}

/// What became of the files, by reason.
struct ImportCounts: Encodable {
    struct Reason: Encodable {
        var outcome: String
        var reason: String
        var files: Int
    }

    var files: Int
    var kept: Int
    var duplicates: Int
    var leftOut: Int
    var songs: Int
    var bars: Int
    var read: Int
    var unchanged: Int
    var forgotten: [String]
    var missing: [String]
    var seconds: Double
    var reasons: [Reason]
    var rows: [ImportRow]?

    init(_ outcome: DataSetImport.Outcome, rows showsRows: Bool) {
        let rows = outcome.rows
        let held = rows.filter { $0.outcome == .kept }
        files = rows.count
        kept = held.count
        duplicates = rows.count { $0.outcome == .duplicate }
        leftOut = rows.count { $0.outcome == .leftOut }
        songs = held.reduce(0) { $0 + ($1.songs ?? 0) }
        bars = held.reduce(0) { $0 + ($1.bars ?? 0) }
        read = outcome.read
        unchanged = outcome.unchanged
        forgotten = outcome.forgotten
        missing = outcome.missing
        seconds = outcome.seconds
        let groups = Dictionary(grouping: rows.filter { $0.outcome != .kept }) {
            [$0.outcome.rawValue, $0.reason ?? ""]
        }
        reasons = groups.map { Reason(outcome: $0[0], reason: $0[1], files: $1.count) }.sorted {
            ($1.files, $0.outcome, $0.reason) < ($0.files, $1.outcome, $1.reason)
        }
        self.rows = showsRows ? rows : nil
    }
}

/// The counts of an import for people.
struct ImportTable {
    let lines: [String]

    init(_ outcome: DataSetImport.Outcome, verbose: Bool) {
        let counts = ImportCounts(outcome, rows: false)
        var table = Table(head: ["", "files", "why"], numbers: [1])
        table.rows.append([
            "kept", "\(counts.kept)", "\(counted(counts.songs, "song")), \(counted(counts.bars, "bar"))",
        ])
        for reason in counts.reasons { table.rows.append([reason.outcome, "\(reason.files)", reason.reason]) }
        var lines = table.lines
        let rate =
            outcome.read > 0 && outcome.seconds > 0
            ? String(format: " in %.1f s (%.0f a second)", outcome.seconds, Double(outcome.read) / outcome.seconds) : ""
        lines.append("\(counted(outcome.read, "file")) read\(rate), \(outcome.unchanged) as before")
        if !outcome.forgotten.isEmpty {
            lines.append("\(counted(outcome.forgotten.count, "file")) forgotten: they have gone")
        }
        if !outcome.missing.isEmpty { lines.append("\(counted(outcome.missing.count, "file")) kept that have gone") }
        if verbose {
            for row in outcome.rows where row.outcome != .kept {
                let more = [row.detail.map { "(\($0))" }, row.original.map { "in \($0)" }].compactMap { $0 }
                lines.append("  \(row.file): \(([row.reason ?? ""] + more).joined(separator: " "))")
            }
            lines += outcome.forgotten.map { "  \($0): gone, forgotten" }
            lines += outcome.missing.map { "  \($0): gone, kept" }
        }
        self.lines = lines
    }
}
