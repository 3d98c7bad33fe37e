import Foundation
import MIDI
import Music
import StandardMIDIFile
import Testing

/// MIDI files that nobody meant as a melody, through the program: a band that ends in time, or one clear sentence.
struct OddMelodyTests {
    let folder: Folder
    let continuo: Program

    init() throws {
        folder = try Folder()
        continuo = try Program("continuo")
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var meter = Meter.fourFour
        var bpm = 100.0
        var bars = 4
        /// Pitch, onset and length in ticks of 480 a quarter.
        var notes: [(Int, Int, Int)]
        var testDescription: String { name }

        var phrase: Phrase {
            Phrase(
                notes: notes.map {
                    NoteEvent(pitch: Pitch($0.0), onset: Tick($0.1), length: Tick($0.2), velocity: .mezzoForte)
                }.sorted(by: NoteEvent.inScoreOrder), meter: meter, tempo: Tempo(quartersPerMinute: bpm)!, bars: bars)
        }
    }

    private static let tune = [60, 62, 64, 67, 69, 67, 64, 62]
    private static func run(_ count: Int, step: Int) -> [(Int, Int, Int)] {
        (0..<count).map { index in (tune[index % 8], index * step, step) }
    }

    private static func chords(_ pitches: [Int]) -> [(Int, Int, Int)] {
        var notes: [(Int, Int, Int)] = []
        for bar in 0..<4 { notes += pitches.map { ($0, bar * 1920, 1920) } }
        return notes
    }

    private static let trill = (0..<128).map { (index: Int) -> (Int, Int, Int) in (72 + index % 2 * 2, index * 60, 60) }
    private static let chromatic = (0..<32).map { (index: Int) -> (Int, Int, Int) in (48 + index, index * 240, 240) }
    private static let extremes = (0..<16).map { (index: Int) -> (Int, Int, Int) in (index % 2 * 127, index * 480, 480)
    }
    private static let offGrid = (0..<16).map { (index: Int) -> (Int, Int, Int) in
        (tune[index % 8], index * 480 + 37 + index % 3 * 11, 403)
    }

    static let cases: [Case] = [
        Case(name: "one note", bars: 1, notes: [(60, 0, 480)]),
        Case(name: "a trill", notes: trill),
        Case(name: "a cluster", notes: chords(Array(60...72))),
        Case(name: "a chromatic scale", notes: chromatic),
        Case(name: "64 bars", bars: 64, notes: run(256, step: 480)),
        Case(name: "300 bpm", bpm: 300, notes: run(16, step: 480)),
        Case(name: "7/8", meter: Meter(7, 8)!, notes: run(28, step: 240)),
        Case(name: "two hands", notes: run(16, step: 480) + chords([36, 43, 48])),
        Case(name: "the lowest and the highest key", notes: extremes),
        Case(name: "all off the grid", notes: offGrid),
    ]

    @Test(
        arguments: cases,
        [["--arranger", "--genre", "symphony"], ["--arranger", "--genre", "rock"], ["--genre", "pop"]])
    func anythingThatHasNotesGetsABand(example: Case, how: [String]) async throws {
        let path = try folder.write("odd.mid", melodyFile(example.phrase))
        let outcome = try await continuo.run(
            ["arrange", path, "--models", modelsFolder, "-o", folder.file("band.mid")] + how)
        #expect(outcome.code == 0, "\(outcome.error)")
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("band.mid"))))
        let band = try ArrangementReader(MIDIFile(bytes: bytes)).arrangement().arrangement
        let notes = band.accompaniment.parts.values.joined()
        #expect(band.accompaniment.parts[.drums]?.isEmpty == false && band.accompaniment.parts[.bass]?.isEmpty == false)
        #expect(notes.allSatisfy { $0.length > .zero && $0.end <= band.phrase.length })
        #expect(outcome.error.contains("plays it as 2/4 + 3/8") == (example.name == "7/8"), "\(outcome.error)")
    }

    @Test func silenceIsToldInOneSentence() async throws {
        let silence = Phrase(notes: [], meter: .fourFour, tempo: .moderate, bars: 4)
        let path = try folder.write("silence.mid", melodyFile(silence))
        let outcome = try await continuo.run(["arrange", path, "--arranger", "-o", folder.file("band.mid")])
        #expect(outcome.code == 65)
        #expect(outcome.error.contains("has no notes"), "\(outcome.error)")
        #expect(outcome.error.split(separator: "\n").count == 1)
    }
}

/// The models that come with the package.
private let modelsFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../models").standardized.path

private func melodyFile(_ phrase: Phrase) -> [UInt8] {
    MIDIFile(
        take: Take(
            phrase: phrase, performance: [], tempoMap: TempoMap(anchor: .zero, tempo: phrase.tempo),
            origin: Take.Origin(keyboard: "file", trigger: "import"), isDamaged: false)
    ).bytes
}
