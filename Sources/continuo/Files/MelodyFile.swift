import ArgumentParser
import Music
import StandardMIDIFile

/// Which track of a file is the melody.
struct TrackOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The melody's track, by its number (from 1) or a part of its name.", valueName: "name|number"))
    var track: String?

    var choice: TrackChoice {
        guard let track else { return .automatic }
        return Int(track).map { .number($0) } ?? .named(track)
    }
}

/// Reads a MIDI file, or ends the command with what is wrong with it.
func readMIDIFile(_ path: String) throws -> MIDIFile {
    let bytes = try readFile(path, limit: MIDIFile.maximumSize)
    guard !bytes.isEmpty else { throw fail("\(path): the file is empty", ExitReason.badInput) }
    do { return try MIDIFile(bytes: bytes) } catch { throw fail("\(path): \(error)", ExitReason.badInput) }
}

/// Finds the melody of a MIDI file, telling what was left out.
func readMelody(_ path: String, _ choice: TrackChoice) throws -> ImportedMelody {
    let finder = MelodyFinder(try readMIDIFile(path))
    do {
        let melody = try finder.melody(choice)
        for notice in melody.notices { note("\(path): \(notice)") }
        if melody.confidence < 0.6 {
            note(
                "\(path): the melody was taken from track \(melody.trackNumber): \(melody.reason). Choose another with --track."
            )
        }
        return melody
    } catch {
        throw fail("\(path): \(error)", ExitReason.badInput)
    }
}

/// What is in a file, for programs.
struct ArrangementFileReport: Encodable {
    var file: String
    var bars: Int
    var meter: String
    /// Quarter notes a minute.
    var tempo: Double
    var key: String
    var chords: [String]
    /// How many notes each part has, the melody with them.
    var notes: [String: Int]
    var genre: String
    /// In decimal; text, because it may need all 64 bits.
    var seed: String
    var accompanist: String
    var modelHash: String

    init(_ arrangement: Arrangement, file: String) {
        self.file = file
        let phrase = arrangement.phrase
        let band = arrangement.accompaniment
        bars = phrase.bars
        meter = phrase.meter.description
        tempo = phrase.tempo.quartersPerMinute
        key = phrase.key.description
        chords = band.plan.changes.filter { $0.onset < phrase.length }.map(\.chord.description)
        notes = Dictionary(uniqueKeysWithValues: band.parts.map { ($0.key.rawValue, $0.value.count) })
        notes["melody"] = phrase.notes.count
        genre = band.genre.rawValue
        seed = String(band.provenance.seed)
        accompanist = band.provenance.accompanist
        modelHash = band.provenance.modelHash
    }
}

extension Arrangement {
    /// One line: bars, metre, tempo, key, the first chords, and each part's notes.
    var summary: String {
        let facts = [
            counted(phrase.bars, "bar"), "\(phrase.meter)", "\(beats(phrase.tempo.quartersPerMinute)) bpm",
            phrase.key.description,
        ]
        return facts.joined(separator: ", ") + " | " + chordLine(8) + " | " + partLine
    }

    /// The first chords as symbols.
    func chordLine(_ count: Int) -> String {
        let changes = accompaniment.plan.changes.filter { $0.onset < phrase.length }
        let shown = changes.prefix(count).map(\.chord.description).joined(separator: " ")
        return shown.isEmpty ? "no chords" : shown + (changes.count > count ? " ..." : "")
    }

    /// `melody 56, drums 210, ...`; parts without notes are left out.
    var partLine: String {
        let parts = Part.allCases.compactMap { part in
            accompaniment.parts[part].flatMap { $0.isEmpty ? nil : "\(part.rawValue) \($0.count)" }
        }
        return (["melody \(phrase.notes.count)"] + parts).joined(separator: ", ") + " notes"
    }
}
