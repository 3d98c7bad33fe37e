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

        init(_ name: String, _ meter: Meter = .fourFour, bars: Int = 4, bpm: Double = 100, _ notes: [(Int, Int, Int)]) {
            self.name = name
            phrase = Phrase(
                notes: notes.map {
                    NoteEvent(pitch: Pitch($0.0), onset: Tick($0.1), length: Tick($0.2), velocity: .mezzoForte)
                }.sorted(by: NoteEvent.inScoreOrder), meter: meter, tempo: Tempo(quartersPerMinute: bpm)!, bars: bars)
        }
    }

    private static let tune = [60, 62, 64, 67, 69, 67, 64, 62]

    static let cases: [Case] = [
        Case("silence", []),
        Case("one note", bars: 1, [(60, 0, 480)]),
        Case("one note in the last bar", bars: 8, [(67, 7 * 1920 + 960, 480)]),
        Case("a trill", (0..<64).map { ($0 % 2 == 0 ? 72 : 74, $0 * 120, 120) }),
        Case("a trill too fast for the grid", (0..<256).map { ($0 % 2 == 0 ? 72 : 73, $0 * 30, 30) }),
        Case("a cluster", (0..<4).flatMap { bar in (60...72).map { ($0, bar * 1920, 1920) } }),
        Case("a chromatic scale", (0..<32).map { (48 + $0, $0 * 240, 240) }),
        Case("64 bars", bars: 64, (0..<256).map { (tune[$0 % 8], $0 * 480, 480) }),
        Case("300 bpm", bpm: 300, (0..<32).map { (tune[$0 % 8], $0 * 240, 240) }),
        Case("7/8", Meter(7, 8)!, (0..<28).map { (tune[$0 % 8], $0 * 240, 240) }),
        Case("5/4", Meter(5, 4)!, (0..<20).map { (tune[$0 % 8], $0 * 480, 480) }),
        Case(
            "two hands",
            (0..<16).map { (tune[$0 % 8] + 12, $0 * 480, 480) }
                + (0..<4).flatMap { bar in [36, 43, 48, 52].map { ($0, bar * 1920, 1920) } }),
        Case("the lowest and the highest key", (0..<16).map { ($0 % 2 == 0 ? 0 : 127, $0 * 480, 480) }),
        Case("all below the band", (0..<16).map { (tune[$0 % 8] - 48, $0 * 480, 480) }),
        Case("all off the grid", (0..<32).map { (tune[$0 % 8], $0 * 240 + 17 + $0 % 3 * 5, 193) }),
        Case("notes of a tick", (0..<16).map { (tune[$0 % 8], $0 * 480, 1) }),
    ]

    /// No note outside the phrase, its part's range or the grid; no voice over itself.
    private func check(_ answer: Accompaniment, _ example: Case, style: ArrangerStyle) {
        let phrase = example.phrase
        #expect(answer.plan.chords.count >= 1)
        #expect(answer.parts[.drums]?.isEmpty == false)
        #expect(answer.parts[.bass]?.isEmpty == false)
        for (part, notes) in answer.parts {
            #expect(notes == notes.sorted(by: NoteEvent.inScoreOrder))
            #expect(notes.allSatisfy { $0.onset >= .zero && $0.length >= .steps(1) && $0.end <= phrase.length }, "\(part)")
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
        for seed in [UInt64(0), 5] {
            let answer = ArrangerAccompanist(style: style).accompany(example.phrase, request: .init(seed: seed))
            check(answer, example, style: style)
            #expect(answer.genre == genre)
        }
    }

    @Test(arguments: cases)
    func theShippedModelAnswersWithABand(example: Case) throws {
        let answer = NetworkAccompanist(model: try Self.shipped()).accompany(example.phrase, request: .init(seed: 5))
        check(answer, example, style: .pop)
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
