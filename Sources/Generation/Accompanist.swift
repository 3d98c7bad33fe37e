import Music

/// Answers a melody with a band.
///
/// Implementations are deterministic: the same request gives the same notes (for a network on one instruction set).
public protocol Accompanist: AnyObject {
    var genre: Genre { get }

    /// Any phrase gives something sensible: an empty one, a single note, up to 64 bars.
    ///
    /// Parts that are kept come out as they are, with their programs, whatever the genre; with nothing left to make the answer
    /// is what was kept. The plan of the answer has the given chords wherever there are any.
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

extension AccompanimentRequest {
    /// What is kept, where that is anything.
    var keptBand: Kept? { kept.flatMap { $0.parts.isEmpty ? nil : $0 } }

    /// The chords that stand: those under the parts that stay, or else what the player gave.
    var givenChords: ChordPlan? {
        if let kept = keptBand, !kept.accompaniment.plan.chords.isEmpty { return kept.accompaniment.plan }
        return chords
    }

    /// Every part that will be heard.
    var heardParts: Set<Part> { parts.union(keptBand?.parts ?? []) }

    /// The parts that are to be made.
    var newParts: Set<Part> { parts.subtracting(keptBand?.parts ?? []) }

    /// The answer where nothing is to be made anew; nil where something is.
    var unchanged: Accompaniment? {
        guard let kept = keptBand, newParts.isEmpty else { return nil }
        var same = kept.accompaniment
        same.parts = same.parts.filter { kept.parts.contains($0.key) }
        return same
    }

    /// The notes of a part that stays; none of one that does not.
    func keptNotes(_ part: Part) -> [NoteEvent] {
        guard let kept = keptBand, kept.parts.contains(part) else { return [] }
        return kept.accompaniment.parts[part] ?? []
    }
}

extension Accompaniment {
    /// Puts the parts that stay back in their place, with their instruments.
    mutating func restore(_ kept: AccompanimentRequest.Kept?) {
        guard let kept else { return }
        for part in kept.parts {
            parts[part] = kept.accompaniment.parts[part]
            instrumentation.programs[part] = kept.accompaniment.instrumentation.programs[part]
        }
    }
}
