import Music
import Testing

@testable import Generation

/// What a request asks for besides a seed: parts that stay, chords that are given, a pedal that rings.
struct RequestTests {
    /// An accompanist by its name, made anew for every test.
    struct Player: Sendable, CustomStringConvertible {
        var description: String
        var make: @Sendable () throws -> any Accompanist
    }

    static let players =
        [Player(description: "network") { NetworkAccompanist(model: try SmallModel.model()) }]
        + ArrangerStyle.all.map { style in
            Player(description: style.genre.rawValue) { ArrangerAccompanist(style: style) }
        }

    /// Four bars: what is asked for does not depend on length.
    private static let tune: Phrase = {
        let pitches = [64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 64, 62, 62, 60]
        return Phrase(
            notes: pitches.enumerated().map {
                NoteEvent(
                    pitch: Pitch($1), onset: .steps($0 * 12), length: .steps(12), velocity: .mezzoForte)
            }, meter: .fourFour, tempo: .moderate, bars: 4)
    }()

    private static func chords(_ text: String) -> [Chord] { text.split(separator: " ").map { Chord(symbol: $0)! } }

    @Test(arguments: players, [Set<Part>([.bass]), [.drums], [.bass, .chords], [.pad, .line, .drums]])
    func keptPartsStayNoteForNoteAndTheOthersDiffer(player: Player, parts: Set<Part>) throws {
        let phrase = Self.tune
        let accompanist = try player.make()
        let first = accompanist.accompany(phrase, request: .init(seed: 1))
        let second = accompanist.accompany(phrase, request: .init(seed: 2, kept: .init(parts, of: first)))
        for part in parts {
            #expect(second.parts[part] == first.parts[part])
            #expect(second.instrumentation.programs[part] == first.instrumentation.programs[part])
        }
        #expect(second.plan == first.plan)
        let others = Set(Part.allCases).subtracting(parts)
        #expect(others.contains { second.parts[$0] != first.parts[$0] })
        #expect(second == accompanist.accompany(phrase, request: .init(seed: 2, kept: .init(parts, of: first))))
    }

    @Test(arguments: players, players)
    func aLockedBassSurvivesAChangeOfGenre(from: Player, to: Player) throws {
        let phrase = Self.tune
        let first = try from.make().accompany(phrase, request: .init(seed: 1))
        let second = try to.make().accompany(phrase, request: .init(seed: 1, kept: .init([.bass], of: first)))
        #expect(second.parts[.bass] == first.parts[.bass])
        #expect(second.instrumentation.programs[.bass] == first.instrumentation.programs[.bass])
        #expect(second.plan == first.plan)
        #expect(second.genre == (try to.make()).genre)
    }

    @Test(arguments: players)
    func withEverythingKeptNothingChanges(player: Player) throws {
        let phrase = Self.tune
        let accompanist = try player.make()
        let first = accompanist.accompany(phrase, request: .init(seed: 1))
        let all = AccompanimentRequest.Kept(Set(Part.allCases), of: first)
        #expect(accompanist.accompany(phrase, request: .init(seed: 9, kept: all)) == first)
        // Nothing kept binds nothing.
        let free = accompanist.accompany(phrase, request: .init(seed: 9, kept: .init([], of: first)))
        #expect(free == accompanist.accompany(phrase, request: .init(seed: 9)))
    }

    @Test func theNetworksOtherPartsKeepAboveTheLockedBass() throws {
        let phrase = Self.tune
        let accompanist = NetworkAccompanist(model: try SmallModel.model())
        var first = accompanist.accompany(phrase, request: .init(seed: 1))
        first.parts[.bass] = [
            NoteEvent(pitch: Pitch(52), onset: .zero, length: phrase.length, velocity: .mezzoForte)
        ]
        let second = accompanist.accompany(phrase, request: .init(seed: 3, kept: .init([.bass], of: first)))
        let above = [Part.chords, .pad, .line].flatMap { second.parts[$0] ?? [] }
        #expect(!above.isEmpty && above.allSatisfy { $0.pitch.number > 52 })
    }

