import Foundation
import Music
import StandardMIDIFile
import Testing

struct ArrangeTests {
    let folder: Folder
    let continuo: Program

    init() throws {
        folder = try Folder()
        continuo = try Program("continuo")
    }

    @Test func theSameSeedWritesTheSameBytesAndAnotherOneOthers() async throws {
        func arrange(_ seed: Int, _ name: String) async throws -> Data {
            let outcome = try await continuo.run(
                ["arrange", example("ode-to-joy"), "--arranger", "--seed", "\(seed)", "-o", folder.file(name)])
            #expect(outcome.code == 0, "\(outcome.error)")
            return try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
        }
        let first = try await arrange(7, "a.mid")
        #expect(try await arrange(7, "b.mid") == first)
        #expect(try await arrange(8, "c.mid") != first)
    }

    @Test(arguments: ["auld-lang-syne", "greensleeves", "ode-to-joy", "scarborough-fair", "when-the-saints"])
    func aBandIsWrittenForEveryExample(name: String) async throws {
        let outcome = try await continuo.run(
            ["arrange", example(name), "--arranger", "--seed", "3", "-o", folder.file("band.mid")])
        #expect(outcome.code == 0, "\(outcome.error)")
        #expect(outcome.text.contains(" bpm, ") && outcome.text.contains("drums "), "\(outcome.text)")
        let file = try MIDIFile(bytes: [UInt8](Data(contentsOf: URL(fileURLWithPath: folder.file("band.mid")))))
        let names = file.tracks.compactMap(\.name)
        #expect(names.starts(with: ["Continuo", "Melody", "Drums", "Bass", "Chords"]))
        #expect(!file.markers.isEmpty)
    }

    @Test func aDashWritesToStandardOutputAndTheSummaryToStandardError() async throws {
        let outcome = try await continuo.run(["arrange", example("ode-to-joy"), "--arranger", "-o", "-"])
        #expect(try MIDIFile(bytes: [UInt8](outcome.output)).tracks.count > 3)
        #expect(outcome.error.contains("D major"))
    }

    @Test func aGenreWithoutAModelIsToldAndAnUnknownOneIsRefused() async throws {
        let models = try Folder()
        _ = try models.write("ska.safetensors", Array("no model".utf8))
        let known = try await continuo.run(
            ["arrange", example("ode-to-joy"), "--genre", "ska", "--models", models.path, "-o", folder.file("ska.mid")])
        #expect(known.code == 0)
        #expect(known.error.contains("cannot use \(models.path)/ska.safetensors"), "\(known.error)")
        #expect(known.error.contains("No model for ska: the arranger has no patterns for it and plays pop."))

        for flags in [[], ["--arranger"]] {
            let unknown = try await continuo.run(
                ["arrange", example("ode-to-joy"), "--genre", "polka", "-o", folder.file("polka.mid")] + flags)
            #expect(unknown.code == 66)
            #expect(unknown.error.contains("there is no genre 'polka'; there are: "))
        }
    }

