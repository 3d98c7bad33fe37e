import ConsoleAPI
import FoundationEssentials
import Installation
import Music
import StandardMIDIFile
import TakeStore

/// The store's takes in the words of the API.
public struct TakeLibrary: TakeAccess {
    public let store: TakeStore
    /// Where the models lie that made the arrangements.
    let models: ModelFolders

    public init(store: TakeStore, models: ModelFolders) {
        self.store = store
        self.models = models
    }

    public func takes(_ request: TakeListRequest) async throws -> [TakeSummaryReport] {
        let query = TakeQuery(
            words: request.words ?? "", keyboard: request.keyboard, genre: request.genre,
            tags: Set(try request.tags.map(Self.tag)), key: try request.key.map(Self.key),
            saved: try Self.times(request), tempo: request.tempo, rating: try request.rating.map(Self.rating),
            isDeleted: request.deleted)
        return try await asked {
            try await store.takes(
                matching: query, limit: request.limit, before: request.before.map { TakeID(rawValue: $0) }
            ).map { TakeSummaryReport($0) }
        }
    }

    public func tags() async throws -> [TagReport] {
        try await asked { try await store.tags().map { TagReport(tag: $0.tag.rawValue, takes: $0.count) } }
    }

    public func take(_ id: Int64) async throws -> TakeReport {
        let stored = try await stored(take: id)
        let arrangements = try await asked {
            try await store.arrangements(of: stored.id).map { ArrangementSummaryReport($0) }
        }
        return TakeReport(
            TakeSummaryReport(stored, arrangementCount: arrangements.count), take: stored.take,
            arrangements: arrangements)
    }

    public func arrangement(_ id: Int64) async throws -> ArrangementReport {
        let stored = try await stored(arrangement: id)
        return ArrangementReport(
            id: id, takeID: stored.takeID.rawValue, savedAt: stored.savedAt, arrangement: stored.arrangement,
            parameters: stored.parameters)
    }

    public func midiFile(take id: Int64, quantized: Bool) async throws -> [UInt8] {
        MIDIFile(take: try await stored(take: id).take, quantized: quantized).bytes
    }

    public func midiFile(arrangement id: Int64, straight: Bool) async throws -> [UInt8] {
        MIDIFile(arrangement: try await stored(arrangement: id).arrangement, straight: straight).bytes
    }

    // MARK: - Marks

    public func mark(_ id: Int64, _ marks: MarkRequest) async throws -> TakeSummaryReport {
        let name = TakeID(rawValue: id)
        let added = Set(try (marks.tag ?? []).map(Self.tag))
        let removed = Set(try (marks.untag ?? []).map(Self.tag))
        let rating = try marks.rating.map { $0 == -1 ? nil : try Self.rating($0) }
        try await asked {
            if !added.isEmpty || !removed.isEmpty { try await store.tag(name, adding: added, removing: removed) }
            if let rating { try await store.rate(name, rating) }
            if let note = marks.note { try await store.setNote(note, of: name) }
        }
        return try await take(id).summary
    }

    public func delete(_ id: Int64) async throws -> TakeSummaryReport {
        try await asked { try await store.delete(TakeID(rawValue: id)) }
        return try await take(id).summary
    }

    public func restore(_ id: Int64) async throws -> TakeSummaryReport {
        try await asked { try await store.restore(TakeID(rawValue: id)) }
        return try await take(id).summary
    }

    // MARK: - Reading

    /// A take with all that was played.
    public func stored(take id: Int64) async throws -> StoredTake {
        guard let stored = try await asked({ try await store.take(id: TakeID(rawValue: id)) }) else {
            throw APIError.notFound("there is no take \(id)", advice: "the list of takes shows which there are")
        }
        return stored
    }

    /// An arrangement with the request that made it.
    public func stored(arrangement id: Int64) async throws -> StoredArrangement {
        guard let stored = try await asked({ try await store.arrangement(id: ArrangementID(rawValue: id)) }) else {
            throw APIError.notFound("there is no arrangement \(id)", advice: "a take's report lists its arrangements")
        }
        return stored
    }

    /// What the store refuses is told in the API's words.
    func asked<T>(_ question: () async throws -> T) async throws -> T {
        do {
            return try await question()
        } catch let error as TakeStoreError {
            throw APIError(error)
        }
    }

    static func tag(_ text: String) throws(APIError) -> TakeTag {
        guard let tag = TakeTag(rawValue: text) else {
            throw .badRequest("\"\(text)\" is no tag", advice: "a tag has 1 to 64 characters, and no comma")
        }
        return tag
    }

    private static func rating(_ number: Int) throws(APIError) -> Rating {
        guard let rating = Rating(rawValue: number) else {
            throw .badRequest("\(number) is no rating", advice: "a rating is 0 to 5, or -1 for none")
        }
        return rating
    }

    private static func key(_ text: String) throws(APIError) -> Key {
        guard let key = Key(text) else {
            throw .badRequest("\"\(text)\" is no key", advice: "a key is written as \"A minor\" or \"Bb major\"")
        }
        return key
    }

    private static func times(_ request: TakeListRequest) throws(APIError) -> Range<Date>? {
        guard request.since != nil || request.until != nil else { return nil }
        let since = request.since ?? .distantPast
        let until = request.until ?? .distantFuture
        guard since <= until else { throw .badRequest("the time until which is before the time since which") }
        return since..<until
    }
}
