import Foundation
internal import GRDB
import Music

extension TakeStore {
    /// The takes that a query wants, newest first.
    ///
    /// - Parameter before: only takes older than this one, for the next page.
    public func takes(
        matching query: TakeQuery, limit: Int, before: TakeID? = nil
    ) async throws(TakeStoreError) -> [TakeSummary] {
        try await read("search takes") { db in
            let search = try Search(query, limit: limit, before: before, in: db)
            return try Row.fetchAll(db, sql: search.sql, arguments: search.arguments).map { try $0.summary() }
        }
    }

    /// Every tag that a kept take has, with how many have it, in the order of the alphabet.
    public func tags() async throws(TakeStoreError) -> [(tag: TakeTag, count: Int)] {
        try await read("list tags") { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT tag, count(*) AS count FROM takeTag
                    WHERE NOT EXISTS (SELECT 1 FROM takeCard WHERE id = takeID AND deletedAt IS NOT NULL)
                    GROUP BY tag ORDER BY tag
                    """
            ).compactMap { row in TakeTag(rawValue: row["tag"]).map { ($0, row["count"]) } }
        }
    }
}

/// A query in SQL.
///
/// Takes are always wanted by descending name, so that a page can stop as soon as it is full. What leads the search is the rarest of
/// what is asked for; where all of it is common, or nothing is asked for, a narrow index of all cards leads: it holds all other
/// conditions, and with a common tag a page fills soon. (SQLite has no statistics of a store that grows every day.)
struct Search {
    var sql: String
    var arguments: StatementArguments

    /// More takes than this are common: fewer are looked at in a few milliseconds, whatever else is asked for.
    private static let common = 4000

    private enum Lead {
        case tag(TakeTag)
        case genre(Genre)
        case words(String)
        /// A condition on cards that an index answers, with its values.
        case cards(String, [any DatabaseValueConvertible])
    }

    init(_ query: TakeQuery, limit: Int, before: TakeID?, in db: Database) throws {
        let lead = try Search.lead(query, in: db)
        let before = before?.rawValue ?? .max
        let deleted = query.isDeleted ? "IS NOT NULL" : "IS NULL"
        let from: String
        var conditions = ["card.deletedAt \(deleted)"]
        var arguments: StatementArguments
        switch lead {
        case .tag(let tag):
            from = """
                (SELECT takeID FROM takeTag WHERE tag = ? AND takeID < ? ORDER BY takeID DESC) AS hit
                CROSS JOIN takeCard AS card ON card.id = hit.takeID
                """
            arguments = [tag.rawValue, before]
        case .genre(let genre):
            from = """
                (SELECT takeID FROM arrangement AS first WHERE genre = ? AND takeID < ? AND NOT EXISTS (
                    SELECT 1 FROM arrangement WHERE genre = first.genre AND takeID = first.takeID AND id < first.id)
                    ORDER BY takeID DESC) AS hit
                CROSS JOIN takeCard AS card ON card.id = hit.takeID
                """
            arguments = [genre.rawValue, before]
        case .words(let match):
            from = """
                (SELECT rowid AS takeID FROM takeText WHERE takeText MATCH ? AND rowid < ? ORDER BY rowid DESC) AS hit
                CROSS JOIN takeCard AS card ON card.id = hit.takeID
                """
            arguments = [match, before]
        case .cards(let condition, let values):
            // Names in the order of a list, whatever the order of the index.
            from = "takeCard AS card"
            conditions.append("card.id IN (SELECT id FROM takeCard WHERE \(condition))")
            conditions.append("card.id < ?")
            arguments = StatementArguments(values) + [before]
        case nil:
            from = "takeCard AS card INDEXED BY \(query.isDeleted ? "takeDeleted" : "takeLive")"
            conditions.append("card.id < ?")
            arguments = [before]
        }
        func require(_ condition: String, _ values: any DatabaseValueConvertible...) {
            conditions.append(condition)
            arguments += StatementArguments(values)
        }
        for (condition, values) in Search.indexed(query) {
            conditions.append(condition.replacing("COLUMN ", with: "card."))
            arguments += StatementArguments(values)
        }
        if let source = query.source { require("card.source = ?", source.rawValue) }
        for tag in query.tags.sorted() {
            if case .tag(tag) = lead { continue }
            require("EXISTS (SELECT 1 FROM takeTag WHERE tag = ? AND takeID = card.id)", tag.rawValue)
        }
        if let genre = query.genre {
            if case .genre = lead {
            } else {
                require(
                    "EXISTS (SELECT 1 FROM arrangement WHERE genre = ? AND takeID = card.id)", genre.rawValue)
            }
        }
        arguments += [max(0, limit)]
        let order = from.contains("AS hit") ? "hit.takeID" : "card.id"
        self.arguments = arguments
        sql = """
            SELECT card.*, (SELECT count(*) FROM arrangement WHERE takeID = card.id) AS arrangements,
                (SELECT group_concat(tag) FROM takeTag WHERE takeID = card.id) AS tags
            FROM \(from) WHERE \(conditions.joined(separator: " AND ")) ORDER BY \(order) DESC
            LIMIT ?
            """
    }

    /// The conditions that a card answers and an index has; `COLUMN` stands before the column's name.
    private static func indexed(_ query: TakeQuery) -> [(String, [any DatabaseValueConvertible])] {
        var conditions: [(String, [any DatabaseValueConvertible])] = []
        if let keyboard = query.keyboard { conditions.append(("COLUMN keyboard = ?", [keyboard])) }
        if let key = query.key { conditions.append(("COLUMN key = ?", [key.description])) }
        if let saved = query.saved {
            conditions.append(
                (
                    "COLUMN savedAt >= ? AND COLUMN savedAt < ?",
                    [saved.lowerBound.milliseconds, saved.upperBound.milliseconds]
                ))
        }
        if let tempo = query.tempo {
            conditions.append(("COLUMN tempo BETWEEN ? AND ?", [tempo.lowerBound, tempo.upperBound]))
        }
        if let rating = query.rating { conditions.append(("COLUMN rating >= ?", [rating.rawValue])) }
        return conditions
    }

    /// The rarest of what an index can find by itself; nil where all of it is common.
    private static func lead(_ query: TakeQuery, in db: Database) throws -> Lead? {
        var leads: [(Lead, String, [any DatabaseValueConvertible])] = query.tags.sorted().map {
            (.tag($0), "SELECT 1 FROM takeTag WHERE tag = ?", [$0.rawValue])
        }
        if let genre = query.genre {
            leads.append((.genre(genre), "SELECT 1 FROM arrangement WHERE genre = ?", [genre.rawValue]))
        }
        for (condition, values) in indexed(query) {
            let condition = condition.replacing("COLUMN ", with: "")
            leads.append((.cards(condition, values), "SELECT 1 FROM takeCard WHERE \(condition)", values))
        }
        func rarest(upTo limit: Int) throws -> (Lead, Int)? {
            let counted = try leads.map { lead, sql, values in
                (
                    lead,
                    try Int.fetchOne(
                        db, sql: "SELECT count(*) FROM (\(sql) LIMIT \(limit))",
                        arguments: StatementArguments(values)) ?? 0
                )
            }
            return counted.min { $0.1 < $1.1 }
        }
        if let match = query.match {
            // The index of words answers for all takes at once; asked about one take after another it would gather all of them each
            // time. Where another condition is never true, nothing has to be gathered.
            if let (lead, count) = try rarest(upTo: 1), count == 0 { return lead }
            return .words(match)
        }
        if let (lead, count) = try rarest(upTo: common), count < common { return lead }
        // Two tags, or a tag and a genre, that hardly ever meet: the rarer one is gone through, in the order of the list. With a
        // condition on cards the index of all cards is quicker.
        return leads.count > 1 && indexed(query).isEmpty ? try rarest(upTo: .max)?.0 : nil
    }
}

extension Row {
    fileprivate func summary() throws -> TakeSummary {
        let tags: String? = self["tags"]
        return TakeSummary(
            id: TakeID(rawValue: self["id"]), savedAt: Date(milliseconds: self["savedAt"]),
            origin: Take.Origin(keyboard: self["keyboard"], trigger: self["trigger"]), isDamaged: self["damaged"],
            meter: try meter(), tempo: try tempo("tempo"), bars: self["bars"], noteCount: self["noteCount"],
            arrangementCount: self["arrangements"], key: (self["key"] as String?).flatMap(Music.Key.init(_:)),
            source: try source(),
            tags: Set((tags ?? "").split(separator: ",").compactMap { TakeTag(rawValue: String($0)) }),
            rating: try rating(), note: self["note"], deletedAt: deletedAt())
    }

    func source() throws -> TakeSource {
        let name: String = self["source"]
        guard let source = TakeSource(rawValue: name) else { throw damaged("\(name) is no source") }
        return source
    }

    func rating() throws -> Rating? {
        try (self["rating"] as Int?).map { number in
            guard let rating = Rating(rawValue: number) else { throw damaged("\(number) is no rating") }
            return rating
        }
    }

    func deletedAt() -> Date? { (self["deletedAt"] as Int64?).map(Date.init(milliseconds:)) }
}