    @Test(arguments: [("jazz", [32, 40]), ("pop", [0, 8]), ("rock", [16]), ("symphony", [48])])
    func everyGenreHasItsOwnPatternsAndKit(genre: String, kits: [Int]) async throws {
        let models = try Folder()
        for flags in [["--arranger"], ["--models", models.path]] {
            let outcome = try await continuo.run(
                ["arrange", example("auld-lang-syne"), "--genre", genre, "--seed", "2", "-o", folder.file("band.mid")]
                    + flags)
            #expect(outcome.code == 0, "\(outcome.error)")
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("band.mid"))))
            let file = try ArrangementReader(MIDIFile(bytes: bytes)).arrangement()
            #expect(file.arrangement.accompaniment.genre.rawValue == genre)
            let programs = file.arrangement.accompaniment.instrumentation.programs
            #expect(kits.contains(Int(try #require(programs[.drums]).number)) || genre == "pop")
        }
    }

    @Test func anUnknownTrackIsRefusedWithTheTracksThatThereAre() async throws {
        let outcome = try await continuo.run(
            ["arrange", example("ode-to-joy"), "--track", "9", "-o", folder.file("out.mid")])
        #expect(outcome.code == 65)
        #expect(outcome.error.contains("no track 9 with notes; it has 1"), "\(outcome.error)")
    }

    // MARK: - What cannot be read

    struct BadFile: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var words: String
        var testDescription: String { name }
    }

    static let header: [UInt8] = Array("MThd".utf8) + [0, 0, 0, 6, 0, 0, 0, 1, 1, 0xE0]
    static let track: [UInt8] =
        Array("MTrk".utf8) + [0, 0, 0, 12, 0, 0x90, 60, 80, 0x60, 0x80, 60, 0, 0, 0xFF, 0x2F, 0]

    static let badFiles = [
        BadFile(name: "empty", bytes: [], words: "the file is empty"),
        BadFile(name: "wrong header", bytes: Array("RIFFxxxxWAVEfmt ".utf8), words: "does not begin with MThd"),
        BadFile(name: "half a header", bytes: Array(header.prefix(9)), words: "cannot read the MIDI file"),
        BadFile(name: "truncated track", bytes: header + track.dropLast(7), words: "cannot read the MIDI file"),
        BadFile(
            name: "SMPTE time", bytes: header.dropLast(2) + [0xE7, 40] + track, words: "film frames (SMPTE)"),
        BadFile(name: "format 2", bytes: header.prefix(8) + [0, 2, 0, 1, 1, 0xE0] + track, words: "format 2"),
        BadFile(
            name: "no notes", bytes: header + Array("MTrk".utf8) + [0, 0, 0, 4, 0, 0xFF, 0x2F, 0],
            words: "has no notes"),
        BadFile(name: "ten megabytes of rubbish", bytes: rubbish, words: "does not begin with MThd"),
        BadFile(
            name: "ten megabytes of rubbish behind a header",
            bytes: header + Array("MTrk".utf8) + [0, 0x98, 0x96, 0x80] + rubbish, words: "cannot read the MIDI file"),
    ]

    static let rubbish: [UInt8] = {
        let block = (0..<10_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
        var data = Data()
        for _ in 0..<1_000 { data.append(contentsOf: block) }
        return [UInt8](data)
    }()

    @Test(arguments: badFiles, ["arrange", "render", "draw", "perform"])
    func aBadFileIsRefusedInOneSentence(file: BadFile, command: String) async throws {
        let path = try folder.write("bad.mid", file.bytes)
        let output =
            ["arrange": "o.mid", "render": "o.wav", "draw": "o.png"][command].map { ["-o", folder.file($0)] } ?? []
        let outcome = try await continuo.run([command, path] + output)
        #expect(outcome.code == 65, "\(outcome.error)")
        #expect(outcome.error.hasPrefix("continuo: \(path): "), "\(outcome.error)")
        #expect(outcome.error.contains(file.words), "\(outcome.error)")
        #expect(outcome.error.split(separator: "\n").count == 1)
        #expect(outcome.output.isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["bad.mid"])
    }

    @Test func whatIsNoFileIsRefused() async throws {
        for path in [folder.path, folder.file("missing.mid")] {
            let outcome = try await continuo.run(["arrange", path, "-o", folder.file("o.mid")])
            #expect(outcome.code == 66)
            #expect(outcome.error.contains(path == folder.path ? "it is a folder" : "there is no such file"))
        }
    }

    @Test func whatCannotBeWrittenIsToldWithItsReason() async throws {
        let outcome = try await continuo.run(
            ["arrange", example("ode-to-joy"), "--arranger", "-o", folder.file("no/such/folder.mid")])
        #expect(outcome.code == 73)
        #expect(outcome.error.contains("there is no such file or folder"), "\(outcome.error)")
    }
}
