import Generation
import Music

/// A stretch of a song in one metre with its chords, and its accompaniment where people wrote one: what the networks learn from.
public struct Song: Hashable, Sendable {
    /// Identifies the song in its collection; the sections of one song share it.
    public let id: String
    /// By which the song is split: the sections and versions of one song share it.
    public let title: String
    /// Which stretch of the song, from 0.
    public let section: Int
    /// Tags of the collection: genres and styles, commonest first.
    public let tags: [String]
    /// The melody, 4 to 64 bars. Its tempo says something only where `tempo` does.
    public let melody: Phrase
    /// One chord a harmony window, written by people or estimated from what sounds.
    public let plan: ChordPlan
    public let source: Source
    /// What people wrote for the other instruments, score order, inside the melody's bars; empty where there is only a melody.
    public let parts: [Part: [NoteEvent]]
    /// Composers or songwriters; empty where unknown.
    public let author: String
    public let year: Int?
    /// Nil where the source says nothing.
    public let tempo: Tempo?
    /// Says more of a song from a person's own folders; empty for the collections.
    public let label: Label

    /// What an import knows of a song beside its notes.
    public struct Label: Hashable, Sendable {
        /// The genre that a person or a folder's name gives it; in lower case.
        public var genre: String?
        /// The genre that `GenreClassifier` hears in its band: a guess.
        public var guess: String?
        /// By what it is split in place of its title: songs that share a stretch of melody have one family.
        public var family: String?

        public init(genre: String? = nil, guess: String? = nil, family: String? = nil) {
            self.genre = genre
            self.guess = guess
            self.family = family
        }
    }

    public init(
        id: String, title: String, section: Int, tags: [String], melody: Phrase, plan: ChordPlan,
        source: Source = .leadsheets, parts: [Part: [NoteEvent]] = [:], author: String = "", year: Int? = nil,
        tempo: Tempo? = nil, label: Label = Label()
    ) {
        precondition(
            plan.chords.count * plan.window.rawValue == melody.length.rawValue, "a song has a chord in every window")
        self.id = id
        self.title = title
        self.section = section
        self.tags = tags
        self.melody = melody
        self.plan = plan
        self.source = source
        self.parts = parts.filter { !$0.value.isEmpty }
        self.author = author
        self.year = year
        self.tempo = tempo
        self.label = label
    }

    /// Which side of the split the song is on.
    public var split: Split { Split(title: label.family ?? title) }

    /// A part of the song, as a song.
    ///
    /// - Parameter bars: inside the song.
    public func excerpt(bars: Range<Int>) -> Song {
        precondition(
            !bars.isEmpty && bars.lowerBound >= 0 && bars.upperBound <= melody.bars, "an excerpt is inside its song")
        let start = melody.meter.bar * bars.lowerBound
        let end = melody.meter.bar * bars.upperBound
        let windows = start.rawValue / plan.window.rawValue..<end.rawValue / plan.window.rawValue
        return Song(
            id: id, title: title, section: section, tags: tags,
            melody: Phrase(
                notes: melody.notes.beginning(in: start..<end), meter: melody.meter, tempo: melody.tempo,
                bars: bars.count),
            plan: ChordPlan(window: plan.window, chords: Array(plan.chords[windows])), source: source,
            parts: parts.mapValues { $0.beginning(in: start..<end) }, author: author, year: year, tempo: tempo,
            label: label)
    }
}

extension [NoteEvent] {
    /// The notes that begin in a stretch of time, counted from its start and ended with it.
    func beginning(in range: Range<Tick>) -> [NoteEvent] {
        filter { range.contains($0.onset) }.map { note in
            var moved = note
            moved.onset = note.onset - range.lowerBound
            moved.length = Swift.min(note.length, range.upperBound - note.onset)
            return moved
        }
    }
}

/// Learning, choosing or testing: eight, one and one tenths of the songs.
public enum Split: String, Hashable, Sendable, CaseIterable {
    case training, validation, test

    /// The side of a song, by its title alone, so that every version, rendering and window of it stays together.
    ///
    /// Case, spaces and punctuation do not matter.
    public init(title: String) {
        switch Split.hash(title) % 10 {
        case 8: self = .validation
        case 9: self = .test
        default: self = .training
        }
    }

    /// A hash of a title's letters and digits that is the same on every machine and in every version: FNV-1a (64 bits), its halves joined because
    /// its low bits mix worst.
    static func hash(_ title: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for scalar in title.lowercased().unicodeScalars
        where scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
            for byte in String(scalar).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        return hash ^ (hash >> 32)
    }
}
