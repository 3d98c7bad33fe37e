import Glibc

/// A blocking connection to a Unix socket.
struct UnixConnection: ~Copyable {
    let descriptor: Int32
    private let path: String

    /// - Parameter timeout: the longest wait for bytes, in seconds; nil waits for ever.
    init(path: String, timeout: Int?) throws(ClientError) {
        guard path.utf8.count < 108 else { throw .unreachable(path: path, cause: "the path is longer than 107 bytes") }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .unreachable(path: path, cause: String(cString: strerror(errno))) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let reason = errno
            let cause = String(cString: strerror(reason))
            Glibc.close(descriptor)
            if reason == EACCES || reason == EPERM { throw .forbidden(path: path) }
            throw .unreachable(path: path, cause: cause)
        }
        if let timeout {
            var time = timeval(tv_sec: timeout, tv_usec: 0)
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
            }
        }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { Glibc.close(descriptor) }

    func send(_ bytes: [UInt8]) throws(ClientError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw broken() }
            sent += count
        }
    }

    /// The next bytes; none at the end.
    func receive() throws(ClientError) -> ArraySlice<UInt8> {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw broken() }
            return buffer[..<count]
        }
    }

    private func broken() -> ClientError {
        let cause = errno == EAGAIN ? "it does not answer" : String(cString: strerror(errno))
        return .broken(path: path, cause: cause)
    }
}
