import Music

/// What an accompanist was asked for, complete enough to ask for the same again.
///
/// The genre, the accompanist, the model's hash and the instruction set are in the arrangement's provenance; the notes of kept parts are
/// in the arrangement itself (`StoredArrangement.keptBand`).
public struct ArrangementRecipe: Hashable, Sendable {
    /// What the band listened to, in the metre, tempo and bars of the arrangement's phrase: the melody without the chords of the
    /// left hand.
    public var heard: [NoteEvent]
    /// Chooses the variation. Differs from the provenance's only where every part was kept.
    public var seed: UInt64
    public var temperature: Double
    /// The parts that were to play.
    public var parts: Set<Part>
    /// The chords that the player gave; nil where they were left to the harmonizer.
    public var chords: ChordPlan?
    /// What rang with the phrase, for the harmonizer alone; empty where the phrase said all.
    public var ringing: [NoteEvent]
    /// The parts that stayed as they were; nil where all were made anew.
    public var kept: Kept?
    /// The version of the program that made it, for people: another version may have learned other patterns.
    public var program: String

    /// Parts that stayed.
    public struct Kept: Hashable, Sendable {
        public var parts: Set<Part>
        /// The chords under them, which stood for the parts that were made anew.
        public var plan: ChordPlan

        public init(parts: Set<Part>, plan: ChordPlan) {
            self.parts = parts
            self.plan = plan
        }
    }

    public init(
        heard: [NoteEvent], seed: UInt64, temperature: Double, parts: Set<Part> = Set(Part.allCases),
        chords: ChordPlan? = nil, ringing: [NoteEvent] = [], kept: Kept? = nil, program: String = ""
    ) {
        self.heard = heard
        self.seed = seed
        self.temperature = temperature
        self.parts = parts
        self.chords = chords
        self.ringing = ringing
        self.kept = kept
        self.program = program
    }
}

extension StoredArrangement {
    /// The phrase that the band listened to; nil where that was not kept yet (`recipe`).
    public var heard: Phrase? {
        let phrase = arrangement.phrase
        return recipe.map { Phrase(notes: $0.heard, meter: phrase.meter, tempo: phrase.tempo, bars: phrase.bars) }
    }

    /// The band whose parts stayed, with those parts alone and its own chords; nil where nothing stayed or that was not kept yet.
    public var keptBand: Accompaniment? {
        recipe?.kept.map { kept in
            var band = arrangement.accompaniment
            band.parts = band.parts.filter { kept.parts.contains($0.key) }
            band.plan = kept.plan
            return band
        }
    }
}
