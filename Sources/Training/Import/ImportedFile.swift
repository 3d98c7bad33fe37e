import Evaluation
import Foundation
import Music
import StandardMIDIFile
import Tensor

/// What reading one file, or one take, gave: what the journal of an import keeps of it.
struct ImportedFile: Codable, Sendable {
    /// The folder's path; `takes` for the player's own.
    var folder: String
    /// Inside the folder.
    var path: String
    var source: Source
    var size: Int
    /// Nanoseconds since 1970.
    var modified: Int
    /// SHA-256 of the file.
    var hash: String
    /// What was said of it beside it: its row in the folder's table; a take's tags and bands.
    var row: String
    /// Why it gives no song; nil where it gives some.
    var reason: String?
    var detail: String?
    /// Where it is missing but kept.
    var isMissing: Bool?
    /// What was understood of it.
    var found: Found?
    /// `MelodyFingerprint.marks` in four bytes each, the highest first.
    var marks = Data()

    /// What is reported of a work that was understood.
    struct Found: Codable, Hashable, Sendable {
        var title: String
        /// The key of the longest song, from melody and chords.
        var key: String
        /// One after the other.
        var metres: [String]
        /// Whether the metre was heard in the notes because the file names none.
        var metreIsHeard: Bool?
        var tempo: Double?
        /// Which track is the melody, why, and how sure that is.
        var melody: String?
        var confidence: Double?
        /// The least sure of the instruments that were given to parts, 0...1.
        var partConfidence: Double?
        var parts: [String]
        /// The bars and the melody notes of each song.
        var bars: [Int]
        var notes: Int
        /// Stretches that were left out, by reason.
        var lost: [String: Int]
        var guess: String?
        var tags: [String]
    }

    var fingerprint: MelodyFingerprint {
        MelodyFingerprint(
            marks: stride(from: 0, to: marks.count / 4 * 4, by: 4).map { place in
                marks[marks.startIndex + place..<marks.startIndex + place + 4].reduce(0) { $0 << 8 | UInt32($1) }
            })
    }

    /// Whether it is what the file system lists, as far as that can be told without reading it.
    func isSame(_ file: MusicFolder.File, row: String) -> Bool {
        size == file.size && modified == file.modified && self.row == row && isMissing == nil
    }
}

/// Reads single files for an import.
enum ImportedFileReader {
    /// The largest score that is read; MIDI files have their own bound.
    static let largestScore = 64 << 20

    /// Reads a file; whatever is wrong with it is in the answer.
    static func read(
        _ file: MusicFolder.File, in folder: String, row: FolderTable.Row
    ) -> (file: ImportedFile, songs: [SongRecord]) {
        var result = ImportedFile(
            folder: folder, path: file.path, source: file.source, size: file.size, modified: file.modified, hash: "",
            row: row.text)
        let url = URL(fileURLWithPath: folder).appendingPathComponent(file.path)
        do throws(ImportFailure) {
            if row.isSkipped { throw ImportFailure("its row in \(FolderTable.fileName) leaves it out") }
            guard file.size <= largestScore else {
                throw ImportFailure("it is too large for music", detail: "\(file.size) bytes")
            }
            let bytes: Data
            do { bytes = try Data(contentsOf: url) } catch {
                throw ImportFailure("it cannot be opened", detail: error.localizedDescription)
            }
            result.hash = SHA256.hexadecimal(bytes)
            guard !bytes.isEmpty else { throw ImportFailure("it is empty") }
            var row = row
            row.tags += MusicFolder.tags(of: file.path)
            let work: WorkScore
            if file.source == .midi {
                work = try MIDIReader.work(try MIDIReader.file([UInt8](bytes)), name: file.path, note: row)
            } else {
                let isArchive = url.pathExtension.lowercased() == "mxl"
                let score = isArchive ? try MusicXMLScore(archive: url.path) : try MusicXMLScore(xml: bytes)
                work = try MusicXMLReader.work(score, name: file.path, note: row)
            }
            var report = ImportReport()
            let songs = work.songs(&report)
            return try finish(&result, songs, melody: work.melody, report: report, reading: work.reading)
        } catch {
            result.reason = error.reason
            result.detail = error.detail.isEmpty ? nil : error.detail
            return (result, [])
        }
    }

    /// Fills in what was understood of some songs of one work.
    static func finish(
        _ file: inout ImportedFile, _ songs: [Song], melody: [NoteEvent], report: ImportReport,
        reading: WorkScore.Reading
    ) throws(ImportFailure) -> (file: ImportedFile, songs: [SongRecord]) {
        guard let longest = songs.max(by: { ($0.melody.bars, $1.section) < ($1.melody.bars, $0.section) }) else {
            let reasons = Set(report.drops.map(\.reason)).sorted()
            throw ImportFailure(
                reasons.contains("no melody") ? "no melody was found" : "no stretch of it is a song",
                detail: reasons.joined(separator: ", "))
        }
        let guess = guess(songs)
        let metres = songs.map(\.melody.meter.description).reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        file.found = ImportedFile.Found(
            title: longest.title, key: HarmonyLearner.key(of: longest).description, metres: metres,
            metreIsHeard: reading.metreIsHeard ? true : nil, tempo: longest.tempo?.quartersPerMinute,
            melody: reading.melody, confidence: reading.melodyConfidence, partConfidence: reading.partConfidence,
            parts: Part.allCases.map(\.rawValue).filter { name in
                songs.contains { $0.parts.keys.contains { $0.rawValue == name } }
            },
            bars: songs.map(\.melody.bars), notes: songs.reduce(0) { $0 + $1.melody.notes.count },
            lost: report.drops.reduce(into: [:]) { $0[$1.reason, default: 0] += 1 }, guess: guess,
            tags: longest.tags)
        file.marks = Data(
            MelodyFingerprint(melody).marks.flatMap { mark in
                [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: mark >> UInt32($0)) }
            })
        return (file, songs.map { SongRecord($0) })
    }

    /// The genre that a band is heard to play, where it is heard in more than half of its bars; nil where there is hardly a band.
    private static func guess(_ songs: [Song]) -> String? {
        var bars: [Genre: Int] = [:]
        for song in songs where song.parts.count >= 2 {
            let piece = EvaluatedPiece(melody: song.melody.notes, meter: song.melody.meter, parts: song.parts)
            let probabilities = GenreClassifier.standard.probabilities(piece)
            guard let best = probabilities.indices.max(by: { probabilities[$0] < probabilities[$1] }),
                probabilities[best] > 0.5
            else { continue }
            bars[GenreClassifier.genres[best], default: 0] += song.melody.bars
        }
        let all = songs.reduce(0) { $0 + $1.melody.bars }
        return bars.first { $0.value * 2 > all }?.key.rawValue
    }
}

extension ImportedFileReader {
    /// Reads a take.
    static func read(
        _ take: DataSetImport.Takes.Take, _ music: (phrase: Phrase, chords: ChordPlan?)
    ) -> (file: ImportedFile, songs: [SongRecord]) {
        var file = ImportedFile(
            folder: DataSetImport.takesFolder, path: "\(take.number)", source: .takes, size: 0, modified: 0, hash: "",
            row: take.row)
        var report = ImportReport()
        let song = TakeReader.song(
            number: take.number, phrase: music.phrase, chords: music.chords, tags: take.tags, report: &report)
        do throws(ImportFailure) {
            guard let song else { throw ImportFailure(report.drops.first?.reason ?? "no melody was found") }
            return try finish(
                &file, [song], melody: song.melody.notes, report: report, reading: WorkScore.Reading())
        } catch {
            file.reason = error.reason
            return (file, [])
        }
    }
}
