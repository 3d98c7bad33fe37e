import ArgumentParser
import ConsoleAPI
import Foundation
import Music
import Training

/// `continuo data`: data sets to train from.
struct DataCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Prepare and inspect the music that models learn from.",
        subcommands: [
            ImportCommand.self, PrepareCommand.self, ShowCommand.self, PreviewCommand.self, MelodiesCommand.self,
            VerifyCommand.self,
        ])

    struct PrepareCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "prepare",
            abstract: "Make a data set: songs in one metre, with chords and parts, from collections and folders.",
            discussion: """
                Writes DATASET/pieces.jsonl (a song a line) and DATASET/works.tsv (a work a line with its hash). The same input \
                gives the same bytes. What cannot be read is named, left out, and stops nothing.
                """)

        @Option(help: "Lead sheets, a JSON Lines file.", completion: .file()) var leadsheets: String?
        @Option(help: "Songs with piano, a JSON Lines file.", completion: .file()) var lieder: String?
        @Option(help: "Orchestral movements, a JSON Lines file.", completion: .file()) var orchestra: String?
        @Option(help: "A folder of MIDI files.", completion: .directory) var midi: [String] = []
        @Option(help: "A folder of MusicXML files.", completion: .directory) var musicxml: [String] = []
        @Flag(help: "Your own takes, as the options under Find choose them; all of them without.") var takes = false
        @OptionGroup(title: "Find") var filter: TakeFilter
        @OptionGroup var source: TakeSource
        @Option(name: .shortAndLong, help: "The data set's folder.", completion: .directory) var output: String
        @Flag(help: "Name every work that was left out, and why.") var verbose = false
        @Flag(help: "Print JSON.") var json = false

        func validate() throws {
            guard leadsheets != nil || lieder != nil || orchestra != nil || !midi.isEmpty || !musicxml.isEmpty || takes
            else { throw ValidationError("name at least one source, such as --leadsheets FILE") }
            guard takes || filter.isEmpty else { throw ValidationError("The options under Find go with --takes.") }
            _ = try filter.request(limit: 1)
        }

        func run() async throws {
            var report = Training.ImportReport()
            var songs: [Song] = []
            if let leadsheets {
                note("reading \(leadsheets)")
                let data = Data(try readFile(leadsheets))
                do { songs += try LeadSheetReader.songs(in: data, report: &report) } catch {
                    throw fail("\(leadsheets): \(error)", ExitReason.badInput)
                }
            }
            if let lieder {
                note("reading \(lieder)")
                let data = Data(try readFile(lieder))
                do { songs += try LiederReader.songs(in: data, report: &report) } catch {
                    throw fail("\(lieder): \(error)", ExitReason.badInput)
                }
            }
            if let orchestra {
                note("reading \(orchestra)")
                let data = Data(try readFile(orchestra))
                do { songs += try OrchestraReader.songs(in: data, report: &report) } catch {
                    throw fail("\(orchestra): \(error)", ExitReason.badInput)
                }
            }
            for path in musicxml { songs += try read(path, .musicxml, &report) }
            if takes { songs += try await readTakes(&report) }
            for path in midi { songs += try read(path, .midi, &report) }
            let folder = DataSetFolder(URL(fileURLWithPath: output))
            do { try folder.write(songs) } catch {
                throw fail("cannot write \(output): \(error.localizedDescription)", ExitReason.cannotWrite)
            }
            if json {
                return try printJSON(
                    PrepareReport(report, file: folder.piecesFile.path, songs: songs.count, verbose: verbose))
            }
            for line in ImportSummary(report, verbose: verbose).lines { print(line) }
            print("\(counted(songs.count, "song")) in \(folder.piecesFile.path)")
        }

        /// The melodies of the player's takes, with the chords of the newest band that was written for each.
        private func readTakes(_ report: inout Training.ImportReport) async throws -> [Song] {
            var songs: [Song] = []
            var before: Int64?
            repeat {
                let request = try filter.request(limit: TakeListRequest.largestPage, before: before)
                let page = try await source.ask { try await $0.takes(request) }
                for summary in page {
                    let music = try await TakeReading(source: source).music(of: summary.id)
                    let song = TakeReader.song(
                        number: summary.id, phrase: music.phrase, chords: music.chords, tags: summary.tags,
                        report: &report)
                    if let song { songs.append(song) }
                }
                before = page.count < TakeListRequest.largestPage ? nil : page.last?.id
            } while before != nil
            return songs
        }

        private func read(_ path: String, _ source: Source, _ report: inout Training.ImportReport) throws -> [Song] {
            note("reading \(path)")
            do {
                return try FolderReader.songs(in: URL(fileURLWithPath: path), source: source, report: &report) {
                    done, all in
                    if done > 0, done % 100 == 0 { note("  \(done) of \(all) files") }
                }
            } catch { throw fail("\(error)", ExitReason.badInput) }
        }
    }

    struct ShowCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Count what a data set holds, by source, split, metre, key, tempo, density, part, genre and tag.",
            discussion: FilterHelp.text)

        @Argument(help: "The data set's folder, or lead sheets.", completion: .directory) var dataset: String
        @Option(help: "Count only songs that fit, such as 'metre:3/4 tag:Jazz'.") var filter = ""
        @Flag(help: "Print JSON, with every group whole.") var json = false

        func run() throws {
            let data = try TrainingData(dataset, filter: filter)
            if json { return try printJSON(SongCountsReport(data)) }
            for removal in data.removals { print("\(removal.clause) removed \(counted(removal.removed, "song"))") }
            for line in SongCounts(data.songs).lines { print(line) }
        }
    }

    struct VerifyCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Compare a data set with a list of works and their hashes.")

        @Argument(help: "The data set's folder.", completion: .directory) var dataset: String
        @Argument(help: "The list, such as models/works.tsv.", completion: .file()) var works: String
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            let mine = try list(DataSetFolder(URL(fileURLWithPath: dataset)).worksFile.path)
            let wanted = try list(works)
            let difference = wanted.difference(to: mine)
            if json {
                try printJSON(
                    WorksReport(
                        works: wanted.entries.count, missing: difference.missing, additional: difference.additional,
                        changed: difference.changed))
                if !difference.isEmpty { throw ExitReason.badInput }
                return
            }
            for name in difference.missing { print("missing     \(name)") }
            for name in difference.additional { print("additional  \(name)") }
            for name in difference.changed { print("changed     \(name)") }
            guard difference.isEmpty else {
                throw fail(
                    "\(dataset) is not what \(works) lists: \(difference.missing.count) works missing, "
                        + "\(difference.additional.count) additional, \(difference.changed.count) changed",
                    ExitReason.badInput)
            }
            print("\(counted(wanted.entries.count, "work")), every hash equal")
        }

        private func list(_ path: String) throws -> WorkList {
            let text = String(decoding: try readFile(path), as: UTF8.self)
            do { return try WorkList(text, name: path) } catch { throw fail("\(error)", ExitReason.badInput) }
        }
    }
}

