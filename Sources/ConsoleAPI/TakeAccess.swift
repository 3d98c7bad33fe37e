/// Takes as they are kept: the daemon answers over its socket, and the store itself where no daemon runs.
///
/// What is not there is an `APIError` with status 404.
public protocol TakeAccess: Sendable {
    /// The takes that a request wants, newest first.
    func takes(_ request: TakeListRequest) async throws -> [TakeSummaryReport]

    /// Every tag in use, in the order of the alphabet.
    func tags() async throws -> [TagReport]

    func take(_ id: Int64) async throws -> TakeReport

    func arrangement(_ id: Int64) async throws -> ArrangementReport

    /// A take's melody as the bytes of a standard MIDI file.
    ///
    /// - Parameter quantized: on the grid; otherwise as it was played.
    func midiFile(take id: Int64, quantized: Bool) async throws -> [UInt8]

    /// An arrangement as the bytes of a standard MIDI file.
    ///
    /// - Parameter straight: on the grid, without the genre's swing, accents and micro-timing.
    func midiFile(arrangement id: Int64, straight: Bool) async throws -> [UInt8]

    /// Changes what a person wrote on a take.
    func mark(_ id: Int64, _ marks: MarkRequest) async throws -> TakeSummaryReport

    /// Takes a take out of the lists, until it is restored or, a month later, destroyed.
    func delete(_ id: Int64) async throws -> TakeSummaryReport

    func restore(_ id: Int64) async throws -> TakeSummaryReport

    /// Makes every arrangement of a take again and compares the notes.
    func verify(_ id: Int64) async throws -> VerificationReport

    /// Keeps a take's melody as it was changed by hand, as a take of its own; the old one stays as it is.
    func edit(_ id: Int64, _ melody: MelodyRequest) async throws -> TakeSummaryReport

    /// Has another band written for a take, and keeps it; nothing sounds.
    func arrange(_ id: Int64, _ request: ArrangeRequest) async throws -> ArrangementReport

    /// Keeps the melody of a standard MIDI file as a take.
    func importFile(_ bytes: [UInt8], _ request: ImportRequest) async throws -> ImportReport
}

/// What a person writes on a take. What is left out stays as it is.
///
/// JSON: `{"tag": ["waltz"], "untag": ["draft"], "rating": 4, "note": "the good one"}`; a rating of -1 takes the rating away.
public struct MarkRequest: Hashable, Sendable, Codable {
    /// Tags to add.
    public var tag: [String]?
    /// Tags to take away.
    public var untag: [String]?
    /// 0...5, or -1 for none.
    public var rating: Int?
    public var note: String?

    public init(tag: [String]? = nil, untag: [String]? = nil, rating: Int? = nil, note: String? = nil) {
        self.tag = tag
        self.untag = untag
        self.rating = rating
        self.note = note
    }
}

/// A tag, with how many takes have it.
public struct TagReport: Hashable, Sendable, Codable {
    public var tag: String
    public var takes: Int

    public init(tag: String, takes: Int) {
        self.tag = tag
        self.takes = takes
    }
}

public struct TagListReport: Hashable, Sendable, Codable {
    public var tags: [TagReport]
    public init(tags: [TagReport]) { self.tags = tags }
}

/// How a file is to be kept; travels as the query of a request whose body is the file.
public struct ImportRequest: Hashable, Sendable {
    /// What the file is called; kept as the take's note.
    public var name: String
    /// The melody's track, by its number from 1 or a part of its name; nil finds it.
    public var track: String?
    public var tags: [String]

    public init(name: String, track: String? = nil, tags: [String] = []) {
        self.name = name
        self.track = track
        self.tags = tags
    }

    /// `name=ode.mid&track=2&tag=waltz,draft`.
    public var query: String {
        QueryText.joined([
            ("name", name), ("track", track), ("tag", tags.isEmpty ? nil : tags.joined(separator: ",")),
        ])
    }

    public init(query: [String: String]) {
        self.init(
            name: query["name"] ?? "", track: query["track"],
            tags: query["tag"].map { $0.split(separator: ",").map(String.init) } ?? [])
    }
}

/// What a file became.
public struct ImportReport: Hashable, Sendable, Codable {
    public var take: TakeSummaryReport
    /// What was left out or guessed, sentences for the player.
    public var notices: [String]

    public init(take: TakeSummaryReport, notices: [String]) {
        self.take = take
        self.notices = notices
    }
}

/// Which of a take's arrangements is to be played: `{"arrangement": 12}`; without one, the newest.
public struct PlayRequest: Hashable, Sendable, Codable {
    public var arrangement: Int64?
    public init(arrangement: Int64? = nil) { self.arrangement = arrangement }
}

/// What came of making the arrangements of a take again.
public struct VerificationReport: Hashable, Sendable, Codable {
    public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        /// Note for note the same.
        case matches
        /// Other notes, on the same kind of processor: another version of the program made it.
        case differs
        /// Other notes, made on another kind of processor, where sums are rounded in another order.
        case otherInstructionSet = "other instruction set"
        case modelAbsent = "model absent"
        /// It was saved before requests were kept.
        case requestNotKept = "request not kept"
        /// Nobody generated it.
        case notGenerated = "not generated"
    }

    public struct Item: Hashable, Sendable, Codable {
        public var arrangement: ArrangementSummaryReport
        public var outcome: Outcome
        /// A sentence: what was compared, what it means.
        public var detail: String

        public init(arrangement: ArrangementSummaryReport, outcome: Outcome, detail: String) {
            self.arrangement = arrangement
            self.outcome = outcome
            self.detail = detail
        }
    }

    public var takeID: Int64
    public var items: [Item]

    public init(takeID: Int64, items: [Item]) {
        self.takeID = takeID
        self.items = items
    }
}
