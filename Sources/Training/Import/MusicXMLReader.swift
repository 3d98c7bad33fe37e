import Foundation
import Music

/// Reads MusicXML files (`.musicxml`, `.xml`, and `.mxl`, which is compressed) as songs.
public enum MusicXMLReader {
    static let extensions = ["musicxml", "xml", "mxl"]

    /// The songs of a file.
    ///
    /// The melody is the part that is named as a voice or has words, the only part, or the top one; of several voices in it the upper one. Other
    /// parts are given to the band by name, program and register. Chord symbols are the plan; without them it is estimated.
    static func songs(
        file: URL, name: String, note: FolderTable.Row? = nil, report: inout ImportReport
    ) throws(ImportFailure) -> [Song] {
        let isArchive = file.pathExtension.lowercased() == "mxl"
        let data: Data
        do { data = isArchive ? Data() : try Data(contentsOf: file) } catch {
            throw ImportFailure("it cannot be opened", detail: error.localizedDescription)
        }
        let score = isArchive ? try MusicXMLScore(archive: file.path) : try MusicXMLScore(xml: data)
        return try work(score, name: name, note: note).songs(&report)
    }

    /// The score on the grid.
    static func work(
        _ score: MusicXMLScore, name: String, note: FolderTable.Row? = nil
    ) throws(ImportFailure) -> WorkScore {
        let parts = score.parts.filter { part in part.measures.contains { !$0.notes.isEmpty } }
        guard !parts.isEmpty else { throw ImportFailure("it has no notes") }
        // A bar is as long as its longest part, and has the metre that any part gives it.
        var bars: [WorkScore.Bar] = []
        for index in 0..<(score.parts.map(\.measures.count).max() ?? 0) {
            let measures = score.parts.compactMap { $0.measures.indices.contains(index) ? $0.measures[index] : nil }
            let length = Tick(measures.map(\.length).max() ?? 0).nearestStep
            bars.append(.init(length: length, meter: measures.lazy.compactMap(\.meter).first))
        }
        // A file without any metre is counted in bars of four quarters.
        if !bars.contains(where: { $0.meter != nil }), !bars.isEmpty { bars[0].meter = .fourFour }
        let chosen = try melodyPart(parts, choice: note?.melody)
        let starts = bars.reduce(into: [0]) { $0.append($0.last! + $1.length) }
        let written = notes(of: parts[chosen], starts: starts)
        let melody = written.first.upperVoice()
        let own = Set(melody.map { $0.onset.rawValue * 128 + $0.pitch.number })
        let below = (written.first + written.others).filter { !own.contains($0.onset.rawValue * 128 + $0.pitch.number) }
        var voices = parts.indices.filter { $0 != chosen }.map { index in
            let all = notes(of: parts[index], starts: starts)
            return InstrumentVoice(
                name: parts[index].name, program: parts[index].program, isDrums: parts[index].isPercussion,
                notes: (all.first + all.others).sorted(by: NoteEvent.inScoreOrder))
        }
        if !below.isEmpty {
            voices.append(
                InstrumentVoice(
                    name: parts[chosen].name, program: parts[chosen].program, isDrums: false,
                    notes: below.sorted(by: NoteEvent.inScoreOrder)))
        }
        // Roles of the table are counted over all parts with notes.
        var roles: [Int: Part] = [:]
        for (place, index) in parts.indices.filter({ $0 != chosen }).enumerated() {
            roles[place] = note?.parts[index + 1]
        }
        let band = InstrumentVoice.parts(of: voices, under: melody, roles: roles)
        let symbols =
            score.parts.map { part in
                zip(part.measures, starts).flatMap { measure, start in
                    measure.harmonies.map { (onset: Tick.steps(start + Tick($0.onset).nearestStep), chord: $0.chord) }
                }
            }.max { $0.count < $1.count } ?? []
        let author = note?.author ?? score.composer
        return WorkScore(
            source: .musicxml, id: name,
            title: note?.title ?? (score.title.isEmpty ? name : "\(author): \(score.title)"), tags: note?.tags ?? [],
            author: author, year: note?.year, tempo: score.tempo.flatMap { Tempo(quartersPerMinute: $0) }, bars: bars,
            melody: melody, symbols: symbols.sorted { $0.onset < $1.onset }, sounding: band.sounding, parts: band.parts)
    }

    /// Which part is the melody.
    static func melodyPart(_ parts: [MusicXMLScore.Part], choice: String? = nil) throws(ImportFailure) -> Int {
        if let choice {
            let byNumber = Int(choice).map { $0 - 1 }.flatMap { parts.indices.contains($0) ? $0 : nil }
            let wanted = choice.lowercased()
            guard let found = byNumber ?? parts.firstIndex(where: { $0.name.lowercased().contains(wanted) }) else {
                throw ImportFailure("it has no part '\(choice)' with notes")
            }
            return found
        }
        let words = [
            "melod", "vocal", "voice", "lead", "solo", "gesang", "singstimme", "canto", "cantus", "soprano", "sopran",
        ]
        let pitched = parts.indices.filter { !parts[$0].isPercussion }
        return pitched.first { index in words.contains { parts[index].name.lowercased().contains($0) } }
            ?? pitched.first { parts[$0].hasLyrics } ?? pitched.first ?? 0
    }

    /// A part's notes from the first bar's start, ties joined: those of each bar's first voice on the first staff, and the others.
    private static func notes(
        of part: MusicXMLScore.Part, starts: [Int]
    ) -> (first: [NoteEvent], others: [NoteEvent]) {
        var staves: [Bool: [NoteEvent]] = [:]
        // For a pitch in the first voice or below it, the note that waits to be tied on.
        var waiting: [Int: Int] = [:]
        let firstStaff = part.measures.lazy.flatMap(\.notes).map(\.staff).min() ?? 1
        for (measure, start) in zip(part.measures, starts) {
            let firstVoice = measure.notes.lazy.filter { $0.staff == firstStaff }.map { voiceNumber($0.voice) }.min()
            for note in measure.notes.sorted(by: { ($0.onset, $0.pitch) < ($1.onset, $1.pitch) }) {
                let onset = start + Tick(note.onset).nearestStep
                let end = max(onset + 1, start + Tick(note.onset + note.length).nearestStep)
                let isFirst = note.staff == firstStaff && voiceNumber(note.voice) == firstVoice
                let key = (isFirst ? 0 : 128) + note.pitch
                if note.stopsTie, let index = waiting[key], staves[isFirst]![index].end.nearestStep == onset {
                    staves[isFirst]![index].length = .steps(end) - staves[isFirst]![index].onset
                    if !note.startsTie { waiting[key] = nil }
                    continue
                }
                staves[isFirst, default: []].append(
                    NoteEvent(
                        pitch: Pitch(note.pitch), onset: .steps(onset), length: .steps(end - onset),
                        velocity: .mezzoForte))
                waiting[key] = note.startsTie ? staves[isFirst]!.count - 1 : nil
            }
        }
        return (staves[true] ?? [], staves[false] ?? [])
    }

    private static func voiceNumber(_ voice: String) -> Int { Int(voice) ?? 1 }
}
