import Generation
import Music

/// A stretch of a song in one metre with its chords: what the networks learn from.
public struct Song: Hashable, Sendable {
    /// Identifies the song in its collection; the sections of one song share it.
    public let id: String
    public let title: String
    /// Which stretch of the song, from 0.
    public let section: Int
    /// Tags of the collection: genres and styles, commonest first.
    public let tags: [String]
    /// The melody, 4 to 64 bars. The tempo says nothing.
    public let melody: Phrase
    /// One chord a harmony window.
    public let plan: ChordPlan

    public init(id: String, title: String, section: Int, tags: [String], melody: Phrase, plan: ChordPlan) {
        precondition(
            plan.chords.count * plan.window.rawValue == melody.length.rawValue, "a song has a chord in every window")
        self.id = id
        self.title = title
        self.section = section
        self.tags = tags
        self.melody = melody
        self.plan = plan
    }

    /// Which side of the split the song is on.
    public var split: Split { Split(title: title) }

    /// A part of the song, as a song.
    ///
    /// - Parameter bars: inside the song.
    public func excerpt(bars: Range<Int>) -> Song {
        precondition(
            !bars.isEmpty && bars.lowerBound >= 0 && bars.upperBound <= melody.bars, "an excerpt is inside its song")
        let start = melody.meter.bar * bars.lowerBound
        let end = melody.meter.bar * bars.upperBound
        let notes = melody.notes.filter { $0.onset >= start && $0.onset < end }.map { note in
            var moved = note
            moved.onset = note.onset - start
            return moved
        }
        let windows = start.rawValue / plan.window.rawValue..<end.rawValue / plan.window.rawValue
        return Song(
            id: id, title: title, section: section, tags: tags,
            melody: Phrase(notes: notes, meter: melody.meter, tempo: melody.tempo, bars: bars.count),
            plan: ChordPlan(window: plan.window, chords: Array(plan.chords[windows])))
    }
}

/// Learning, choosing or testing: eight, one and one tenths of the songs.
public enum Split: String, Hashable, Sendable, CaseIterable {
    case training, validation, test

    /// The side of a song, by its title alone, so that every version, rendering and window of it stays together.
    ///
    /// Case, spaces and punctuation do not matter. The hash is FNV-1a (64 bits): it is the same on every machine and in every version.
    public init(title: String) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for scalar in title.lowercased().unicodeScalars
        where scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
            for byte in String(scalar).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        // The low bits of FNV mix worst: fold the high half in.
        switch (hash ^ (hash >> 32)) % 10 {
        case 8: self = .validation
        case 9: self = .test
        default: self = .training
        }
    }
}
