import Evaluation
import Foundation
import Music
import StandardMIDIFile

/// Finds and pairs the files that are measured.
enum EvaluationFiles {
    struct File: Hashable {
        /// Without folder and suffix.
        var name: String
        var path: String
    }

    /// A file that cannot be measured.
    struct Problem: Error, Hashable {
        var name: String
        /// A clause.
        var reason: String
    }

    struct Pairs {
        var pieces: [EvaluatedPiece] = []
        var skipped: [Problem] = []
        /// Melodies without a usable band.
        var missing = 0
    }

    /// The MIDI files of a folder in the order of their names, numbers by their value.
    static func midiFiles(in folder: String, only names: Set<String>? = nil) throws -> [File] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
            throw fail("cannot read \(folder): there is no such folder", ExitReason.noInput)
        }
        guard isFolder.boolValue else { throw fail("cannot read \(folder): it is no folder", ExitReason.noInput) }
        guard let entries = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw fail("cannot read \(folder): permission is denied", ExitReason.noInput)
        }
        var files: [File] = []
        for entry in entries.sorted(by: { $0.compare($1, options: [.numeric, .caseInsensitive]) == .orderedAscending }) {
            let url = URL(fileURLWithPath: entry)
            guard ["mid", "midi"].contains(url.pathExtension.lowercased()), !entry.hasPrefix(".") else { continue }
            let name = url.deletingPathExtension().lastPathComponent
            if names?.contains(name) != false { files.append(File(name: name, path: "\(folder)/\(entry)")) }
        }
        guard !files.isEmpty else {
            throw fail(
                "\(folder) has no MIDI files (.mid, .midi)\(names == nil ? "" : " of the names that were asked for")",
                ExitReason.badInput)
        }
        return files
    }

    /// The names of a list, one a line; a suffix may stand behind them, `#` begins a remark.
    static func names(in path: String) throws -> Set<String> {
        let text = String(decoding: try readFile(path), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        return Set(
            lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }.map { line in
                let url = URL(fileURLWithPath: line)
                return ["mid", "midi"].contains(url.pathExtension.lowercased())
                    ? url.deletingPathExtension().lastPathComponent : line
            })
    }

    /// A MIDI file; what is wrong with it is thrown and not told yet.
    static func read(_ file: File) throws -> MIDIFile {
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: file.path))
            guard data.count <= MIDIFile.maximumSize else { throw Problem(name: file.name, reason: "it is too large") }
            return try MIDIFile(bytes: [UInt8](data))
        } catch let error as SMFError {
            throw Problem(name: file.name, reason: "\(error)")
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(name: file.name, reason: "it cannot be read")
        }
    }

    /// Bands with their melodies; what cannot be used is told and left out.
    ///
    /// - Parameter melodies: nil where each melody is a track of its band's file.
    static func pairs(bands: String, melodies: String?, only names: Set<String>?) throws -> Pairs {
        let files = try midiFiles(in: bands, only: names)
        var pairs = Pairs()
        func add(_ name: String, melody: File, band: File?) {
            do {
                pairs.pieces.append(
                    try EvaluatedPiece(
                        name: name, melody: try read(melody), output: try band.map { try read($0) }))
            } catch {
                let reason = (error as? Problem)?.reason ?? "\(error)"
                note("\((band ?? melody).path): \(reason); left out.")
                pairs.skipped.append(Problem(name: name, reason: reason))
            }
        }
        guard let melodies else {
            for file in files { add(file.name, melody: file, band: nil) }
            pairs.missing = pairs.skipped.count
            return try checked(pairs, "none of the \(files.count) files in \(bands) has a melody and a band")
        }
        let byName = Dictionary(files.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let sung = try midiFiles(in: melodies, only: names)
        guard sung.contains(where: { byName[$0.name] != nil }) else {
            throw fail(
                "no band in \(bands) has the name of a melody in \(melodies): \(files[0].name) and \(sung[0].name), for example",
                ExitReason.badInput)
        }
        for melody in sung {
            guard let band = byName[melody.name] else {
                note("\(melody.path): there is no band of this name in \(bands).")
                pairs.skipped.append(Problem(name: melody.name, reason: "there is no band of this name"))
                continue
            }
            add(melody.name, melody: melody, band: band)
        }
        let strangers = Set(byName.keys).subtracting(sung.map(\.name))
        if !strangers.isEmpty {
            note("\(counted(strangers.count, "band")) in \(bands) without a melody of the name, left out.")
        }
        pairs.missing = pairs.skipped.count
        return try checked(pairs, "no pair of \(bands) and \(melodies) can be measured")
    }

    private static func checked(_ pairs: Pairs, _ complaint: String) throws -> Pairs {
        if pairs.pieces.isEmpty { throw fail(complaint, ExitReason.badInput) }
        return pairs
    }
}
