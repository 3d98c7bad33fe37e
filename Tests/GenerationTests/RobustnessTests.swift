import Foundation
import Music
import Testing

@testable import Generation

/// What nobody meant to play, and what a band makes of it: every style of the arranger, and the model that ships.
struct RobustnessTests {
    /// A melody that must get an answer.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let phrase: Phrase
        var testDescription: String { name }

        init(_ name: String, _ meter: Meter = .fourFour, bars: Int = 4, bpm: Double = 100, notes: [(Int, Int, Int)]) {
            self.name = name
            phrase = Phrase(
                notes: notes.map {
                    NoteEvent(pitch: Pitch($0.0), onset: Tick($0.1), length: Tick($0.2), velocity: .mezzoForte)
                }.sorted(by: NoteEvent.inScoreOrder), meter: meter, tempo: Tempo(quartersPerMinute: bpm)!, bars: bars)
        }
    }

    private static let tune = [60, 62, 64, 67, 69, 67, 64, 62]

    /// `count` notes of the tune, one each `step` ticks.
    private static func run(_ count: Int, step: Int, length: Int? = nil, shift: Int = 0) -> [(Int, Int, Int)] {
        (0..<count).map { index in (tune[index % 8] + shift, index * step, length ?? step) }
    }

    private static func trill(_ count: Int, step: Int) -> [(Int, Int, Int)] {
        (0..<count).map { index in (index % 2 == 0 ? 72 : 74, index * step, step) }
    }

    private static func chords(_ pitches: [Int]) -> [(Int, Int, Int)] {
        var notes: [(Int, Int, Int)] = []
        for bar in 0..<4 { notes += pitches.map { ($0, bar * 1920, 1920) } }
        return notes
    }

    private static let chromatic = (0..<32).map { (index: Int) -> (Int, Int, Int) in (48 + index, index * 240, 240) }
    private static let extremes = (0..<16).map { (index: Int) -> (Int, Int, Int) in (index % 2 * 127, index * 480, 480)
    }
    private static let offGrid = (0..<32).map { (index: Int) -> (Int, Int, Int) in
        (tune[index % 8], index * 240 + 17 + index % 3 * 5, 193)
    }

    static let cases: [Case] = [
        Case("silence", notes: []),
        Case("one note", bars: 1, notes: [(60, 0, 480)]),
        Case("one note in the last bar", bars: 8, notes: [(67, 7 * 1920 + 960, 480)]),
        Case("a trill", notes: trill(64, step: 120)),
        Case("a trill too fast for the grid", notes: trill(256, step: 30)),
        Case("a cluster", notes: chords(Array(60...72))),
        Case("a chromatic scale", notes: chromatic),
        Case("64 bars", bars: 64, notes: run(256, step: 480)),
        Case("300 bpm", bpm: 300, notes: run(32, step: 240)),
        Case("7/8", Meter(7, 8)!, notes: run(28, step: 240)),
        Case("5/4", Meter(5, 4)!, notes: run(20, step: 480)),
        Case("two hands", notes: run(16, step: 480, shift: 12) + chords([36, 43, 48, 52])),
        Case("the lowest and the highest key", notes: extremes),
        Case("all below the band", notes: run(16, step: 480, shift: -48)),
        Case("all off the grid", notes: offGrid),
        Case("notes of a tick", notes: run(16, step: 480, length: 1)),
    ]

    /// No note outside the phrase, its part's range or the grid; no voice over itself.
    private func check(_ answer: Accompaniment, _ example: Case, style: ArrangerStyle) {
        let phrase = example.phrase
        #expect(!answer.plan.chords.isEmpty, "\(example.name)")
        #expect(answer.parts[.drums]?.isEmpty == false)
        #expect(answer.parts[.bass]?.isEmpty == false)
        for (part, notes) in answer.parts {
            #expect(notes == notes.sorted(by: NoteEvent.inScoreOrder))
            #expect(
                notes.allSatisfy { $0.onset >= .zero && $0.length >= .steps(1) && $0.end <= phrase.length }, "\(part)")
            #expect(notes.allSatisfy { (1...127).contains($0.velocity.number) })
            let range = style.ranges[part] ?? (style.kit == .orchestra ? 27...87 : 35...81)
            #expect(notes.allSatisfy { range.contains($0.pitch.number) }, "\(part)")
            var ends: [Int: Tick] = [:]
            for note in notes {
                let voice = part == .bass || part == .line ? 0 : note.pitch.number
                if part != .drums { #expect(note.onset >= ends[voice] ?? .zero, "\(part) overlaps at \(note)") }
                ends[voice] = note.end
            }
        }
    }

    @Test(arguments: cases, ArrangerStyle.all.map(\.genre))
    func theArrangerAnswersWithABand(example: Case, genre: Genre) {
        let style = ArrangerStyle.fallback(for: genre)
        let answer = ArrangerAccompanist(style: style).accompany(example.phrase, request: .init(seed: 5))
        check(answer, example, style: style)
        #expect(answer.genre == genre)
    }

    @Test func theShippedModelAnswersWithABand() throws {
        // One model for all of them: to read it takes longer than to play it.
        let accompanist = NetworkAccompanist(model: try Self.shipped())
        for example in Self.cases {
            check(accompanist.accompany(example.phrase, request: .init(seed: 5)), example, style: .pop)
        }
    }

    private static func shipped() throws -> GenreModel {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../models/pop.safetensors").standardized
        return try GenreModel(bytes: [UInt8](Data(contentsOf: file)))
    }

    @Test(arguments: [
        ("7/8", "2/4 + 3/8"), ("5/8", "1/4 + 3/8"), ("5/4", "3/4 + 2/4"), ("7/4", "4/4 + 3/4"), ("11/8", "4/4 + 3/8"),
    ])
    func anOddMetreIsToldAsWhatItIsMadeOf(meter: String, makeup: String) {
        #expect(Meter(meter)!.makeup == makeup)
    }

    @Test(arguments: ["4/4", "3/4", "2/4", "6/8", "12/8", "9/8", "2/2", "3/8"])
    func aMetreThatTheBandKnowsNeedsNoWord(meter: String) {
        #expect(Meter(meter)!.makeup == nil)
    }
}
