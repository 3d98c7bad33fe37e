import ContinuoClient
import Foundation
import Testing

/// Runs a real daemon on the embedded transport while a test talks with it; its socket, state and log lie in the folder.
///
/// - Parameter body: gets the socket's path.
func withDaemon<T>(
    in folder: Folder, _ arguments: [String] = [], environment: [String: String] = [:],
    _ body: (String) async throws -> T
) async throws -> T {
    let (socket, log) = (folder.file("s"), folder.file("log"))
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let places = ["HOME": folder.path, "XDG_CONFIG_HOME": folder.path, "XDG_STATE_HOME": folder.path]
    let daemon = try Program("continuod").process(
        ["--transport", "embedded", "--socket", socket, "--state", folder.path] + arguments,
        places.merging(environment) { $1 })
    daemon.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    daemon.standardOutput = FileHandle.nullDevice
    try daemon.run()
    defer {
        daemon.terminate()
        daemon.waitUntilExit()
    }
    let client = ContinuoClient(socketPath: socket)
    let limit = ContinuousClock.now + .seconds(60)
    while (try? await client.status()) == nil {
        let words = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        try #require(daemon.isRunning && ContinuousClock.now < limit, "the daemon did not become ready: \(words)")
        try await Task.sleep(for: .milliseconds(20))
    }
    return try await body(socket)
}
