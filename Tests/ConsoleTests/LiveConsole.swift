import ConsoleAPI
import ContinuoClient
import Foundation
import Glibc

@testable import Console

/// Runs a real server on a real Unix socket while a test talks with it.
func withConsole<T>(
    pages: ConsolePages = .none, configure: (inout ConsoleConfiguration) -> Void = { _ in },
    _ body: (ConsoleServer, FakeDaemon, ContinuoClient, UInt16?) async throws -> T
) async throws -> T {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "continuo-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var configuration = ConsoleConfiguration(socketPath: folder.path + "/c.sock")
    configure(&configuration)
    let daemon = FakeDaemon()
    let server = ConsoleServer(configuration, control: daemon, pages: pages, logger: quiet)
    let running = Task { try await server.run() }
    let port = await server.waitUntilReady()
    do {
        let result = try await body(server, daemon, ContinuoClient(socketPath: configuration.socketPath), port)
        await server.stop()
        try await running.value
        return result
    } catch {
        await server.stop()
        _ = await running.result
        throw error
    }
}

/// Asks over the port of 127.0.0.1.
func askOverPort(
    _ client: ContinuoClient, _ port: UInt16, _ line: String, fields: String = "", body: String? = nil
) async -> String {
    var text = "\(line) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\(fields)"
    if let body { text += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
    return await exchangeRaw(client, [text + "\r\n" + (body ?? "")], port: port)
}

/// Takes a ticket for a token, as a browser does.
func letIn(_ client: ContinuoClient, port: UInt16) async throws -> String {
    let ticket = try await client.consoleTicket().ticket
    let answer = await askOverPort(client, port, "POST /v1/console/session", body: "{\"ticket\":\"\(ticket)\"}")
    let cookie = answer.split(separator: "continuo=").dropFirst().first ?? ""
    return String(cookie.prefix { $0 != ";" })
}

/// Sends bytes as they are and returns everything that comes back until the server closes.
func exchangeRaw(_ client: ContinuoClient, _ pieces: [String], port: UInt16? = nil) async -> String {
    let path = client.socketPath
    return await withCheckedContinuation { continuation in
        Thread.detachNewThread {
            let descriptor = socket(port == nil ? AF_UNIX : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            if let port {
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = port.bigEndian
                address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
                _ = withUnsafePointer(to: address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
            } else {
                var address = sockaddr_un()
                address.sun_family = sa_family_t(AF_UNIX)
                withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
                _ = withUnsafePointer(to: address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                    }
                }
            }
            for piece in pieces {
                let bytes = Array(piece.utf8)
                _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            }
            var answer: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                if count <= 0 { break }
                answer += buffer[..<count]
            }
            continuation.resume(returning: String(decoding: answer, as: UTF8.self))
        }
    }
}

/// Waits for a condition with a deadline.
func eventually(_ condition: () -> Bool) async -> Bool {
    for _ in 0..<1000 {
        if condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return condition()
}
