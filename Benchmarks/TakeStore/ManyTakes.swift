import Foundation
import Music
import TakeStore

/// Takes as somebody might have kept them for years, and what is asked of them.
enum ManyTakes {
    static let begin = Date(timeIntervalSince1970: 1_600_000_000)
    static let hour: TimeInterval = 3600

    /// The same take for the same number.
    static func take(_ number: Int, of count: Int) -> NewTake {
        var random = Draws(seed: UInt64(number))
        let tempo = Tempo(quartersPerMinute: Double(60 + random.next() % 120))!
        let root = 40 + Int(random.next() % 40)
        let notes = (0..<32).map { step in
            NoteEvent(
                pitch: Pitch(root + [0, 2, 4, 5, 7, 9, 11, 12][Int(random.next() % 8)]), onset: Tick(step * 240),
                length: Tick(240), velocity: Velocity(60 + Int(random.next() % 40)))
        }
        let phrase = Phrase(notes: notes, meter: .fourFour, tempo: tempo, bars: 4)
        let performance = (0..<20 + Int(random.next() % 100)).map { step in
            PerformedNote(
                pitch: Pitch(root), onset: Instant(nanoseconds: Int64(step) * 201_234_567),
                length: Nanoseconds(150_123_456), velocity: .mezzoForte)
        }
        // A keyboard and a tag that twenty takes have, wherever they are.
        let isRare = number % max(1, count / 20) == 7
        var marks = TakeMarks()
        if random.next() % 2 == 0 { marks.tags.insert(TakeTag(rawValue: "common")!) }
        if random.next() % 20 == 0 { marks.tags.insert(TakeTag(rawValue: "now and then")!) }
        if isRare { marks.tags.insert(TakeTag(rawValue: "rare")!) }
        if random.next() % 3 == 0 { marks.rating = Rating(rawValue: isRare ? 5 : Int(random.next() % 4)) }
        if random.next() % 10 == 0 { marks.note = "idea number \(number) for the second verse" }
        let genre = isRare ? Genre(rawValue: "own")! : [Genre.pop, .jazz, .rock, .symphony][Int(random.next() % 4)]
        let parts = [Part.drums, .bass, .chords].map { ($0, Array(notes.prefix(24))) }
        let band = Accompaniment(
            genre: genre, parts: Dictionary(uniqueKeysWithValues: parts),
            plan: ChordPlan(
                window: Tick(1920), chords: [Chord](repeating: Chord(root: root, quality: .major), count: 4)),
            instrumentation: Instrumentation(programs: [.bass: Program(32)], melody: Program(0)),
            groove: Groove(swing: 0.5),
            provenance: .init(
                seed: 1, accompanist: "network", modelHash: String(repeating: "0", count: 64), instructionSet: "avx2",
                temperature: 0.3))
        let arrangement = NewArrangement(
            Arrangement(phrase: phrase, accompaniment: band),
            recipe: ArrangementRecipe(heard: notes, seed: 1, temperature: 0.3))
        return NewTake(
            Take(
                phrase: phrase, performance: performance,
                tempoMap: TempoMap(anchor: Instant(nanoseconds: 0), anchorTick: .zero, tempo: tempo),
                origin: .init(keyboard: isRare ? "Harmonium" : "Keyboard \(random.next() % 8)", trigger: "accompany"),
                isDamaged: false),
            at: begin + Double(number) * hour, marks: marks, arrangements: [arrangement])
    }

    /// Common and rare, alone and together: together is worst where one is common and another is nowhere.
    static let queries: [(String, TakeQuery)] = [
        ("list", TakeQuery()),
        ("a keyboard of many takes", TakeQuery(keyboard: "Keyboard 3")),
        ("a keyboard of twenty takes", TakeQuery(keyboard: "Harmonium")),
        ("a genre of a quarter", TakeQuery(genre: .jazz)),
        ("a genre of twenty takes", TakeQuery(genre: Genre(rawValue: "own")!)),
        ("a genre of none", TakeQuery(genre: Genre(rawValue: "polka")!)),
        ("a tag of half", tagged("common")),
        ("a tag of a twentieth", tagged("now and then")),
        ("a tag of twenty takes", tagged("rare")),
        ("two tags", TakeQuery(tags: [TakeTag(rawValue: "common")!, TakeTag(rawValue: "now and then")!])),
        ("a key", TakeQuery(key: Key(tonic: 0, mode: .major))),
        ("a day of years ago", TakeQuery(saved: begin + 500 * hour..<begin + 524 * hour)),
        ("a tempo of one in 120", TakeQuery(tempo: 100...100)),
        ("a tempo that nobody played", TakeQuery(tempo: 200...300)),
        ("rated 2 and better", TakeQuery(rating: Rating(rawValue: 2))),
        ("rated 4 and better, twenty at most", TakeQuery(rating: Rating(rawValue: 4))),
        ("deleted ones, of none", TakeQuery(isDeleted: true)),
        ("a word of an eighth", TakeQuery(words: "keyboard 3")),
        ("a word of nearly all", TakeQuery(words: "key")),
        ("a letter", TakeQuery(words: "k")),
        ("a word of twenty takes", TakeQuery(words: "harmon")),
        ("a word of none", TakeQuery(words: "zither")),
        ("three words", TakeQuery(words: "verse jazz common")),
        ("a genre of a quarter, a tempo of none", TakeQuery(genre: .jazz, tempo: 200...300)),
        ("a tag of half, a keyboard of twenty takes", tagged("common", keyboard: "Harmonium")),
        (
            "a tag of half, a genre of a quarter, a key",
            tagged("common", genre: .jazz, key: Key(tonic: 2, mode: .minor))
        ),
        ("a word of nearly all, a tempo of none", TakeQuery(words: "keyboard", tempo: 200...300)),
        ("a word of nearly all, a keyboard of twenty", TakeQuery(words: "jazz", keyboard: "Harmonium")),
    ]

    private static func tagged(
        _ tag: String, keyboard: String? = nil, genre: Genre? = nil, key: Key? = nil
    ) -> TakeQuery {
        TakeQuery(keyboard: keyboard, genre: genre, tags: [TakeTag(rawValue: tag)!], key: key)
    }
}
