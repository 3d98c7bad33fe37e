import Foundation
internal import GRDB
import Music

/// Brings what can be read of a broken store into a new one.
///
/// Every record is asked for by its name: a page that is not readable costs the records on it and no others. A record comes over only
/// whole: a take with its notes and performance, an arrangement with all its parts.
struct Salvage {
    /// What came over.
    private(set) var count = TakeStore.Salvaged()

    private let source: Database
    private let target: Database
    /// Whether the broken store is new enough to have cards and tags.
    private let hasMarks: Bool

    /// Copies between two open databases; the target is empty and of the newest schema.
    static func copy(from source: Database, to target: Database) throws -> TakeStore.Salvaged {
        var salvage = Salvage(source: source, target: target)
        try salvage.copyTakes()
        try salvage.copyArrangements()
        for id in try Int64.fetchAll(target, sql: "SELECT id FROM take ORDER BY id") {
            try Schema.indexWords(target, of: id, isNew: true)
        }
        return salvage.count
    }

    private init(source: Database, target: Database) {
        self.source = source
        self.target = target
        hasMarks = (try? Bool.fetchOne(source, sql: "SELECT 1 FROM sqlite_master WHERE name = 'takeTag'")) == true
    }

    private mutating func copyTakes() throws {
        let names = names(of: "take")
        for id in names.ids {
            let found: Row?
            do {
                found = try Row.fetchOne(source, sql: "SELECT * FROM take WHERE id = ?", arguments: [id])
            } catch {
                count.lostTakes += 1
                continue
            }
            guard let found else { continue }
            let isWhole = try keep { target in
                guard try insert(found, into: "take"),
                    let row = try Row.fetchOne(target, sql: "SELECT * FROM take WHERE id = ?", arguments: [id])
                else { return false }
                return (try? (row.phrase(notes: "notes"), row.performance(), row.pedal())) != nil
            }
            if isWhole {
                count.takes += 1
                try copyMarks(of: id)
            } else {
                count.lostTakes += 1
            }
        }
        try neverGiveAgain(names.last, of: "take")
    }

    /// The card is made anew; what a person wrote on the old one is written on it.
    private mutating func copyMarks(of id: Int64) throws {
        var card: Row?
        var tags: [DatabaseValue] = []
        if hasMarks {
            do {
                card = try Row.fetchOne(source, sql: "SELECT * FROM takeCard WHERE id = ?", arguments: [id])
                tags = try DatabaseValue.fetchAll(
                    source, sql: "SELECT tag FROM takeTag WHERE takeID = ?", arguments: [id])
            } catch { count.lostMarks += 1 }
        }
        let marks = TakeMarks(
            tags: Set(tags.compactMap(String.fromDatabaseValue).compactMap(TakeTag.init(rawValue:))),
            rating: card.flatMap { Int.fromDatabaseValue($0["rating"]) }.flatMap(Rating.init(rawValue:)),
            note: card.flatMap { String.fromDatabaseValue($0["note"]) } ?? "")
        let source = card.flatMap { String.fromDatabaseValue($0["source"]) }.flatMap(TakeSource.init(rawValue:))
        try Schema.makeCard(target, of: id, source: source, marks: marks)
        if let deleted = card.flatMap({ Int64.fromDatabaseValue($0["deletedAt"]) }) {
            try target.execute(sql: "UPDATE takeCard SET deletedAt = ? WHERE id = ?", arguments: [deleted, id])
        }
    }

    private mutating func copyArrangements() throws {
        let names = names(of: "arrangement")
        for id in names.ids {
            let found: Row?
            var parts: [Row] = []
            do {
                found = try Row.fetchOne(source, sql: "SELECT * FROM arrangement WHERE id = ?", arguments: [id])
                if found != nil {
                    parts = try Row.fetchAll(
                        source, sql: "SELECT * FROM arrangementPart WHERE arrangementID = ?", arguments: [id])
                }
            } catch {
                count.lostArrangements += 1
                continue
            }
            guard let found else { continue }
            // Without its take it would be refused, and a take that could not be read is counted already.
            let isWhole = try keep { target in
                guard try insert(found, into: "arrangement") else { return false }
                for part in parts {
                    guard try insert(part, into: "arrangementPart") else { return false }
                }
                return (try? target.arrangement(id: ArrangementID(rawValue: id))) != nil
            }
            if isWhole {
                count.arrangements += 1
            } else {
                count.lostArrangements += 1
            }
        }
        try neverGiveAgain(names.last, of: "arrangement")
    }

    /// Makes a change that stands only where its body says so.
    private func keep(_ body: (Database) throws -> Bool) throws -> Bool {
        var stands = false
        try target.inSavepoint {
            stands = try body(target)
            return stands ? .commit : .rollback
        }
        return stands
    }

    /// Every name that a record may have, and the last that was ever given.
    private func names(of table: String) -> (ids: [Int64], last: Int64) {
        var ids: Set<Int64> = []
        // From both ends as far as it goes; an index has the names too, on pages of its own.
        for sql in [
            "SELECT id FROM \(table) ORDER BY id", "SELECT id FROM \(table) ORDER BY id DESC",
            table == "take"
                ? "SELECT id FROM takeCard ORDER BY id" : "SELECT id FROM arrangement INDEXED BY arrangementOfTake",
        ] {
            guard let cursor = try? Int64.fetchCursor(source, sql: sql) else { continue }
            while let id = try? cursor.next() { ids.insert(id) }
        }
        let given =
            (try? Int64.fetchOne(source, sql: "SELECT seq FROM sqlite_sequence WHERE name = ?", arguments: [table]))
            ?? 0
        let last = max(ids.max() ?? 0, given)
        // Names are given one after another; what lies between two known ones may be there, out of the index's sight.
        guard last > 0, last <= Int64(Salvage.mostNames) else { return (ids.sorted(), last) }
        return (Array(1...last), last)
    }

    /// A broken counter is not to have the machine ask for ever.
    private static let mostNames = 5_000_000

    private func neverGiveAgain(_ last: Int64, of table: String) throws {
        guard last > 0, last <= Int64(Salvage.mostNames) else { return }
        try target.execute(sql: "DELETE FROM sqlite_sequence WHERE name = ?", arguments: [table])
        try target.execute(sql: "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", arguments: [table, last])
    }

    /// Copies a row with the columns that both know.
    ///
    /// - Returns: whether the new table took it.
    private func insert(_ row: Row, into table: String) throws -> Bool {
        let known = Set(try target.columns(in: table).map(\.name))
        let columns = row.columnNames.filter(known.contains)
        do {
            try target.execute(
                sql: """
                    INSERT INTO \(table) (\(columns.joined(separator: ", ")))
                    VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
                    """, arguments: StatementArguments(columns.map { row[$0] as DatabaseValue }))
            return true
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            return false
        }
    }
}
