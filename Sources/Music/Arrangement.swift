/// What generation answers with: the notes of every part for one phrase.
///
/// The notes are the truth; the seed and the model's hash say how they came about and allow the same to be made again
/// on the same instruction set.
public struct Accompaniment: Hashable, Sendable {
    public var genre: Genre
    /// Score order in each part; onsets inside the phrase. A silent part has an empty list or none.
    public var parts: [Part: [NoteEvent]]
    public var plan: ChordPlan
    public var instrumentation: Instrumentation
    public var groove: Groove
    public var provenance: Provenance

    public init(
        genre: Genre, parts: [Part: [NoteEvent]], plan: ChordPlan, instrumentation: Instrumentation, groove: Groove,
        provenance: Provenance
    ) {
        self.genre = genre
        self.parts = parts
        self.plan = plan
        self.instrumentation = instrumentation
        self.groove = groove
        self.provenance = provenance
    }

    /// How an accompaniment was made.
    public struct Provenance: Hashable, Sendable {
        public var seed: UInt64
        /// The player of the score: `network` or `arranger`.
        public var accompanist: String
        /// SHA-256 of the model file in hexadecimal; empty for the arranger.
        public var modelHash: String
        /// `avx512`, `avx2`, `baseline` or `neon`; empty for the arranger.
        public var instructionSet: String
        public var temperature: Double

        public init(
            seed: UInt64, accompanist: String, modelHash: String, instructionSet: String, temperature: Double
        ) {
            self.seed = seed
            self.accompanist = accompanist
            self.modelHash = modelHash
            self.instructionSet = instructionSet
            self.temperature = temperature
        }
    }
}

/// A phrase with its accompaniment: what is played, stored and exported.
public struct Arrangement: Hashable, Sendable {
    public var phrase: Phrase
    public var accompaniment: Accompaniment

    public init(phrase: Phrase, accompaniment: Accompaniment) {
        self.phrase = phrase
        self.accompaniment = accompaniment
    }

    /// The notes of a part with the groove applied, score order.
    ///
    /// A note lasts at least a step, or its own length where that is less. Compound metres do not swing: their eighths come in
    /// threes already. Nothing begins before the phrase or is moved past its end.
    public func grooved(_ part: Part) -> [NoteEvent] {
        grooved(accompaniment.parts[part] ?? [], of: part, until: phrase.length)
    }

    /// The melody with the swing applied, score order: how it is stressed is the player's affair.
    public func groovedMelody() -> [NoteEvent] {
        phrase.notes.map { swung($0) }.sorted(by: NoteEvent.inScoreOrder)
    }

    /// Turns with the groove applied that the parts have.
    public func grooved(_ turns: Turns) -> Turns {
        var turns = turns
        turns.fill = grooved(turns.fill, of: .drums, until: phrase.meter.bar)
        for (part, notes) in turns.ending { turns.ending[part] = grooved(notes, of: part, until: phrase.meter.bar) }
        return turns
    }

    /// The same without any groove: every note where and as loud as it is written.
    public var straight: Arrangement {
        var straight = self
        straight.accompaniment.groove = .straight
        return straight
    }

    private func grooved(_ notes: [NoteEvent], of part: Part, until end: Tick) -> [NoteEvent] {
        let touches = accompaniment.groove.touches
        return notes.map { note in
            var moved = swung(note)
            guard let touch = touches[Groove.Voice(part, note.pitch)] else { return moved }
            if let accent = touch.accents[Groove.Place(note.onset, in: phrase.meter)] {
                moved.velocity = Velocity(moved.velocity.number + accent)
            }
            let shift = touch.shift(at: phrase.tempo)
            moved.onset = max(.zero, moved.onset + shift)
            // What is late does not sound into the next round.
            if note.end <= end { moved.length = max(Tick(1), min(moved.length, end - moved.onset)) }
            return moved
        }.sorted(by: NoteEvent.inScoreOrder)
    }

    private func swung(_ note: NoteEvent) -> NoteEvent {
        guard !phrase.meter.isCompound else { return note }
        var moved = note
        moved.onset = accompaniment.groove.apply(note.onset)
        moved.length = max(min(note.length, .steps(1)), accompaniment.groove.apply(note.end) - moved.onset)
        return moved
    }
}
