import Foundation
internal import GRDB
import Logging
import Music

/// Keeps takes and arrangements in one SQLite file.
///
/// A save that returned is on the disk: write-ahead log with `synchronous = FULL`, so a power cut takes nothing back.
/// One process writes; others may read. All calls run on the database's own queue and never on the caller's thread.
public final class TakeStore: Sendable {
    /// Where the database lies.
    public let path: String
    /// What happened to a broken file that was found on opening; nil in the ordinary case.
    public let setAside: SetAside?

    let database: DatabaseQueue

    /// Opens the store, making the folder and the file where they do not exist.
    ///
    /// A file that is broken is renamed to `NAME.broken-TIME`, and what can be read of it goes into a new one (`setAside` says what
    /// was done). It is never written.
    ///
    /// - Throws: `TakeStoreError` of kind `newerSchema` or `foreign` for a file that must not be touched, and `cannotOpen`,
    ///   `readOnly` or `diskFull` where the place cannot be used.
    public init(path: String, logger: Logger) throws(TakeStoreError) {
        self.path = path
        let action = "open the take store \(path)"
        do {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            if access(folder, W_OK) != 0 {
                throw TakeStoreError(
                    .readOnly, action: action, cause: "\(folder): \(String(cString: strerror(errno)))",
                    advice: "make the folder writable for this user, or choose another state folder")
            }
            try BrokenFile.finishReplacing(path)
            do {
                (database, setAside) = (try TakeStore.open(path), nil)
            } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
                let report = try TakeStore.replace(path, cause: error.message ?? "not a database")
                logger.error("\(report)", metadata: ["store": "\(path)"])
                (database, setAside) = (try TakeStore.open(path), report)
            }
            try BrokenFile.syncFolder(folder)
        } catch let error as TakeStoreError {
            throw error
        } catch let error as DatabaseError {
            throw TakeStoreError(error, action: action, path: path)
        } catch {
            throw TakeStoreError(
                .cannotOpen, action: action, cause: error.localizedDescription,
                advice: "see that the folder exists and that this user may write to it")
        }
    }

    static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        configuration.label = "continuo.takes"
        try inspect(path, configuration)
        configuration.journalMode = .wal
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        do {
            // GRDB opens a write-ahead log with NORMAL, which may lose the last commits when the power fails.
            try queue.inDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try Schema.migrator.migrate(queue)
        } catch {
            try? queue.close()
            throw error
        }
        return queue
    }

    /// Looks at an existing file without writing to it, so that a broken or foreign one stays as it is.
    private static func inspect(_ path: String, _ configuration: Configuration) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        var configuration = configuration
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        try queue.inDatabase { db in
            try refuseForeign(db, path: path)
            if let complaint = try String.fetchOne(db, sql: "PRAGMA quick_check(1)"), complaint != "ok" {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: complaint)
            }
        }
    }

    private static func refuseForeign(_ db: Database, path: String) throws {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard application == Schema.applicationID || (application == 0 && tables == 0) else {
            throw TakeStoreError(
                .foreign, action: "open the take store \(path)", cause: "it is a database of another program",
                advice: "move it away or choose another state folder; it was not touched")
        }
        guard try !Schema.migrator.hasBeenSuperseded(db) else {
            throw TakeStoreError(
                .newerSchema, action: "open the take store \(path)",
                cause: "it was written by a newer version of Continuo",
                advice: "install that version again, or choose another state folder; the file was not touched")
        }
    }

    /// Closes the file; pending writes finish first. Calls after it fail.
    public func close() {
        // Closing folds the log into the file; where that fails the log stays and is read at the next opening.
        try? database.close()
    }

    func write<T: Sendable>(_ action: String, _ body: @escaping @Sendable (Database) throws -> T)
        async throws(TakeStoreError) -> T
    {
        do {
            return try await database.write(body)
        } catch { throw explained(error, action) }
    }

    func read<T: Sendable>(_ action: String, _ body: @escaping @Sendable (Database) throws -> T)
        async throws(TakeStoreError) -> T
    {
        do {
            return try await database.read(body)
        } catch { throw explained(error, action) }
    }

    private func explained(_ error: any Error, _ action: String) -> TakeStoreError {
        let action = "\(action) in \(path)"
        switch error {
        case let error as TakeStoreError: return error
        case let error as DatabaseError: return TakeStoreError(error, action: action, path: path)
        case let error as DamagedRecord:
            return TakeStoreError(
                .damagedRecord, action: action, cause: error.cause, advice: "the other records can still be read")
        default: return TakeStoreError(.failed, action: action, cause: "\(error)")
        }
    }
}
