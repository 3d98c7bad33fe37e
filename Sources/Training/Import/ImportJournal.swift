import Foundation
import Music

/// What an import has read so far, in a file of the data set that is only ever appended to, `import.journal`: an import that was broken off, in whatever
/// way, goes on behind the last whole line.
///
/// A line is a check sum (FNV-1a, 64 bits, 16 hexadecimal digits), a space, an `Entry` as JSON, a tab before each song of a file as JSON (`SongRecord`) and
/// a line feed. The latest line about a file holds. Only one process at a time may have it open.
final class ImportJournal {
    static let fileName = "import.journal"
    /// Another number, another reading: all files are read anew.
    static let readerVersion = 1

    /// One line's first part: one of these.
    struct Entry: Codable {
        var version: Int?
        var folder: Folder?
        var file: ImportedFile?
        /// A file that has gone: its folder and path.
        var gone: [String]?
        /// All that stands before was written to the data set; the size of its `pieces.jsonl`.
        var assembled: Int?
    }

    /// A folder that was imported from, and what is said of all its files.
    struct Folder: Codable, Hashable, Sendable {
        var path: String
        var genre: String?
        var tags: [String]
    }

    /// A file that is in the journal, and where its songs are.
    struct Place: Sendable {
        var file: ImportedFile
        fileprivate var songs: Range<Int>
    }

    /// What identifies a file.
    struct Key: Hashable, Comparable, Sendable {
        var folder: String
        var path: String
        static func < (a: Key, b: Key) -> Bool { (a.folder, a.path) < (b.folder, b.path) }
    }

    private(set) var folders: [String: Folder] = [:]
    private(set) var files: [Key: Place] = [:]
    /// Bytes behind the last whole line that were cut off: an import ended in the middle of writing them.
    private(set) var cut = 0
    /// The size of `pieces.jsonl` where the data set holds all that the journal says; nil where it has to be written.
    private(set) var assembled: Int?
    /// Whether it was written by another version of the readers, and is begun anew.
    private(set) var isOutdated = false
    private let url: URL
    private var handle: FileHandle
    private var length = 0
    /// Bytes of lines that no longer hold.
    private var dead = 0

    /// Opens the journal of a data set, or begins one.
    ///
    /// - Throws: `TrainingError.importing` where it cannot be opened, or where another import has it open.
    init(_ dataSet: URL) throws(TrainingError) {
        url = dataSet.appendingPathComponent(ImportJournal.fileName)
        do { try FileManager.default.createDirectory(at: dataSet, withIntermediateDirectories: true) } catch {
            throw .importing("cannot make \(dataSet.path): \(error.localizedDescription)")
        }
        handle = try ImportJournal.open(url)
        try ImportJournal.lock(handle, url)
        try load()
    }

    deinit { try? handle.close() }

    private static func open(_ url: URL) throws(TrainingError) -> FileHandle {
        let descriptor = Glibc.open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .importing("cannot open \(url.path): \(String(cString: strerror(errno)))")
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
    }

    private static func lock(_ handle: FileHandle, _ url: URL) throws(TrainingError) {
        // A program that another thread is just starting holds copies of everything open until it has begun: they go in a moment.
        for _ in 0..<50 {
            if flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0 { return }
            usleep(10_000)
        }
        throw .importing("another import writes \(url.path); wait until it has ended")
    }

    // MARK: reading

    /// Reads the lines that are whole and cuts off what stands behind them.
    private func load() throws(TrainingError) {
        let bytes: Data
        do { bytes = try Data(contentsOf: url, options: .mappedIfSafe) } catch {
            throw .importing("cannot read \(url.path): \(error.localizedDescription)")
        }
        let decoder = JSONDecoder()
        var start = 0
        while start < bytes.count {
            guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")),
                let line = ImportJournal.checked(bytes[start..<end]),
                let entry = try? decoder.decode(
                    Entry.self, from: Data(line.prefix { $0 != UInt8(ascii: "\t") }))
            else { break }
            let songs = line.firstIndex(of: UInt8(ascii: "\t")) ?? end
            if start == 0, entry.version != ImportJournal.readerVersion {
                isOutdated = entry.version != nil
                break
            }
            apply(entry, songs: songs..<end)
            start = end + 1
        }
        length = start
        cut = isOutdated ? 0 : bytes.count - start
        if start < bytes.count {
            guard ftruncate(handle.fileDescriptor, off_t(start)) == 0 else {
                throw .importing("cannot cut \(url.path): \(String(cString: strerror(errno)))")
            }
        }
        _ = lseek(handle.fileDescriptor, off_t(start), SEEK_SET)
        if start == 0 { try append(Entry(version: ImportJournal.readerVersion)) }
    }

    private static func checked(_ line: Data) -> Data? {
        guard line.count > 18, line[line.startIndex + 16] == UInt8(ascii: " ") else { return nil }
        let body = line[(line.startIndex + 17)...]
        let sum = UInt64(String(decoding: line.prefix(16), as: UTF8.self), radix: 16)
        return sum == checkSum(body) ? body : nil
    }

