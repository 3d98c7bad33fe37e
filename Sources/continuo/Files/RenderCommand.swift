import ArgumentParser
import Foundation
import Rendering
import StandardMIDIFile

struct RenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Play a MIDI file into an audio file.",
        discussion: """
            What Continuo wrote is mixed as the band is; any other MIDI file is played as it is, all tracks and tempo changes \
            included. The kind of audio file follows from its name: .wav, .flac, .ogg or .mp3.
            """)

    @Argument(help: "MIDI file.", completion: .file(extensions: ["mid", "midi"])) var input: String
    @Option(
        name: .shortAndLong, help: "Audio file to write.", completion: .file(extensions: ["wav", "flac", "ogg", "mp3"]))
    var output: String
    @Option(help: "Instruments to play with, instead of the system's.", completion: .file(extensions: ["sf2", "sf3"]))
    var soundfont: String?
    @Flag(inversion: .prefixedNo, help: "Let the melody be heard (a file that Continuo wrote).") var melody = true
    @Flag(help: "Take swing and micro-timing out again (a file that Continuo wrote).") var straight = false
    @Flag(
        help:
            "Write each part to a file of its own too (song-bass.flac ...); together they are the whole, but for its limited peaks."
    )
    var stems = false
    @Option(help: "How often the music is played.") var times = 1
    @Flag(help: "Print JSON: the files, their length, loudness and peak.") var json = false

    func validate() throws {
        guard AudioFormat(path: output) != nil else {
            throw ValidationError("'\(output)' is no .wav, .flac, .ogg or .mp3 file.")
        }
        guard (1...1000).contains(times) else { throw ValidationError("--times is 1 to 1000.") }
    }

    func run() throws {
        let file = try readMIDIFile(input)
        do {
            var renderer = try AudioRenderer(soundFont: soundfont, includesMelody: melody, repeats: times)
            renderer.writesStems = stems
            let report = try renderer.render(file, named: input, straight: straight, to: output)
            if json { return try printJSON(AudioFileReport(report, file: output, soundFont: renderer.soundFont)) }
            let loudness = report.loudness.map { String(format: ", %.1f LUFS", $0) } ?? ", silence"
            let peak = report.peak.map { String(format: ", peak %.1f dB", $0) } ?? ""
            let instruments = ", with \(URL(fileURLWithPath: renderer.soundFont).lastPathComponent)"
            print(String(format: "%@: %.1f s", output, report.seconds) + loudness + peak + instruments)
            for stem in report.stems { print(stem) }
        } catch let error as RenderingError {
            throw fail(error)
        }
    }
}

/// What an audio file is like, for programs.
private struct AudioFileReport: Encodable {
    var file: String
    var seconds: Double
    /// LUFS; nil for silence.
    var loudness: Double?
    /// dB of full scale; nil for silence.
    var peak: Double?
    var stems: [String]
    /// The instruments that it was played with.
    var soundFont: String

    init(_ report: AudioRenderer.Report, file: String, soundFont: String) {
        self.file = file
        self.soundFont = soundFont
        seconds = report.seconds
        loudness = report.loudness
        peak = report.peak
        stems = report.stems
    }
}

extension AudioRenderer {
    /// Longer music is refused: a damaged file can claim years.
    private static let longest = 2 * 3600.0

    /// Renders a MIDI file: one of our own as the band is mixed, any other as it is.
    ///
    /// - Parameter name: what it is called where something is wrong with it.
    func render(_ file: MIDIFile, named name: String, straight: Bool, to output: String) throws -> Report {
        let reader = ArrangementReader(file, straight: straight)
        if straight, !reader.isOwn { note("\(name): not written by Continuo; --straight changes nothing.") }
        if reader.isOwn {
            let imported: ImportedArrangement
            do { imported = try reader.arrangement() } catch { throw fail("\(name): \(error)", ExitReason.badInput) }
            for notice in imported.notices { note("\(name): \(notice)") }
            return try render(imported.arrangement, to: output)
        }
        let messages = file.timedMessages.map { TimedMessage(seconds: $0.seconds, message: $0.message) }
        guard messages.contains(where: { if case .noteOn = $0.message.kind { true } else { false } }) else {
            throw fail("\(name): the MIDI file has no notes: nothing to render", ExitReason.badInput)
        }
        let seconds = messages.last?.seconds ?? 0
        guard seconds * Double(repeats) <= Self.longest else {
            throw fail(
                "\(name): it would last \(Int(seconds * Double(repeats) / 60)) minutes, more than \(Int(Self.longest / 60))",
                ExitReason.badInput)
        }
        return try render(messages, lasting: seconds, to: output)
    }
}
