import Foundation
import Glibc
import Testing

@testable import BridgeDaemon

struct ServiceNotifierTests {
    @Test func readyIsToldOnAPath() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("n-\(UUID().uuidString)").path
        defer { unlink(path) }
        let manager = try DatagramSocket(name: path)
        ServiceNotifier(environment: ["NOTIFY_SOCKET": path]).ready("listening")
        #expect(manager.receive() == "READY=1\nSTATUS=listening")
    }

    @Test func everySignIsToldUnderAnAbstractName() throws {
        let name = "@continuo-\(UUID().uuidString)"
        let manager = try DatagramSocket(name: name)
        let notifier = ServiceNotifier(environment: ["NOTIFY_SOCKET": name])
        notifier.alive()
        notifier.status("playing")
        notifier.stopping()
        #expect(manager.receive() == "WATCHDOG=1")
        #expect(manager.receive() == "STATUS=playing")
        #expect(manager.receive() == "STOPPING=1")
    }

    @Test(arguments: [
        (["WATCHDOG_USEC": "30000000"], Duration.seconds(15)), ([:], nil), (["WATCHDOG_USEC": "soon"], nil),
        (["WATCHDOG_USEC": "0"], nil), (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"], nil),
        (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "\(getpid())"], .seconds(15)),
    ])
    func theWatchdogIsFedTwiceInItsTime(environment: [String: String], interval: Duration?) {
        #expect(ServiceNotifier(environment: environment).watchdogInterval == interval)
    }

    @Test(arguments: [nil, "", "vsock:2:1", "/nowhere/at/all", "/" + String(repeating: "x", count: 200)])
    func withoutAManagerNothingHappens(name: String?) {
        let notifier = ServiceNotifier(environment: name.map { ["NOTIFY_SOCKET": $0] } ?? [:])
        notifier.ready("listening")
        #expect(notifier.watchdogInterval == nil)
    }
}

/// What systemd listens on.
private struct DatagramSocket: ~Copyable {
    private let descriptor: Int32

    init(name: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        var patience = timeval(tv_sec: 2, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func receive() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count >= 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}
