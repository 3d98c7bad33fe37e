import Foundation
import MIDI
import Music
import StandardMIDIFile

/// Reads MIDI files of any program as songs.
public enum MIDIReader {
    static let extensions = ["mid", "midi", "smf", "kar", "rmi"]
    /// Files with fewer bars are left out.
    static let minimumBars = 8
    /// In quarters: no music is longer, but a broken file may claim to be.
    static let longest = 20_000

    /// The songs of a file.
    ///
    /// The melody is looked for (`MelodyFinder`); the other tracks are given to the band by name, program and register. What the folder's table says
    /// goes first.
    static func songs(
        file: URL, name: String, note: FolderTable.Row?, report: inout ImportReport
    ) throws(ImportFailure) -> [Song] {
        let bytes: Data
        do { bytes = try Data(contentsOf: file) } catch {
            throw ImportFailure("it cannot be opened", detail: error.localizedDescription)
        }
        return try work(try MIDIReader.file([UInt8](bytes)), name: name, note: note).songs(&report)
    }

    /// The tracks and events of a file.
    static func file(_ bytes: [UInt8]) throws(ImportFailure) -> MIDIFile {
        do { return try MIDIFile(bytes: bytes) } catch {
            let reason =
                switch error.kind {
                case .tooLarge: "it is too large for music"
                case .notAMIDIFile: "it is no MIDI file"
                case .unsupportedFormat: "its MIDI format is not read"
                case .unsupportedDivision: "its time is not counted in beats"
                case .truncated: "it is cut off"
                case .malformed: "it is broken"
                }
            throw ImportFailure(reason, detail: "\(error.message) at byte \(error.offset)")
        }
    }

    /// The file on the grid.
    static func work(_ file: MIDIFile, name: String, note: FolderTable.Row? = nil) throws(ImportFailure) -> WorkScore {
        let found: ImportedMelody
        let choice = (note?.melody).map { Int($0).map { .number($0) } ?? .named($0) } ?? TrackChoice.automatic
        do { found = try MelodyFinder(file).melody(choice) } catch {
            switch error {
            case .noNotes: throw ImportFailure("it has no notes other than drums")
            case .noSuchTrack: throw ImportFailure("\(FolderTable.fileName) names no track of it", detail: "\(error)")
            }
        }
        let end = file.tracks.indices.flatMap { file.notes(track: $0) }.map(\.end).max() ?? 0
        guard end / file.ticksPerQuarter <= longest else {
            throw ImportFailure("it is too long for music", detail: "\(end / file.ticksPerQuarter) quarters")
        }
        guard found.followsBeats else { throw ImportFailure("its melody does not follow its beat") }
        var voices: [InstrumentVoice] = []
        var tracks: [Int] = []
        var melody: [NoteEvent] = []
        for track in file.tracks.indices {
            let programs = file.programs(track: track)
            let channels = Dictionary(grouping: file.notes(track: track), by: \.channel)
            for channel in channels.keys.sorted() {
                let notes = events(channels[channel]!, file.ticksPerQuarter)
                let isMelody = track == found.trackNumber - 1 && channel == found.channel
                if isMelody { melody = notes.melodyVoice() }
                // What a melody's track plays beneath it belongs to the band.
                let own = Set(melody.map { $0.onset.rawValue * 128 + $0.pitch.number })
                voices.append(
                    InstrumentVoice(
                        name: file.tracks[track].name ?? "", program: programs[channel].map { Int($0.number) },
                        isDrums: channel == .drums,
                        notes: isMelody
                            ? notes.filter { !own.contains($0.onset.rawValue * 128 + $0.pitch.number) } : notes))
                tracks.append(track + 1)
            }
        }
        let heard =
            file.meterChanges.contains { $0.meter != nil } ? nil : MeterGuess.meter(melody + voices.flatMap(\.notes))
        let bars = bars(
            of: file, from: heard ?? .fourFour,
            until: (voices.flatMap(\.notes) + melody).map(\.end.nearestStep).max() ?? 0)
        guard bars.count >= minimumBars else { throw ImportFailure("it has fewer than \(minimumBars) bars") }
        var roles: [Int: Part] = [:]
        for (index, track) in tracks.enumerated() { roles[index] = note?.parts[track] }
        let band = InstrumentVoice.parts(of: voices, under: melody, roles: roles)
        let track = found.trackName.map { " \"\($0)\"" } ?? ""
        return WorkScore(
            source: .midi, id: name, title: note?.title ?? name, tags: note?.tags ?? [], author: note?.author ?? "",
            year: note?.year, tempo: mainTempo(file), bars: bars,
            melody: melody, sounding: band.sounding, parts: band.parts,
            reading: WorkScore.Reading(
                melody: "track \(found.trackNumber)\(track): \(found.reason)", melodyConfidence: found.confidence,
                partConfidence: voices.allSatisfy(\.notes.isEmpty) ? nil : band.confidence,
                metreIsHeard: heard != nil))
    }

    /// The tempo that half of the music is slower than: a file's first tempo may be that of a count-in, its last that of a ritardando.
    private static func mainTempo(_ file: MIDIFile) -> Tempo? {
        let notes = file.tracks.indices.flatMap { file.notes(track: $0) }
        guard let first = notes.map(\.onset).min(), let last = notes.map(\.end).max() else { return nil }
        let changes = [(tick: 0, microsecondsPerQuarter: 500_000)] + file.tempoChanges
        var lasting: [(tempo: Int, ticks: Int)] = []
        for (index, change) in changes.enumerated() {
            let end = index + 1 < changes.count ? changes[index + 1].tick : last
            let ticks = min(last, end) - max(first, change.tick)
            if ticks > 0 { lasting.append((max(1, change.microsecondsPerQuarter), ticks)) }
        }
        lasting.sort { $0.tempo < $1.tempo }
        let half = lasting.reduce(0) { $0 + $1.ticks } / 2
        var passed = 0
        for (tempo, ticks) in lasting {
            passed += ticks
            if passed > half { return Tempo(quartersPerMinute: 60e6 / Double(tempo)) }
        }
        return nil
    }

    private static func events(_ notes: [FileNote], _ ticksPerQuarter: Int) -> [NoteEvent] {
        func step(_ ticks: Int) -> Int {
            (2 * ticks * Grid.stepsPerQuarter + ticksPerQuarter) / (2 * ticksPerQuarter)
        }
        return notes.map { note in
            let onset = step(note.onset)
            return NoteEvent(
                pitch: note.pitch, onset: .steps(onset), length: .steps(max(1, step(note.end) - onset)),
                velocity: note.velocity)
        }.sorted(by: NoteEvent.inScoreOrder)
    }

    /// The file's bars; a metre that changes inside a bar cuts it short.
    private static func bars(of file: MIDIFile, from start: Meter, until end: Int) -> [WorkScore.Bar] {
        var bars: [WorkScore.Bar] = []
        var meter = start
        var position = 0
        let changes = file.meterChanges.compactMap { change in
            change.meter.map { (step: change.tick * Grid.stepsPerQuarter / file.ticksPerQuarter, meter: $0) }
        }
        var next = 0
        // No music has more bars; a broken file may claim to.
        while position < end, bars.count < 5000 {
            while next < changes.count, changes[next].step <= position {
                meter = changes[next].meter
                next += 1
            }
            var length = max(1, meter.stepsPerBar)
            if next < changes.count { length = min(length, changes[next].step - position) }
            bars.append(.init(length: length, meter: meter))
            position += length
        }
        return bars
    }
}
