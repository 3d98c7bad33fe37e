import Controls
import Devices
import Foundation
import Testing

/// The written schema is held against the reader: neither knows more than the other.
@Suite struct SchemaTests {
    private static let readme: String = {
        let path = LibraryTests.shipped + "/README.md"
        return (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }()

    /// Everything between two single backquotes.
    private static let documented: Set<String> = {
        let prose = readme.replacing(/(?s)```.*?```/, with: "")
        let quoted = prose.matches(of: /`([^`\n]+)`/).map { String($0.1) }
        return Set(quoted.map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "[]")) })
    }()

    /// The whole example of the documentation.
    private static let example: String = {
        readme.firstMatch(of: /(?s)```toml\n(.*?)```/).map { String($0.1) } ?? ""
    }()

    @Test(arguments: ProfileSchema.Section.allCases)
    func everyKeyThatTheReaderKnowsIsDocumented(section: ProfileSchema.Section) {
        let missing = ProfileSchema.keys(of: section).filter { !SchemaTests.documented.contains($0) }
        #expect(missing == [])
    }

    @Test func everyNamedMessageIsDocumented() {
        let names =
            ProfileSchema.realTime.map(\.name) + ProfileSchema.machineControl.map(\.name)
            + ProfileSchema.mackie.map(\.name)
        #expect(names.filter { !SchemaTests.documented.contains($0) } == [])
    }

    @Test func everyActionIsDocumentedAndRead() {
        #expect(ProfileSchema.actions.filter { ControlAction(name: $0)?.name != $0 } == [])
        let numbered = ProfileSchema.actions.filter { $0.hasPrefix("genre-") && Int($0.dropFirst(6)) != nil }
        #expect(numbered.count == 16 && SchemaTests.documented.isSuperset(of: ["genre-1", "genre-16"]))
        for kind in ["lock-", "mute-", "solo-"] {
            let parts = ProfileSchema.actions.filter { $0.hasPrefix(kind) }.map { String($0.dropFirst(5)) }
            #expect(parts.count == 5 && SchemaTests.documented.isSuperset(of: parts))
            #expect(SchemaTests.documented.contains(kind))
        }
        let others = ProfileSchema.actions.filter { name in
            !numbered.contains(name) && !["lock-", "mute-", "solo-"].contains { name.hasPrefix($0) }
        }
        #expect(others.filter { !SchemaTests.documented.contains($0) } == [])
    }

    @Test func everyKeyThatIsDocumentedIsRead() throws {
        let rows = SchemaTests.readme.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let keys = rows.flatMap { row in
            row.split(separator: "|")[0].matches(of: /`\[?([a-z-]+)\]?`/).map { String($0.1) }
        }
        let known = Set(ProfileSchema.keys(of: .file) + ProfileSchema.messages)
        #expect(keys.count >= 20 && Set(keys) == known)
    }

    @Test func theDocumentedExampleIsReadWhole() throws {
        let profile = try DeviceProfile(toml: SchemaTests.example, file: "example.toml")
        #expect(profile.controlPort == .named("DAW") && profile.keyCount == 49)
        #expect(profile.inquiry == DeviceInquiry(manufacturer: [0x00, 0x20, 0x29], family: [0x02, 0x01]))
        #expect(profile.confirmed != nil && profile.lights.count == LightState.allCases.count)
        #expect(profile.buttons.count == 9)
        // It shows every key that there is.
        for section in ProfileSchema.Section.allCases where section != .button {
            for key in ProfileSchema.keys(of: section) {
                #expect(SchemaTests.example.contains(key), "\(key) is not in the example")
            }
        }
        for key in ProfileSchema.keys(of: .button) { #expect(SchemaTests.example.contains("\(key) = ")) }
    }

    @Test(
        arguments: [
            ("contrl", ["control", "channel"], "control"), ("recrod", ["record", "play"], "record"),
            ("xyzzy", ["record", "play"], nil), ("light", ["lights", "keys"], "lights"),
        ] as [(String, [String], String?)])
    func aMistypedNameIsNearToWhatWasMeant(name: String, known: [String], nearest: String?) {
        #expect(ProfileSchema.nearest(to: name, among: known) == nearest)
    }
}
