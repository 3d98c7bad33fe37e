import Foundation
import Tensor

/// Writes `pieces.jsonl` and `works.tsv` song by song, without holding more than a work in memory.
///
/// Both appear whole or not at all: they are written under other names and renamed at the end.
final class DataSetWriter {
    private let folder: DataSetFolder
    private let temporary: URL
    private let pieces: FileHandle
    private var waiting = Data()
    private var table = WorkList.head + "\n"
    private var work: (source: Source, title: String, split: Split, pieces: Int, lines: Data)?

    init(_ folder: DataSetFolder) throws {
        self.folder = folder
        temporary = folder.folder.appendingPathComponent(".pieces.jsonl.new")
        try FileManager.default.createDirectory(at: folder.folder, withIntermediateDirectories: true)
        guard FileManager.default.createFile(atPath: temporary.path, contents: nil) else {
            throw CocoaError(.fileWriteNoPermission)
        }
        pieces = try FileHandle(forWritingTo: temporary)
    }

    /// Adds a record's line. Songs come in the order of `DataSetFolder.Place`, so that those of a work follow each other.
    func append(_ line: Data, source: Source, title: String, split: Split) throws {
        let full = line + [UInt8(ascii: "\n")]
        waiting += full
        if waiting.count > 1 << 20 { try flush() }
        if work?.source == source, work?.title == title {
            work!.lines += full  // it is the same work, see above
            work!.pieces += 1
        } else {
            closeWork()
            work = (source, title, split, 1, full)
        }
    }

    /// Puts both files in their places.
    func finish() throws {
        closeWork()
        try flush()
        try pieces.close()
        guard rename(temporary.path, folder.piecesFile.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        try Data(table.utf8).write(to: folder.worksFile, options: .atomic)
    }

    private func flush() throws {
        try pieces.write(contentsOf: waiting)
        waiting = Data()
    }

    private func closeWork() {
        guard let work else { return }
        table +=
            WorkList.Entry(
                source: work.source.rawValue,
                work: work.title.split(whereSeparator: \.isWhitespace).joined(separator: " "),
                licence: work.source.licence, split: work.split.rawValue, pieces: work.pieces,
                hash: SHA256.hexadecimal(work.lines)
            ).line + "\n"
        self.work = nil
    }
}
