import Music

/// What a song is like, for filters and counts.
extension Song {
    /// Melody notes a bar.
    public var density: Double { Double(melody.notes.count) / Double(melody.bars) }

    /// `sparse` under 4 melody notes a bar, `medium`, `dense` from 8.
    public var densityBand: String { density < 4 ? "sparse" : density < 8 ? "medium" : "dense" }

    /// The genre that was given, else the tags: collections tag genres and styles.
    public var genres: [String] { label.genre.map { [$0] } ?? tags }

    /// What a song has that others lack, as the filter's field `has` calls it.
    var features: [String] {
        var features = parts.keys.map(\.rawValue)
        if !parts.isEmpty { features.append("parts") }
        if tempo != nil { features.append("tempo") }
        if year != nil { features.append("year") }
        if label.genre != nil { features.append("genre") }
        if label.guess != nil { features.append("guess") }
        if !tags.isEmpty { features.append("tags") }
        return features
    }

    /// The share of the off-beat onsets (melody and parts) that lie on the second or third triplet eighth instead of a straight position.
    public var swing: Double {
        var swung = 0
        var straight = 0
        for note in melody.notes + parts.values.joined() {
            switch note.onset.nearestStep % Grid.stepsPerQuarter {
            case 4, 8: swung += 1
            case 3, 6, 9: straight += 1
            default: break
            }
        }
        return swung + straight == 0 ? 0 : Double(swung) / Double(swung + straight)
    }

    /// `slow` under 76 quarters a minute, `medium`, `fast` from 120; nil where the tempo is unknown.
    public var tempoBand: String? {
        tempo.map { $0.quartersPerMinute < 76 ? "slow" : $0.quartersPerMinute < 120 ? "medium" : "fast" }
    }

    /// The share of harmony windows whose chord differs from the one before.
    public var chordChangeRate: Double {
        plan.chords.count < 2 ? 0 : Double(plan.changes.count - 1) / Double(plan.chords.count - 1)
    }
}
