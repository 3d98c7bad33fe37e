import Foundation
import Glibc
import Synchronization
import Tensor

/// A server on 127.0.0.1 that keeps SoundCloud's documented contract: OAuth 2.1 with a proof key, tokens that end, refresh tokens and codes
/// that are good once, multipart uploads, its errors and its rate limits; and that fails to order.
///
/// Source: developers.soundcloud.com/docs/api/guide and /docs/api/rate-limits.
public final class SoundCloudStandIn: Sendable {
    /// What goes wrong with the next uploads, one each.
    public enum Fault: Sendable {
        /// 429 with `Retry-After`, or with a body that says when the limit ends alone.
        case tooOften(retryAfter: Int)
        case limitUntil(String)
        /// A page of HTML from what stands in front of the service.
        case overloaded
        /// The connection ends in the middle of the file.
        case cut
        /// Everything is taken, and then the connection ends without an answer.
        case cutAfterAll
        /// 401 with an empty body for a token that is good otherwise.
        case unverified
    }

    public struct Track: Sendable {
        public var fields: [String: String]
        public var file: [UInt8]
    }

    private struct State {
        /// Codes that nobody has exchanged yet, with the challenge and the redirect address that they belong to.
        var codes: [String: (challenge: String, redirect: String)] = [:]
        var access: Set<String> = []
        var refresh: Set<String> = []
        var count = 0
        var tracks: [Track] = []
        var faults: [Fault] = []
        var requests: [String] = []
        var isOver = false
    }

    public static let clientID = "a-client"
    public static let clientSecret = "a-secret?&="

    private let state = Mutex(State())
    private let descriptor: Int32
    public let address: String

