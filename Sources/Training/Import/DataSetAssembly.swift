import Foundation
import Music

/// A file of an import as it is reported: what became of it.
public struct ImportRow: Codable, Hashable, Sendable {
    public enum Outcome: String, Codable, Hashable, Sendable, CaseIterable {
        case kept, duplicate
        case leftOut = "left out"
    }

    /// The folder's name and the path in it; unique in a data set.
    public var file: String
    public var source: Source
    public var outcome: Outcome
    /// Why it was left out, a clause that is the same for all such files.
    public var reason: String?
    /// What is particular to the file.
    public var detail: String?
    /// The file that is kept in its place, for a duplicate.
    public var original: String?
    public var title: String?
    public var songs: Int?
    public var bars: Int?
    public var notes: Int?
    public var key: String?
    public var metres: [String]?
    /// True where the file names no metre.
    public var metreIsHeard: Bool?
    /// Quarters a minute.
    public var tempo: Double?
    /// Which track is the melody and why, and how sure that is, 0...1.
    public var melody: String?
    public var melodyConfidence: Double?
    public var parts: [String]?
    /// Of the instrument whose part is least sure, 0...1.
    public var partConfidence: Double?
    public var genre: String?
    /// The genre that is heard in the band.
    public var guess: String?
    public var tags: [String]?
    public var split: String?
    /// Stretches that were left out, by reason.
    public var lost: [String: Int]?
    /// True for a file that has gone and was kept.
    public var isMissing: Bool?
    /// Bytes, and their SHA-256; absent for takes.
    public var size: Int?
    public var sha256: String?

    init(file: String, source: Source, outcome: Outcome) {
        self.file = file
        self.source = source
        self.outcome = outcome
    }
}

/// Makes a data set of what has been read: finds duplicates, names works and tags songs. The same files give the same bytes.
struct DataSetAssembly {
    private let journal: ImportJournal
    /// The names of the folders: the shortest ends of their paths that tell them apart.
    private let labels: [String: String]
    /// A row a file, by name.
    private(set) var rows: [ImportRow] = []
    /// What is kept, the best first, and to which of them each is related.
    private var kept: [Work] = []
    private var families: [Int] = []

    init(_ journal: ImportJournal) {
        self.journal = journal
        labels = DataSetAssembly.labels(Array(journal.folders.keys))
        sift()
    }

    /// The size of a data set's songs in bytes; nil where a file of it is missing.
    static func size(_ folder: DataSetFolder) -> Int? {
        let files = [folder.worksFile, folder.folder.appendingPathComponent("report.json"), folder.piecesFile]
        let sizes = files.map {
            (try? FileManager.default.attributesOfItem(atPath: $0.path))?[.size] as? NSNumber
        }
        return sizes.contains(nil) ? nil : sizes[2]?.intValue
    }

    static func labels(_ paths: [String]) -> [String: String] {
        func label(_ path: String, _ length: Int) -> String {
            path.split(separator: "/").suffix(length).joined(separator: "/")
        }
        var labels: [String: String] = [:]
        for path in paths {
            var length = 1
            while length < 64, paths.contains(where: { $0 != path && label($0, length) == label(path, length) }) {
                length += 1
            }
            labels[path] = label(path, length)
        }
        return labels
    }

    private struct Work {
        var place: ImportJournal.Place
        var name: String
        /// Of two that are the same music the one with more parts, bars and notes is better.
        var worth: [Int]
    }

    /// Decides what is kept.
    private mutating func sift() {
        var works: [Work] = journal.files.values.filter { $0.file.reason == nil }.map { place in
            let found = place.file.found
            return Work(
                place: place, name: name(place.file),
                worth: [found?.parts.count ?? 0, found?.bars.reduce(0, +) ?? 0, found?.notes ?? 0])
        }
        works.sort { a, b in
            for (mine, others) in zip(a.worth, b.worth) where mine != others { return mine > others }
            return a.name < b.name
        }
        // The same bytes are the same music, whatever is made of them.
        var hashes: [String: Int] = [:]
        var unique: [Work] = []
        for work in works {
            let hash = work.place.file.hash
            if !hash.isEmpty, let first = hashes[hash] {
                rows.append(
                    row(work.place.file, .duplicate, reason: "the same file is there already", of: unique[first].name))
            } else {
                hashes[hash] = unique.count
                unique.append(work)
            }
        }
        let duplicates = DuplicateFinder(unique.map(\.place.file.fingerprint))
        var places: [Int: Int] = [:]
        for (index, work) in unique.enumerated() {
            if let original = duplicates.original[index] {
                rows.append(
                    row(work.place.file, .duplicate, reason: "its melody is there already", of: unique[original].name))
                continue
            }
            places[index] = kept.count
            // The first of a family is better than the others, so it stands before them.
            let family = places[duplicates.family[index]] ?? kept.count
            kept.append(work)
            families.append(family)
            var row = row(work.place.file, .kept)
            row.split = Split(title: title(kept[family].place.file)).rawValue
            rows.append(row)
        }
        for place in journal.files.values where place.file.reason != nil {
            var row = row(place.file, .leftOut, reason: place.file.reason)
            row.detail = place.file.detail
            rows.append(row)
        }
        rows.sort { $0.file < $1.file }
    }

