import Music
import Testing

@testable import Capture

/// Two hands on one keyboard, in the shapes that people play.
struct HandsTests {
    /// A voice: keys and lengths in sixths of a quarter's half, `60:12 64:12`; several keys by `+`, `r` rests.
    private static func voice(_ text: String) -> [NoteEvent] {
        var step = 0
        var notes: [NoteEvent] = []
        for token in text.split(whereSeparator: \.isWhitespace) {
            let pieces = token.split(separator: ":")
            let length = Int(pieces[1])!
            for key in pieces[0].split(separator: "+") {
                guard let key = Int(key) else { continue }
                notes.append(
                    NoteEvent(pitch: Pitch(key), onset: .steps(step), length: .steps(length), velocity: .mezzoForte))
            }
            step += length
        }
        return notes
    }

    private static func phrase(_ voices: [String], _ meter: Meter = .fourFour, bars: Int) -> Phrase {
        Phrase(notes: voices.flatMap(voice), meter: meter, tempo: .moderate, bars: bars)
    }

    struct Shape: Sendable, CustomStringConvertible {
        var description: String
        var melody: String
        var left: String
        var meter = Meter.fourFour
        var bars = 2
        var chords: String
    }

    private static let tune = "76:12 79:12 72:24 74:12 71:12 67:24"

    static let shapes = [
        Shape(
            description: "block chords", melody: tune, left: "48+52+55:48 50+53+55+59:48", chords: "C C G7 G7"),
        Shape(
            description: "block chords in a low place", melody: tune, left: "36+43+52:24 33+40+48:24 31+38+47:48",
            chords: "C Am G G"),
        Shape(
            description: "inversions", melody: tune, left: "52+55+60:24 53+57+60:24 50+55+59:48", chords: "C F G G"),
        Shape(
            description: "Alberti bass", melody: tune,
            left: "48:6 55:6 52:6 55:6 48:6 55:6 52:6 55:6 47:6 55:6 50:6 55:6 47:6 55:6 50:6 55:6",
            chords: "C C G G"),
        Shape(
            description: "stride", melody: tune,
            left: "36:12 52+55+60:12 43:12 52+55+60:12 43:12 53+55+59:12 38:12 53+55+59:12", chords: "C C G7 G7"),
        Shape(description: "shells", melody: tune, left: "48+58:24 53+57:24 43+53:24 48+52:24", chords: "C7 F G7 C"),
        Shape(description: "power chords", melody: tune, left: "48+55:24 45+52:24 43+50:48", chords: "C Am G G"),
        Shape(
            description: "a waltz", melody: "76:36 74:36 72:24 71:12 72:36",
            left: "48:12 52+55:12 52+55:12 43:12 53+59:12 53+59:12 45:12 52+60:12 52+60:12 48:12 52+55:24",
            meter: .threeFour, bars: 4, chords: "C G7 Am C"),
        Shape(
            description: "broken in sixths of a bar", melody: "76:18 79:18 74:36",
            left: "48:6 52:6 55:6 48:6 52:6 55:6 47:6 50:6 55:6 47:6 50:6 55:6",
            meter: .sixEight, chords: "C G"),
        Shape(
            description: "a rest in the left hand", melody: tune, left: "48+52+55:24 r:24 50+55+59:24 r:24",
            chords: "C C G"),
    ]

    private static func chords(_ plan: ChordPlan?) -> String? {
        plan.map { $0.chords.map(\.description).joined(separator: " ") }
    }

    @Test(arguments: shapes)
    func theRightHandIsTheMelodyAndTheLeftTheChords(shape: Shape) {
        let phrase = Self.phrase([shape.melody, shape.left], shape.meter, bars: shape.bars)
        let (melody, chords) = Hands.separate(phrase)
        #expect(melody.notes == Self.phrase([shape.melody], shape.meter, bars: shape.bars).notes)
        #expect(Self.chords(chords) == shape.chords)
        #expect(chords?.window == shape.meter.harmonyWindow)
    }

    @Test(arguments: shapes)
    func aSplitTellsTheHandsApart(shape: Shape) {
        let phrase = Self.phrase([shape.melody, shape.left], shape.meter, bars: shape.bars)
        let (melody, chords) = Hands.separate(phrase, split: Pitch(62))
        #expect(melody.notes == Self.phrase([shape.melody], shape.meter, bars: shape.bars).notes)
        #expect(Self.chords(chords) == shape.chords)
    }

    @Test(arguments: shapes, [-5, 2, 4])
    func transposedHandsPlayTransposedChords(shape: Shape, semitones: Int) {
        let phrase = Self.phrase([shape.melody, shape.left], shape.meter, bars: shape.bars)
        let here = Hands.separate(phrase).chords
        #expect(Hands.separate(phrase.transposed(by: semitones)).chords == here?.transposed(by: semitones))
    }

    @Test(arguments: [
        ["60:12 62:12 64:12 65:12 67:24 55:24"],
        ["48:12 60:12 72:12 60:12 79:24 48:24"],
        ["60:12 62:12 64:12 65:12 67:24 72:24", "72:12 74:12 76:12 77:12 79:24 84:24"],
        ["60:12 62:12 64:12 65:12 67:24 72:24", "64:12 65:12 67:12 69:12 71:24 76:24"],
        ["60:14 62:12"],
        [""],
    ])
    func oneHandComesBackUntouched(voices: [String]) {
        let phrase = Self.phrase(voices, bars: 2)
        let (melody, chords) = Hands.separate(phrase)
        #expect(melody == phrase)
        #expect(chords == nil)
    }

    @Test func aDroneIsNoChord() {
        let phrase = Self.phrase([Self.tune, "48:96"], bars: 2)
        let (melody, chords) = Hands.separate(phrase)
        #expect(melody.notes == Self.voice(Self.tune).sorted(by: NoteEvent.inScoreOrder))
        #expect(chords == nil)
    }

    @Test func aWalkingBassIsNoChord() {
        let phrase = Self.phrase([Self.tune, "48:12 50:12 52:12 53:12 55:12 53:12 52:12 50:12"], bars: 2)
        #expect(Hands.separate(phrase).chords == nil)
    }

    /// Four voices, note against note: the tune is on top.
    @Test func aHymnGivesItsSopranoAndItsHarmony() {
        let soprano = "72:12 72:12 71:12 74:12 72:48"
        let phrase = Self.phrase(
            [soprano, "67:24 67:24 67:48", "64:24 62:24 64:48", "48:24 43:24 48:48"], bars: 2)
        let (melody, chords) = Hands.separate(phrase)
        #expect(melody.notes == Self.voice(soprano))
        #expect(Self.chords(chords) == "C G C C")
    }

    @Test func theLeftHandAloneLeavesAnEmptyMelody() {
        let phrase = Self.phrase(["48+52+55:48 53+57+60:48"], bars: 2)
        let (melody, chords) = Hands.separate(phrase, split: Pitch(62))
        #expect(melody.notes.isEmpty)
        #expect(Self.chords(chords) == "C C F F")
    }

    @Test func noNoteIsLostBetweenSplitHands() {
        let phrase = Self.phrase([Self.tune, "48+52+55:48 50+53+55+59:48"], bars: 2)
        for split in stride(from: 40, to: 90, by: 7) {
            let right = Hands.separate(phrase, split: Pitch(split)).melody
            #expect(right.notes == phrase.notes.filter { $0.pitch.number >= split })
        }
    }
}
