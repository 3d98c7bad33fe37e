import Foundation

/// What SoundCloud says in an answer that is no success.
///
/// Source: SoundCloud's API guide, "Errors": `{"code": 422, "message": "...", "errors": [{"error_message": "..."}]}`, and "Rate Limits":
/// `{"errors": [{"meta": {"rate_limit": {"group": "plays"}, "reset_time": "2015/06/01 09:49:40 +0000"}}]}`; OAuth's own errors are
/// `{"error": "invalid_grant", "error_description": "..."}` (RFC 6749, section 5.2). Pages of HTML come from what stands in front of it.
struct ServiceAnswer {
    let status: Int
    let words: String
    let oauthError: String?
    /// When a rate limit ends, in seconds from now; nil where it is not said.
    let retryAfter: Double?

    init(_ answer: WebAnswer, now: Date = Date()) {
        status = answer.status
        let json = (try? JSONSerialization.jsonObject(with: Data(answer.body))) as? [String: Any] ?? [:]
        oauthError = json["error"] as? String
        let errors = json["errors"] as? [[String: Any]] ?? []
        let said =
            [json["error_description"] as? String]
            + errors.map { $0["error_message"] as? String } + [json["message"] as? String, json["error"] as? String]
        words = said.compactMap { $0 }.first { !$0.isEmpty }.map(Self.plain) ?? ""
        if let text = answer.headers["retry-after"], let seconds = Double(text) {
            retryAfter = max(0, seconds)
        } else {
            let formatter = DateFormatter()
            formatter.locale = Locale(identifier: "en_US_POSIX")
            formatter.dateFormat = "yyyy/MM/dd HH:mm:ss Z"
            let reset = errors.lazy.compactMap { ($0["meta"] as? [String: Any])?["reset_time"] as? String }.first
            retryAfter = reset.flatMap(formatter.date(from:)).map { max(0, $0.timeIntervalSince(now)) }
        }
    }

    /// One line of printable characters: what a server says must not steer the terminal.
    private static func plain(_ text: String) -> String {
        let kept = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
        return String(String(kept).prefix(300))
    }

    /// Whether the same question may be answered later.
    var isPassing: Bool { status == 429 || [500, 502, 503, 504].contains(status) }

    var says: String { words.isEmpty ? "SoundCloud answered \(status)" : "SoundCloud says: \(words) (\(status))" }

    /// "in 40 seconds", "in 3 hours".
    static func span(_ seconds: Double) -> String {
        switch seconds {
        case ..<90: "\(Int(seconds.rounded(.up))) seconds"
        case ..<5400: "\(Int((seconds / 60).rounded(.up))) minutes"
        default: "\(Int((seconds / 3600).rounded(.up))) hours"
        }
    }
}
