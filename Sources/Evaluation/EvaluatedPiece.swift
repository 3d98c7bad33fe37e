import Music

/// A melody with an accompaniment, as it is measured: notes as they sound (with the groove applied) from a common start.
public struct EvaluatedPiece: Hashable, Sendable {
    /// What it is called in reports.
    public var name: String
    /// In score order.
    public let melody: [NoteEvent]
    public let meter: Meter
    /// What is measured: tracks with notes, without copies of the melody.
    public let tracks: [EvaluatedTrack]
    /// The notes of all tracks of a role, in score order; a role without tracks is not there.
    public let parts: [Role: [NoteEvent]]
    /// The melody's last note end, rounded up to whole bars; a surplus of up to .02 bar is forgiven. At least one bar.
    public let total: Tick

    /// - Parameter tracks: those that copy the melody are left out: one that is named so (`melody...`), and a pitched one whose onsets with their pitch
    ///   classes hold more than 90 % of the melody's and are less than 1.25 times as many.
    public init(name: String = "", melody: [NoteEvent], meter: Meter, tracks: [EvaluatedTrack]) {
        let sung = EvaluatedPiece.onsetClasses(melody)
        let kept = tracks.filter { track in
            guard !track.notes.isEmpty, !track.isNamedMelody else { return false }
            guard track.role != .drums, !sung.isEmpty else { return true }
            let played = EvaluatedPiece.onsetClasses(track.notes)
            let held = Double(sung.intersection(played).count) / Double(sung.count)
            return !(held > 0.9 && Double(played.count) < 1.25 * Double(sung.count))
        }
        let end = melody.map(\.end).max() ?? .zero
        let bar = meter.bar.rawValue
        let forgiven = bar / 50
        self.init(
            name: name, melody: melody.sorted(by: NoteEvent.inScoreOrder), meter: meter, keeping: kept,
            total: Tick(max(1, (end.rawValue - forgiven + bar - 1) / bar) * bar))
    }

    /// A piece whose roles are known: the parts of an accompaniment.
    public init(name: String = "", melody: [NoteEvent], meter: Meter, parts: [Part: [NoteEvent]]) {
        let tracks = Part.allCases.compactMap { part in
            parts[part].flatMap {
                $0.isEmpty ? nil : EvaluatedTrack(name: part.rawValue, role: Role(part), notes: $0)
            }
        }
        self.init(name: name, melody: melody, meter: meter, tracks: tracks)
    }

    /// Whole bars of `total`.
    public var bars: Int { total.rawValue / meter.bar.rawValue }

    /// All notes of pitched parts.
    public var pitched: [NoteEvent] { Role.allCases.filter { $0 != .drums }.flatMap { parts[$0] ?? [] } }

    /// The 12-a-quarter step of an onset, halves to even.
    static func step(_ onset: Tick) -> Int {
        Int((Double(onset.rawValue) / Double(Grid.ticksPerStep)).rounded(.toNearestOrEven))
    }

    private static func onsetClasses(_ notes: [NoteEvent]) -> Set<Int> {
        Set(notes.map { step($0.onset) * 12 + $0.pitch.pitchClass })
    }
}

extension EvaluatedPiece {
    /// The same band, every pitched track moved by semitones: what a wrong key measures.
    public func accompanimentTransposed(by semitones: Int) -> EvaluatedPiece {
        let moved = tracks.map { track in
            var track = track
            guard track.role != .drums else { return track }
            for index in track.notes.indices {
                track.notes[index].pitch = track.notes[index].pitch.movedAndFolded(by: semitones)
            }
            return track
        }
        return EvaluatedPiece(name: name, melody: melody, meter: meter, keeping: moved, total: total)
    }

    /// The melody under another piece's band, both cut to the shorter of the two: what a band measures that did not listen.
    ///
    /// - Precondition: both have the same metre.
    public func accompanied(by other: EvaluatedPiece) -> EvaluatedPiece {
        precondition(meter == other.meter, "pieces of one metre")
        let shorter = min(total, other.total)
        let tracks = other.tracks.compactMap { track -> EvaluatedTrack? in
            var track = track
            track.notes.removeAll { $0.onset >= shorter }
            return track.notes.isEmpty ? nil : track
        }
        return EvaluatedPiece(
            name: name, melody: melody.filter { $0.onset < shorter }, meter: meter, keeping: tracks, total: shorter)
    }

    /// Keeps the tracks as they are, and their roles.
    private init(name: String, melody: [NoteEvent], meter: Meter, keeping tracks: [EvaluatedTrack], total: Tick) {
        self.name = name
        self.melody = melody
        self.meter = meter
        self.tracks = tracks
        self.parts = Dictionary(grouping: tracks, by: \.role).mapValues { tracks in
            tracks.flatMap(\.notes).sorted(by: NoteEvent.inScoreOrder)
        }
        self.total = total
    }
}
