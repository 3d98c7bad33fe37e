import Foundation
import Testing

@testable import continuo

struct ReportTests {
    @Test func whatIsPrivateIsTakenOut() {
        let scrubber = Scrubber(
            home: "/home/clara", user: "clara", host: "steinway", secrets: ["1c75-02ca-SN12345", "A1"])
        let text = """
            /home/clara/.config/continuo/continuo.toml is clara's on steinway; declarative clarability stays
            keyboard 1c75-02ca-SN12345 serial: XK9-77 at 192.168.1.17 and 127.0.0.1, aa:bb:cc:dd:ee:0f, card A1
            """
        let clean = scrubber.clean(text)
        #expect(
            clean == """
                ~/.config/continuo/continuo.toml is <user>'s on <host>; declarative clarability stays
                keyboard <serial> serial:<serial> at <address> and 127.0.0.1, <address>, card A1
                """)
    }

    @Test func theReportIsWrittenForItsOwnerAloneAndSaysWhatFailed() async throws {
        let folder = try Folder()
        let file = folder.file("report.txt")
        let home = ["HOME": folder.path, "XDG_CONFIG_HOME": folder.path, "CONTINUO_SOCKET": "/nowhere/c.sock"]
        let outcome = try await Program("continuo").run(
            ["report", "-o", file, "--root", folder.path, "--lines", "0"], environment: home)
        #expect(outcome.code == 0, "\(outcome.error)")
        #expect(outcome.text == "\(file): read it before you send it\n")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        for section in ["continuo", "system", "doctor", "configuration", "models", "daemon", "log of your daemon"] {
            #expect(text.contains("== \(section) ==\n"), "\(section)")
        }
        #expect(text.contains("it does not answer") && text.contains("/proc/asound/cards cannot be read"))
        #expect(text.contains("band.genre = \"pop\"  (default)"))
        #expect(!text.contains(folder.path), "the home folder is in it")
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
    }
}
