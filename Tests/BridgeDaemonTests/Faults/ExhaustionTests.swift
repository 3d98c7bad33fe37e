import ConsoleAPI
import ContinuoClient
import Foundation
import Glibc
import MIDI
import Music
import TestSupport
import Testing

/// What a process can run out of, and what comes to its door uninvited.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ExhaustionTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func limited(_ limit: String) async throws -> DaemonProcess {
        try await DaemonProcess.ready(in: folder, through: ["sh", "-c", "ulimit \(limit) && exec \"$@\"", "sh"])
    }

    /// A connection that says nothing.
    private func connect() -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "\(folder.path)/c.sock".utf8) }
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else {
            close(descriptor)
            return -1
        }
        return descriptor
    }

    @Test func withoutDescriptorsTheBandPlaysAndConnectionsWait() async throws {
        let daemon = try await limited("-n 56")
        let events = try await EventLog(daemon.client)
        try await daemon.recordTake(bars: 1, following: events)
        try await eventually("the band plays") { events.bandNoteOns >= 10 }

        var open: [Int32] = []
        let descriptors = "/proc/\(daemon.identifier)/fd"
        try await eventually("no descriptor is left") {
            open.append(connect())
            return (try? FileManager.default.contentsOfDirectory(atPath: descriptors).count) == 56
        }
        let sounded = events.bandNoteOns
        try await eventually("the band plays on") { events.bandNoteOns >= sounded + 20 }
        for descriptor in open where descriptor >= 0 { close(descriptor) }

        try await eventually("it answers again") { (try? await daemon.client.status()) != nil }
        try await daemon.recordTake(bars: 1, following: events)
        try await eventually("the next take is kept") { events.takes.count == 2 }
        let complaints = daemon.logText.split(separator: "\n").count { $0.contains("cannot accept a connection") }
        #expect((1...10).contains(complaints), "said \(complaints) times")
        daemon.signal(SIGTERM)
        #expect(try await daemon.end() == 0)
    }

    @Test func moreMemoryThanAllowedIsNeverWanted() async throws {
        // Of addresses: what is only reserved counts too, so this is far less than it sounds.
        let daemon = try await limited("-v 1500000")
        let events = try await EventLog(daemon.client)
        try await daemon.recordTake(bars: 2, following: events)
        try await eventually("the band plays") { events.bandNoteOns >= 10 }
        let before = try await resident(daemon)
        for _ in 1...20 { _ = try? await daemon.client.perform(.regenerate) }
        // The largest body there may be, of a file that claims more tracks and more text than it has.
        var file = Array("MThd".utf8) + [0, 0, 0, 6, 0, 1, 255, 255, 1, 224]
        file += Array("MTrk".utf8) + [127, 255, 255, 255] + [0, 255, 1, 255, 255, 255, 127]
        file += [UInt8](repeating: 0x90, count: 1_000_000)
        await #expect(throws: ClientError.self) {
            try await daemon.client.importFile(file, ImportRequest(name: "x.mid"))
        }
        try await eventually("it answers") { (try? await daemon.client.status()) != nil }
        #expect(try await resident(daemon) - before < 100 << 20)
        daemon.signal(SIGTERM)
        #expect(try await daemon.end() == 0)
    }

    private func resident(_ daemon: DaemonProcess) async throws -> Int {
        let read = try ExpositionReader(try await daemon.client.metrics())
        return Int(try #require(read.value("process_resident_memory_bytes")))
    }

    @Test func whatIsNoRequestChangesNothingAndLeavesNothing() async throws {
        let daemon = try await DaemonProcess.ready(in: folder)
        let before = try ExpositionReader(try await daemon.client.metrics())
        var random = SeededGenerator(seed: 11)
        let starts = [
            "", "GET ", "POST /v1/actions HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n",
            "GET /v1/takes/99999999999999999999 HTTP/1.1\r\n\r\n",
            "PUT /v1/status HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
            "POST /v1/takes?name=a HTTP/1.1\r\nContent-Type: audio/midi\r\nContent-Length: 30\r\n\r\nMThd",
            "GET /v1/events?after=-1 HTTP/1.1\r\n\r\n", "GET /%00%ff/../../etc/passwd HTTP/1.1\r\n\r\n",
        ]
        for round in 0..<longCount(150, full: 3_000) {
            let descriptor = connect()
            guard descriptor >= 0 else { continue }
            let noise = (0..<Int.random(in: 0...400, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let bytes = Array(starts[round % starts.count].utf8) + noise
            _ = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            close(descriptor)
        }
        try await eventually("it answers") { (try? await daemon.client.status()) != nil }
        let status = try await daemon.client.status()
        #expect(status.state == .idle && status.problems.isEmpty)
        #expect(try await daemon.client.takes(TakeListRequest()).isEmpty)
        let descriptors = try #require(before.value("process_open_fds"))
        try await eventually("every connection is let go") {
            guard let after = (try? await daemon.client.metrics()).flatMap({ try? ExpositionReader($0) }) else {
                return false
            }
            return (after.value("process_open_fds") ?? .infinity) <= descriptors + 1
        }
        daemon.signal(SIGTERM)
        #expect(try await daemon.end() == 0)
    }
}
