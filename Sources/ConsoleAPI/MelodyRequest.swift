import Music

/// A melody that was changed by hand: `{"notes": [{"pitch": 60, "onset": 0, "length": 480, "velocity": 80}], "bars": 2}`.
///
/// Notes are in score time, ticks of 1/480 quarter from bar 1, on the grid of 12 steps a quarter. Metre and tempo are the take's.
public struct MelodyRequest: Hashable, Sendable, Codable {
    public var notes: [NoteReport]
    /// How many bars it has from now on, 1...64; nil leaves the take's.
    public var bars: Int?

    public init(notes: [NoteReport], bars: Int? = nil) {
        self.notes = notes
        self.bars = bars
    }

    /// How many notes a melody may have: far more than 64 bars of anybody's playing.
    public static let mostNotes = 8192

    /// The melody in the metre and tempo of another.
    ///
    /// - Throws: `APIError` 400 that names the first note that cannot be, and why.
    public func phrase(like old: Phrase) throws(APIError) -> Phrase {
        let bars = bars ?? old.bars
        guard (1...Phrase.maximumBars).contains(bars) else {
            throw .badRequest("\(bars) bars: a melody has 1 to \(Phrase.maximumBars)")
        }
        guard !notes.isEmpty else {
            throw .badRequest("the melody has no notes", advice: "leave at least one, or delete the take")
        }
        guard notes.count <= Self.mostNotes else {
            throw .badRequest("the melody has \(notes.count) notes; \(Self.mostNotes) are possible")
        }
        let end = (old.meter.bar * bars).rawValue
        var events: [NoteEvent] = []
        for (index, note) in notes.enumerated() {
            func refused(_ reason: String) -> APIError {
                .badRequest("note \(index + 1) (pitch \(note.pitch), onset \(note.onset)): \(reason)")
            }
            guard (0...127).contains(note.pitch) else { throw refused("a pitch is 0 to 127") }
            guard (1...127).contains(note.velocity) else { throw refused("a velocity is 1 to 127") }
            guard (0..<end).contains(note.onset) else {
                throw refused("it begins outside of the \(bars) bars (0 to \(end) ticks)")
            }
            guard note.length > 0, note.length <= end - note.onset else {
                throw refused("it ends before it begins or behind the last bar (length \(note.length))")
            }
            guard note.onset % Grid.ticksPerStep == 0, note.length % Grid.ticksPerStep == 0 else {
                throw refused("it does not lie on the grid of \(Grid.ticksPerStep) ticks")
            }
            events.append(
                NoteEvent(
                    pitch: Pitch(note.pitch), onset: Tick(note.onset), length: Tick(note.length),
                    velocity: Velocity(note.velocity)))
        }
        events.sort(by: NoteEvent.inScoreOrder)
        var ends: [Pitch: Tick] = [:]
        for note in events {
            if let before = ends[note.pitch], before > note.onset {
                throw .badRequest(
                    "two notes of pitch \(note.pitch.number) sound at once at tick \(note.onset.rawValue)",
                    advice: "end the first before the second begins")
            }
            ends[note.pitch] = note.end
        }
        return Phrase(notes: events, meter: old.meter, tempo: old.tempo, bars: bars)
    }
}

/// How another band for a take is to be: `{"genre": "jazz", "seed": "7", "temperature": 0.3}`. What is left out is as with the take's
/// newest band; without a seed one is drawn.
public struct ArrangeRequest: Hashable, Sendable, Codable {
    public var genre: String?
    /// In decimal; text, because it may need all 64 bits.
    public var seed: String?
    /// How daring the rhythm is, 0...1.
    public var temperature: Double?

    public init(genre: String? = nil, seed: String? = nil, temperature: Double? = nil) {
        self.genre = genre
        self.seed = seed
        self.temperature = temperature
    }
}
