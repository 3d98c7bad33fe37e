import Music

@testable import Generation

/// Traditional tunes with chords, written by hand for the tests.
struct ArrangerTune: Sendable, CustomStringConvertible {
    let name: String
    let phrase: Phrase
    let plan: ChordPlan

    var description: String { name }

    /// - Parameters:
    ///   - melody: bars by `|`; a token is a note name, an octave and its length in eighths: `E4:2`, `r:2` rests.
    ///   - chords: a symbol a window, `G7`, `Am`, by spaces.
    init(_ name: String, _ meter: Meter, tempo: Double, melody: String, chords: String) {
        self.name = name
        var notes: [NoteEvent] = []
        let bars = melody.split(separator: "|")
        for (bar, text) in bars.enumerated() {
            var step = bar * meter.stepsPerBar
            for token in text.split(whereSeparator: \.isWhitespace) {
                let pieces = token.split(separator: ":")
                let length = Int((Double(pieces[1])! * 6).rounded())
                if let pitch = ArrangerTune.pitch(pieces[0]) {
                    notes.append(
                        NoteEvent(pitch: pitch, onset: .steps(step), length: .steps(length), velocity: .mezzoForte))
                }
                step += length
            }
            precondition(step == (bar + 1) * meter.stepsPerBar, "bar \(bar + 1) of \(name) is not full")
        }
        phrase = Phrase(
            notes: notes, meter: meter, tempo: Tempo(quartersPerMinute: tempo)!, bars: bars.count)
        plan = ChordPlan(
            window: meter.harmonyWindow, chords: chords.split(whereSeparator: \.isWhitespace).map(ArrangerTune.chord))
    }

    private static func pitch(_ text: Substring) -> Pitch? {
        guard text != "r" else { return nil }
        let name = text.dropLast()
        return Pitch((Int(String(text.last!))! + 1) * 12 + Pitch.classNames.firstIndex(of: String(name))!)
    }

    private static func chord(_ text: Substring) -> Chord {
        let root = Pitch.classNames.indices.filter { text.hasPrefix(Pitch.classNames[$0]) }
            .max { Pitch.classNames[$0].count < Pitch.classNames[$1].count }!
        let suffix = text.dropFirst(Pitch.classNames[root].count)
        return Chord(root: root, quality: Chord.Quality.allCases.first { $0.suffix == suffix }!)
    }

    /// Beethoven's hymn, steady quarters.
    static let odeToJoy = ArrangerTune(
        "Ode to Joy", .fourFour, tempo: 112,
        melody: """
            E4:2 E4:2 F4:2 G4:2 | G4:2 F4:2 E4:2 D4:2 | C4:2 C4:2 D4:2 E4:2 | E4:3 D4:1 D4:4 |
            E4:2 E4:2 F4:2 G4:2 | G4:2 F4:2 E4:2 D4:2 | C4:2 C4:2 D4:2 E4:2 | D4:3 C4:1 C4:4 |
            D4:2 D4:2 E4:2 C4:2 | D4:2 E4:1 F4:1 E4:2 C4:2 | D4:2 E4:1 F4:1 E4:2 D4:2 | C4:2 D4:2 G3:4 |
            E4:2 E4:2 F4:2 G4:2 | G4:2 F4:2 E4:2 D4:2 | C4:2 C4:2 D4:2 E4:2 | D4:3 C4:1 C4:4
            """,
        chords: """
            C C G7 G7 Am Am G G C C G7 G7 Am F G7 C G G C C G E7 Am G C C G7 G7 Am F G7 C
            """)

    /// Phrases that end in long notes, with gaps to answer.
    static let auraLee = ArrangerTune(
        "Aura Lee", .fourFour, tempo: 88,
        melody: """
            D4:2 G4:2 F#4:2 G4:2 | A4:2 E4:2 A4:4 | G4:2 F#4:2 E4:2 F#4:2 | G4:8 |
            D4:2 G4:2 F#4:2 G4:2 | A4:2 E4:2 A4:4 | G4:2 F#4:2 E4:2 F#4:2 | G4:6 r:2
            """,
        chords: "G G A7 A7 D7 D7 G G G G A7 A7 D7 D7 G D7")

    static let clementine = ArrangerTune(
        "Clementine", .threeFour, tempo: 126,
        melody: """
            r:4 F4:1.5 F4:0.5 | F4:2 C4:2 A4:1.5 A4:0.5 | A4:2 F4:2 F4:1.5 A4:0.5 | C5:3 C5:1 Bb4:1 A4:1 |
            G4:4 G4:1.5 A4:0.5 | Bb4:2 Bb4:2 A4:1.5 G4:0.5 | A4:2 F4:2 F4:1.5 A4:0.5 |
            G4:3 C4:1 E4:1.5 G4:0.5 | F4:4 r:2
            """,
        chords: "F F F F C7 C7 F C7 F")

    static let rowYourBoat = ArrangerTune(
        "Row, row, row your boat", .sixEight, tempo: 150,
        melody: """
            C4:3 C4:3 | C4:2 D4:1 E4:3 | E4:2 D4:1 E4:2 F4:1 | G4:6 |
            C5:1 C5:1 C5:1 G4:1 G4:1 G4:1 | E4:1 E4:1 E4:1 C4:1 C4:1 C4:1 | G4:2 F4:1 E4:2 D4:1 | C4:6
            """,
        chords: "C C C C C C G7 C")

    static let skipToMyLou = ArrangerTune(
        "Skip to my Lou", .twoFour, tempo: 104,
        melody: """
            A4:2 F4:2 | A4:1 A4:1 C5:2 | G4:2 E4:2 | G4:1 G4:1 Bb4:2 |
            A4:2 F4:2 | A4:1 A4:1 C5:2 | G4:1 A4:1 Bb4:1 G4:1 | A4:2 F4:2
            """,
        chords: "F F C7 C7 F F C7 F")

    static let greensleeves = ArrangerTune(
        "Greensleeves", .sixEight, tempo: 132,
        melody: """
            A4:2 C5:1 D5:1.5 E5:1.5 | r:1 D5:2 B4:2 G4:1 | A4:1 B4:1 C5:2 A4:1 A4:1 | A4:1 Ab4:1 A4:1 B4:3 |
            A4:2 C5:1 D5:2 E5:1 | D5:2 B4:1 G4:3 | C5:2 B4:1 A4:2 Ab4:1 | A4:6
            """,
        chords: "Am G Am E7 Am G E7 Am")

    static let all = [odeToJoy, auraLee, clementine, rowYourBoat, skipToMyLou, greensleeves]
}
