/// Who plays a genre, and what the events tell.
public struct ModelSummaryReport: Hashable, Sendable, Codable {
    public enum Origin: String, Hashable, Sendable, Codable, CaseIterable {
        /// The user's own model, which goes before the shipped one.
        case own
        case shipped
        /// No model: the arranger's patterns.
        case arranger
    }

    public var genre: String
    public var origin: Origin
    /// Of an own model; nil for others, and for one that was put there by hand.
    public var version: Int?
    /// SHA-256 of the file; nil where the arranger plays.
    public var hash: String?
    /// SHA-256 of weights and styles alone.
    public var weights: String?
    /// Bytes of the file.
    public var bytes: Int?
    /// ISO 8601; nil where its card does not say.
    public var released: String?
    public var licence: String?
    /// Files that are there and cannot be used, in sentences.
    public var problems: [String]

    public init(
        genre: String, origin: Origin, version: Int? = nil, hash: String? = nil, weights: String? = nil,
        bytes: Int? = nil, released: String? = nil, licence: String? = nil, problems: [String] = []
    ) {
        self.genre = genre
        self.origin = origin
        self.version = version
        self.hash = hash
        self.weights = weights
        self.bytes = bytes
        self.released = released
        self.licence = licence
        self.problems = problems
    }
}

/// A genre's model with its card, its figures beside people's, and its earlier versions.
public struct ModelReport: Hashable, Sendable, Codable {
    /// A figure that the card holds.
    public struct Metric: Hashable, Sendable, Codable {
        /// `chordToneRatio`.
        public var name: String
        /// `chord-tone ratio`.
        public var title: String
        /// `higher`, `lower`, or `human`: near to people's is best.
        public var aim: String
        public var value: Double
        /// What people's bands measure, from the least to the most; empty where it is not known.
        public var people: [Double]

        public init(name: String, title: String, aim: String, value: Double, people: [Double]) {
            self.name = name
            self.title = title
            self.aim = aim
            self.value = value
            self.people = people
        }
    }

    /// A released model that is kept.
    public struct Version: Hashable, Sendable, Codable {
        public var version: Int
        public var hash: String
        public var released: String?
        public var isInUse: Bool

        public init(version: Int, hash: String, released: String? = nil, isInUse: Bool) {
            self.version = version
            self.hash = hash
            self.released = released
            self.isInUse = isInUse
        }
    }

    public var summary: ModelSummaryReport
    /// The model's path; nil where the arranger plays.
    public var file: String?
    /// What the file says of itself: data, licence, filters, settings, code version.
    public var card: [String: String]
    /// Empty where the card holds none.
    public var metrics: [Metric]
    /// The readable card, Markdown; nil where there is none.
    public var readable: String?
    /// The oldest first.
    public var history: [Version]

    public init(
        summary: ModelSummaryReport, file: String? = nil, card: [String: String] = [:], metrics: [Metric] = [],
        readable: String? = nil, history: [Version] = []
    ) {
        self.summary = summary
        self.file = file
        self.card = card
        self.metrics = metrics
        self.readable = readable
        self.history = history
    }
}

/// Every genre that can be played, in alphabetic order.
public struct ModelListReport: Hashable, Sendable, Codable {
    public var models: [ModelReport]
    public init(models: [ModelReport]) { self.models = models }
}
