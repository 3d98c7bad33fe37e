import FlyingSocks
import Glibc

/// Why the console cannot listen.
public struct ConsoleError: Error, Hashable, Sendable, CustomStringConvertible {
    public var action: String
    public var cause: String
    public var advice: String

    public var description: String { "cannot \(action): \(cause)" + (advice.isEmpty ? "" : " (\(advice))") }
}

/// Opens sockets to listen on.
enum ListeningSocket {
    /// A Unix socket that its owner and group may use (mode 0660).
    ///
    /// A socket left behind by a dead process is replaced; one that somebody answers on is not.
    static func unix(path: String) throws(ConsoleError) -> Socket {
        let action = "listen on \(path)"
        guard path.utf8.count < 108 else {
            throw ConsoleError(
                action: action, cause: "the path is longer than 107 bytes", advice: "choose a shorter one")
        }
        let descriptor = try open(AF_UNIX, action)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        if isSocket(path) {
            let probe = try open(AF_UNIX, action)
            let answered = with(address) { connect(probe, $0, $1) } == 0
            let reason = errno
            close(probe)
            guard !answered, reason == ECONNREFUSED else {
                close(descriptor)
                throw ConsoleError(
                    action: action,
                    cause: answered ? "another daemon listens there" : String(cString: strerror(reason)),
                    advice: "stop it, or choose another socket")
            }
            unlink(path)
        }
        // Nobody can connect before listen(), so the mode is right from the first connection on.
        guard with(address, { bind(descriptor, $0, $1) }) == 0, chmod(path, 0o660) == 0,
            listen(descriptor, SOMAXCONN) == 0
        else {
            let cause = String(cString: strerror(errno))
            close(descriptor)
            throw ConsoleError(action: action, cause: cause, advice: "see that the folder exists and may be written")
        }
        return Socket(file: Socket.FileDescriptor(rawValue: descriptor))
    }

    /// A TCP socket.
    ///
    /// - Parameters:
    ///   - host: an IPv4 address of this machine; 0.0.0.0 for all.
    ///   - port: 0 takes any free one.
    static func tcp(_ host: String, port: UInt16) throws(ConsoleError) -> Socket {
        let action = "listen on \(host):\(port)"
        guard let bits = IPv4.bits(host) else {
            throw ConsoleError(action: action, cause: "it is no IPv4 address", advice: "write one such as 192.168.1.5")
        }
        let descriptor = try open(AF_INET, action)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr = bits
        guard with(address, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, SOMAXCONN) == 0 else {
            let code = errno
            close(descriptor)
            throw ConsoleError(
                action: action, cause: String(cString: strerror(code)),
                advice: code == EADDRNOTAVAIL
                    ? "this machine does not have that address now" : "choose another port, or leave it out")
        }
        return Socket(file: Socket.FileDescriptor(rawValue: descriptor))
    }

    private static func open(_ family: Int32, _ action: String) throws(ConsoleError) -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else {
            let code = errno
            // The system's unit allows none but local sockets until it is told otherwise.
            let isForbidden = family == AF_INET && code == EAFNOSUPPORT
            throw ConsoleError(
                action: action, cause: String(cString: strerror(code)),
                advice: isForbidden
                    ? "the unit's sandbox forbids it: see \"A console on the system's unit\" in docs/console.md" : "")
        }
        return descriptor
    }

    private static func isSocket(_ path: String) -> Bool {
        var info = stat()
        return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFSOCK
    }

    private static func with<T>(_ address: T, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<T>.size)) }
        }
    }
}
