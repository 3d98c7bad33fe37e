import Music

/// How the heads' answers are turned into notes.
public struct DecodingOptions: Hashable, Sendable {
    /// Rhythmic daring: 0 takes the likeliest gate, hit and pitch at each step, 1 draws them by their probability. Not negative.
    public var temperature: Double
    /// Seed of the draws; without effect at temperature 0.
    public var seed: UInt64
    /// The parts that are decoded; the others stay silent.
    public var parts: Set<Part>
    /// A bass that is there already and is not decoded: the other parts keep above it. Real key.
    public var keptBass: [NoteEvent]
    /// Lowest and highest pitch of each pitched part, at least an octave apart.
    public var ranges: [Part: ClosedRange<Int>]
    /// Voices of a chord of the chords part.
    public var chordVoices: ClosedRange<Int>
    /// Voices of a chord of the pad.
    public var padVoices: ClosedRange<Int>
    /// A drum is hit where its probability is higher (temperature 0).
    public var drumThreshold: Double
    /// How much the chords lean to the melody's rhythm: log-odds for a strike where a melody note begins, a third of that against
    /// one where none does while the melody sounds. 0 leaves it to the heads.
    public var leaning: Double
    /// Log-odds against a note of the line that is heard within 4 steps of a melody onset. 0 leaves it to the heads.
    public var lineReserve: Double
    /// The swing with which the notes will be heard; it moves none of them here.
    public var groove: Groove
    /// Chords and pad keep under the melody (above one that is played low, the bass below it) and off its pitches where that
    /// costs little movement; otherwise they are voiced as proposed.
    public var keepsOffMelody: Bool
    /// Notes that are too short to be heard as meant are lengthened where there is room; otherwise the heads are taken at their word, for judging.
    public var lengthens: Bool
    /// What the keys of the drums mean.
    public var kit: DrumKit

    public init(
        genre: Genre = .pop, temperature: Double = 0, seed: UInt64 = 0, parts: Set<Part> = Set(Part.allCases)
    ) {
        self.temperature = temperature
        self.seed = seed
        self.parts = parts
        keptBass = []
        ranges = DecodingOptions.ranges(for: genre)
        chordVoices = 2...5
        padVoices = 1...5
        drumThreshold = 0.5
        leaning = 0
        lineReserve = 0
        groove = .straight
        keepsOffMelody = true
        lengthens = true
        kit = ArrangerStyle.fallback(for: genre).kit
    }

    /// What the genre's instruments can play, as its style says; a genre that the arranger does not know has the ranges of pop.
    public static func ranges(for genre: Genre) -> [Part: ClosedRange<Int>] {
        ArrangerStyle.fallback(for: genre).ranges
    }

    func range(_ part: Part) -> ClosedRange<Int> { ranges[part] ?? DecodingOptions.ranges(for: .pop)[part] ?? 48...76 }
}
