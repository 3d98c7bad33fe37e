import ConsoleAPI

/// An answer: whole, or the stream of events.
struct HTTPResponse {
    enum Body {
        case bytes([UInt8])
        /// Server-sent events behind this number.
        case events(after: UInt64?)
    }

    var status: Int
    var headers: [(name: String, value: String)]
    var body: Body

    static func json(_ value: some Encodable, status: Int = 200) throws -> HTTPResponse {
        HTTPResponse(
            status: status, headers: [("Content-Type", "application/json")],
            body: .bytes(try APICoding.encode(value) + [10]))
    }

    static func error(_ error: APIError, headers: [(name: String, value: String)] = []) -> HTTPResponse {
        // Two strings always encode.
        let bytes = (try? APICoding.encode(error)) ?? []
        return HTTPResponse(
            status: error.status, headers: [("Content-Type", "application/json")] + headers, body: .bytes(bytes + [10]))
    }

    /// The status line and all fields.
    func head(closes: Bool) -> [UInt8] {
        var text = "HTTP/1.1 \(status) \(HTTPResponse.phrases[status] ?? "Status")\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if case .bytes(let bytes) = body { text += "Content-Length: \(bytes.count)\r\n" }
        text += "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
        return Array((text + (closes ? "Connection: close\r\n\r\n" : "\r\n")).utf8)
    }

    private static let phrases = [
        200: "OK", 201: "Created", 202: "Accepted", 206: "Partial Content", 400: "Bad Request", 401: "Unauthorized",
        403: "Forbidden",
        404: "Not Found", 405: "Method Not Allowed",
        408: "Request Timeout", 409: "Conflict", 411: "Length Required", 413: "Content Too Large", 414: "URI Too Long",
        415: "Unsupported Media Type", 416: "Range Not Satisfiable", 417: "Expectation Failed",
        431: "Request Header Fields Too Large",
        429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable",
        505: "HTTP Version Not Supported",
    ]
}
