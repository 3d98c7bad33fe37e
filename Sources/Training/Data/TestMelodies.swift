import Music

/// A fixed list of melodies of eight bars from one side of the split, to judge models by.
public enum TestMelodies {
    public static let bars = 8

    public struct Melody: Hashable, Sendable {
        /// Short and without spaces: `leadsheet-112-s0-b9` (section 0, from bar 9).
        public let id: String
        public let song: Song
        /// Counted from 1 inside the section.
        public let firstBar: Int
        /// What is played: the song's eight bars at a tempo that suits the metre.
        public let phrase: Phrase
    }

    /// The melodies: the same ones for the same songs and count.
    ///
    /// Lead sheets give up to two excerpts a song, songs with piano one a work, both in turns over their metres, works in the order of a
    /// stable hash. Up to two thirds of the list are lead sheets; works of other sources come where those do not fill it.
    ///
    /// - Parameter excerpts: at most so many of one work; nil for the numbers above.
    public static func list(_ songs: [Song], set: Split, count: Int, excerpts: Int? = nil) -> [Melody] {
        let side = songs.filter { $0.split == set }
        let sheets = inTurns(candidates(side.filter { $0.source == .leadsheets }, perWork: excerpts ?? 2))
        let voices = inTurns(candidates(side.filter { $0.source == .lieder }, perWork: excerpts ?? 1))
        let others = inTurns(
            candidates(side.filter { $0.source != .leadsheets && $0.source != .lieder }, perWork: excerpts ?? 1))
        let first = sheets.prefix((2 * count + 2) / 3)
        let second = voices.prefix(count - first.count)
        return Array(first + second + others.prefix(count - first.count - second.count))
    }

    /// Excerpts in which the melody sings nearly throughout, works in hash order.
    private static func candidates(_ songs: [Song], perWork: Int) -> [Melody] {
        let works = Dictionary(grouping: songs, by: \.title)
        let order = works.keys.sorted { (Split.hash($0), $0) < (Split.hash($1), $1) }
        return order.flatMap { title -> [Melody] in
            var found: [Melody] = []
            for song in works[title]!.sorted(by: { ($0.id, $0.section) < ($1.id, $1.section) }) {
                var start = 0
                while start + bars <= song.melody.bars, found.count < perWork {
                    if let melody = melody(song, from: start), !found.contains(where: { $0.phrase == melody.phrase }) {
                        found.append(melody)
                        start += bars
                    } else {
                        start += 4
                    }
                }
            }
            return found
        }
    }

    private static func melody(_ song: Song, from start: Int) -> Melody? {
        let excerpt = song.excerpt(bars: start..<start + bars)
        let meter = excerpt.melody.meter
        let notes = excerpt.melody.notes
        let sung = Set(notes.map { $0.onset.rawValue / meter.bar.rawValue })
        guard notes.count >= 12, sung.count >= bars - 1, sung.contains(0), Set(notes.map(\.pitch)).count >= 4 else {
            return nil
        }
        let prefix =
            switch song.source {
            case .lieder: "lied"
            case .leadsheets: "leadsheet"
            default: song.source.rawValue
            }
        return Melody(
            id: "\(prefix)-\(song.id)-s\(song.section)-b\(start + 1)", song: song, firstBar: start + 1,
            phrase: Phrase(notes: notes, meter: meter, tempo: song.tempo ?? tempo(meter), bars: bars))
    }

    /// Quarters a minute for a metre whose tempo is unknown: two beats of a cut bar and of a compound one go quicker than four of a full one.
    private static func tempo(_ meter: Meter) -> Tempo {
        let tempo: Double =
            switch (meter.numerator, meter.denominator) {
            case (2, 2), (3, 2): 160
            case (3, 4): 120
            case (_, 8): 100
            default: 110
            }
        return Tempo(quartersPerMinute: tempo)!
    }

    /// Metres that many songs have.
    private static let commonMeters: Set<Meter> = [.fourFour, .threeFour, .sixEight, .twoFour, Meter(2, 2)!]

    /// The melodies with their metres in turn; uncommon metres have one turn.
    private static func inTurns(_ melodies: [Melody]) -> [Melody] {
        let groups = Dictionary(grouping: melodies, by: { $0.phrase.meter.description })
        let meters = groups.keys.sorted { (groups[$1]!.count, $0) < (groups[$0]!.count, $1) }
        let longest = groups.values.map(\.count).max() ?? 0
        return (0..<longest).flatMap { turn in
            meters.compactMap { name -> Melody? in
                guard let group = groups[name], group.indices.contains(turn) else { return nil }
                return turn == 0 || commonMeters.contains(group[turn].phrase.meter) ? group[turn] : nil
            }
        }
    }
}
