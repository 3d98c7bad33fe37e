import Foundation
import Music
import Testing

@testable import DaemonConfiguration

/// The file, its drop-ins, and the lines of their keys.
@Suite final class ConfigurationSourcesTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "cc-\(UUID().uuidString.prefix(8))")
    private var file: String { folder.appendingPathComponent("continuo.toml").path }

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func write(_ text: String, to name: String) throws {
        let file = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    private func read(isRequired: Bool = false) throws -> ConfigurationSources {
        try ConfigurationSources(path: file, isRequired: isRequired)
    }

    @Test func whatALaterFileSaysHolds() throws {
        try write("[band]\ngenre = \"jazz\"\ntemperature = 0.5\n", to: "continuo.toml")
        try write("band.genre = \"rock\"\n", to: "continuo.toml.d/20-rock.toml")
        try write(
            "[band]\ngenre = \"symphony\"\n[keyboard.LPK25]\nrole = \"chords\"\n", to: "continuo.toml.d/10-first.toml")
        try write("[band]\ngenre = \"pop\"\n", to: "continuo.toml.d/30-not-one.conf")
        let files = try read()
        #expect(files.sources.map(\.name) == [file, "\(file).d/10-first.toml", "\(file).d/20-rock.toml"])
        let configuration = try Configuration(files)
        #expect(configuration.genre == .rock && configuration.temperature == 0.5)
        #expect(configuration.keyboards["LPK25"]?.role == .chords)
        let entries = Dictionary(uniqueKeysWithValues: try Configuration.entries(files).map { ($0.key, $0) })
        #expect(entries["band.genre"]?.source == "\(file).d/20-rock.toml" && entries["band.genre"]?.line == 1)
        #expect(entries["band.temperature"]?.source == file && entries["band.temperature"]?.line == 3)
        #expect(entries["keyboard.\"LPK25\".role"]?.source == "\(file).d/10-first.toml")
    }

    @Test func dropInsHoldWithoutTheFile() throws {
        try write("[band]\ngenre = \"rock\"\n", to: "continuo.toml.d/a.toml")
        #expect(try Configuration(read()).genre == .rock)
        #expect(throws: ConfigurationError.self) { try self.read(isRequired: true) }
    }

    @Test func nothingAtAllIsTheDefault() throws {
        #expect(try read().sources.isEmpty)
        #expect(try Configuration(read()) == Configuration())
    }

    @Test func aFileThatCannotBeReadIsNamed() throws {
        // A folder in its place: that the superuser cannot read either.
        try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
        let error = try #require(throws: ConfigurationError.self) { try self.read() }
        #expect(error.source == file && error.message.contains("cannot be read"))
    }

    @Test func bytesThatAreNoTextAreNamed() throws {
        try Data([0x5B, 0xFF, 0xFE]).write(to: URL(fileURLWithPath: file))
        let error = try #require(throws: ConfigurationError.self) { try self.read() }
        #expect(error.description == "\(file): the file is no UTF-8 text")
    }

    @Test func whatIsWrongIsNamedWithItsOwnFile() throws {
        try write("[band]\ntemperature = 2\n", to: "continuo.toml")
        try write("[bnad]\n", to: "continuo.toml.d/a.toml")
        #expect(
            try Configuration.problems(in: read()).map(\.description) == [
                "\(file):2: temperature lies between 0 and 1",
                "\(file).d/a.toml:1: unknown section 'bnad': did you mean 'band'?",
            ])
    }

    private static let written: [(text: String, path: [String], line: Int?)] = [
        ("[ capture ]\ntempo = 3\n", ["capture", "tempo"], 2), ("capture.tempo = 3\n", ["capture", "tempo"], 1),
        ("\n capture . \"tempo\"=3\n", ["capture", "tempo"], 2),
        ("capture = { tempo = 3 }\n", ["capture", "tempo"], 1),
        ("[capture]\n# tempo = 1\ntempo = 3 # = 4\n", ["capture", "tempo"], 3),
        ("[keyboard.\"A.B\"]\nrole = 1\n", ["keyboard", "A.B", "role"], 2),
        ("[keyboard]\n'A]B'.role = 1\n", ["keyboard", "A]B", "role"], 2),
        ("[keyboard.\"LPK25\"]\nrole = 1\n", ["keyboard", "LPK25"], 1),
        ("[band]\n[capture]\n", ["capture"], 2), ("[band]\nx = 1\n", ["capture", "tempo"], nil),
    ]

    @Test(arguments: written)
    func linesAreFoundHoweverTheyAreWritten(_ text: String, _ path: [String], _ line: Int?) {
        #expect(KeyLines(text).line(of: path) == line)
    }
}
