import ArgumentParser
import Foundation
import Music
import StandardMIDIFile
import Training

extension DataCommand {
    struct MelodiesCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "melodies",
            abstract: "Write a fixed list of melodies of eight bars as MIDI files, to judge models by.",
            discussion: """
                Lead sheets and song voices of one side of the split, several metres and keys, the same list for the same data set. \
                FOLDER/list.tsv says what each of them is. With --filter the list holds only such songs: tag:Jazz, source:orchestra.
                """)

        @Argument(help: "The data set's folder.", completion: .directory) var dataset: String
        @Option(help: "The side of the split: test, validation or training.") var set = "test"
        @Option(help: "How many melodies, at most.") var count = 60
        @Option(help: "Only songs that fit: source:orchestra tag:Jazz,Swing metre:3/4 (docs/data.md).") var filter = ""
        @Option(help: "Excerpts of one work, at most (default: 2 of a lead sheet, 1 of others).") var excerpts: Int?
        @Option(name: .shortAndLong, help: "The folder to write them to.", completion: .directory) var output: String
        @Flag(help: "Print JSON.") var json = false

        /// A melody that was written, for programs.
        private struct Report: Encodable {
            var file: String
            var source: String
            var title: String
            var author: String
            var meter: String
            var key: String
            var notes: Int
            var firstBar: Int
            var tags: [String]
        }

        func validate() throws {
            guard Split(rawValue: set) != nil else {
                throw ValidationError("--set is test, validation or training, not '\(set)'")
            }
            guard (1...10_000).contains(count) else { throw ValidationError("--count is 1 to 10,000") }
            guard excerpts.map({ (1...1_000).contains($0) }) ?? true else {
                throw ValidationError("--excerpts is 1 to 1,000")
            }
            do { _ = try SongFilter(filter) } catch { throw ValidationError("\(error)") }
        }

        func run() throws {
            let songs = try SongFilter(filter).apply(readSongs(dataset).songs).songs
            let melodies = TestMelodies.list(songs, set: Split(rawValue: set)!, count: count, excerpts: excerpts)
            guard !melodies.isEmpty else {
                let like = filter.isEmpty ? "" : " that fits \(filter)"
                throw fail("\(dataset) has no \(set) song\(like) with eight bars of melody", ExitReason.badInput)
            }
            try MelodyList.write(melodies, to: output)
            if json {
                return try printJSON(
                    melodies.map { melody in
                        Report(
                            file: "\(output)/\(melody.id).mid", source: melody.song.source.rawValue,
                            title: melody.song.title,
                            author: melody.song.author, meter: melody.phrase.meter.description,
                            key: melody.phrase.key.description, notes: melody.phrase.notes.count,
                            firstBar: melody.firstBar,
                            tags: melody.song.tags)
                    })
            }
            let meters = Dictionary(grouping: melodies, by: { "\($0.phrase.meter)" }).mapValues(\.count)
            let keys = Set(melodies.map(\.phrase.key)).count
            print(
                "\(counted(melodies.count, "melody").replacing("melodys", with: "melodies")) in \(output), \(keys) keys: "
                    + meters.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
                    .joined(separator: ", "))
        }
    }
}

/// Held-out melodies as a folder of MIDI files with a list of them.
enum MelodyList {
    static func write(_ melodies: [TestMelodies.Melody], to folder: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw fail("cannot write \(folder): \(error.localizedDescription)", ExitReason.cannotWrite)
        }
        var list = "file\tsource\ttitle\tauthor\tmetre\tkey\tnotes\tfirst bar\ttags\n"
        for melody in melodies {
            let take = Take(
                phrase: melody.phrase, performance: [],
                tempoMap: TempoMap(anchor: .zero, tempo: melody.phrase.tempo),
                origin: .init(keyboard: "file", trigger: "import"), isDamaged: false)
            let file = URL(fileURLWithPath: folder).appendingPathComponent("\(melody.id).mid")
            try writeFile(MIDIFile(take: take, quantized: true).bytes, to: file.path)
            let cells = [
                "\(melody.id).mid", melody.song.source.rawValue, melody.song.title, melody.song.author,
                "\(melody.phrase.meter)", "\(melody.phrase.key)", "\(melody.phrase.notes.count)",
                "\(melody.firstBar)", melody.song.tags.joined(separator: ", "),
            ]
            list +=
                cells.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
                .joined(separator: "\t") + "\n"
        }
        try writeFile([UInt8](list.utf8), to: URL(fileURLWithPath: folder).appendingPathComponent("list.tsv").path)
    }

    /// Those of the songs that a run does not learn from: the test side, or the validation side where that has none.
    static func heldOut(_ songs: [Song], count: Int) -> [TestMelodies.Melody] {
        let test = TestMelodies.list(songs, set: .test, count: count)
        return test.isEmpty ? TestMelodies.list(songs, set: .validation, count: count) : test
    }
}
