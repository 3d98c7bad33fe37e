import Foundation
import Glibc

/// Waits on 127.0.0.1 for the browser that comes back from signing in.
///
/// It answers `/callback` with a page of one sentence and everything else with 404, and takes one request at a time, small and soon.
public final class RedirectListener {
    private let descriptor: Int32
    public let port: UInt16

    /// - Throws: `PublishError` where the port is taken.
    public init(port wanted: UInt16) throws(PublishError) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = wanted.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isOpen = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 4) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isOpen else {
            let cause = String(cString: strerror(errno))
            close(descriptor)
            throw PublishError(
                .file, action: "wait for the browser on 127.0.0.1:\(wanted)", cause: cause,
                advice: "end the program that uses the port, or sign in with --manual")
        }
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }

    /// The address that the browser came to, with its query: `/callback?code=...`.
    ///
    /// - Parameters:
    ///   - goesOn: asked several times a second; false gives it up.
    ///   - isRight: whether it is the answer that was waited for; another one is told so, and the waiting goes on.
    /// - Returns: nil where time ran out or it was given up.
    public func wait(seconds: Double, while goesOn: () -> Bool = { true }, _ isRight: (String) -> Bool) -> String? {
        let end = Date().addingTimeInterval(seconds)
        while goesOn(), Date() < end {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 200) > 0 else { continue }
            let client = accept(descriptor, nil, nil)
            guard client >= 0 else { continue }
            defer { close(client) }
            guard let target = request(client) else { continue }
            guard target.hasPrefix("/callback?") else {
                answer(client, "404 Not Found", "There is nothing here.")
                continue
            }
            guard isRight(target) else {
                answer(client, "403 Forbidden", "This answer belongs to another sign-in.")
                continue
            }
            answer(client, "200 OK", "Continuo has your answer. You can close this page and go back to the terminal.")
            return target
        }
        return nil
    }

    /// - Returns: the target of a GET request; nil for anything else, or where it does not come at once.
    private func request(_ client: Int32) -> String? {
        var limit = timeval(tv_sec: 2, tv_usec: 0)
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var head: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 2048)
        let end = Date().addingTimeInterval(3)
        while head.count < 16_384, Date() < end {
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            head += buffer[..<count]
            guard let line = String(decoding: head, as: UTF8.self).split(separator: "\r\n").first,
                head.suffix(4) == [13, 10, 13, 10]
            else { continue }
            let words = line.split(separator: " ")
            return words.count == 3 && words[0] == "GET" ? String(words[1]) : nil
        }
        return nil
    }

    private func answer(_ client: Int32, _ status: String, _ sentence: String) {
        let page = "<!DOCTYPE html><meta charset=\"utf-8\"><title>Continuo</title><p>\(sentence)</p>\n"
        let text = """
            HTTP/1.1 \(status)\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: \(page.utf8.count)\r
            Content-Security-Policy: default-src 'none'\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n\(page)
            """
        let bytes = Array(text.utf8)
        _ = send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}
