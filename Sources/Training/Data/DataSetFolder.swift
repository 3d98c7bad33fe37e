import Foundation
import Music
import Tensor

/// A prepared data set: a folder with its songs and the list of works they come from.
///
/// | file | what |
/// | --- | --- |
/// | `pieces.jsonl` | a song a line (`PreparedRecord`), by source, work and section |
/// | `works.tsv` | a work a line: corpus, work, licence, split, pieces, SHA-256 of its lines in `pieces.jsonl` |
public struct DataSetFolder: Sendable {
    public let folder: URL

    public init(_ folder: URL) { self.folder = folder }

    public var piecesFile: URL { folder.appendingPathComponent("pieces.jsonl") }
    public var worksFile: URL { folder.appendingPathComponent("works.tsv") }

    /// The encoder of a record: the same bytes for the same song.
    static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// By what the lines of a data set are ordered: the same for the same songs, whatever their order was.
    struct Place: Comparable {
        var source: Source
        var title: String
        var id: String
        var section: Int

        static func < (a: Place, b: Place) -> Bool {
            (Source.order[a.source]!, a.title, a.id, a.section) < (Source.order[b.source]!, b.title, b.id, b.section)
        }
    }

    /// Writes the songs and the list of works.
    ///
    /// - Throws: what the file system says.
    public func write(_ songs: [Song]) throws {
        let encoder = DataSetFolder.encoder()
        let writer = try DataSetWriter(self)
        let sorted = songs.sorted {
            Place(source: $0.source, title: $0.title, id: $0.id, section: $0.section)
                < Place(source: $1.source, title: $1.title, id: $1.id, section: $1.section)
        }
        for song in sorted {
            try writer.append(
                try encoder.encode(PreparedRecord(song)), source: song.source, title: song.title, split: song.split)
        }
        try writer.finish()
    }

    /// Reads the songs back.
    ///
    /// - Throws: `TrainingError.data` that names the file and the line.
    public func songs() throws(TrainingError) -> [Song] {
        let bytes: Data
        do { bytes = try Data(contentsOf: piecesFile) } catch {
            throw .data("\(piecesFile.path): \(error.localizedDescription); make it with 'continuo data prepare'")
        }
        return try DataSetFolder.songs(in: bytes, name: piecesFile.lastPathComponent)
    }

    /// The songs of `pieces.jsonl`.
    public static func songs(in data: Data, name: String) throws(TrainingError) -> [Song] {
        do {
            return try JSONLines.decode(
                PreparedRecord.self, in: data, expecting: "the fields of a prepared song"
            ).enumerated().map { index, record in
                do { return try record.song() } catch {
                    throw JSONLines.Failure(
                        line: index + 1, reason: "\(error)", expected: "the fields of a prepared song")
                }
            }
        } catch {
            throw .data("\(name): \(error)")
        }
    }
}

/// The works of a data set with their hashes: a manifest.
public struct WorkList: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public var source: String
        public var work: String
        public var licence: String
        public var split: String
        public var pieces: Int
        /// SHA-256 of the work's prepared records.
        public var hash: String

        var line: String { [source, work, licence, split, "\(pieces)", hash].joined(separator: "\t") }
    }

    static let head = "corpus\twork\tlicence\tsplit\tpieces\tsha256"
    public var entries: [Entry]

    /// - Throws: `TrainingError.data` that names the line.
    public init(_ text: String, name: String) throws(TrainingError) {
        entries = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.isEmpty || line == WorkList.head { continue }
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard cells.count == 6, let pieces = Int(cells[4]), cells[5].count == 64 else {
                throw .data(
                    "\(name), line \(index + 1): expected six columns: \(WorkList.head.split(separator: "\t").joined(separator: ", "))"
                )
            }
            entries.append(
                Entry(
                    source: cells[0], work: cells[1], licence: cells[2], split: cells[3], pieces: pieces, hash: cells[5]
                ))
        }
    }

    /// What differs between two lists.
    public struct Difference: Hashable, Sendable {
        /// Works of this list that the other lacks, that only the other has, and that both have with another hash: `corpus: work`.
        public var missing: [String] = []
        public var additional: [String] = []
        public var changed: [String] = []
        public var isEmpty: Bool { missing.isEmpty && additional.isEmpty && changed.isEmpty }
    }

    public func difference(to other: WorkList) -> Difference {
        func table(_ list: WorkList) -> [String: String] {
            Dictionary(list.entries.map { ("\($0.source): \($0.work)", $0.hash) }) { first, _ in first }
        }
        let (mine, others) = (table(self), table(other))
        var difference = Difference()
        for (name, hash) in mine {
            if let found = others[name] {
                if found != hash { difference.changed.append(name) }
            } else {
                difference.missing.append(name)
            }
        }
        difference.additional = others.keys.filter { mine[$0] == nil }
        difference.missing.sort()
        difference.additional.sort()
        difference.changed.sort()
        return difference
    }
}
