import FoundationEssentials
import Music

/// Which takes are wanted; everything that is given has to be true of a take. Travels as the query of a request.
public struct TakeListRequest: Hashable, Sendable {
    public static let defaultPage = 50
    public static let largestPage = 500
    /// For so long a deleted take can be restored.
    public static let daysToRestore = 30

    /// 1...500.
    public var limit: Int
    /// Only takes older than this one.
    public var before: Int64?
    /// Each has to begin a word of the keyboard, the key, the tags, the genres or the note.
    public var words: String?
    public var keyboard: String?
    /// A band in it was written for the take.
    public var genre: Genre?
    /// The take has all of them.
    public var tags: [String]
    /// `A minor`.
    public var key: String?
    /// Quarter notes a minute.
    public var tempo: ClosedRange<Double>?
    /// Rated, and not below this.
    public var rating: Int?
    /// Saved at this time or later.
    public var since: Date?
    /// Saved before this time.
    public var until: Date?
    /// Looks among the deleted takes.
    public var deleted: Bool

    public init(
        limit: Int = TakeListRequest.defaultPage, before: Int64? = nil, words: String? = nil, keyboard: String? = nil,
        genre: Genre? = nil, tags: [String] = [], key: String? = nil, tempo: ClosedRange<Double>? = nil,
        rating: Int? = nil, since: Date? = nil, until: Date? = nil, deleted: Bool = false
    ) {
        self.limit = limit
        self.before = before
        self.words = words
        self.keyboard = keyboard
        self.genre = genre
        self.tags = tags
        self.key = key
        self.tempo = tempo
        self.rating = rating
        self.since = since
        self.until = until
        self.deleted = deleted
    }

    /// `limit=20&tag=waltz,draft&tempo=90-120`.
    public var query: String {
        QueryText.joined([
            ("limit", "\(limit)"), ("before", before.map { "\($0)" }), ("words", words), ("keyboard", keyboard),
            ("genre", genre?.rawValue), ("tag", tags.isEmpty ? nil : tags.joined(separator: ",")), ("key", key),
            ("tempo", tempo.map { "\($0.lowerBound)-\($0.upperBound)" }), ("rating", rating.map { "\($0)" }),
            ("since", since.map { $0.formatted(.iso8601) }), ("until", until.map { $0.formatted(.iso8601) }),
            ("deleted", deleted ? "true" : nil),
        ])
    }

    /// - Throws: `APIError` with status 400 that says which member is wrong and how.
    public init(query: [String: String]) throws(APIError) {
        func read<T>(_ name: String, _ advice: String, _ parse: (String) -> T?) throws(APIError) -> T? {
            guard let text = query[name] else { return nil }
            guard let value = parse(text) else { throw .badRequest("\(name) is \(advice)") }
            return value
        }
        func date(_ text: String) -> Date? { try? Date(text, strategy: .iso8601) }
        self.init(
            limit: try read("limit", "1 to \(Self.largestPage)") { text in
                Int(text).flatMap { (1...Self.largestPage).contains($0) ? $0 : nil }
            } ?? Self.defaultPage,
            before: try read("before", "the number of a take") { text in Int64(text).flatMap { $0 >= 0 ? $0 : nil } },
            words: query["words"], keyboard: query["keyboard"],
            genre: try read("genre", "a name of 1 to 32 of a-z, 0-9, - and _", Genre.init(rawValue:)),
            tags: query["tag"].map { $0.split(separator: ",").map(String.init) } ?? [], key: query["key"],
            tempo: try read("tempo", "quarter notes a minute, as 90 or 90-120", Self.range),
            rating: try read("rating", "0 to 5") { text in Int(text).flatMap { (0...5).contains($0) ? $0 : nil } },
            since: try read("since", "a time as 2026-01-31T12:00:00Z", date),
            until: try read("until", "a time as 2026-01-31T12:00:00Z", date),
            deleted: try read("deleted", "true or false") { text in
                text == "true" ? true : text == "false" ? false : nil
            } ?? false)
    }

    /// Reads `90` or `90-120`.
    public static func range(_ text: String) -> ClosedRange<Double>? {
        let sides = text.split(separator: "-", omittingEmptySubsequences: false).map { Double($0) }
        guard (1...2).contains(sides.count), let low = sides[0], let high = sides[sides.count - 1], low <= high,
            low.isFinite, high.isFinite
        else { return nil }
        return low...high
    }
}

/// Names and values of a query (RFC 3986, section 3.4), where everything but letters, digits and `-._~` is written as bytes.
public enum QueryText {
    static func joined(_ values: [(String, String?)]) -> String {
        values.compactMap { name, value in value.map { "\(name)=\(encoded($0))" } }.joined(separator: "&")
    }

    /// - Returns: nil for a broken escape, and for bytes that are not UTF-8.
    public static func decoded(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8.makeIterator()
        func digit(_ byte: UInt8?) -> UInt8? {
            byte.flatMap { Character(Unicode.Scalar($0)).hexDigitValue }.map { UInt8($0) }
        }
        while let byte = rest.next() {
            guard byte == 37 else {
                // Forms write a space so.
                bytes.append(byte == 43 ? 32 : byte)
                continue
            }
            guard let high = digit(rest.next()), let low = digit(rest.next()) else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126: result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return result
    }
}
