internal import CCurl
import Foundation

/// A request of HTTP to a service.
struct WebRequest {
    enum Body {
        case nothing
        /// `application/x-www-form-urlencoded`.
        case form([(name: String, value: String)])
        case json([UInt8])
        /// `multipart/form-data`; the file is read as it is sent.
        case multipart([(name: String, value: String)], file: (name: String, path: String))
    }

    var method = "GET"
    var address: String
    var headers: [(name: String, value: String)] = []
    var body = Body.nothing
}

struct WebAnswer {
    var status: Int
    /// Names in lower case.
    var headers: [String: String]
    var body: [UInt8]
}

/// Why no answer came.
struct WebError: Error {
    enum Kind { case notFound, refused, timedOut, insecure, cut, interrupted, other }
    var kind: Kind
    /// curl's own words.
    var cause: String
    /// Whether the whole body had been sent: the other side may have acted on it.
    var wasSent: Bool
}

/// How much of an upload is done; returns false to give it up.
public typealias UploadProgress = (_ sent: Int64, _ total: Int64) -> Bool

/// Asks over HTTPS with libcurl, one request at a time; the only user of that library.
///
/// Certificates are checked, redirections are not followed (a token must not travel on), and plain HTTP goes to this machine alone.
struct WebClient {
    /// Seconds until a connection stands.
    var connectSeconds = 20
    /// Seconds without a byte in either direction.
    var quietSeconds = 60
    static let largestAnswer = 1 << 20

    /// - Throws: `WebError` where no whole answer came; any status is an answer.
    func send(_ request: WebRequest, progress: @escaping UploadProgress = { _, _ in true }) throws(WebError)
        -> WebAnswer
    {
        guard let curl = curl_easy_init() else {
            throw WebError(kind: .other, cause: "curl cannot be started", wasSent: false)
        }
        defer { curl_easy_cleanup(curl) }
        let exchange = Exchange(progress)
        let pointer = Unmanaged.passUnretained(exchange).toOpaque()
        var fields: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(fields) }
        for header in request.headers { fields = curl_slist_append(fields, "\(header.name): \(header.value)") }
        // Without it curl waits a second for a go-ahead that many servers never send.
        fields = curl_slist_append(fields, "Expect:")

        let isLocal = Address.isLoopback(request.address)
        var codes = [
            continuo_curl_set_text(curl, CURLOPT_URL, request.address),
            continuo_curl_set_text(curl, CURLOPT_PROTOCOLS_STR, isLocal ? "http,https" : "https"),
            continuo_curl_set_text(curl, CURLOPT_CUSTOMREQUEST, request.method),
            continuo_curl_set_text(curl, CURLOPT_USERAGENT, "continuo"),
            continuo_curl_set_long(curl, CURLOPT_FOLLOWLOCATION, 0),
            continuo_curl_set_long(curl, CURLOPT_NOSIGNAL, 1),
            continuo_curl_set_long(curl, CURLOPT_CONNECTTIMEOUT, connectSeconds),
            continuo_curl_set_long(curl, CURLOPT_LOW_SPEED_LIMIT, 1),
            continuo_curl_set_long(curl, CURLOPT_LOW_SPEED_TIME, quietSeconds),
            continuo_curl_set_pointer(curl, CURLOPT_HTTPHEADER, fields),
            continuo_curl_set_write(curl, takeBody), continuo_curl_set_pointer(curl, CURLOPT_WRITEDATA, pointer),
            continuo_curl_set_header(curl, takeHeader), continuo_curl_set_pointer(curl, CURLOPT_HEADERDATA, pointer),
            continuo_curl_set_long(curl, CURLOPT_NOPROGRESS, 0),
            continuo_curl_set_progress(curl, tellProgress),
            continuo_curl_set_pointer(curl, CURLOPT_XFERINFODATA, pointer),
        ]
        // A proxy of the environment must not see what stays on this machine.
        if isLocal { codes.append(continuo_curl_set_text(curl, CURLOPT_NOPROXY, "*")) }

