import Controls
import Devices
import Foundation
import Testing

@Suite struct LibraryTests {
    /// The profiles of the package itself.
    private static let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("profiles").path

    @Test func everyShippedProfileIsSoundAndClaimsItsOwnKeyboards() {
        let library = ProfileLibrary(folders: [LibraryTests.shipped])
        #expect(library.errors.isEmpty)
        #expect(library.profiles.count >= 12)
        let claims = library.profiles.flatMap(\.usb)
        #expect(claims.count == Set(claims).count)
        #expect(library.profiles.filter { $0.confidence < 2 }.isEmpty)
    }

    @Test func aUsersFileWinsOverTheShippedAndABrokenOneDoesNotHideIt() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let mine = ProfileTests.good.replacingOccurrences(of: "Maker Model 49", with: "Mine")
        try mine.write(to: folder.appendingPathComponent("m-audio-oxygen.toml"), atomically: true, encoding: .utf8)
        try "usb = [".write(to: folder.appendingPathComponent("yamaha-kx.toml"), atomically: true, encoding: .utf8)

        let library = ProfileLibrary(folders: [folder.path, LibraryTests.shipped])
        #expect(library.profile(for: keyboard("0763:0197"))?.name == "Mine")
        #expect(library.profile(for: keyboard("0499:100d"))?.id == "yamaha-kx")
        #expect(library.errors.map(\.file) == ["yamaha-kx.toml"])
        #expect(library.errors.first?.line == 1)
    }

    @Test func aKeyboardIsKnownByItsNumberFirstThenByItsName() throws {
        var named = try DeviceProfile(toml: ProfileTests.good, file: "named.toml")
        named.usb = []
        var numbered = named
        numbered.id = "numbered"
        numbered.usb = [USBIdentity(vendor: 1, product: 2)]
        let library = ProfileLibrary(profiles: [named, numbered])
        #expect(library.profile(for: keyboard("0001:0002", "ACME MODEL 49"))?.id == "numbered")
        #expect(library.profile(for: keyboard("0001:0003", "ACME MODEL 49"))?.id == "named")
        #expect(library.profile(for: keyboard("0001:0003", "Other")) == nil)
    }

    @Test func aFolderThatDoesNotExistIsNoError() {
        let library = ProfileLibrary(folders: ["/nonexistent/profiles"])
        #expect(library.profiles.isEmpty && library.errors.isEmpty)
    }

    @Test(arguments: ["0763:0197", "ffff:0000"]) func usbNumbersArePrintedAsTheyAreRead(text: String) {
        #expect(USBIdentity(text)?.description == text)
    }

    @Test(arguments: ["763:0197", "0763-0197", "0763:01977", "07g3:0197", ""])
    func whatIsNoUSBNumberIsRefused(text: String) {
        #expect(USBIdentity(text) == nil)
    }

    @Test func anEmbeddedMonitorReportsWhatIsPluggedAndPulled() throws {
        let monitor = EmbeddedDeviceMonitor()
        let keys = keyboard("0763:0197")
        monitor.plug(keys)
        #expect(try monitor.keyboards() == [keys])
        monitor.unplug(card: 3)
        #expect(
            [monitor.nextEvent(), monitor.nextEvent(), monitor.nextEvent()] == [.arrived(keys), .left(card: 3), nil])
        #expect(try monitor.keyboards().isEmpty)
    }

    private func keyboard(_ usb: String, _ name: String = "Keys") -> Keyboard {
        Keyboard(card: 3, usb: USBIdentity(usb), serial: nil, path: "pci-1", productName: name)
    }
}
