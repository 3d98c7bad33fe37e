import Music

/// Answers a melody with a band.
///
/// Implementations are deterministic: the same request gives the same notes (for a network on one instruction set).
public protocol Accompanist: AnyObject {
    var genre: Genre { get }

    /// Any phrase gives something sensible: an empty one, a single note, up to 64 bars.
    func accompany(_ phrase: Phrase, request: AccompanimentRequest) -> Accompaniment
}

/// What is wanted of an accompanist besides the phrase.
public struct AccompanimentRequest: Hashable, Sendable {
    /// Chooses the variation.
    public var seed: UInt64
    /// How daring the rhythm is: 0 takes the likeliest, 1 samples freely.
    public var temperature: Double
    /// The parts that are to play.
    public var parts: Set<Part>
    /// The chords, where the player gave them; nil leaves them to the harmonizer. Windows without a chord (a plan that is
    /// shorter than the phrase) are its affair too.
    public var chords: ChordPlan?
    /// What rings at the same time as the phrase, for the harmonizer alone: the phrase's notes lengthened by the sustain
    /// pedal. Empty where the phrase says all.
    public var ringing: [NoteEvent]
    /// An accompaniment of the same phrase and the parts of it that stay as they are, note for note; the others are made to
    /// fit its chords.
    public var kept: Kept?

    /// Parts that stay.
    public struct Kept: Hashable, Sendable {
        public var accompaniment: Accompaniment
        public var parts: Set<Part>

        public init(_ parts: Set<Part>, of accompaniment: Accompaniment) {
            self.accompaniment = accompaniment
            self.parts = parts
        }
    }

    public init(
        seed: UInt64, temperature: Double = 0.3, parts: Set<Part> = Set(Part.allCases), chords: ChordPlan? = nil,
        ringing: [NoteEvent] = [], kept: Kept? = nil
    ) {
        self.seed = seed
        self.temperature = temperature
        self.parts = parts
        self.chords = chords
        self.ringing = ringing
        self.kept = kept
    }
}
