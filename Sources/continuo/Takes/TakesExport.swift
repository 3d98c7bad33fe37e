import ArgumentParser
import ConsoleAPI
import Foundation
import Music
import MusicXML
import Rendering
import StandardMIDIFile

/// What a take can be exported as, by the ending of the file's name.
enum ExportKind: String, CaseIterable, ExpressibleByArgument {
    case mid, midi, musicxml, svg, png, wav, flac, ogg, mp3

    init?(path: String) {
        guard path != "-" else {
            self = .mid
            return
        }
        self.init(rawValue: URL(fileURLWithPath: path).pathExtension.lowercased())
    }

    static let names = allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
}

struct TakesExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract:
            "Write a take with its band, or its melody alone, as MIDI, score, picture or audio; or many takes into a folder.",
        discussion: """
            The kind of file follows from its name: \(ExportKind.names). With --folder every take (or those that the \
            options under Find choose) is written into the folder, as take-12.mid and so on; files that are there already \
            are written anew.
            """)
    @Argument(help: "The take's number; the newest one by default.") var take: Int64?
    @Option(help: "Which of the take's bands, as \"takes show\" counts them; the newest one by default.") var band: Int?
    @Flag(help: "The melody alone, on the grid.") var melody = false
    @Flag(help: "The melody alone, as it was played.") var performance = false
    @Flag(help: "In a score, a staff for each part of the band below the melody.") var parts = false
    @Flag(help: "On the grid, without the genre's swing, accents and micro-timing.") var straight = false
    @Option(name: .shortAndLong, help: "File to write; - writes MIDI to standard output.", completion: .file())
    var output: String?
    @Option(help: "Folder to write many takes into; made where it is not there.", completion: .directory)
    var folder: String?
    @Option(name: .customLong("as"), help: "With --folder: the kind of the files.") var kind = ExportKind.mid
    @OptionGroup(title: "Find") var filter: TakeFilter
    @OptionGroup var source: TakeSource
    @Flag(help: "Print JSON: the files that were written.") var json = false

    func validate() throws {
        guard !(melody && performance), band == nil || !(melody || performance) else {
            throw ValidationError("Choose one of --band, --melody and --performance.")
        }
        guard (output == nil) != (folder == nil) else { throw ValidationError("Give --output or --folder.") }
        if let output {
            guard ExportKind(path: output) != nil else {
                throw ValidationError("'\(output)' ends with none of \(ExportKind.names).")
            }
            guard filter.isEmpty else { throw ValidationError("The options under Find go with --folder.") }
        } else {
            guard take == nil, band == nil else { throw ValidationError("A take's number goes with --output.") }
        }
        _ = try filter.request(limit: 1)
    }

    /// A file that was written, and what is in it.
    private struct Written: Codable {
        var file: String
        var take: Int64
        /// As `takes show` counts them; nil for the melody alone.
        var band: Int?
        var genre: String?
    }

    func run() async throws {
        guard let folder else {
            let written = try await export(try await source.take(take), to: output!, needsBand: true)
            return json ? try printJSON([written]) : tell(written)
        }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw fail("cannot make the folder \(folder): \(error.localizedDescription)", ExitReason.cannotWrite)
        }
        var files: [Written] = []
        var before: Int64?
        repeat {
            let request = try filter.request(limit: TakeListRequest.largestPage, before: before)
            let page = try await source.ask { try await $0.takes(request) }
            for summary in page {
                let report = try await source.take(summary.id)
                let path = "\(folder)/take-\(summary.id).\(kind.rawValue)"
                let written = try await export(report, to: path, needsBand: false)
                files.append(written)
                if !json { tell(written) }
            }
            before = page.count < TakeListRequest.largestPage ? nil : page.last?.id
        } while before != nil
        if json { return try printJSON(files) }
        guard files.isEmpty else { return print("\(counted(files.count, "take")) in \(folder)") }
        throw fail("there is no such take", ExitReason.noInput)
    }

    private func tell(_ written: Written) {
        guard written.file != "-" else { return }
        let what = written.band.map { "with band \($0) (\(written.genre ?? ""))" }
        print("\(written.file): take \(written.take) \(what ?? (performance ? "as it was played" : "without a band"))")
    }

    private func export(_ report: TakeReport, to path: String, needsBand: Bool) async throws -> Written {
        let id = report.summary.id
        let chosen = melody || performance ? nil : try report.band(band)
        if needsBand, chosen == nil, !melody, !performance {
            throw fail(
                "no band was written for take \(id) yet (--melody exports the melody alone)", ExitReason.notNow)
        }
        let bytes = try await source.ask { takes in
            guard let chosen else { return try await takes.midiFile(take: id, quantized: !performance) }
            return try await takes.midiFile(arrangement: chosen.summary.id, straight: straight)
        }
        try write(bytes, as: ExportKind(path: path) ?? .mid, to: path, title: "Take \(id)")
        return Written(file: path, take: id, band: chosen?.number, genre: chosen?.summary.genre)
    }

    private func write(_ bytes: [UInt8], as kind: ExportKind, to path: String, title: String) throws {
        switch kind {
        case .mid, .midi: try writeFile(bytes, to: path)
        case .musicxml:
            do {
                try writeFile(try score(of: bytes, path, title: title).bytes, to: path)
            } catch let error as MusicXMLError { throw fail("\(error)", ExitReason.badInput) }
        case .svg, .png:
            let picture = RollPicture(try arrangement(of: bytes, path), title: title)
            do {
                try writeFile(kind == .svg ? Array(picture.svg().utf8) : try picture.png(scale: 2), to: path)
            } catch let error as RenderingError { throw fail(error) }
        case .wav, .flac, .ogg, .mp3:
            do {
                _ = try AudioRenderer().render(try file(of: bytes, path), named: title, straight: false, to: path)
            } catch let error as RenderingError { throw fail(error) }
        }
    }

    private func score(of bytes: [UInt8], _ path: String, title: String) throws -> MusicXMLFile {
        let read: ImportedTake
        do { read = try ImportedTake(bytes: bytes, file: path) } catch { throw fail("\(error)", ExitReason.badInput) }
        let options = MusicXMLFile.Options(title: title, writesBand: parts)
        guard let arrangement = read.arrangement else {
            return try MusicXMLFile(phrase: read.take.phrase, chords: read.chords, options: options)
        }
        return try MusicXMLFile(arrangement: arrangement, options: options)
    }

    private func file(of bytes: [UInt8], _ path: String) throws -> MIDIFile {
        do { return try MIDIFile(bytes: bytes) } catch { throw fail("\(path): \(error)", ExitReason.badInput) }
    }

    private func arrangement(of bytes: [UInt8], _ path: String) throws -> Arrangement {
        let file = try file(of: bytes, path)
        do { return try ArrangementReader(file).arrangement().arrangement } catch {
            throw fail("\(path): \(error)", ExitReason.badInput)
        }
    }
}
