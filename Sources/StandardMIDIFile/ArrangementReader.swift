import MIDI
import Music

/// A file understood as a melody with its band.
public struct ImportedArrangement: Hashable, Sendable {
    public var arrangement: Arrangement
    /// Whether this program wrote the file, so that parts and chords are read and not guessed.
    public var isOwn: Bool
    /// What was left out or guessed, sentences for the player.
    public var notices: [String]
}

/// Reads an arrangement back from a file.
///
/// A file of our own gives what was exported: melody, parts and chord symbols; notes stay where the groove put them, so they
/// may lie between grid steps. In any other file the melody is looked for, and the other tracks are given to the part that
/// they are most like; it has chord symbols where its markers are some.
public struct ArrangementReader: Sendable {
    private let file: MIDIFile
    private let straight: Bool

    /// - Parameter straight: of a file of our own, puts every note back on the grid step that it was written on; accents stay.
    public init(_ file: MIDIFile, straight: Bool = false) {
        self.file = file
        self.straight = straight
    }

    /// Whether the file has the tracks of an export.
    public var isOwn: Bool {
        let names = file.tracks.map(\.name)
        return names.count >= 2 && file.ticksPerQuarter == Tick.perQuarter
            && (names[0] == MIDIFile.conductorName || file.texts(track: 0).contains(MIDIFile.signature))
            && names[1] == MIDIFile.melodyName
            && names.dropFirst(2).allSatisfy { name in Part.allCases.contains { $0.trackName == name } }
    }

    /// - Throws: `MelodyError` where there are no notes to take for a melody.
    public func arrangement() throws(MelodyError) -> ImportedArrangement {
        isOwn ? own() : try foreign()
    }

    func own() -> ImportedArrangement {
        let meter = file.meterChanges.first?.meter ?? .fourFour
        let tempo =
            file.tempoChanges.first.flatMap { Tempo(microsecondsPerQuarter: $0.microsecondsPerQuarter) } ?? .moderate
        let bar = meter.bar.rawValue
        let written = (file.tracks.map(\.length).max()! + bar - 1) / bar
        let bars = min(Phrase.maximumBars, max(1, written))
        var parts: [Part: [NoteEvent]] = [:]
        var programs: [Part: Program] = [:]
        for index in file.tracks.indices.dropFirst(2) {
            guard let part = Part.allCases.first(where: { $0.trackName == file.tracks[index].name }) else { continue }
            parts[part, default: []] += asWritten(file.notes(track: index), meter, until: meter.bar * bars)
            programs[part] = file.programs(track: index)[part.channel]
        }
        let phrase = Phrase(
            notes: asWritten(file.notes(track: 1), meter, until: meter.bar * bars), meter: meter, tempo: tempo,
            bars: bars)
        let melody = file.programs(track: 1)[Channel(1)] ?? Program(0)
        return ImportedArrangement(
            arrangement: arrangement(
                phrase, parts, file.chords(of: phrase) ?? none(phrase),
                Instrumentation(programs: programs, melody: melody)),
            isOwn: true,
            notices: written > bars ? ["The file has \(written) bars; the first \(bars) were taken."] : [])
    }

    private func foreign() throws(MelodyError) -> ImportedArrangement { foreign(try MelodyFinder(file).melody()) }

