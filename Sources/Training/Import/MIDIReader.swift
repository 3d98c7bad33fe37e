import Foundation
import MIDI
import Music
import StandardMIDIFile

/// Reads MIDI files of any program as songs.
public enum MIDIReader {
    static let extensions = ["mid", "midi", "smf"]
    /// Files with fewer bars are left out.
    static let minimumBars = 8

    /// The songs of a file.
    ///
    /// The melody is looked for (`MelodyFinder`); the other tracks are given to the band by name, program and register. What the folder's table says
    /// goes first.
    static func songs(
        file: URL, name: String, note: FolderTable.Row?, report: inout ImportReport
    ) throws(ImportFailure) -> [Song] {
        let bytes: Data
        do { bytes = try Data(contentsOf: file) } catch { throw ImportFailure("\(error.localizedDescription)") }
        let midi: MIDIFile
        do { midi = try MIDIFile(bytes: [UInt8](bytes)) } catch { throw ImportFailure("\(error)") }
        return try work(midi, name: name, note: note).songs(&report)
    }

    /// The file on the grid.
    static func work(_ file: MIDIFile, name: String, note: FolderTable.Row? = nil) throws(ImportFailure) -> WorkScore {
        guard file.meterChanges.contains(where: { $0.meter != nil }) else {
            throw ImportFailure("it has no time signature")
        }
        let found: ImportedMelody
        let choice = (note?.melody).map { Int($0).map { .number($0) } ?? .named($0) } ?? TrackChoice.automatic
        do { found = try MelodyFinder(file).melody(choice) } catch { throw ImportFailure("\(error)") }
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
                if isMelody { melody = notes.upperVoice() }
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
        let bars = bars(of: file, until: (voices.flatMap(\.notes) + melody).map(\.end.nearestStep).max() ?? 0)
        guard bars.count >= minimumBars else { throw ImportFailure("it has fewer than \(minimumBars) bars") }
        var roles: [Int: Part] = [:]
        for (index, track) in tracks.enumerated() { roles[index] = note?.parts[track] }
        let band = InstrumentVoice.parts(of: voices, under: melody, roles: roles)
        let microseconds = file.tempoChanges.first?.microsecondsPerQuarter ?? 500_000
        return WorkScore(
            source: .midi, id: name, title: note?.title ?? name, tags: note?.tags ?? [], author: note?.author ?? "",
            year: note?.year, tempo: Tempo(quartersPerMinute: 60e6 / Double(max(1, microseconds))), bars: bars,
            melody: melody, sounding: band.sounding, parts: band.parts)
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
    private static func bars(of file: MIDIFile, until end: Int) -> [WorkScore.Bar] {
        var bars: [WorkScore.Bar] = []
        var meter = Meter.fourFour
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
