import ContinuoClient
import Foundation
import Testing

/// `continuo console --share` with a daemon that was started by hand.
@Suite(.serialized) struct ShareTests {
    private func withDaemon(
        _ configuration: String, _ body: (Folder, ([String]) async throws -> Program.Outcome) async throws -> Void
    ) async throws {
        let folder = try Folder()
        try FileManager.default.createDirectory(atPath: folder.file("continuo"), withIntermediateDirectories: true)
        _ = try folder.write("continuo/continuo.toml", Array(configuration.utf8))
        let environment = [
            "HOME": folder.path, "XDG_CONFIG_HOME": folder.path, "XDG_STATE_HOME": folder.path,
            "XDG_RUNTIME_DIR": "/nowhere",
        ]
        try await CommandTests.withDaemon(in: folder, environment: environment) { socket in
            try await body(folder) {
                try await Program("continuo").run($0 + ["--socket", socket], environment: environment)
            }
        }
    }

    @Test(.timeLimit(.minutes(2))) func sharingWritesADropInAndUnsharingTakesItBack() async throws {
        try await withDaemon("") { folder, run in
            let drop = folder.file("continuo/continuo.toml.d/90-share.toml")
            let shared = try await run(["console", "--share", "--port", "8799"])
            #expect(shared.code == 75 && shared.error.contains("systemctl --user restart continuod"), "\(shared.error)")
            let text = try String(contentsOfFile: drop, encoding: .utf8)
            #expect(text.contains("listen = \"network\"") && text.contains("port = 8799"))
            let unshared = try await run(["console", "--unshare"])
            #expect(unshared.code == 0 && unshared.text.contains("from the daemon's next start"), "\(unshared.error)")
            #expect(!FileManager.default.fileExists(atPath: drop))
            #expect(try await run(["console", "--unshare"]).text.contains("was not shared"))
            #expect(try await run(["console", "--share", "--unshare"]).code == 64)
        }
    }

    @Test(.timeLimit(.minutes(2))) func theAddressOfAProxyIsShownAsACodeForThePhone() async throws {
        let port = 20_000 + Int.random(in: 0..<9000)
        try await withDaemon("[console]\nport = \(port)\nnames = [\"music.example\"]\n") { _, run in
            let shared = try await run(["console", "--share"])
            #expect(shared.code == 0, "\(shared.error)")
            let lines = shared.text.split(separator: "\n")
            #expect(lines.first?.hasPrefix("https://music.example/#ticket=") == true)
            let code = lines.dropFirst()
            let width = code.first?.count ?? 0
            // Version 1 has 21 modules, each next one four more; and four quiet ones on either side.
            #expect(width >= 29 && (width - 8 - 21) % 4 == 0 && code.allSatisfy { $0.count == width })
            #expect(code.count == (width + 1) / 2)
            // Light modules are drawn: the quiet zone, and within it the dark edge of the finder pattern.
            let rows = Array(code)
            #expect(rows[0].allSatisfy { $0 == "█" } && rows[2].hasPrefix("████ ▄▄▄▄▄ "), "\(rows[2])")
            let json = try await run(["console", "--share", "--json"])
            #expect(json.text.contains("\"shared\":[\"https://music.example/\"]"), "\(json.text)")
            #expect(try await run(["console", "--share", "--no-qr"]).text.split(separator: "\n").count == 1)
        }
    }
}
