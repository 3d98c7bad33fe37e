import Glibc

/// Why a journal could not be written, read or forgotten.
public struct JournalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being done, to what: `write to /var/lib/continuo/played/0000000001.played`.
    public var action: String
    public var cause: String
    /// The errno, or 0.
    public var code: Int32
    /// What to do next.
    public var advice: String

    init(action: String, cause: String, code: Int32 = 0, advice: String) {
        self.action = action
        self.cause = cause
        self.code = code
        self.advice = advice
    }

    init(action: String, code: Int32) {
        let advice =
            switch code {
            case ENOSPC, EDQUOT, EFBIG: "make room on the disk"
            case EROFS, EACCES, EPERM: "make the folder writable for this user, or choose another state folder"
            case ENOTDIR, EEXIST, ELOOP: "move away what lies in the folder's place"
            default: "look at the system's log for errors of the disk"
            }
        self.init(action: action, cause: String(cString: strerror(code)), code: code, advice: advice)
    }

    public var description: String { "cannot \(action): \(cause) (\(advice))" }
}