    @Test(arguments: players)
    func givenChordsAreFollowed(player: Player) throws {
        let phrase = Self.tune
        let chords = Self.chords("Eb F#m7 C Ab7 Bm7b5 D Cmaj7 G")
        let whole = ChordPlan(window: phrase.meter.harmonyWindow, chords: chords)
        let accompanist = try player.make()
        #expect(accompanist.accompany(phrase, request: .init(seed: 3, chords: whole)).plan == whole)
        let half = ChordPlan(window: phrase.meter.harmonyWindow, chords: Array(chords.prefix(3)))
        let completed = accompanist.accompany(phrase, request: .init(seed: 3, chords: half)).plan
        #expect(Array(completed.chords.prefix(3)) == Array(chords.prefix(3)))
        #expect(completed.chords.count == 8)
        // A plan of whole bars holds in both halves.
        let bars = ChordPlan(window: phrase.meter.bar, chords: Array(chords.prefix(2)))
        let held = accompanist.accompany(phrase, request: .init(seed: 3, chords: bars)).plan
        #expect(Array(held.chords.prefix(4)) == [chords[0], chords[0], chords[1], chords[1]])
        let none = ChordPlan(window: .quarter, chords: [])
        #expect(
            accompanist.accompany(phrase, request: .init(seed: 3, chords: none)).plan
                == accompanist.accompany(phrase, request: .init(seed: 3)).plan)
    }

    @Test(arguments: players)
    func chordsCanBeGivenWithoutAMelody(player: Player) throws {
        let phrase = Phrase(notes: [], meter: .threeFour, tempo: .moderate, bars: 4)
        let given = ChordPlan(window: phrase.meter.harmonyWindow, chords: Self.chords("Bb Eb"))
        let answer = try player.make().accompany(phrase, request: .init(seed: 1, chords: given))
        #expect(Array(answer.plan.chords.prefix(2)) == given.chords)
        #expect(answer.plan.chords.count == 4)
    }

    /// C-E-G-E and G-B-D-B in short notes, a bar each, under a pedal that is changed with the bar.
    private static let broken: (phrase: Phrase, ringing: [NoteEvent]) = {
        let bars = [[60, 64, 67, 64], [67, 71, 74, 71], [60, 64, 67, 64], [60, 64, 67, 64]]
        var notes: [NoteEvent] = []
        var ringing: [NoteEvent] = []
        for (bar, pitches) in bars.enumerated() {
            for (beat, pitch) in pitches.enumerated() {
                var note = NoteEvent(
                    pitch: Pitch(pitch), onset: .steps(bar * 48 + beat * 12), length: .steps(3),
                    velocity: .mezzoForte)
                notes.append(note)
                note.length = .steps(48 - beat * 12)
                ringing.append(note)
            }
        }
        return (Phrase(notes: notes, meter: .fourFour, tempo: .moderate, bars: 4), ringing)
    }()

    @Test func aBrokenChordUnderThePedalIsThatChord() {
        let (phrase, ringing) = Self.broken
        let plan = Harmonizer().plan(for: phrase, ringing: ringing)
        #expect(plan.chords.map(\.root) == [0, 0, 7, 7, 0, 0, 0, 0])
        #expect(plan.chords.allSatisfy { [.major, .seventh].contains($0.quality) })
    }

    @Test func whatRingsIsHeardByTheHarmonyInsteadOfTheNotes() {
        // One short C, under which an F major chord rings.
        let phrase = Phrase(
            notes: [NoteEvent(pitch: Pitch(72), onset: .zero, length: .steps(3), velocity: .mezzoForte)],
            meter: .threeFour, tempo: .moderate, bars: 1)
        let ringing = [53, 57, 60, 65].map {
            NoteEvent(pitch: Pitch($0), onset: .zero, length: .steps(36), velocity: .mezzoForte)
        }
        var options = Harmonizer.Options.melodyOnly
        options.cadence = 0
        let plan = Harmonizer().plan(for: phrase, options: options, ringing: ringing)
        #expect(plan.chords.map(\.description) == ["F"])
        #expect(Harmonizer().plan(for: phrase, options: options).chords.map(\.description) == ["C"])
    }

    @Test(arguments: players)
    func thePedalChangesNoRhythmUnderTheSameChords(player: Player) throws {
        let (phrase, ringing) = Self.broken
        let given = ChordPlan(window: phrase.meter.harmonyWindow, chords: Self.chords("C C G G C C C C"))
        let accompanist = try player.make()
        let dry = accompanist.accompany(phrase, request: .init(seed: 4, chords: given))
        let wet = accompanist.accompany(phrase, request: .init(seed: 4, chords: given, ringing: ringing))
        #expect(wet == dry)
    }
}
