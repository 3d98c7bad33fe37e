import Foundation
import Testing

struct ConfigTests {
    let folder: Folder
    let continuo: Program

    init() throws {
        folder = try Folder()
        continuo = try Program("continuo")
    }

    @Test func aBrokenConfigurationIsNamedWhole() async throws {
        let file = try folder.write("c.toml", Array("[band]\ngenre = 3\n[console]\nprot = 1\n".utf8))
        let outcome = try await continuo.run(["config", "check", file])
        #expect(outcome.code == 65)
        #expect(outcome.error.contains("\(file):2: ") && outcome.error.contains("\(file):4: unknown key 'prot'"))
        let shown = try await continuo.run(["config", "show", file])
        #expect(shown.code == 65 && shown.error.contains("\(file):2: "))
        let list = try await continuo.run(["config", "check", "--json", file])
        let problems = try #require(try JSONSerialization.jsonObject(with: list.output) as? [[String: Any]])
        #expect(problems.map { $0["line"] as? Int } == [2, 4])
    }

    @Test func whatHoldsIsShownWithItsPlace() async throws {
        let home = ["HOME": folder.path, "XDG_CONFIG_HOME": folder.path]
        let nothing = try await continuo.run(["config"], environment: home)
        #expect(nothing.code == 0 && nothing.text.contains("band.genre") && nothing.text.contains("default"))
        try FileManager.default.createDirectory(atPath: folder.file("continuo"), withIntermediateDirectories: true)
        let file = try folder.write("continuo/continuo.toml", Array("[band]\ngenre = \"rock\"\n".utf8))
        let outcome = try await continuo.run(["config", "show"], environment: home)
        #expect(outcome.text.contains("\"rock\"") && outcome.text.contains("\(file):2"), "\(outcome.text)")
        #expect(try await continuo.run(["config", "check"], environment: home).text == "\(file): fine\n")
        let defaults = try await continuo.run(["config", "show", "--defaults"])
        let daemons = try await Program("continuod").run(["--defaults"])
        #expect(defaults.text == daemons.text && !defaults.text.isEmpty)
        #expect(try await continuo.run(["config", "check", folder.file("no.toml")]).code == 66)
    }
}
