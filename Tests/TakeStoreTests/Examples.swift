import Foundation
import Logging
import Music
import TakeStore

/// A folder that disappears with the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("continuo-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

func note(_ pitch: Int, _ onset: Int, _ length: Int, _ velocity: Int = 80) -> NoteEvent {
    NoteEvent(pitch: Pitch(pitch), onset: Tick(onset), length: Tick(length), velocity: Velocity(velocity))
}

/// How often a test repeats itself: a few times each day, its full count in `make test-long`.
func longCount(_ usual: Int, full: Int) -> Int {
    ProcessInfo.processInfo.environment["CONTINUO_LONG"] == "1" ? full : usual
}

enum Example {
    static let phrase = Phrase(
        notes: [note(60, 0, 480), note(64, 480, 240, 127), note(67, 480, 960, 1)], meter: .sixEight,
        tempo: Tempo(quartersPerMinute: 93.25)!, bars: 2)

    static let take = Take(
        phrase: phrase,
        performance: [
            PerformedNote(
                pitch: Pitch(60), onset: Instant(nanoseconds: 12_345_678_901), length: Nanoseconds(431_000_003),
                velocity: Velocity(80)),
            PerformedNote(
                pitch: Pitch(64), onset: Instant(nanoseconds: 12_999_999_999), length: .zero, velocity: Velocity(127)),
        ],
        pedal: [
            PedalSpan(down: Instant(nanoseconds: 12_345_000_000), up: Instant(nanoseconds: 12_800_000_001)),
            PedalSpan(down: Instant(nanoseconds: 12_900_000_000), up: Instant(nanoseconds: 12_900_000_000)),
        ],
        tempoMap: TempoMap(anchor: Instant(nanoseconds: 12_340_000_000), anchorTick: Tick(40), tempo: phrase.tempo),
        origin: Take.Origin(keyboard: "Tästatur “1”", trigger: "accompany"), isDamaged: true)

    /// Many times larger than a page of the database.
    static let longTake = Take(
        phrase: phrase, performance: Array(repeating: take.performance[0], count: 20_000), tempoMap: take.tempoMap,
        origin: take.origin, isDamaged: false)

    static let arrangement = Arrangement(
        phrase: phrase,
        accompaniment: Accompaniment(
            genre: .jazz,
            parts: [
                .bass: [note(36, 0, 240, 90), note(43, 240, 240)], .drums: [note(42, 0, 1), note(38, 480, 1)], .pad: [],
            ],
            plan: ChordPlan(
                window: Tick(1440), chords: [Chord(root: 0, quality: .majorSeventh), Chord(root: 7, quality: .seventh)]),
            instrumentation: Instrumentation(programs: [.bass: Program(32), .pad: Program(48)], melody: Program(11)),
            groove: Groove(swing: 0.62),
            provenance: Accompaniment.Provenance(
                seed: .max - 3, accompanist: "network", modelHash: String(repeating: "a1", count: 32),
                instructionSet: "avx2", temperature: 0.85)))

    /// Everything that can be asked of an accompanist, with parts that stayed.
    static let recipe = ArrangementRecipe(
        heard: [note(64, 480, 240, 127)], seed: .max - 3, temperature: 0.85, parts: [.bass, .drums, .pad],
        chords: ChordPlan(window: Tick(1440), chords: [Chord(root: 2, quality: .minorSeventh)]),
        ringing: [note(60, 0, 900)],
        kept: .init(
            parts: [.bass], plan: ChordPlan(window: Tick(1440), chords: [Chord(root: 7, quality: .seventh)])),
        program: "0.1.0")
}
