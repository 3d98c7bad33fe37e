import ConsoleAPI

/// A request of HTTP/1.1 with its whole body.
struct HTTPRequest: Hashable {
    var method: String
    /// Without the query.
    var path: String
    var query: [String: String]
    /// Names in lower case.
    var headers: [String: String]
    var body: [UInt8] = []
    /// The connection stays open after the answer.
    var keepsAlive: Bool
}

/// What a client may send at most.
public struct HTTPLimits: Hashable, Sendable {
    /// Bytes of the request line.
    public var requestLine = 4096
    /// Bytes of the request line and all header fields.
    public var head = 16_384
    public var headerFields = 64
    public var body = 1 << 20
    public init() {}
}

/// Takes bytes as they come and gives out whole requests (RFC 9112, without transfer codings and line folding).
///
/// Everything malformed is an `APIError` with its status, after which the connection cannot go on.
struct HTTPRequestParser {
    private let limits: HTTPLimits
    private var buffer: [UInt8] = []
    /// The head that was read while its body is still on the way.
    private var pending: (request: HTTPRequest, bodyLength: Int)?

    init(limits: HTTPLimits) { self.limits = limits }

    /// Whether nothing of a next request has arrived.
    var isEmpty: Bool { buffer.isEmpty && pending == nil }

    mutating func append(_ bytes: [UInt8]) { buffer += bytes }

    /// - Returns: nil while more bytes are needed.
    mutating func next() throws(APIError) -> HTTPRequest? {
        if pending == nil { try readHead() }
        guard let (head, length) = pending, buffer.count >= length else { return nil }
        var request = head
        request.body = Array(buffer[..<length])
        buffer.removeFirst(length)
        pending = nil
        return request
    }

    private mutating func readHead() throws(APIError) {
        guard let end = endOfHead() else {
            if buffer.count > limits.requestLine, !buffer[...limits.requestLine].contains(10) {
                throw APIError(status: 414, error: "the request line is longer than \(limits.requestLine) bytes")
            }
            if buffer.count > limits.head { throw tooLarge }
            return
        }
        guard end <= limits.head else { throw tooLarge }
        guard let text = String(validating: buffer[..<end], as: UTF8.self) else {
            throw .badRequest("the head is not UTF-8")
        }
        buffer.removeFirst(end + 4)
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        guard lines[0].utf8.count <= limits.requestLine else {
            throw APIError(status: 414, error: "the request line is longer than \(limits.requestLine) bytes")
        }
        guard lines.count - 1 <= limits.headerFields else { throw tooLarge }
        let headers = try readFields(lines.dropFirst())
        pending = (try readRequestLine(lines[0], headers), try readBodyLength(headers))
    }

    private var tooLarge: APIError {
        APIError(
            status: 431, error: "the head has more than \(limits.head) bytes or \(limits.headerFields) header fields")
    }

    private func endOfHead() -> Int? {
        guard buffer.count >= 4 else { return nil }
        let last = min(buffer.count - 4, limits.head)
        return (0...last).first {
            buffer[$0] == 13 && buffer[$0 + 1] == 10 && buffer[$0 + 2] == 13 && buffer[$0 + 3] == 10
        }
    }

    private func readRequestLine(_ line: Substring, _ headers: [String: String]) throws(APIError) -> HTTPRequest {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, !words[0].isEmpty, words[0].utf8.allSatisfy({ (65...90).contains($0) }),
            words[1].hasPrefix("/")
        else { throw .badRequest("the request line is not METHOD /path HTTP/1.1") }
        guard words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else {
            throw APIError(status: 505, error: "\(words[2].prefix(16)) is not spoken here", advice: "use HTTP/1.1")
        }
        let halves = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var query: [String: String] = [:]
        for pair in halves.count > 1 ? halves[1].split(separator: "&") : [] {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = QueryText.decoded(sides[0]), let value = QueryText.decoded(sides.count > 1 ? sides[1] : "")
            else { throw .badRequest("the query is not UTF-8 in percent encoding") }
            query[name] = value
        }
        let connection = headers["connection"]?.lowercased() ?? ""
        return HTTPRequest(
            method: String(words[0]), path: String(halves[0]), query: query, headers: headers,
            keepsAlive: words[2] == "HTTP/1.1" ? !connection.contains("close") : connection.contains("keep-alive"))
    }

    private func readFields(_ lines: ArraySlice<Substring>) throws(APIError) -> [String: String] {
        var headers: [String: String] = [:]
        for line in lines {
            guard let colon = line.firstIndex(of: ":"), colon > line.startIndex,
                line[..<colon].utf8.allSatisfy({ $0 > 32 && $0 < 127 }), !line.utf8.contains(13),
                !line.utf8.contains(10)
            else { throw .badRequest("a header field is malformed") }
            let name = line[..<colon].lowercased()
            let value = String(line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" })
            if let before = headers[name], ["content-length", "host", "transfer-encoding"].contains(name),
                before != value
            {
                throw .badRequest("\(name) is given twice")
            }
            headers[name] = value
        }
        return headers
    }

    private func readBodyLength(_ headers: [String: String]) throws(APIError) -> Int {
        guard headers["transfer-encoding"] == nil else {
            throw APIError(
                status: 411, error: "a body needs its length", advice: "send Content-Length and no Transfer-Encoding")
        }
        guard headers["expect"] == nil else {
            throw APIError(status: 417, error: "expectations are not supported", advice: "send the body at once")
        }
        guard let text = headers["content-length"] else { return 0 }
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let length = Int(text) else {
            throw .badRequest("Content-Length is no number")
        }
        guard length <= limits.body else {
            throw APIError(status: 413, error: "the body has \(length) bytes", advice: "send at most \(limits.body)")
        }
        return length
    }
}
