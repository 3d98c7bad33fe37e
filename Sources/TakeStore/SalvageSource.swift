import Foundation
internal import GRDB

/// A broken database, opened so far as it can be, for reading alone.
///
/// The file itself is never written: where its first page is destroyed, a copy beside it gets a page of another store's instead.
struct SalvageSource {
    let queue: DatabaseQueue
    /// The mended copy, to be removed afterwards; nil where the file can be read as it is.
    private let copy: String?

    private static let pageSize = 4096
    private static let headerSize = 100

    /// - Parameter sound: a store of the newest schema, closed, whose first page shows where tables begin.
    /// - Returns: nil where nothing of the file can be made out.
    init?(path: String, sound: String) throws {
        if let queue = SalvageSource.readable(path) {
            (self.queue, copy) = (queue, nil)
            return
        }
        guard let broken = FileHandle(forReadingAtPath: path), let whole = FileHandle(forReadingAtPath: sound),
            let size = try? broken.seekToEnd(), size >= UInt64(SalvageSource.pageSize),
            let good = try? whole.read(upToCount: SalvageSource.pageSize), good.count == SalvageSource.pageSize
        else { return nil }
        try? broken.close()
        try? whole.close()
        let copy = path + ".salvage"
        // The header alone; else the whole page: tables of one schema begin at the same pages in stores that grew the same way.
        for length in [SalvageSource.headerSize, SalvageSource.pageSize] {
            BrokenFile.remove(copy)
            for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
                try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
            }
            var page = good.prefix(length)
            let pages = UInt32(clamping: (size + UInt64(SalvageSource.pageSize) - 1) / UInt64(SalvageSource.pageSize))
            // Its size in pages, and no list of free ones.
            for (offset, value) in [(28, pages), (32, 0), (36, 0)] {
                withUnsafeBytes(of: value.bigEndian) { page.replaceSubrange(offset..<offset + 4, with: $0) }
            }
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: copy))
            try handle.write(contentsOf: page)
            try handle.close()
            if let queue = SalvageSource.readable(copy) {
                (self.queue, self.copy) = (queue, copy)
                return
            }
        }
        BrokenFile.remove(copy)
        return nil
    }

    func close() {
        try? queue.close()
        if let copy { BrokenFile.remove(copy) }
    }

    /// Opens a file where at least the list of its tables can be read and takes are among them.
    private static func readable(_ path: String) -> DatabaseQueue? {
        var configuration = Configuration()
        configuration.readonly = true
        guard let queue = try? DatabaseQueue(path: path, configuration: configuration) else { return nil }
        let hasTakes = try? queue.inDatabase { db in
            try Bool.fetchOne(db, sql: "SELECT 1 FROM sqlite_master WHERE name = 'take'") ?? false
                && Row.fetchOne(db, sql: "SELECT id FROM take LIMIT 0") == nil
        }
        if hasTakes == true { return queue }
        try? queue.close()
        return nil
    }
}
