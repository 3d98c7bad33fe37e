import ArgumentParser
import ConsoleAPI
import Foundation
import Publishing
import Rendering
import StandardMIDIFile

struct PublishUpload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload", abstract: "Render and upload; what \"continuo publish TAKE\" does.",
        discussion: """
            A take is rendered with its band, a MIDI file as "continuo render" does it, and an audio file is sent as it is. \
            Only you can hear it on SoundCloud, until you change that there or say --public.
            """)
    @Argument(help: "A take's number, a MIDI file or an audio file; the newest take by default.", completion: .file())
    var what: String?
    @Option(help: "Which of the take's bands, as \"takes show\" counts them; the newest one by default.") var band: Int?
    @Option(help: "The title; by default the take's number and genre, or the file's name.") var title: String?
    @Option(help: "What is said about it.") var description: String?
    @Option(help: "The genre; by default the band's.") var genre: String?
    @Option(help: "Tags, separated by commas.") var tags: String?
    @Flag(name: .customLong("public"), help: "Let everybody find and hear it.") var isPublic = false
    @Option(
        help: "Instruments to render with, instead of the system's.", completion: .file(extensions: ["sf2", "sf3"]))
    var soundfont: String?
    @Flag(help: "Render and say what would be sent, but send nothing.") var dryRun = false
    @OptionGroup var source: TakeSource
    @Flag(help: "Print JSON: the track's address.") var json = false

    private struct Report: Codable {
        var title: String
        var sharing: String
        var bytes: Int64
        /// Nil with `--dry-run`.
        var track: PublishedTrack?
    }

    func run() async throws {
        let interrupt = Interrupt()
        let soundCloud = try PublishCommand.soundCloud(interrupt)
        if !dryRun {
            // Before minutes are spent on rendering.
            do throws(PublishError) {
                guard try soundCloud.file.read()?.tokens != nil else {
                    throw PublishError(
                        .permission, action: "publish", cause: "nobody is signed in to SoundCloud",
                        advice: "run \"continuo publish setup\" once, then \"continuo publish login\"")
                }
            } catch { throw fail(error) }
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("continuo-\(UUID().uuidString)").path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch { throw fail("cannot make \(folder): \(error.localizedDescription)", ExitReason.cannotWrite) }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var track = try await audio(in: folder)
        if let title { track.title = title }
        track.description = description
        track.genre = genre ?? track.genre
        track.tags = (tags ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
        track.isPublic = isPublic
        let attributes = try? FileManager.default.attributesOfItem(atPath: track.path)
        let bytes = (attributes?[.size] as? NSNumber)?.int64Value ?? 0
        var report = Report(title: track.title, sharing: isPublic ? "public" : "private", bytes: bytes)
        if !dryRun {
            let meter = UploadMeter(interrupt)
            do {
                report.track = try soundCloud.upload(track, progress: meter.tell)
                meter.end()
            } catch {
                meter.end()
                throw fail(error)
            }
        }
        if json { return try printJSON(report) }
        guard let published = report.track else {
            return print("\"\(track.title)\" would be sent: \(size(bytes)), \(report.sharing). Nothing was sent.")
        }
        print(published.address.isEmpty ? published.urn : published.address)
        note(
            "\"\(published.title)\" is on SoundCloud, \(published.sharing == "public" ? "for everybody" : "for you alone")."
        )
    }

    /// Finds or makes the audio file.
    private func audio(in folder: String) async throws -> TrackUpload {
        if let what, Int64(what) == nil {
            let name = URL(fileURLWithPath: what).deletingPathExtension().lastPathComponent
            let kind = URL(fileURLWithPath: what).pathExtension.lowercased()
            guard FileManager.default.fileExists(atPath: what) else {
                throw fail("cannot read \(what): there is no such file, and it is no take's number", ExitReason.noInput)
            }
            if TrackUpload.kinds.contains(kind) { return TrackUpload(path: what, title: name) }
            guard ["mid", "midi"].contains(kind) else {
                throw fail(
                    "cannot publish \(what): it is neither a MIDI file nor one of \(TrackUpload.kinds.joined(separator: ", "))",
                    ExitReason.badInput)
            }
            return try render(try readMIDIFile(what), named: what, title: name, in: folder)
        }
        let report = try await source.take(what.flatMap { Int64($0) })
        guard let chosen = try report.band(band) else {
            throw fail("no band was written for take \(report.summary.id) yet", ExitReason.notNow)
        }
        let bytes = try await source.ask { try await $0.midiFile(arrangement: chosen.summary.id, straight: false) }
        let title = "Take \(report.summary.id)"
        let file: MIDIFile
        do { file = try MIDIFile(bytes: bytes) } catch { throw fail("\(title): \(error)", ExitReason.badInput) }
        var track = try render(file, named: title, title: "\(title) (\(chosen.summary.genre))", in: folder)
        track.genre = chosen.summary.genre
        return track
    }

    private func render(_ file: MIDIFile, named name: String, title: String, in folder: String) throws -> TrackUpload {
        if isatty(STDERR_FILENO) != 0 { note("Rendering \(name) ...") }
        let path = "\(folder)/continuo.flac"
        do {
            _ = try AudioRenderer(soundFont: soundfont, includesMelody: true, repeats: 1).render(
                file, named: name, straight: false, to: path)
        } catch let error as RenderingError { throw fail(error) }
        return TrackUpload(path: path, title: title)
    }
}

/// `12.5 MB`.
private func size(_ bytes: Int64) -> String {
    bytes < 100_000 ? "\(bytes) bytes" : String(format: "%.1f MB", Double(bytes) / 1_000_000)
}

/// Shows how much of an upload is done: a line that changes on a terminal, a line every tenth in a log.
private final class UploadMeter {
    private let interrupt: Interrupt
    private let isTerminal = isatty(STDERR_FILENO) != 0
    private var shown = -1

    init(_ interrupt: Interrupt) { self.interrupt = interrupt }

    func tell(_ sent: Int64, _ total: Int64) -> Bool {
        guard !interrupt.isRequested else { return false }
        guard total > 0 else { return true }
        let percent = Int(sent * 100 / total)
        guard percent / (isTerminal ? 1 : 10) != shown else { return true }
        shown = percent / (isTerminal ? 1 : 10)
        let text = "Uploading: \(percent) % of \(size(total))"
        FileHandle.standardError.write(Data((isTerminal ? "\r\(text)" : "\(text)\n").utf8))
        return true
    }

    func end() { if isTerminal, shown >= 0 { note("") } }
}
