import ConsoleAPI
import Foundation
import SoundCloudStandIn
import Testing

/// `continuo publish` as a person runs it.
struct PublishTests {
    private struct Setting {
        let service: SoundCloudStandIn
        let folder: Folder
        let environment: [String: String]

        init() throws {
            service = try SoundCloudStandIn()
            folder = try Folder()
            environment = [
                "HOME": folder.path, "XDG_CONFIG_HOME": folder.file("config"), "XDG_STATE_HOME": folder.path,
                "XDG_RUNTIME_DIR": folder.path, "CONTINUO_SOCKET": folder.file("nobody"), "DISPLAY": "",
                "CONTINUO_SOUNDCLOUD_API": service.address, "CONTINUO_SOUNDCLOUD_SECURE": service.address,
            ]
        }

        func run(_ arguments: [String], input: String? = nil) async throws -> Program.Outcome {
            guard let input else { return try await Program("continuo").run(arguments, environment: environment) }
            let words = ([try Program("continuo").url.path] + arguments).map { "'\($0)'" }.joined(separator: " ")
            let shell = Program(url: URL(fileURLWithPath: "/bin/sh"))
            return try await shell.run(["-c", "printf '%s\\n' '\(input)' | \(words)"], environment: environment)
        }

        /// A port that was free a moment ago.
        func freePort() throws -> Int {
            let other = try SoundCloudStandIn()
            defer { other.stop() }
            return Int(other.address.split(separator: ":")[2]) ?? 8766
        }

        /// Signs in as a person does: the program prints an address, the browser goes there and is sent back.
        func signIn(port: Int) async throws {
            let log = folder.file("login")
            _ = FileManager.default.createFile(atPath: log, contents: nil)
            let login = try Program("continuo").process(["publish", "login", "--no-open", "--wait", "60"], environment)
            login.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
            login.standardOutput = FileHandle.nullDevice
            try login.run()
            var address = ""
            for _ in 0..<2000 where address.isEmpty {
                let text = try String(contentsOfFile: log, encoding: .utf8)
                let line = text.split(separator: "\n").first { $0.contains("/authorize?") && text.hasSuffix("\n") }
                address = line.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
                try await Task.sleep(for: .milliseconds(10))
            }
            try #require(!address.isEmpty)
            let browser = Program(url: URL(fileURLWithPath: "/usr/bin/env"))
            // The stand-in presses Connect at once.
            let page = try await browser.run(["curl", "-sS", "-L", "--noproxy", "*", address])
            #expect(page.text.contains("go back to the terminal"), "\(page.error)")
            login.waitUntilExit()
            #expect(login.terminationStatus == 0)
        }
    }

    @Test(.timeLimit(.minutes(2))) func aMelodyGoesFromTheFileToSoundCloud() async throws {
        let setting = try Setting()
        defer { setting.service.stop() }
        let none = try await setting.run(["publish", example("ode-to-joy")])
        #expect(none.code == 77 && none.error.contains("publish setup"), "\(none.error)")
        #expect(try await setting.run(["publish", "status"]).text.contains("continuo publish setup"))
        let port = try setting.freePort()
        let setup = try await setting.run(
            ["publish", "setup", "--client-id", SoundCloudStandIn.clientID, "--redirect-port", "\(port)"],
            input: SoundCloudStandIn.clientSecret)
        #expect(setup.code == 0 && setup.text.contains("publish login"), "\(setup.error)")
        try await setting.signIn(port: port)
        #expect(try await setting.run(["publish", "status"]).text == "Signed in as A. Player.\n")

        let dry = try await setting.run(["publish", example("ode-to-joy"), "--dry-run"])
        #expect(dry.code == 0 && dry.text.contains("Nothing was sent."), "\(dry.error)")
        #expect(setting.service.tracks.isEmpty)
        let sent = try await setting.run(
            ["publish", example("ode-to-joy"), "--title", "Joy", "--tags", "late night,band", "--json"])
        #expect(sent.code == 0, "\(sent.error)")
        #expect(sent.text.contains("soundcloud:tracks:1") && sent.text.contains("\"sharing\":\"private\""))
        #expect(sent.error.contains("Uploading: 100 %"), "\(sent.error)")
        let track = try #require(setting.service.tracks.first)
        #expect(track.file.starts(with: Array("fLaC".utf8)) && track.file.count > 10_000)
        #expect(track.fields["track[title]"] == "Joy" && track.fields["track[tag_list]"] == "\"late night\" band")

        #expect(try await setting.run(["publish", "logout"]).text.hasPrefix("Signed out"))
        #expect(setting.service.goodTokens == 0)
        let secret = try await setting.run(["publish", "status", "--json"])
        #expect(secret.text.contains("\"isSignedIn\":false") && !secret.text.contains(SoundCloudStandIn.clientSecret))
    }

    @Test func whatCannotBePublishedIsSaidSo() async throws {
        let setting = try Setting()
        defer { setting.service.stop() }
        let text = try setting.folder.write("a.txt", [1])
        for (arguments, code, words) in [
            (["publish", text, "--dry-run"], Int32(65), "neither a MIDI file nor one of"),
            (["publish", "/nowhere.mid", "--dry-run"], 66, "no such file"),
            (["publish", "login"], 77, "publish setup"), (["publish", "logout"], 77, "publish setup"),
            (["publish", "setup", "--client-id", "a b"], 65, "without spaces"),
        ] {
            let outcome = try await setting.run(arguments)
            #expect(outcome.code == code && outcome.error.contains(words), "\(arguments): \(outcome.error)")
        }
        #expect(setting.service.requests.isEmpty)
    }

    /// The daemon has no way to the internet: what speaks to it is linked into the command line alone.
    @Test func theDaemonLinksNoWebLibrary() async throws {
        for (name, expected) in [("continuo", true), ("continuod", false)] {
            let libraries = try await Program(url: URL(fileURLWithPath: "/usr/bin/env")).run(
                ["ldd", try Program(name).url.path])
            #expect(libraries.code == 0 && libraries.text.contains("libc.so"))
            #expect(libraries.text.contains("libcurl") == expected, "\(name)")
            #expect(!libraries.text.contains("FoundationNetworking") || name == "continuo")
        }
    }
}
