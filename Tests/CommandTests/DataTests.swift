import Foundation
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
        (["train", "--data", "x", "--run", "y", "--mix", "tapes=2"], 65, "no source 'tapes'"),
    ])
    func whatCannotBeDoneIsSaid(command: [String], code: Int32, words: String) async throws {
        let outcome = try await continuo.run(command)
        #expect(outcome.code == code)
        #expect(outcome.error.contains(words), "\(outcome.error)")
    }
}
