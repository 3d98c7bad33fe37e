import Foundation
import Music

/// A song as a line of a data set: what `continuo data prepare` writes and training reads.
///
/// Times are steps of 12 a quarter from the song's bar 1. `melody` and each of `parts` are flat lists of four numbers a note: onset, length, pitch,
/// velocity. `chords` are symbols, one a harmony window; an empty one repeats the one before.
struct PreparedRecord: Codable {
    var source: Source
    var id: String
    var title: String
    var section: Int
    var tags: [String]
    var author: String
    var year: Int?
    var metre: String
    var bars: Int
    var tempo: Double?
    var melody: [Int]
    var chords: [String]
    var parts: [String: [Int]]
    /// Of imported songs alone (`Song.Label`); left out where they are nil.
    var genre: String?
    var guess: String?
    var family: String?

    init(_ song: Song) {
        source = song.source
        id = song.id
        title = song.title
        section = song.section
        tags = song.tags
        author = song.author
        year = song.year
        metre = song.melody.meter.description
        bars = song.melody.bars
        tempo = song.tempo?.quartersPerMinute
        melody = PreparedRecord.numbers(song.melody.notes)
        chords = song.plan.chords.indices.map { index in
            index > 0 && song.plan.chords[index] == song.plan.chords[index - 1]
                ? "" : song.plan.chords[index].description
        }
        parts = Dictionary(uniqueKeysWithValues: song.parts.map { ($0.rawValue, PreparedRecord.numbers($1)) })
        genre = song.label.genre
        guess = song.label.guess
        family = song.label.family
    }

    /// - Throws: a sentence's clause that names what is wrong.
    func song() throws(Invalid) -> Song {
        guard let meter = Meter(metre) else { throw Invalid("the metre \(metre) is not one like 3/4") }
        guard (1...Phrase.maximumBars).contains(bars) else { throw Invalid("\(bars) bars are not 1 to 64") }
        var plan: [Chord] = []
        for symbol in chords {
            guard let chord = symbol.isEmpty ? plan.last : Chord(symbol: symbol) else {
                throw Invalid("'\(symbol)' is no chord symbol")
            }
            plan.append(chord)
        }
        let window = meter.harmonyWindow
        guard plan.count * window.rawValue == meter.bar.rawValue * bars else {
            throw Invalid("\(plan.count) chords do not fill \(bars) bars of \(metre)")
        }
        let tempo = tempo.flatMap { Tempo(quartersPerMinute: $0) }
        var parts: [Part: [NoteEvent]] = [:]
        for (name, numbers) in self.parts {
            guard let part = Part(rawValue: name) else { throw Invalid("'\(name)' is no part of a band") }
            parts[part] = try PreparedRecord.notes(numbers)
        }
        return Song(
            id: id, title: title, section: section, tags: tags,
            melody: Phrase(
                notes: try PreparedRecord.notes(melody), meter: meter, tempo: tempo ?? .moderate, bars: bars),
            plan: ChordPlan(window: window, chords: plan), source: source, parts: parts, author: author, year: year,
            tempo: tempo, label: Song.Label(genre: genre, guess: guess, family: family))
    }

    struct Invalid: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    private static func numbers(_ notes: [NoteEvent]) -> [Int] {
        notes.flatMap { note in
            let onset = note.onset.nearestStep
            return [onset, max(1, note.end.nearestStep - onset), note.pitch.number, note.velocity.number]
        }
    }

    private static func notes(_ numbers: [Int]) throws(Invalid) -> [NoteEvent] {
        guard numbers.count % 4 == 0 else { throw Invalid("notes are four numbers each, these are \(numbers.count)") }
        // No song has more steps than 64 bars of the longest metre.
        let limit = 1 << 20
        var notes: [NoteEvent] = []
        for place in stride(from: 0, to: numbers.count, by: 4) {
            let (onset, length, pitch) = (numbers[place], numbers[place + 1], numbers[place + 2])
            guard (0..<limit).contains(onset), (1..<limit).contains(length), (0..<128).contains(pitch) else {
                throw Invalid("note \(place / 4 + 1) is no note: \(numbers[place..<place + 4].map(String.init))")
            }
            notes.append(
                NoteEvent(
                    pitch: Pitch(pitch), onset: .steps(onset), length: .steps(length),
                    velocity: Velocity(min(127, max(1, numbers[place + 3])))))
        }
        return notes
    }
}
