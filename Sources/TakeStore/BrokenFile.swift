import Foundation

/// Renames a broken database, with what SQLite keeps beside it, to a name that is not in use.
enum BrokenFile {
    /// - Returns: the new path of the database itself.
    static func setAside(_ path: String, now: Date = Date()) throws -> String {
        let stamp = Int(now.timeIntervalSince1970)
        var kept = "\(path).broken-\(stamp)"
        var attempt = 1
        while ["", "-wal", "-shm"].contains(where: { FileManager.default.fileExists(atPath: kept + $0) }) {
            attempt += 1
            kept = "\(path).broken-\(stamp)-\(attempt)"
        }
        for suffix in ["-wal", "-shm", ""] where FileManager.default.fileExists(atPath: path + suffix) {
            // moveItem refuses to replace an existing file.
            try FileManager.default.moveItem(atPath: path + suffix, toPath: kept + suffix)
        }
        return kept
    }

    /// Where the store is built that takes a broken one's place. It gets its name when it is complete.
    static func replacement(of path: String) -> String { path + ".new" }

    /// Puts a complete replacement into the place of a store that is set aside already; does nothing in the ordinary case.
    static func finishReplacing(_ path: String) throws {
        let new = replacement(of: path)
        guard !FileManager.default.fileExists(atPath: path), FileManager.default.fileExists(atPath: new) else { return }
        try FileManager.default.moveItem(atPath: new, toPath: path)
    }

    static func remove(_ path: String) {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }

    /// Makes new names in a folder survive a power cut.
    static func syncFolder(_ folder: String) throws {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        defer { _ = Glibc.close(descriptor) }
        // Some file systems cannot sync a folder (EINVAL); they order names by other means.
        if fsync(descriptor) != 0, errno != EINVAL { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }
}
