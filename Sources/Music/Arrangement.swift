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
    /// A note lasts at least a step, or its own length where that is less. Compound metres are played as written: their
    /// eighths come in threes already.
    public func grooved(_ part: Part) -> [NoteEvent] { grooved(accompaniment.parts[part] ?? []) }

    /// The melody with the groove applied, score order.
    public func groovedMelody() -> [NoteEvent] { grooved(phrase.notes) }

    private func grooved(_ notes: [NoteEvent]) -> [NoteEvent] {
        guard !phrase.meter.isCompound else { return notes.sorted(by: NoteEvent.inScoreOrder) }
        return notes.map { note in
            var moved = note
            moved.onset = accompaniment.groove.apply(note.onset)
            moved.length = max(min(note.length, .steps(1)), accompaniment.groove.apply(note.end) - moved.onset)
            return moved
        }.sorted(by: NoteEvent.inScoreOrder)
    }
}