    private static func checkSum(_ bytes: Data) -> UInt64 {
        bytes.withUnsafeBytes { bytes in
            var sum: UInt64 = 0xCBF2_9CE4_8422_2325
            for byte in bytes { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
            return sum
        }
    }

    private func apply(_ entry: Entry, songs: Range<Int>) {
        assembled = entry.assembled
        if let folder = entry.folder { folders[folder.path] = folder }
        if let file = entry.file {
            let key = Key(folder: file.folder, path: file.path)
            dead += files[key]?.songs.count ?? 0
            files[key] = Place(file: file, songs: songs)
        }
        if let gone = entry.gone, gone.count == 2 {
            dead += files.removeValue(forKey: Key(folder: gone[0], path: gone[1]))?.songs.count ?? 0
        }
    }

    /// The songs of a file.
    func songs(_ place: Place) throws(TrainingError) -> [SongRecord] {
        do {
            return try bytes(place.songs).split(separator: UInt8(ascii: "\t")).map { SongRecord(json: Array($0)) }
        } catch { throw .importing("cannot read \(url.path): \(error)") }
    }

    private func bytes(_ range: Range<Int>) throws -> Data {
        var bytes = Data(count: range.count)
        let count = bytes.withUnsafeMutableBytes {
            pread(handle.fileDescriptor, $0.baseAddress, range.count, off_t(range.lowerBound))
        }
        guard count == range.count else { throw CocoaError(.fileReadCorruptFile) }
        return bytes
    }

    // MARK: writing

    /// Remembers a file and its songs.
    func keep(_ file: ImportedFile, songs: [SongRecord]) throws(TrainingError) {
        try append(Entry(file: file), songs: songs.reduce(into: Data()) { $0 += [UInt8(ascii: "\t")] + $1.json })
    }

    /// Remembers that the data set has been written.
    func remember(assembled size: Int) throws(TrainingError) { try append(Entry(assembled: size)) }

    /// Remembers something else of a file that it knows: its songs stay.
    func change(_ file: ImportedFile) throws(TrainingError) {
        guard let place = files[Key(folder: file.folder, path: file.path)] else { return }
        do { try append(Entry(file: file), songs: try bytes(place.songs)) } catch let error as TrainingError {
            throw error
        } catch { throw .importing("cannot read \(url.path): \(error)") }
    }

    func keep(_ folder: Folder) throws(TrainingError) {
        if folders[folder.path] != folder { try append(Entry(folder: folder)) }
    }

    func forget(_ key: Key) throws(TrainingError) { try append(Entry(gone: [key.folder, key.path])) }

    private func append(_ entry: Entry, songs: Data = Data()) throws(TrainingError) {
        let (line, offset) = try ImportJournal.line(entry, songs)
        do { try handle.write(contentsOf: line) } catch {
            throw .importing("cannot write \(url.path): \(error.localizedDescription)")
        }
        apply(entry, songs: length + offset..<length + offset + songs.count)
        length += line.count
    }

    private static func line(_ entry: Entry, _ songs: Data) throws(TrainingError) -> (line: Data, songsAt: Int) {
        var body: Data
        do { body = try DataSetFolder.encoder().encode(entry) } catch {
            throw .importing("cannot write a journal: \(error)")
        }
        let place = 17 + body.count
        body += songs
        let sum = String(checkSum(body), radix: 16)
        let head = String(repeating: "0", count: 16 - sum.count) + sum + " "
        return (Data(head.utf8) + body + [UInt8(ascii: "\n")], place)
    }

    /// Makes sure that all that was appended lies on the disk, and writes the journal anew where less than half of it still holds.
    func finish() throws(TrainingError) {
        if dead > 1 << 20, dead * 2 > length { try compact() }
        _ = fsync(handle.fileDescriptor)
    }

    private func compact() throws(TrainingError) {
        let fresh = url.appendingPathExtension("new")
        try? FileManager.default.removeItem(at: fresh)
        let target = try ImportJournal.open(fresh)
        try ImportJournal.lock(target, fresh)
        do {
            try target.write(
                contentsOf: try ImportJournal.line(Entry(version: ImportJournal.readerVersion), Data()).line)
            for folder in folders.values.sorted(by: { $0.path < $1.path }) {
                try target.write(contentsOf: try ImportJournal.line(Entry(folder: folder), Data()).line)
            }
            for key in files.keys.sorted() {
                let place = files[key]!  // a key of the table
                try target.write(
                    contentsOf: try ImportJournal.line(Entry(file: place.file), try bytes(place.songs)).line)
            }
            if let assembled {
                try target.write(contentsOf: try ImportJournal.line(Entry(assembled: assembled), Data()).line)
            }
            guard fsync(target.fileDescriptor) == 0, rename(fresh.path, url.path) == 0 else {
                throw CocoaError(.fileWriteUnknown)
            }
            try handle.close()
        } catch { throw .importing("cannot write \(fresh.path): \(error)") }
        handle = target
        (folders, files, dead, assembled) = ([:], [:], 0, nil)
        try load()
    }
}
