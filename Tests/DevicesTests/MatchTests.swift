import Controls
import Devices
import Foundation
import Testing

@Suite struct MatchTests {
    private static let inquiry = DeviceInquiry(manufacturer: [0x47], family: [0x49, 0x00])

    private static func profile(
        _ id: String, usb: [String] = [], products: [String] = [], inquiry: DeviceInquiry? = nil,
        control: DeviceProfile.Port = .number(1), confidence: Int = 3
    ) -> DeviceProfile {
        DeviceProfile(
            id: id, name: id, usb: usb.compactMap { USBIdentity($0) }, products: products, inquiry: inquiry,
            controlPort: control, buttons: [ControlBinding(.play, .realTime(0xFA))], confidence: confidence,
            sources: ["a test"])
    }

    private func keyboard(_ usb: String, _ name: String = "Keys") -> Keyboard {
        Keyboard(card: 3, usb: USBIdentity(usb), serial: nil, path: "pci-1", productName: name)
    }

    @Test func aKeyboardIsKnownByItsNumberThenItsNameThenItsAnswer() {
        let library = ProfileLibrary(profiles: [
            MatchTests.profile("answers", inquiry: MatchTests.inquiry),
            MatchTests.profile("named", products: ["Model 49"]),
            MatchTests.profile("numbered", usb: ["0001:0002"]),
        ])
        func found(_ usb: String, _ name: String) -> ProfileMatch? {
            library.match(for: keyboard(usb, name), portNames: [], inquiry: MatchTests.inquiry)
        }
        #expect(found("0001:0002", "ACME MODEL 49")?.profile.id == "numbered")
        #expect(found("0001:0002", "ACME MODEL 49")?.basis == .usb)
        #expect(found("0001:0003", "ACME_MODEL_49")?.profile.id == "named")
        #expect(found("0001:0003", "ACME_MODEL_49")?.basis == .product)
        #expect(found("0001:0003", "Other")?.profile.id == "answers")
        #expect(found("0001:0003", "Other")?.basis == .inquiry)
        #expect(library.match(for: keyboard("0001:0003"), portNames: [], inquiry: nil) == nil)
    }

    /// What the file says, by what the keyboard is known, how sure that is, whether its button acts.
    @Test(arguments: [
        (3, ProfileMatch.Basis.usb, 3, true), (2, .usb, 2, true), (1, .usb, 1, false), (3, .product, 2, true),
        (2, .product, 1, false), (1, .product, 1, false), (3, .inquiry, 2, true), (2, .inquiry, 1, false),
    ]) func aNameOrAnAnswerIsOneLessSureThanANumber(
        file: Int, basis: ProfileMatch.Basis, confidence: Int, acts: Bool
    ) {
        let match = ProfileMatch(profile: MatchTests.profile("any", confidence: file), basis: basis)
        #expect(match.confidence == confidence && match.isTrusted == acts)
        #expect(match.buttons.map(\.isConfirmed) == [acts])
        let weak = ControlBinding(.stop, .realTime(0xFC), isConfirmed: false)
        #expect(!match.isConfirmed(weak))
    }

    @Test func ofSeveralClaimsToANumberTheOneThatFitsIsTaken() {
        let library = ProfileLibrary(profiles: [
            MatchTests.profile("any", usb: ["0001:0002"], control: .number(3)),
            MatchTests.profile("ports", usb: ["0001:0002"], control: .named("DAW")),
            MatchTests.profile("product", usb: ["0001:0002"], products: ["Mini"]),
        ])
        func found(_ name: String, _ ports: [String]) -> String? {
            library.match(for: keyboard("0001:0002", name), portNames: ports, inquiry: nil)?.profile.id
        }
        #expect(found("Acme Mini", ["Acme MIDI", "Acme DAW"]) == "product")
        #expect(found("Acme", ["Acme MIDI", "Acme DAW"]) == "ports")
        #expect(found("Acme", ["1", "2", "3"]) == "any")
    }

    @Test func theLongestPartOfANameWins() {
        let library = ProfileLibrary(profiles: [
            MatchTests.profile("first", products: ["Launchkey Mini"]),
            MatchTests.profile("third", products: ["Launchkey Mini MK3"]),
        ])
        let match = library.match(for: keyboard("0001:0002", "Launchkey Mini MK3"), portNames: [], inquiry: nil)
        #expect(match?.profile.id == "third")
    }

    @Test func aUsersFileThatMatchesByNameWinsOverAShippedNumber() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ file: String, _ claim: String) throws {
            let text = "name = \"\(file)\"\n\(claim)\nconfidence = 3\nsources = [\"me\"]\n"
            try text.write(to: folder.appendingPathComponent(file + ".toml"), atomically: true, encoding: .utf8)
        }
        try write("mine", "products = [\"Oxygen\"]")
        try write("same-number", "usb = [\"1235:0019\"]")

        let library = ProfileLibrary(folders: [folder.path, LibraryTests.shipped])
        let match = library.match(for: keyboard("0763:0197", "Oxygen 61"), portNames: [], inquiry: nil)
        #expect(match?.profile.name == "mine" && match?.basis == .product && match?.confidence == 2)
        let other = library.match(for: keyboard("0763:0197", "Something"), portNames: [], inquiry: nil)
        #expect(other?.profile.id == "m-audio-oxygen" && other?.basis == .usb)
        #expect(library.hidden.map(\.claim) == ["for USB 1235:0019"])
        #expect(library.hidden.first?.hides.hasSuffix("novation-impulse.toml") == true)
    }
}
