import Foundation
import MIDI
import Music
import StandardMIDIFile
import Testing

/// `continuo data` as a person uses it.
struct DataTests {
    let folder: Folder
    let continuo: Program

    init() throws {
        folder = try Folder()
        continuo = try Program("continuo")
    }

    /// A song with piano, in the collection's form.
    private func song(_ title: String) -> String {
        let tune = [72, 74, 76, 77, 79, 77, 76, 74]
        let bars = (0..<16).map { bar in
            let voice = (0..<4).map { "[\($0 * 12),12,\(tune[(bar + $0) % 8])]" }.joined(separator: ",")
            return #"{"len":48,"ts":"4/4","m":[\#(voice)],"p":[[0,48,48],[0,48,64],[0,48,67]]}"#
        }
        return #"{"work":"Doe,_Jane/_/\#(title)","bars":[\#(bars.joined(separator: ","))]}"#
    }

    private func prepare(_ output: String, titles: [String]) async throws -> Program.Outcome {
        let text = titles.map(song).joined(separator: "\n")
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file("lieder.jsonl")))
        return try await continuo.run(
            ["data", "prepare", "--lieder", folder.file("lieder.jsonl"), "-o", folder.file(output)])
    }

    private static let titles = (1...40).map { "Song_\($0)" }

    @Test func aPreparedSetIsCountedVerifiedAndGivesMelodies() async throws {
        let prepared = try await prepare("set", titles: Self.titles)
        #expect(prepared.code == 0, "\(prepared.error)")
        #expect(prepared.text.contains("lieder: 40 works read, 40 songs kept, 640 bars"))

        let shown = try await continuo.run(["data", "show", folder.file("set"), "--filter", "metre:4/4 -title:Song_1"])
        #expect(shown.text.contains("-title:Song_1 removed 11 songs"))
        #expect(shown.text.contains("source lieder"))

        let verified = try await continuo.run(
            ["data", "verify", folder.file("set"), folder.file("set") + "/works.tsv"])
        #expect(verified.text == "40 works, every hash equal\n")

        let melodies = try await continuo.run(
            ["data", "melodies", folder.file("set"), "--set", "training", "--count", "5", "-o", folder.file("tunes")])
        #expect(melodies.code == 0, "\(melodies.error)")
        let list = try String(contentsOfFile: folder.file("tunes") + "/list.tsv", encoding: .utf8).split(
            separator: "\n")
        #expect(list.count == 6)
        for row in list.dropFirst() {
            let file = folder.file("tunes") + "/" + row.prefix { $0 != "\t" }
            #expect(FileManager.default.fileExists(atPath: file))
        }
    }

    /// A tune over held chords, another one for every number.
    private func tune(_ number: Int, bars: Int = 8) -> [UInt8] {
        func note(_ tick: Int, _ length: Int, _ channel: Int, _ pitch: Int) -> [MIDIFile.Event] {
            [
                .init(tick: tick, .message(.noteOn(Channel(channel), Pitch(pitch), Velocity(80)))),
                .init(tick: tick + length, .message(.noteOff(Channel(channel), Pitch(pitch)))),
            ]
        }
        let scale = [60, 62, 64, 65, 67, 69, 71, 72]
        var step = number
        let melody = (0..<bars * 4).flatMap { beat in
            step = (step * 5 + beat * (number % 7 + 1) + 3) % 64
            return note(beat * 96, 90, 1, scale[step / 8])
        }
        let chords = (0..<bars).flatMap { bar in [48, 52, 55].flatMap { note(bar * 384, 380, 2, $0) } }
        let settings = [MIDIFile.Event(tick: 0, .meta(MetaType.timeSignature, [4, 2, 24, 8]))]
        return MIDIFile(
            format: .parallel, ticksPerQuarter: 96,
            tracks: [.init(events: settings)]
                + [melody, chords].map { .init(events: $0.sorted { $0.tick < $1.tick }) }
        ).bytes
    }

    @Test func aFolderIsImportedShownAndDrawn() async throws {
        try FileManager.default.createDirectory(atPath: folder.file("songs/rock"), withIntermediateDirectories: true)
        for number in 1...3 { _ = try folder.write("songs/rock/\(number).mid", tune(number)) }
        _ = try folder.write("songs/broken.mid", [1, 2, 3])
        let first = try await continuo.run(
            ["data", "import", folder.file("songs"), "-o", folder.file("set"), "--tag", "mine", "--verbose"])
        #expect(first.code == 0, "\(first.error)")
        #expect(first.text.contains("songs/broken.mid: it is no MIDI file"))
        let again = try await continuo.run(["data", "import", "-o", folder.file("set"), "--json"])
        #expect(again.text.contains(#""unchanged" : 4"#) || again.text.contains(#""unchanged":4"#), "\(again.text)")
        let shown = try await continuo.run(
            ["data", "show", folder.file("set"), "--filter", "genre:rock (has:bass or has:chords) tag:mine"])
        #expect(shown.text.contains("genre rock"), "\(shown.text)\(shown.error)")
        let drawn = try await continuo.run(
            ["data", "preview", folder.file("set"), "-n", "2", "--bars", "4", "-o", folder.file("pictures")])
        #expect(drawn.code == 0, "\(drawn.error)")
        let pictures = try FileManager.default.contentsOfDirectory(atPath: folder.file("pictures")).sorted()
        #expect(pictures.count == 3)
        for name in pictures {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file("pictures") + "/" + name))
            #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        }
    }

    @Test(arguments: [SIGKILL, SIGINT])
    func anImportThatIsBrokenOffGoesOnAndGivesTheSame(signal: Int32) async throws {
        try FileManager.default.createDirectory(atPath: folder.file("songs"), withIntermediateDirectories: true)
        for number in 1...500 { _ = try folder.write("songs/\(number).mid", tune(number, bars: 60)) }
        let command = ["data", "import", folder.file("songs"), "--jobs", "1", "-o"]
        let process = continuo.process(command + [folder.file("set")])
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let journal = folder.file("set/import.journal")
        let patience = Date().addingTimeInterval(60)
        var size = 0
        while size < 1_000, process.isRunning, Date() < patience {
            size = ((try? FileManager.default.attributesOfItem(atPath: journal))?[.size] as? NSNumber)?.intValue ?? 0
            // Not Task.sleep: other tests may keep the pool's threads until the import has ended.
            usleep(500)
        }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(signal == SIGKILL || process.terminationStatus == 75)
        #expect(!FileManager.default.fileExists(atPath: folder.file("set/pieces.jsonl")))
        let rest = try await continuo.run(command + [folder.file("set")])
        #expect(rest.code == 0, "\(rest.error)")
        #expect(!rest.text.contains("500 files read"))
        _ = try await continuo.run(["data", "import", folder.file("songs"), "-o", folder.file("whole")])
        for name in ["pieces.jsonl", "works.tsv", "report.json"] {
            let files = try ["set", "whole"].map {
                try Data(contentsOf: URL(fileURLWithPath: folder.file("\($0)/\(name)")))
            }
            #expect(files[0] == files[1])
        }
    }

    @Test func anotherSetIsNotVerified() async throws {
        _ = try await prepare("one", titles: Self.titles)
        _ = try await prepare("two", titles: Array(Self.titles.dropFirst()))
        let outcome = try await continuo.run(
            ["data", "verify", folder.file("two"), folder.file("one") + "/works.tsv"])
        #expect(outcome.code == 65)
        #expect(outcome.text.contains("missing     lieder: Doe,_Jane/_/Song_1"))
    }

    @Test(arguments: [
        (["data", "show", "/nowhere"], 66, "there is no such file"),
        (["data", "prepare", "-o", "x"], 64, "at least one source"),
        (["data", "melodies", "x", "--set", "all", "-o", "y"], 64, "test, validation or training"),
        (["train", "--data", "x", "--run", "y", "--filter", "mood:sad"], 65, "no field 'mood'"),
        (["data", "import", "/nowhere", "-o", "/tmp/continuo-none"], 65, "cannot be read as a folder"),
        (["data", "import", "-o", "x", "--genre", "jazz"], 64, "the folders that are named"),
        (["data", "preview", "x", "-o", "y", "--filter", "(tag:a"], 64, "nothing closes"),
        (["train", "--data", "x", "--run", "y", "--mix", "tapes=2"], 65, "no source 'tapes'"),
    ])
    func whatCannotBeDoneIsSaid(command: [String], code: Int32, words: String) async throws {
        let outcome = try await continuo.run(command)
        #expect(outcome.code == code)
        #expect(outcome.error.contains(words), "\(outcome.error)")
    }
}
