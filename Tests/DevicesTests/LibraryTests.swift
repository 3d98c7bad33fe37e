import Controls
import Devices
import Foundation
import Testing

@Suite struct LibraryTests {
    /// The profiles of the package itself.
    static let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("profiles").path

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
        #expect(library.hidden.map(\.claim) == ["m-audio-oxygen.toml"])
        #expect(library.hidden.first?.description.contains(folder.path) == true)
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
