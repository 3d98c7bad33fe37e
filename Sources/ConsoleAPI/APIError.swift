/// An answer that something could not be done, as it travels in JSON: `{"error": "...", "advice": "..."}`.
public struct APIError: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The HTTP status; it travels in the status line.
    public var status: Int
    /// What could not be done, and why.
    public var error: String
    /// What to do next; empty where nothing helps.
    public var advice: String

    public init(status: Int, error: String, advice: String = "") {
        self.status = status
        self.error = error
        self.advice = advice
    }

    /// The request itself is wrong.
    public static func badRequest(_ error: String, advice: String = "") -> APIError {
        APIError(status: 400, error: error, advice: advice)
    }

    public static func notFound(_ error: String, advice: String = "") -> APIError {
        APIError(status: 404, error: error, advice: advice)
    }

    /// The request is right but not at this moment: nothing was played yet.
    public static func conflict(_ error: String, advice: String = "") -> APIError {
        APIError(status: 409, error: error, advice: advice)
    }

    /// What the request needs is not there: no synthesizer, no model.
    public static func unavailable(_ error: String, advice: String = "") -> APIError {
        APIError(status: 503, error: error, advice: advice)
    }

    public var description: String { error + (advice.isEmpty ? "" : " (\(advice))") }

    private enum CodingKeys: String, CodingKey { case error, advice }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        status = 500
        error = try values.decode(String.self, forKey: .error)
        advice = try values.decodeIfPresent(String.self, forKey: .advice) ?? ""
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(error, forKey: .error)
        try values.encode(advice, forKey: .advice)
    }
}
