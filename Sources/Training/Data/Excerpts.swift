import Generation
import Music

/// A song's phrase as a player might play it, and the keys in which it may be heard.
struct Excerpt: Sendable {
    var phrase: Phrase
    var plan: ChordPlan
    /// The key of the whole song's melody.
    var songKey: Key
    /// What people wrote for the band, with the phrase's dynamics; empty where nobody did.
    var parts: [Part: [NoteEvent]] = [:]

    /// Cuts a song into phrases, end to end: lengths are drawn from `lengths`; a rest of less than four bars joins the phrase before it.
    ///
    /// The melody gets dynamics: a level for each phrase, a little more on the beats that count.
    static func cut(_ song: Song, lengths: [Int], draws: inout Draws) -> [Excerpt] {
        var excerpts: [Excerpt] = []
        var start = 0
        let bars = song.melody.bars
        while start < bars {
            let drawn = lengths[draws.index(weights: [Double](repeating: 1, count: lengths.count))]
            var end = min(bars, start + max(1, drawn))
            if bars - end < LeadSheetReader.minimumBars { end = bars }
            let level = 50 + 60 * draws.uniform()
            let excerpt = song.excerpt(bars: start..<end)
            excerpts.append(
                Excerpt(
                    phrase: played(excerpt.melody, level: level), plan: excerpt.plan, songKey: song.melody.key,
                    parts: played(excerpt.parts, meter: excerpt.melody.meter, level: level)))
            start = end
        }
        return excerpts
    }

    private static func played(_ phrase: Phrase, level: Double) -> Phrase {
        Phrase(
            notes: phrase.notes.map { played($0, meter: phrase.meter, level: level) }, meter: phrase.meter,
            tempo: phrase.tempo, bars: phrase.bars)
    }

    /// Parts that were written without dynamics get the melody's, each a little softer and louder in bars where more of them play. Parts that
    /// were played keep their own.
    private static func played(_ parts: [Part: [NoteEvent]], meter: Meter, level: Double) -> [Part: [NoteEvent]] {
        var playing: [Int: Set<Part>] = [:]
        for (part, notes) in parts {
            for note in notes { playing[note.onset.rawValue / meter.bar.rawValue, default: []].insert(part) }
        }
        var played: [Part: [NoteEvent]] = [:]
        for (part, notes) in parts {
            guard Set(notes.map(\.velocity)).count <= 1 else {
                played[part] = notes
                continue
            }
            let softer: Double =
                switch part {
                case .drums, .bass: 4
                case .line: 8
                case .chords: 12
                case .pad: 16
                }
            played[part] = notes.map { note in
                let others = playing[note.onset.rawValue / meter.bar.rawValue]?.count ?? 1
                return Excerpt.played(note, meter: meter, level: level - softer + 3 * Double(others - 2))
            }
        }
        return played
    }

    private static func played(_ note: NoteEvent, meter: Meter, level: Double) -> NoteEvent {
        var copy = note
        let onBar = note.onset.rawValue % meter.bar.rawValue == 0
        let onBeat = note.onset.rawValue % meter.beat.rawValue == 0
        copy.velocity = Velocity(Int(level) + (onBar ? 8 : onBeat ? 3 : -4))
        return copy
    }

    /// The key in which a window is heard: of up to eight bars around it, or of the whole song; now and then only the second best.
    func key(window firstCell: Int, grid: ScoreGrid, choice: KeyChoice) -> Key {
        switch choice {
        case .song: return songKey
        case .context(let rank):
            let bar = grid.cells[firstCell].bar
            let first = max(0, bar - 2)
            let range = phrase.meter.bar * first..<phrase.meter.bar * min(phrase.bars, first + 8)
            let heard = phrase.notes.filter { range.contains($0.onset) }
            guard !heard.isEmpty else { return songKey }
            return Phrase(notes: heard, meter: phrase.meter, tempo: phrase.tempo, bars: phrase.bars).rankedKeys[rank]
                .key
        }
    }

    /// How the key of a window is taken.
    enum KeyChoice: Hashable, Sendable {
        case song
        /// 0 for the likeliest key of the context, 1 for the second.
        case context(rank: Int)

        /// Half of the windows hear the song's key, half the context's; of these a share the second best.
        static func drawn(secondBest: Double, draws: inout Draws) -> KeyChoice {
            if draws.happens(0.5) { return .song }
            return .context(rank: draws.happens(2 * secondBest) ? 1 : 0)
        }
    }

    /// The phrase with a player's slips: notes left out, or all an octave higher or lower.
    func slipped(noteDrops: Double, octaves: Double, draws: inout Draws) -> Phrase {
        let shift = draws.happens(octaves) ? (draws.happens(0.5) ? 12 : -12) : 0
        let drops = draws.happens(0.5) ? 2 * noteDrops : 0
        let kept = phrase.notes.filter { _ in !draws.happens(drops) }
        let phrase = Phrase(notes: kept, meter: phrase.meter, tempo: phrase.tempo, bars: phrase.bars)
        return shift == 0 ? phrase : phrase.transposed(by: shift)
    }
}

/// A note in eight bytes, in grid steps.
struct PackedNote: Hashable, Sendable {
    var onset: UInt32
    var length: UInt16
    var pitch: UInt8
    var velocity: UInt8

    /// Onset and end at the nearest step, at least one step long.
    init(_ note: NoteEvent) {
        let first = max(0, note.onset.nearestStep)
        onset = UInt32(first)
        length = UInt16(clamping: max(1, note.end.nearestStep - first))
        pitch = note.pitch.rawValue
        velocity = note.velocity.rawValue
    }

    var note: NoteEvent {
        NoteEvent(
            pitch: Pitch(Int(pitch)), onset: .steps(Int(onset)), length: .steps(Int(length)),
            velocity: Velocity(Int(velocity)))
    }
}
