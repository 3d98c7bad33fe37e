import ArgumentParser
import Foundation
import Generation
import Installation
import Music
import MusicXML
import StandardMIDIFile

struct ArrangeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "arrange",
        abstract: "Write a band for the melody of a MIDI file.",
        discussion: """
            The melody's track is found by itself or named with --track. The same file, genre, seed and temperature give the \
            same bytes. jazz, pop, rock and symphony are always there; other genres are models of your own. Where a genre has \
            no model, the arranger's patterns play, and it is said.
            """)

    @Argument(help: "MIDI file of format 0 or 1; - is standard input.", completion: .file(extensions: ["mid", "midi"]))
    var melody: String
    @Option(help: "jazz, pop, rock, symphony, or the name of a model of your own.") var genre = Genre.pop
    @Option(help: "Another seed is another variation.") var seed: UInt64 = 1
    @OptionGroup var track: TrackOption
    @Option(help: "0 plays the likeliest rhythm, 1 is daring.") var temperature = 0.3
    @Option(help: "Folder with models that goes before all others.", completion: .directory) var models: String?
    @Flag(help: "Use the arranger's patterns and no model.") var arranger = false
    @Flag(help: "Leave out swing, accents and micro-timing: every note as it is written.") var straight = false
    @Option(
        name: .shortAndLong,
        help: "MIDI file to write, or a score (.musicxml) with the chord symbols; - is MIDI on standard output.",
        completion: .file(extensions: ["mid", "midi", "musicxml"]))
    var output: String
    @Flag(help: "In a score, a staff for each part of the band below the melody.") var parts = false
    @Flag(help: "Print JSON: what was written.") var json = false

    func validate() throws {
        guard !(json && output == "-") else { throw ValidationError("With --json the MIDI file needs a name.") }
        guard (0...1).contains(temperature) else { throw ValidationError("--temperature is 0 to 1.") }
    }

    func run() throws {
        let phrase = try readMelody(melody, track.choice).phrase
        if let makeup = phrase.meter.makeup {
            note("\(melody): the band knows no \(phrase.meter) of its own and plays it as \(makeup).")
        }
        let accompanist = try accompanist()
        let arrangement = Arrangement(
            phrase: phrase,
            accompaniment: accompanist.accompany(
                phrase, request: AccompanimentRequest(seed: seed, temperature: temperature)))
        if output.lowercased().hasSuffix(".musicxml") {
            let title = URL(fileURLWithPath: melody).deletingPathExtension().lastPathComponent
            do {
                let options = MusicXMLFile.Options(title: title, writesBand: parts)
                try writeFile(try MusicXMLFile(arrangement: arrangement, options: options).bytes, to: output)
            } catch let error as MusicXMLError { throw fail("\(error)", ExitReason.badInput) }
        } else {
            try writeFile(MIDIFile(arrangement: arrangement, straight: straight).bytes, to: output)
        }
        if json { return try printJSON(ArrangementFileReport(arrangement, file: output)) }
        if output == "-" { note(arrangement.summary) } else { print(arrangement.summary) }
    }

    private func accompanist() throws -> any Accompanist {
        let folders = ModelFolders((models.map { [$0] } ?? []) + Places.ofThisProgram.models)
        guard folders.genres.contains(genre) else {
            let names = folders.genres.map(\.rawValue).joined(separator: ", ")
            throw fail("there is no genre '\(genre.rawValue)'; there are: \(names)", ExitReason.noInput)
        }
        let patterns = ArrangerAccompanist(style: .fallback(for: genre))
        let manner =
            patterns.genre == genre
            ? "the arranger plays its patterns"
            : "the arranger has no patterns for it and plays \(patterns.genre.rawValue)"
        if arranger {
            if patterns.genre != genre { note("\(genre.rawValue): \(manner).") }
            return patterns
        }
        let found = folders.model(of: genre)
        for problem in found.problems { note("\(problem).") }
        if let model = found.model { return NetworkAccompanist(model: model) }
        note("No model for \(genre.rawValue): \(manner).")
        return patterns
    }
}

extension Places {
    /// The places as this program sees them.
    static var ofThisProgram: Places {
        Places(
            environment: ProcessInfo.processInfo.environment,
            executable: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "")
    }
}

extension Genre: ExpressibleByArgument {
    public init?(argument: String) { self.init(rawValue: argument) }
    public var defaultValueDescription: String { rawValue }
}