    public init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isOpen = withUnsafeMutablePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isOpen else { throw POSIXError(.EADDRNOTAVAIL) }
        descriptor = listener
        address = "http://127.0.0.1:\(UInt16(bigEndian: place.sin_port))"
        Thread.detachNewThread { [self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0, !state.withLock({ $0.isOver }) else { break }
                Thread.detachNewThread { [self] in serve(client) }
            }
            close(listener)
        }
    }

    /// Ends it; must be called.
    public func stop() {
        state.withLock { $0.isOver = true }
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    // MARK: what a test looks at, and orders

    public var tracks: [Track] { state.withLock { $0.tracks } }
    public var requests: [String] { state.withLock { $0.requests } }
    public var goodTokens: Int { state.withLock { $0.access.count } }
    public func fail(_ faults: Fault...) { state.withLock { $0.faults += faults } }
    /// Ends all access tokens, as an hour does.
    public func endAccess() { state.withLock { $0.access = [] } }
    public func endEverything() {
        state.withLock {
            $0.access = []
            $0.refresh = []
        }
    }

    // MARK: HTTP

    private struct Request {
        var method: String
        var path: String
        var query: [String: String]
        var headers: [String: String]
        var body: [UInt8]
    }

    private func serve(_ client: Int32) {
        defer { close(client) }
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard let request = read(client) else { return }
        state.withLock { $0.requests.append("\(request.method) \(request.path)") }
        guard let answer = respond(to: request) else { return }
        let bytes = Array(answer.utf8)
        _ = send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        // Closing while bytes are unread would take the answer back.
        shutdown(client, Int32(SHUT_WR))
        var rest = [UInt8](repeating: 0, count: 4096)
        while recv(client, &rest, rest.count, 0) > 0 {}
    }

    private func read(_ client: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        func more() -> Bool {
            let count = recv(client, &buffer, buffer.count, 0)
            if count > 0 { bytes += buffer[..<count] }
            return count > 0
        }
        var end: Int?
        while end == nil {
            guard more() else { return nil }
            end = Data(bytes).range(of: Data("\r\n\r\n".utf8))?.lowerBound
        }
        let lines = String(decoding: bytes[..<(end ?? 0)], as: UTF8.self).components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let sides = line.split(separator: ":", maxSplits: 1)
            if sides.count == 2 { headers[sides[0].lowercased()] = sides[1].trimmingCharacters(in: .whitespaces) }
        }
        let words = lines[0].split(separator: " ").map(String.init)
        guard words.count == 3, let address = URLComponents(string: words[1]) else { return nil }
        let length = Int(headers["content-length"] ?? "0") ?? 0
        let start = (end ?? 0) + 4
        let isCut = address.path == "/tracks" && nextFault { if case .cut = $0 { true } else { false } } != nil
        while bytes.count - start < (isCut ? length / 2 : length) { guard more() else { return nil } }
        if isCut {
            // Without unread bytes the end would look like a peaceful one.
            var abrupt = linger(l_onoff: 1, l_linger: 0)
            setsockopt(client, SOL_SOCKET, SO_LINGER, &abrupt, socklen_t(MemoryLayout<linger>.size))
            return nil
        }
        return Request(
            method: words[0], path: address.path, query: pairs(address.percentEncodedQuery ?? ""), headers: headers,
            body: Array(bytes[start...].prefix(length)))
    }

    private func nextFault(where isRight: (Fault) -> Bool) -> Fault? {
        state.withLock { state in
            guard let fault = state.faults.first, isRight(fault) else { return nil }
            return state.faults.removeFirst()
        }
    }

    private func pairs(_ text: String) -> [String: String] {
        var pairs: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                $0.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? ""
            }
            if sides.count == 2 { pairs[sides[0]] = sides[1] }
        }
        return pairs
    }

    private func answer(_ status: String, _ body: String, type: String = "application/json", fields: String = "")
        -> String
    {
        "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\n\(fields)Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
    }

    private func error(_ status: String, _ message: String) -> String {
        let code = status.prefix(3)
        return answer(
            status,
            "{\"code\":\(code),\"message\":\"\(message)\",\"status\":\"\(status)\",\"errors\":[{\"error_message\":\"\(message)\"}],\"error\":null}"
        )
    }

    // MARK: the contract

    private func respond(to request: Request) -> String? {
        switch "\(request.method) \(request.path)" {
        case "GET /authorize": authorize(request.query)
        case "POST /oauth/token": token(request)
        case "POST /sign-out": signOut(request)
        case "GET /me":
            isKnown(request)
                ? answer("200 OK", "{\"username\":\"A. Player\",\"urn\":\"soundcloud:users:1\"}")
                : error("401 Unauthorized", "invalid token")
        case "POST /tracks": upload(request)
        default: error("404 Not Found", "not found")
        }
    }

    /// Stands for the page and the press of Connect.
    private func authorize(_ query: [String: String]) -> String {
        guard query["client_id"] == Self.clientID, query["response_type"] == "code",
            query["code_challenge_method"] == "S256", let challenge = query["code_challenge"], challenge.count == 43,
            let redirect = query["redirect_uri"], let given = query["state"], !given.isEmpty
        else { return error("400 Bad Request", "invalid request") }
        let code = state.withLock { state in
            state.count += 1
            let code = "code-\(state.count)"
            state.codes[code] = (challenge, redirect)
            return code
        }
        return answer("302 Found", "", fields: "Location: \(redirect)?code=\(code)&state=\(given)\r\n")
    }

    private func token(_ request: Request) -> String {
        let form = pairs(String(decoding: request.body, as: UTF8.self))
        func refused(_ error: String, _ words: String) -> String {
            answer("400 Bad Request", "{\"error\":\"\(error)\",\"error_description\":\"\(words)\"}")
        }
        guard request.headers["content-type"] == "application/x-www-form-urlencoded" else {
            return refused("invalid_request", "the body is no form")
        }
        guard form["client_id"] == Self.clientID, form["client_secret"] == Self.clientSecret else {
            return answer("401 Unauthorized", "{\"error\":\"invalid_client\",\"error_description\":\"unknown client\"}")
        }
        return state.withLock { state in
            switch form["grant_type"] {
            case "authorization_code":
                // Used, right or wrong: it is gone.
                guard let known = state.codes.removeValue(forKey: form["code"] ?? "") else {
                    return refused("invalid_grant", "the code is invalid or was used")
                }
                let digest = Data(SHA256.digest(Array((form["code_verifier"] ?? "").utf8))).base64EncodedString()
                let challenge = digest.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
                    .replacingOccurrences(of: "=", with: "")
                guard challenge == known.challenge, form["redirect_uri"] == known.redirect else {
                    return refused("invalid_grant", "the proof does not fit")
                }
            case "refresh_token":
                guard state.refresh.remove(form["refresh_token"] ?? "") != nil else {
                    return refused("invalid_grant", "the refresh token is invalid or was used")
                }
            default: return refused("unsupported_grant_type", "no such grant")
            }
            state.count += 1
            let (access, refresh) = ("access-\(state.count)", "refresh-\(state.count)")
            state.access.insert(access)
            state.refresh.insert(refresh)
            return answer(
                "200 OK",
                "{\"access_token\":\"\(access)\",\"token_type\":\"Bearer\",\"expires_in\":3599,\"refresh_token\":\"\(refresh)\",\"scope\":\"\"}"
            )
        }
    }

    private func signOut(_ request: Request) -> String {
        let json = (try? JSONSerialization.jsonObject(with: Data(request.body))) as? [String: String]
        let isKnown = state.withLock { $0.access.remove(json?["access_token"] ?? "") != nil }
        return isKnown ? answer("200 OK", "{}") : error("401 Unauthorized", "invalid token")
    }

    private func isKnown(_ request: Request) -> Bool {
        guard let field = request.headers["authorization"], field.hasPrefix("OAuth ") else { return false }
        return state.withLock { $0.access.contains(String(field.dropFirst("OAuth ".count))) }
    }

    private func upload(_ request: Request) -> String? {
        guard isKnown(request) else { return error("401 Unauthorized", "invalid token") }
        switch nextFault(where: { _ in true }) {
        case .tooOften(let seconds)?:
            return answer("429 Too Many Requests", "{\"errors\":[]}", fields: "Retry-After: \(seconds)\r\n")
        case .limitUntil(let time)?:
            return answer(
                "429 Too Many Requests",
                "{\"errors\":[{\"meta\":{\"rate_limit\":{\"group\":\"uploads\"},\"remaining_requests\":0,\"reset_time\":\"\(time)\"}}]}"
            )
        case .overloaded?:
            return answer(
                "503 Service Unavailable", "<html>We were unable to process your request in time</html>",
                type: "text/html")
        case .cutAfterAll?: return nil
        case .unverified?: return answer("401 Unauthorized", "\n", type: "text/plain")
        case .cut?, nil: break
        }
        guard let track = MultipartForm.read(request.body, type: request.headers["content-type"] ?? "") else {
            return error("400 Bad Request", "invalid request")
        }
        guard let title = track.fields["track[title]"], !title.isEmpty else {
            return error("422 Unprocessable Entity", "title can't be blank")
        }
        let kinds = ["fLaC", "RIFF", "OggS", "ID3"]
        guard kinds.contains(where: { track.file.starts(with: Array($0.utf8)) }) else {
            return error("422 Unprocessable Entity", "unable to process provided asset_data")
        }
        let number = state.withLock { state in
            state.tracks.append(track)
            return state.tracks.count
        }
        let sharing = track.fields["track[sharing]"] ?? "public"
        let quoted = (try? JSONEncoder().encode(title)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
        return answer(
            "201 Created",
            "{\"urn\":\"soundcloud:tracks:\(number)\",\"title\":\(quoted),\"sharing\":\"\(sharing)\",\"permalink_url\":\"https://soundcloud.com/a-player/track-\(number)\"}"
        )
    }
}
