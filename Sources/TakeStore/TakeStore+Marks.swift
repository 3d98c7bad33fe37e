import Foundation
internal import GRDB
import Music

extension TakeStore {
    /// Rates a take; nil takes the rating away.
    ///
    /// - Throws: `TakeStoreError` of kind `noSuchTake` where the take does not exist; so do the calls below.
    public func rate(_ id: TakeID, _ rating: Rating?) async throws(TakeStoreError) {
        try await change("rate", id, "UPDATE takeCard SET rating = ? WHERE id = ?", [rating?.rawValue, id.rawValue])
    }

    /// Writes a free text on a take, instead of the one that was there.
    public func setNote(_ text: String, of id: TakeID) async throws(TakeStoreError) {
        try await change("write a note on", id, "UPDATE takeCard SET note = ? WHERE id = ?", [text, id.rawValue])
    }

    /// Adds tags to a take and takes others away; those that are there already, or are not, stay so.
    public func tag(
        _ id: TakeID, adding added: Set<TakeTag> = [], removing removed: Set<TakeTag> = []
    ) async throws(TakeStoreError) {
        try await write("tag take \(id.rawValue)") { db in
            try db.require(id, action: "tag it")
            for tag in removed {
                try db.execute(
                    sql: "DELETE FROM takeTag WHERE tag = ? AND takeID = ?", arguments: [tag.rawValue, id.rawValue])
            }
            for tag in added { try Schema.addTag(db, tag, to: id.rawValue) }
            try Schema.indexWords(db, of: id.rawValue)
        }
    }

    /// Takes a take out of lists and searches; it can be restored until it is purged.
    ///
    /// A take that is deleted already keeps its time.
    public func delete(_ id: TakeID, at time: Date = Date()) async throws(TakeStoreError) {
        try await change(
            "delete", id, "UPDATE takeCard SET deletedAt = coalesce(deletedAt, ?) WHERE id = ?",
            [time.milliseconds, id.rawValue])
    }

    /// Brings a deleted take back with everything that it had.
    public func restore(_ id: TakeID) async throws(TakeStoreError) {
        try await change("restore", id, "UPDATE takeCard SET deletedAt = NULL WHERE id = ?", [id.rawValue])
    }

    /// Destroys a take and its arrangements, deleted before or not. Its name is not given out again.
    public func purge(_ id: TakeID) async throws(TakeStoreError) {
        try await write("destroy take \(id.rawValue)") { db in
            try db.require(id, action: "destroy it")
            try db.destroy([id.rawValue])
        }
    }

    /// Destroys what was deleted before a time.
    ///
    /// - Returns: how many takes.
    public func purge(deletedBefore time: Date) async throws(TakeStoreError) -> Int {
        try await write("destroy deleted takes") { db in
            let ids = try Int64.fetchAll(
                db, sql: "SELECT id FROM takeCard INDEXED BY takeDeleted WHERE deletedAt IS NOT NULL AND deletedAt < ?",
                arguments: [time.milliseconds])
            try db.destroy(ids)
            return ids.count
        }
    }

    private func change(
        _ verb: String, _ id: TakeID, _ sql: String, _ values: [(any DatabaseValueConvertible & Sendable)?]
    ) async throws(TakeStoreError) {
        try await write("\(verb) take \(id.rawValue)") { db in
            try db.execute(sql: sql, arguments: StatementArguments(values))
            guard db.changesCount > 0 else { throw Database.noTake(id, action: "\(verb) it") }
            try Schema.indexWords(db, of: id.rawValue)
        }
    }
}

extension Database {
    fileprivate static func noTake(_ id: TakeID, action: String) -> TakeStoreError {
        TakeStoreError(
            .noSuchTake, action: action, cause: "there is no take \(id.rawValue)",
            advice: "the list of takes shows which there are")
    }

    fileprivate func require(_ id: TakeID, action: String) throws {
        guard try Bool.fetchOne(self, sql: "SELECT 1 FROM takeCard WHERE id = ?", arguments: [id.rawValue]) != nil
        else { throw Database.noTake(id, action: action) }
    }

    /// Arrangements, tags and cards go with their take; the words are in a table without foreign keys.
    fileprivate func destroy(_ ids: [Int64]) throws {
        for id in ids {
            try execute(sql: "DELETE FROM takeText WHERE rowid = ?", arguments: [id])
            try execute(sql: "DELETE FROM take WHERE id = ?", arguments: [id])
        }
    }
}
