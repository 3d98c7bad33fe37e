import Foundation
import Music

/// What a folder's table says about its files: `continuo-data.csv` beside them, with a head line that names its columns.
///
/// | column | what |
/// | --- | --- |
/// | `file` | the path inside the folder |
/// | `melody` | the melody's track: its number (from 1), or a part of its name |
/// | `parts` | tracks and the parts that they are: `3=bass;4=pad` |
/// | `tags` | genres and styles: `Jazz;Swing` |
/// | `title`, `author`, `year` | of the song |
/// | `skip` | `yes` leaves the file out |
struct FolderTable {
    static let fileName = "continuo-data.csv"

    struct Row {
        var melody: String?
        var parts: [Int: Part] = [:]
        var tags: [String] = []
        var title: String?
        var author: String?
        var year: Int?
        var isSkipped = false
        /// As it is written in the table, to see whether it has changed.
        var text = ""
    }

    private(set) var rows: [String: Row] = [:]

    init() {}

    init(_ text: String) throws(ImportFailure) {
        let lines = text.split(whereSeparator: \.isNewline).map { FolderTable.cells(String($0)) }
        guard let head = lines.first else { return }
        let known = ["file", "melody", "parts", "tags", "title", "author", "year", "skip"]
        for column in head where !known.contains(column) {
            throw ImportFailure("it has a column '\(column)'; there are \(known.joined(separator: ", "))")
        }
        guard let place = head.firstIndex(of: "file") else {
            throw ImportFailure("its head line names no column 'file'")
        }
        for cells in lines.dropFirst() where cells.indices.contains(place) && !cells[place].isEmpty {
            var row = Row()
            row.text = zip(head, cells).map { "\($0)=\($1)" }.joined(separator: "\u{1F}")
            for (column, cell) in zip(head, cells) where !cell.isEmpty {
                switch column {
                case "melody": row.melody = cell
                case "tags": row.tags = cell.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
                case "title": row.title = cell
                case "author": row.author = cell
                case "year": row.year = Int(cell)
                case "skip": row.isSkipped = cell.lowercased() == "yes"
                case "parts":
                    for pair in cell.split(separator: ";") {
                        let sides = pair.split(separator: "=").map { $0.trimmingCharacters(in: .whitespaces) }
                        guard sides.count == 2, let track = Int(sides[0]), let part = Part(rawValue: sides[1]) else {
                            throw ImportFailure("'\(pair)' is not like 3=bass")
                        }
                        row.parts[track] = part
                    }
                default: break
                }
            }
            rows[cells[place]] = row
        }
    }

    /// The cells of a line; quotes hold commas, two of them are one.
    static func cells(_ line: String) -> [String] {
        var cells = [""]
        var isQuoted = false
        var wasQuote = false
        for character in line {
            if character == "\"" {
                if wasQuote { cells[cells.count - 1].append("\"") }
                wasQuote = isQuoted && !wasQuote
                isQuoted.toggle()
                continue
            }
            wasQuote = false
            if character == ",", !isQuoted { cells.append("") } else { cells[cells.count - 1].append(character) }
        }
        return cells.map { $0.trimmingCharacters(in: .whitespaces) }
    }
}

/// Reads all music files of a folder and the folders in it.
public enum FolderReader {
    /// The songs of the files of a kind, by path. A file that cannot be read is named in the report and left out.
    ///
    /// Folders inside are tags: `jazz/standards/tune.mid` has the tags jazz and standards.
    ///
    /// - Parameters:
    ///   - source: `.midi` or `.musicxml`.
    ///   - progress: called with the files done and all.
    /// - Throws: `TrainingError.importing` where the folder cannot be read or its table is broken.
    public static func songs(
        in folder: URL, source: Source, report: inout ImportReport, progress: (Int, Int) -> Void = { _, _ in }
    ) throws(TrainingError) -> [Song] {
        precondition(source == .midi || source == .musicxml, "a folder holds MIDI or MusicXML files")
        let names = try MusicFolder.files(in: folder).filter { $0.source == source }.map(\.path)
        let table = try MusicFolder.table(in: folder)
        var songs: [Song] = []
        for (index, name) in names.enumerated() {
            progress(index, names.count)
            report.read(source)
            var row = table.rows[name] ?? .init()
            if row.isSkipped {
                report.drop(source, name, "its row in \(FolderTable.fileName) says so")
                continue
            }
            row.tags += MusicFolder.tags(of: name)
            let file = folder.appendingPathComponent(name)
            do {
                songs +=
                    source == .midi
                    ? try MIDIReader.songs(file: file, name: name, note: row, report: &report)
                    : try MusicXMLReader.songs(file: file, name: name, note: row, report: &report)
            } catch {
                report.drop(source, name, "\(error)")
            }
        }
        progress(names.count, names.count)
        return songs
    }
}
