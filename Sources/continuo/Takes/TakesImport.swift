import ArgumentParser
import ConsoleAPI
import Foundation
import StandardMIDIFile

struct TakesImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Keep the melodies of MIDI files as takes.",
        discussion: """
            Of a folder every .mid and .midi file in it and below is read. A file that cannot be read is named and left out; \
            the command then ends with 65.
            """)
    @Argument(help: "MIDI files, or folders of them.", completion: .file(extensions: ["mid", "midi"])) var files:
        [String]
    @OptionGroup var track: TrackOption
    @Option(help: "A tag for all of them; can be given again.") var tag: [String] = []
    @OptionGroup var source: TakeSource
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        var kept: [ImportReport] = []
        var failures = 0
        for path in try midiFiles(files) {
            do {
                let bytes = try readFile(path, limit: MIDIFile.maximumSize)
                let name = URL(fileURLWithPath: path).lastPathComponent
                let request = ImportRequest(name: name, track: track.track, tags: tag)
                let report = try await source.ask { try await $0.importFile(bytes, request) }
                let take = report.take
                kept.append(report)
                for notice in report.notices { note("\(path): \(notice)") }
                if !json {
                    print(
                        "take \(take.id): \(path), \(counted(take.noteCount, "note")), \(counted(take.bars, "bar")) in "
                            + "\(take.meter) at \(beats(take.tempo))" + (take.key.map { ", \($0)" } ?? ""))
                }
            } catch let code as ExitCode where code == ExitReason.badInput || code == ExitReason.noInput {
                failures += 1
            }
        }
        if json { try printJSON(kept) }
        if failures > 0 {
            note("\(counted(failures, "file")) could not be imported; \(counted(kept.count, "take")) kept")
            throw ExitReason.badInput
        }
    }
}

/// Files as they are named, and all MIDI files below folders, in the order of their names.
func midiFiles(_ paths: [String]) throws -> [String] {
    try paths.flatMap { path -> [String] in
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return [path]
        }
        let found = (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []).filter {
            let name = $0.lowercased()
            return name.hasSuffix(".mid") || name.hasSuffix(".midi")
        }
        guard !found.isEmpty else {
            throw fail("\(path): there is no .mid or .midi file in the folder", ExitReason.noInput)
        }
        return found.sorted().map { "\(path)/\($0)" }
    }
}