/// What a preparation kept and left out, for programs.
private struct PrepareReport: Encodable {
    struct Collection: Encodable {
        var works: Int
        var songs: Int
        var bars: Int
        /// How many works were left out, by reason.
        var leftOut: [String: Int]
        /// Each of them with its reason, where they were asked for.
        var drops: [String: String]?
    }

    var file: String
    var songs: Int
    /// By source.
    var sources: [String: Collection]

    init(_ report: Training.ImportReport, file: String, songs: Int, verbose: Bool) {
        self.file = file
        self.songs = songs
        sources = [:]
        for source in Source.allCases {
            guard let works = report.works[source] else { continue }
            let drops = report.drops.filter { $0.source == source }.map { ($0.name, $0.reason) }
            sources[source.rawValue] = Collection(
                works: works, songs: report.pieces[source] ?? 0, bars: report.bars[source] ?? 0,
                leftOut: Dictionary(report.reasons(source).map { ($0.0, $0.1) }, uniquingKeysWith: +),
                drops: verbose ? Dictionary(drops, uniquingKeysWith: { first, _ in first }) : nil)
        }
    }
}

/// How a data set's works differ from a list, for programs.
private struct WorksReport: Encodable {
    var works: Int
    var missing: [String]
    var additional: [String]
    var changed: [String]
}