    /// Writes the songs, the list of works and the report.
    func write(to folder: DataSetFolder) throws(TrainingError) {
        var songs: [(place: DataSetFolder.Place, work: Int)] = []
        for (index, work) in kept.enumerated() {
            let title = title(work.place.file)
            for section in (work.place.file.found?.bars ?? []).indices {
                songs.append(
                    (.init(source: work.place.file.source, title: title, id: work.name, section: section), index))
            }
        }
        songs.sort { $0.place < $1.place }
        do {
            let writer = try DataSetWriter(folder)
            var open: (work: Int, records: [SongRecord], label: SongRecord.Label)?
            for (place, index) in songs {
                let file = kept[index].place.file
                if open?.work != index {
                    let family = families[index] == index ? nil : title(kept[families[index]].place.file)
                    open = (
                        index, try journal.songs(kept[index].place),
                        .init(
                            id: place.id, title: place.title, tags: tags(file),
                            label: .init(genre: genre(file), guess: file.found?.guess, family: family))
                    )
                }
                guard let open, open.records.indices.contains(place.section) else { continue }
                try writer.append(
                    open.records[place.section].line(open.label), source: place.source, title: place.title,
                    split: Split(title: open.label.label.family ?? place.title))
            }
            try writer.finish()
            try report(rows).write(to: folder.folder.appendingPathComponent("report.json"), options: .atomic)
        } catch let error as TrainingError {
            throw error
        } catch {
            throw .importing("cannot write \(folder.folder.path): \(error.localizedDescription)")
        }
    }

    /// The rows as JSON, one a line.
    private func report(_ rows: [ImportRow]) throws -> Data {
        let encoder = DataSetFolder.encoder()
        var folders: [String: String] = [:]
        for (path, label) in labels { folders[label] = path }
        var report = Data(#"{"folders":"#.utf8) + (try encoder.encode(folders)) + Data(#","files":["#.utf8)
        for (index, row) in rows.enumerated() {
            report += Data((index == 0 ? "\n" : ",\n").utf8) + (try encoder.encode(row))
        }
        return report + Data("\n]}\n".utf8)
    }

    // MARK: names and tags

    private func name(_ file: ImportedFile) -> String { "\(labels[file.folder] ?? file.folder)/\(file.path)" }

    /// A work's title: what the score or the table says, else the file's name without its ending.
    private func title(_ file: ImportedFile) -> String {
        guard let title = file.found?.title, title != file.path, file.source != .takes else {
            return file.source == .takes ? "take \(file.path)" : (name(file) as NSString).deletingPathExtension
        }
        return title
    }

    private func tags(_ file: ImportedFile) -> [String] {
        var tags: [String] = []
        for tag in (file.found?.tags ?? []) + (journal.folders[file.folder]?.tags ?? []) where !tags.contains(tag) {
            tags.append(tag)
        }
        return tags
    }

    /// The genre that a person gave the folder, else the one that a folder on the way to the file is called, the inner ones first, else a tag's.
    private func genre(_ file: ImportedFile) -> String? {
        if let genre = journal.folders[file.folder]?.genre { return genre }
        guard file.source != .takes else { return GenreName.genre(in: tags(file)) }
        let folders = MusicFolder.tags(of: file.path).reversed()
        let own = (labels[file.folder] ?? "").split(separator: "/").last.map(String.init)
        return GenreName.genre(in: Array(folders)) ?? own.flatMap { GenreName.genre(in: [$0]) }
            ?? GenreName.genre(in: tags(file))
    }

    private func row(
        _ file: ImportedFile, _ outcome: ImportRow.Outcome, reason: String? = nil, of original: String? = nil
    ) -> ImportRow {
        var row = ImportRow(file: name(file), source: file.source, outcome: outcome)
        row.reason = reason
        row.original = original
        row.isMissing = file.isMissing
        if file.source != .takes {
            row.size = file.size
            row.sha256 = file.hash.isEmpty ? nil : file.hash
        }
        guard let found = file.found else { return row }
        row.title = title(file)
        row.songs = found.bars.count
        row.bars = found.bars.reduce(0, +)
        row.notes = found.notes
        row.key = found.key
        row.metres = found.metres
        row.metreIsHeard = found.metreIsHeard
        row.tempo = found.tempo
        row.melody = found.melody
        row.melodyConfidence = found.confidence
        row.parts = found.parts
        row.partConfidence = found.partConfidence
        row.genre = genre(file)
        row.guess = found.guess
        row.tags = tags(file)
        row.lost = found.lost.isEmpty ? nil : found.lost
        return row
    }
}

/// Genres that folders are called after.
enum GenreName {
    private static let names: Set<String> = [
        "ambient", "baroque", "blues", "bossa", "chanson", "classical", "country", "dance", "disco", "electronic",
        "film",
        "folk", "funk", "game", "gospel", "hiphop", "house", "jazz", "klezmer", "latin", "metal", "musical",
        "orchestral",
        "pop", "punk", "ragtime", "reggae", "rock", "romantic", "salsa", "samba", "schlager", "ska", "soul", "swing",
        "symphony", "tango", "techno", "traditional", "waltz",
    ]

    /// The first genre among the words of some names: `Jazz Standards` is jazz.
    static func genre(in texts: [String]) -> String? {
        texts.lazy.flatMap { text in
            text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        }.first { names.contains($0) }
    }
}
