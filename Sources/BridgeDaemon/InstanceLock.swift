import FoundationEssentials
import Glibc

/// Keeps two daemons from serving one socket: a lock on a file beside it, released by the kernel however the process ends.
struct InstanceLock {
    private let descriptor: Int32

    /// - Throws: `DaemonError` where another daemon runs or the folder cannot be used.
    init(socket: String) throws {
        let folder = socket.lastIndex(of: "/").map { String(socket[..<$0]) } ?? "."
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw DaemonError(
                "cannot make the folder \(folder) for the daemon's socket: \(error.localizedDescription)",
                advice: "set socket under [console] in the configuration")
        }
        let path = "\(socket).lock"
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o660)
        guard descriptor >= 0 else {
            throw DaemonError(
                "cannot open \(path): \(String(cString: strerror(errno)))",
                advice: "set socket under [console] in the configuration to a place that this user may write to")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw DaemonError(
                "another continuod serves \(socket)", advice: "stop it first, or give this one another socket")
        }
    }

    func release() { close(descriptor) }
}

/// Why the daemon cannot run.
public struct DaemonError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    public var advice: String

    init(_ message: String, advice: String) {
        self.message = message
        self.advice = advice
    }

    public var description: String { advice.isEmpty ? message : "\(message) (\(advice))" }
}
