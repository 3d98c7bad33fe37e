import ConsoleAPI
import ContinuoClient
import Foundation
import Testing

/// A real daemon with the page on a port of its own, and a browser that is let in.
final class Stage {
    let folder: String
    let client: ContinuoClient
    let browser: WebDriver
    private(set) var address = ""
    private var daemon: Process?

    /// Stands for the browser's MIDI: one keyboard, which `standInKeys` plays.
    private static let midi = """
        const standInPort = { name: "Stand-in Keys", type: "input", state: "connected", onmidimessage: null };
        Object.defineProperty(navigator, "requestMIDIAccess", {
          value: async () => ({ inputs: new Map([["1", standInPort]]), outputs: new Map(), onstatechange: null }),
        });
        window.standInKeys = (...bytes) => standInPort.onmidimessage?.({ data: new Uint8Array(bytes) });
        """

    init() async throws {
        // Short: a socket's path has 107 bytes at most.
        folder = FileManager.default.temporaryDirectory.path + "/b-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder + "/continuo", withIntermediateDirectories: true)
        let port = try Stage.freePort()
        try Data("[console]\nport = \(port)\n".utf8).write(
            to: URL(fileURLWithPath: folder + "/continuo/continuo.toml"))
        client = ContinuoClient(socketPath: folder + "/s")
        browser = try await WebDriver(folder: folder, script: Stage.midi)
    }

    /// A port that was free a moment ago.
    private static func freePort() throws -> UInt16 {
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(probe) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(probe, $0, length) == 0 ? getsockname(probe, $0, &length) : -1
            }
        }
        try #require(code == 0)
        return UInt16(bigEndian: address.sin_port)
    }

    func startDaemon() async throws {
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? executable
        let path = try #require(
            [bundle, executable].map { URL(fileURLWithPath: $0).deletingLastPathComponent().path + "/continuod" }
                .first { FileManager.default.isExecutableFile(atPath: $0) })
        let log = folder + "/daemon.log"
        if !FileManager.default.fileExists(atPath: log) {
            _ = FileManager.default.createFile(atPath: log, contents: nil)
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["--transport", "embedded", "--socket", folder + "/s", "--state", folder]
        process.environment = ProcessInfo.processInfo.environment.merging([
            "HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_STATE_HOME": folder,
        ]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        try process.run()
        daemon = process
        let end = ContinuousClock.now + .seconds(60)
        while (try? await client.status()) == nil {
            let words = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            try #require(process.isRunning && ContinuousClock.now < end, "the daemon did not become ready: \(words)")
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    func stopDaemon() {
        daemon?.terminate()
        daemon?.waitUntilExit()
        daemon = nil
    }

    /// Opens the page with a ticket, as `continuo console --open` does.
    func enter() async throws {
        let ticket = try await client.consoleTicket()
        address = ticket.address
        try await browser.open(ticket.link)
        try await isConnected()
    }

    func isConnected() async throws {
        try await browser.wait(
            until: "the page is connected",
            "document.getElementById('connection')?.textContent && !document.getElementById('connection').classList.contains('lost')"
        )
    }

    func end() async {
        await browser.quit()
        stopDaemon()
        try? FileManager.default.removeItem(atPath: folder)
    }
}
