import ArgumentParser
import Foundation
import Music
import Tensor
import Training

/// Which songs of a data set are used, and how its sources are mixed.
struct MixOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Use only songs that fit, such as 'source:leadsheets metre:3/4 -tag:Folk' (docs/data.md).",
            valueName: "clauses"))
    var filter: String?
    @Option(
        help: ArgumentHelp(
            "Renderings of each song of a source, such as leadsheets=3,lieder=1.", valueName: "source=n,..."))
    var mix: String?
    @Option(
        help: ArgumentHelp("Songs of a source at most, such as lieder=300.", valueName: "source=n,..."))
    var limit: String?
    @Option(
        help: ArgumentHelp(
            "Sources whose own parts are left aside, so that the arranger renders them.", valueName: "source,..."))
    var render: String?
    @Option(
        help: ArgumentHelp(
            "Parts that the arranger adds where people wrote none, such as drums.", valueName: "part,..."))
    var addParts: String?
    @Option(
        help: ArgumentHelp(
            "Parts that the arranger plays even where people wrote them, such as line.", valueName: "part,..."))
    var teachParts: String?

    /// - Returns: nil where nothing is asked for.
    func songMix() throws -> SongMix? {
        guard mix != nil || limit != nil || render != nil || addParts != nil || teachParts != nil else { return nil }
        var songs = SongMix()
        songs.renderings = try table(mix, "--mix")
        songs.limits = try table(limit, "--limit")
        songs.rendered = (render ?? "").split(separator: ",").map(String.init)
        songs.added = (addParts ?? "").split(separator: ",").map(String.init)
        songs.taught = (teachParts ?? "").split(separator: ",").map(String.init)
        do { try songs.validate() } catch { throw fail("\(error)", ExitReason.badInput) }
        return songs
    }

    private func table(_ text: String?, _ option: String) throws -> [String: Int] {
        var table: [String: Int] = [:]
        for entry in (text ?? "").split(separator: ",") {
            let sides = entry.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2, let number = Int(sides[1]) else {
                throw ValidationError("\(option) is a list such as leadsheets=3,lieder=1, not '\(entry)'")
            }
            table[String(sides[0])] = number
        }
        return table
    }
}

/// What `--filter` takes, for the help of commands that have it.
enum FilterHelp {
    static let text =
        """
        --filter: conditions side by side all hold; or, not and a minus, and parentheses join them: 'genre:jazz tempo:90-120 \
        (has:drums or has:bass) -tag:Folk'. Values with commas: one must fit; in quotes with spaces. Numbers: 8, <8, >=8, 4..8, \
        90-120. Fields:

        """
        + SongFilter.Field.allCases.map { "\($0.rawValue): \($0.values)" }.joined(separator: "\n")
}

/// The songs that a run learns from: a prepared data set, or lead sheets as they are.
struct TrainingData {
    /// After filter and limits, both sides of the split.
    var songs: [Song]
    var removals: [SongFilter.Removal]
    /// Without the folder that it lies in.
    var name: String
    /// SHA-256 of the file that was read.
    var hash: String

    init(_ path: String, filter text: String = "", mix: SongMix = SongMix()) throws {
        let filter: SongFilter
        do { filter = try SongFilter(text) } catch { throw fail("\(error)", ExitReason.badInput) }
        let read = try readSongs(path)
        let filtered = filter.apply(read.songs)
        songs = mix.limited(filtered.songs)
        removals = filtered.removals
        name = URL(fileURLWithPath: path).lastPathComponent
        hash = SHA256.hexadecimal(read.bytes)
        guard !songs.isEmpty else {
            throw fail("\(path): no song is left to learn from; loosen the filter", ExitReason.badInput)
        }
    }
}

/// Reads a prepared data set (a folder) or a file of lead sheets.
func readSongs(_ path: String) throws -> (songs: [Song], bytes: [UInt8]) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
        let folder = DataSetFolder(URL(fileURLWithPath: path))
        guard FileManager.default.fileExists(atPath: folder.piecesFile.path) else {
            throw fail(
                "\(path) is no data set: it has no pieces.jsonl. Make one with \"continuo data prepare ... -o \(path)\"",
                ExitReason.noInput)
        }
        let bytes = try readFile(folder.piecesFile.path, limit: 1 << 30)
        do { return (try DataSetFolder.songs(in: Data(bytes), name: folder.piecesFile.path), bytes) } catch {
            throw fail("\(error)", ExitReason.badInput)
        }
    }
    let bytes = try readFile(path)
    do { return (try LeadSheetReader.songs(in: Data(bytes)), bytes) } catch {
        throw fail("\(path): \(error)", ExitReason.badInput)
    }
}