/// What a set of songs is made of, for programs.
private struct SongCountsReport: Encodable {
    struct Count: Encodable {
        var songs: Int
        var bars: Int
        var withParts: Int

        init(_ songs: [Song]) {
            self.songs = songs.count
            bars = songs.reduce(0) { $0 + $1.melody.bars }
            withParts = songs.count { !$0.parts.isEmpty }
        }
    }

    var all: Count
    /// `metre` and then `3/4`.
    var groups: [String: [String: Count]]
    /// How many songs each clause of the filter removed.
    var removed: [String: Int]

    init(_ data: TrainingData) {
        all = Count(data.songs)
        removed = Dictionary(data.removals.map { ($0.clause, $0.removed) }, uniquingKeysWith: +)
        groups = [:]
        for (title, keys) in SongCounts.groups {
            var songs: [String: [Song]] = [:]
            for song in data.songs { for key in keys(song) { songs[key, default: []].append(song) } }
            groups[title] = songs.mapValues(Count.init)
        }
    }
}

/// What a preparation kept and left out, in lines.
struct ImportSummary {
    let lines: [String]

    init(_ report: Training.ImportReport, verbose: Bool) {
        var lines: [String] = []
        for source in Source.allCases {
            guard let works = report.works[source] else { continue }
            lines.append(
                "\(source.rawValue): \(counted(works, "work")) read, \(counted(report.pieces[source] ?? 0, "song")) kept, "
                    + "\(report.bars[source] ?? 0) bars")
            for (reason, count) in report.reasons(source) { lines.append("  left out \(count) times: \(reason)") }
            guard verbose else { continue }
            for drop in report.drops where drop.source == source { lines.append("  \(drop.name): \(drop.reason)") }
        }
        self.lines = lines
    }
}

/// What a set of songs is made of, in a table.
struct SongCounts {
    let lines: [String]

    /// By what songs are counted, and what each of them is.
    static let groups: [(title: String, keys: @Sendable (Song) -> [String])] = [
        ("source", { [$0.source.rawValue] }), ("split", { [$0.split.rawValue] }),
        ("metre", { [$0.melody.meter.description] }), ("mode", { [$0.melody.key.mode.rawValue] }),
        ("key", { [$0.melody.key.description] }), ("tempo", { [$0.tempoBand ?? "unknown"] }),
        ("density", { [$0.densityBand] }), ("part", { $0.parts.keys.map(\.rawValue) }),
        ("genre", { $0.label.genre.map { [$0] } ?? [] }), ("guess", { $0.label.guess.map { [$0] } ?? [] }),
        ("tag", { $0.tags }),
    ]

    init(_ songs: [Song]) {
        var table = Table(head: ["", "songs", "bars", "with parts"], numbers: [1, 2, 3])
        func add(_ name: String, _ songs: [Song]) {
            table.rows.append([
                name, "\(songs.count)", "\(songs.reduce(0) { $0 + $1.melody.bars })",
                "\(songs.count { !$0.parts.isEmpty })",
            ])
        }
        add("all", songs)
        for (title, keys) in SongCounts.groups {
            var groups: [String: [Song]] = [:]
            for song in songs { for key in keys(song) { groups[key, default: []].append(song) } }
            let sorted = groups.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
            let most = title == "tag" ? 16 : 12
            for (key, songs) in sorted.prefix(most) { add("\(title) \(key)", songs) }
            if sorted.count > most { table.rows.append(["\(title): \(sorted.count - most) more", "", "", ""]) }
        }
        lines = table.lines
    }
}