    /// The file with a melody that was found in it, and its other tracks as parts.
    func foreign(_ found: ImportedMelody) -> ImportedArrangement {
        let phrase = found.phrase
        var notices = found.notices
        let voices = FileVoice.all(of: file)
        var parts: [Part: [NoteEvent]] = [:]
        var programs: [Part: Program] = [:]
        func isMelody(_ voice: FileVoice) -> Bool {
            voice.track == found.trackNumber - 1 && voice.channel == found.channel
        }
        let end = phrase.length
        for voice in voices where !isMelody(voice) {
            let part = voice.part
            var events: [NoteEvent] = []
            for var note in FileGrid(notes: voice.notes, ticksPerQuarter: file.ticksPerQuarter).events {
                note.onset = note.onset - phrase.meter.bar * found.skippedBars
                if note.onset >= .zero, note.onset < end { events.append(note) }
            }
            guard !events.isEmpty else { continue }
            parts[part, default: []] += events
            if part != .drums, programs[part] == nil { programs[part] = voice.program }
        }
        for part in parts.keys { parts[part] = parts[part]!.soundingOnce(until: end) }
        let name = found.trackName.map { " \"\($0)\"" } ?? ""
        notices.append("The melody was taken from track \(found.trackNumber)\(name): \(found.reason).")
        return ImportedArrangement(
            arrangement: arrangement(
                phrase, parts, file.chords(of: phrase, skippedBars: found.skippedBars) ?? none(phrase),
                Instrumentation(programs: programs, melody: voices.first(where: isMelody)?.program ?? Program(0))),
            isOwn: false, notices: notices)
    }

    private func none(_ phrase: Phrase) -> ChordPlan { ChordPlan(window: phrase.meter.harmonyWindow, chords: []) }

    private func arrangement(
        _ phrase: Phrase, _ parts: [Part: [NoteEvent]], _ plan: ChordPlan, _ instrumentation: Instrumentation
    ) -> Arrangement {
        Arrangement(
            phrase: phrase,
            accompaniment: Accompaniment(
                genre: genre, parts: parts, plan: plan, instrumentation: instrumentation, groove: .straight,
                provenance: .init(seed: 0, accompanist: "file", modelHash: "", instructionSet: "", temperature: 0)))
    }

    /// The genre that the file says it is of.
    private var genre: Genre {
        let name = origin?.dropFirst(genrePrefix.count).prefix { $0 != "," }
        return name.flatMap { Genre(rawValue: String($0)) } ?? Genre(rawValue: "midi-file")!
    }

    /// What the file says of how its band came about.
    private var origin: String? {
        isOwn ? file.texts(track: 0).first { $0.hasPrefix(genrePrefix) } : nil
    }

    /// The notes of a file of our own, without their groove where that is wanted.
    private func asWritten(_ notes: [FileNote], _ meter: Meter, until last: Tick) -> [NoteEvent] {
        let events = events(notes)
        guard straight else { return events }
        let groove = meter.isCompound ? .straight : Groove(swing: swing)
        return events.map { note in
            var note = note
            // What the phrase's end cut off was written up to there.
            let end = note.end >= last ? last.nearestStep : groove.writtenStep(of: note.end)
            let onset = max(0, groove.writtenStep(of: note.onset))
            note.onset = .steps(onset)
            note.length = .steps(max(1, end - onset))
            return note
        }.sorted(by: NoteEvent.inScoreOrder)
    }

    /// The swing that the file says was applied.
    private var swing: Double {
        for piece in origin?.split(separator: ",") ?? [] {
            let piece = piece.drop { $0 == " " }
            if piece.hasPrefix(swingPrefix) { return Double(piece.dropFirst(swingPrefix.count)) ?? 0.5 }
        }
        return 0.5
    }

    private func events(_ notes: [FileNote]) -> [NoteEvent] {
        notes.map {
            NoteEvent(pitch: $0.pitch, onset: Tick($0.onset), length: Tick($0.length), velocity: $0.velocity)
        }.sorted(by: NoteEvent.inScoreOrder)
    }
}

extension FileVoice {
    /// The part of a band that the voice is most like.
    fileprivate var part: Part {
        if channel == .drums { return .drums }
        if isBass { return .bass }
        // General MIDI: ensembles 48 to 55, pads 88 to 95; organs 16 to 23 hold their notes too.
        if (48...55).contains(program.number) || (88...95).contains(program.number) { return .pad }
        return notesPerOnset > 1.3 ? .chords : .line
    }
}
