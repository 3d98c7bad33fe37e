import Foundation
import Testing

struct EvaluateTests {
    let folder: Folder
    let continuo: Program

    init() throws {
        folder = try Folder()
        continuo = try Program("continuo")
    }

    private func json(_ name: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func madeBandsMeasureTheSameWhenTheyAreReadBack() async throws {
        let bands = folder.file("bands")
        let made = try await continuo.run([
            "evaluate", "--genre", "pop", "--arranger", "--melodies", exampleFolder, "--output", bands, "--json",
            folder.file("made.json"),
        ])
        #expect(made.code == 0, "\(made.error)")
        #expect(made.text.contains("notes changed by another seed: "), "\(made.text)")
        #expect(made.text.contains("notes changed by silencing the melody: "))
        #expect(try FileManager.default.contentsOfDirectory(atPath: bands).count == 5)

        // Both times the melody is the track that the file plays.
        let read = try await continuo.run([
            "evaluate", bands, "--genre", "pop", "--compare", bands, "--json", folder.file("read.json"), "--picture",
            folder.file("chart.svg"), "--gates",
        ])
        #expect(read.text.contains("5 pieces") && read.text.contains("chord-tone ratio"), "\(read.error)")
        #expect(read.text.contains("notes that bands has otherwise: 0.00"))
        #expect(read.text.contains("must") && read.text.contains("pass"))
        let first = try json("made.json")
        let second = try json("read.json")
        #expect(first["mean"] as? [String: Double] == second["mean"] as? [String: Double])
        #expect((second["pieces"] as? [Any])?.count == 5)
        #expect((second["floors"] as? [String: Any])?["wrongKey"] != nil)
        #expect(try String(contentsOfFile: folder.file("chart.svg"), encoding: .utf8).contains("chord-tone ratio"))
    }

    @Test func withoutMelodiesTheMelodyIsATrackOfEachFile() async throws {
        _ = try await continuo.run(
            ["arrange", example("ode-to-joy"), "--arranger", "-o", folder.file("ode.mid")])
        let outcome = try await continuo.run(["evaluate", folder.path, "--markdown", "--gates"])
        #expect(outcome.text.contains("| metric | best | this set |"), "\(outcome.error)")
        #expect(outcome.text.contains("1 piece,"))
        // One piece cannot show whether the band listens to it: a must is missed.
        #expect(outcome.code == 1)
    }

    @Test func whatCannotBeUsedIsNamedCountedAndLeftOut() async throws {
        let bands = folder.file("bands")
        try FileManager.default.createDirectory(atPath: bands, withIntermediateDirectories: true)
        for name in ["ode-to-joy", "greensleeves"] {
            _ = try await continuo.run(["arrange", example(name), "--arranger", "-o", "\(bands)/\(name).mid"])
        }
        _ = try folder.write("bands/when-the-saints.mid", Array("no MIDI".utf8))
        _ = try folder.write("bands/stranger.mid", [])
        let outcome = try await continuo.run(["evaluate", bands, "--melodies", exampleFolder])
        #expect(outcome.code == 0, "\(outcome.error)")
        #expect(outcome.error.contains("when-the-saints.mid: cannot read the MIDI file"), "\(outcome.error)")
        #expect(outcome.error.contains("scarborough-fair.mid: there is no band of this name"))
        #expect(outcome.error.contains("1 band in \(bands) without a melody of the name"))
        #expect(outcome.text.contains("2 pieces") && outcome.text.contains("3 files left out"), "\(outcome.text)")
    }

    @Test func aListChoosesTheMelodies() async throws {
        let list = try folder.write("list.txt", Array("# two of five\node-to-joy\ngreensleeves.mid\n".utf8))
        let outcome = try await continuo.run(
            ["evaluate", "--genre", "pop", "--arranger", "--melodies", exampleFolder, "--only", list])
        #expect(outcome.text.contains("2 pieces"), "\(outcome.error)")
    }

    @Test func missingFoldersAndPairsAreToldInOneSentence() async throws {
        let empty = folder.file("empty")
        try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
        let none = try await continuo.run(["evaluate", folder.file("nowhere")])
        #expect(none.code == 66)
        #expect(none.error.contains("there is no such folder"))
        let bare = try await continuo.run(["evaluate", empty, "--melodies", exampleFolder])
        #expect(bare.code == 65)
        #expect(bare.error.contains("has no MIDI files"))
        _ = try folder.write("empty/other.mid", Array("x".utf8))
        let strangers = try await continuo.run(["evaluate", empty, "--melodies", exampleFolder])
        #expect(strangers.code == 65)
        #expect(strangers.error.contains("has the name of a melody"), "\(strangers.error)")
        let unknown = try await continuo.run(
            ["evaluate", "--genre", "polka", "--arranger", "--melodies", exampleFolder])
        #expect(unknown.code == 66)
        #expect(unknown.error.contains("the arranger has no patterns for 'polka'"))
    }

    @Test(arguments: [
        ["evaluate"], ["evaluate", "x", "--run", "y"], ["evaluate", "x", "--arranger"],
        ["evaluate", "x", "--output", "y"], ["evaluate", "x", "--picture", "y.jpg"],
    ])
    func unclearWishesAreWrongUsage(arguments: [String]) async throws {
        #expect(try await continuo.run(arguments).code == 64)
    }
}