        var form: OpaquePointer?
        defer { curl_mime_free(form) }
        switch request.body {
        case .nothing: break
        case .form(let pairs):
            let text = pairs.map { "\(Address.escaped($0.name))=\(Address.escaped($0.value))" }.joined(separator: "&")
            codes.append(continuo_curl_set_text(curl, CURLOPT_COPYPOSTFIELDS, text))
        case .json(let bytes):
            fields = curl_slist_append(fields, "Content-Type: application/json; charset=utf-8")
            codes.append(continuo_curl_set_text(curl, CURLOPT_COPYPOSTFIELDS, String(decoding: bytes, as: UTF8.self)))
        case .multipart(let pairs, let file):
            form = curl_mime_init(curl)
            for pair in pairs {
                let part = curl_mime_addpart(form)
                codes.append(curl_mime_name(part, pair.name))
                codes.append(curl_mime_data(part, pair.value, pair.value.utf8.count))
            }
            let part = curl_mime_addpart(form)
            codes.append(curl_mime_name(part, file.name))
            codes.append(curl_mime_filedata(part, file.path))
            codes.append(continuo_curl_set_pointer(curl, CURLOPT_MIMEPOST, UnsafeRawPointer(form)))
        }
        if let bad = codes.first(where: { $0 != CURLE_OK }) {
            throw WebError(kind: .other, cause: String(cString: curl_easy_strerror(bad)), wasSent: false)
        }
        let code = withExtendedLifetime(exchange) { curl_easy_perform(curl) }
        guard code == CURLE_OK else { throw error(code, exchange) }
        var status = 0
        _ = continuo_curl_status(curl, &status)
        return WebAnswer(status: status, headers: exchange.headers, body: exchange.body)
    }

    private func error(_ code: CURLcode, _ exchange: Exchange) -> WebError {
        let kind: WebError.Kind =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .notFound
            case CURLE_COULDNT_CONNECT: .refused
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE,
                CURLE_UNSUPPORTED_PROTOCOL:
                .insecure
            case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE: .cut
            case CURLE_ABORTED_BY_CALLBACK: .interrupted
            default: .other
            }
        let wasSent = exchange.total > 0 && exchange.sent >= exchange.total
        return WebError(kind: kind, cause: String(cString: curl_easy_strerror(code)), wasSent: wasSent)
    }
}

/// What curl's callbacks fill; they come on the thread that waits in `send`.
private final class Exchange {
    let progress: UploadProgress
    var body: [UInt8] = []
    var headers: [String: String] = [:]
    var sent: Int64 = 0
    var total: Int64 = 0

    init(_ progress: @escaping UploadProgress) { self.progress = progress }

    static func at(_ pointer: UnsafeMutableRawPointer) -> Exchange {
        Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
    }
}

private func takeBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ pointer: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes, let pointer else { return 0 }
    let exchange = Exchange.at(pointer)
    // Returning less than was given ends the transfer.
    guard exchange.body.count + size * count <= WebClient.largestAnswer else { return 0 }
    exchange.body += UnsafeRawBufferPointer(start: bytes, count: size * count)
    return size * count
}

private func takeHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ pointer: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes, let pointer else { return 0 }
    let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: size * count), as: UTF8.self)
    if let colon = line.firstIndex(of: ":") {
        let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespacesAndNewlines)
        Exchange.at(pointer).headers[line[..<colon].lowercased()] = value
    }
    return size * count
}

private func tellProgress(
    _ pointer: UnsafeMutableRawPointer?, _ downTotal: curl_off_t, _ down: curl_off_t, _ upTotal: curl_off_t,
    _ up: curl_off_t
) -> Int32 {
    guard let pointer else { return 0 }
    let exchange = Exchange.at(pointer)
    exchange.sent = Int64(up)
    exchange.total = Int64(upTotal)
    return exchange.progress(exchange.sent, exchange.total) ? 0 : 1
}
