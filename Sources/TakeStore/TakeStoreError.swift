internal import GRDB

/// Why the store could not do something.
public struct TakeStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// The file or its folder cannot be opened or made.
        case cannotOpen
        /// The file, its folder or the file system may not be written.
        case readOnly
        /// No space is left.
        case diskFull
        /// The file was written by a newer version.
        case newerSchema
        /// The file is a database of something else.
        case foreign
        /// A record was read that is not valid.
        case damagedRecord
        /// The take that an arrangement belongs to does not exist.
        case noSuchTake
        /// The database broke while it was in use.
        case corrupt
        /// Any other failure of SQLite.
        case failed
    }

    public var kind: Kind
    /// What was being done, to what: `save a take in /var/lib/continuo/continuo.sqlite`.
    public var action: String
    public var cause: String
    /// What to do next; empty where nothing helps.
    public var advice: String
    /// SQLite's extended result code, or 0.
    public var code: Int32

    public init(_ kind: Kind, action: String, cause: String, advice: String = "", code: Int32 = 0) {
        self.kind = kind
        self.action = action
        self.cause = cause
        self.advice = advice
        self.code = code
    }

    public var description: String { "cannot \(action): \(cause)" + (advice.isEmpty ? "" : " (\(advice))") }

    /// Says what SQLite's code means to a person.
    init(_ error: DatabaseError, action: String, path: String) {
        let cause = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        let code = error.extendedResultCode.rawValue
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(
                .diskFull, action: action, cause: cause,
                advice: "make room on the disk that holds \(path); nothing was changed", code: code)
        case .SQLITE_READONLY, .SQLITE_PERM:
            self.init(
                .readOnly, action: action, cause: cause,
                advice: "make \(path) and its folder writable for this user", code: code)
        case .SQLITE_CANTOPEN:
            self.init(
                .cannotOpen, action: action, cause: cause,
                advice: "see that the folder exists and that this user may write to it", code: code)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .corrupt, action: action, cause: cause,
                advice: "restart: the broken file is set aside and a new one begun", code: code)
        case .SQLITE_IOERR:
            self.init(
                .failed, action: action, cause: cause,
                advice:
                    "see whether the disk that holds \(path) is full, over a quota or failing; what was saved before is kept",
                code: code)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .failed, action: action, cause: cause, advice: "another program holds \(path); close it and try again",
                code: code)
        default:
            self.init(.failed, action: action, cause: cause, code: code)
        }
    }
}
