import Foundation
import Music

/// A folder that disappears with the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "continuo-rendering-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
    func file(_ name: String) -> String { path + "/" + name }
}

func note(_ pitch: Int, _ steps: Int, _ length: Int, _ velocity: Int = 80) -> NoteEvent {
    NoteEvent(pitch: Pitch(pitch), onset: .steps(steps), length: .steps(length), velocity: Velocity(velocity))
}

/// A band that plays I vi IV V under a tune.
enum Example {
    static func arrangement(bars: Int = 8, genre: Genre = .pop, swing: Double = 0.5, tempo: Double = 112) -> Arrangement
    {
        let roots = [0, 9, 5, 7]
        let qualities: [Chord.Quality] = [.majorSeventh, .minorSeventh, .majorSeventh, .seventh]
        let tune = [
            (76, 0, 12), (79, 12, 6), (77, 18, 6), (76, 24, 12), (72, 36, 10), (74, 48, 18), (71, 66, 6), (72, 72, 20),
        ]
        var parts: [Part: [NoteEvent]] = [.drums: [], .bass: [], .chords: [], .pad: [], .line: []]
        var melody: [NoteEvent] = []
        var chords: [Chord] = []
        for bar in 0..<bars {
            let start = bar * 48
            let chord = Chord(root: roots[bar % 4], quality: qualities[bar % 4])
            chords += [chord, bar % 4 == 3 ? Chord(root: 7, quality: .seventh) : chord]
            if bar % 2 == 0 {
                melody += tune.map { note($0.0 + (bar % 4 == 2 ? -2 : 0), start + $0.1, $0.2, 70 + ($0.1 * 5) % 50) }
            }
            let bass = 36 + chord.root - (chord.root > 7 ? 12 : 0)
            parts[.bass]! += [
                note(bass, start, 17, 100), note(bass, start + 18, 5), note(bass + 7, start + 24, 11),
                note(bass + 12, start + 36, 11),
            ]
            let voices = chord.pitchClasses.map { 55 + ($0 + 5) % 12 }
            for beat in [12, 30, 36] { parts[.chords]! += voices.map { note($0, start + beat, 5, 64 + beat) } }
            parts[.pad]! += voices.prefix(3).map { note($0 + 12, start, 48, 50) }
            parts[.line]! += (0..<4).map {
                note(84 + chord.pitchClasses[$0 % chord.pitchClasses.count] % 12, start + 24 + $0 * 6, 5, 60 + $0 * 8)
            }
            parts[.drums]! += (0..<8).map { note(42, start + $0 * 6, 2, $0 % 2 == 0 ? 96 : 56) }
            parts[.drums]! += [
                note(36, start, 4, 118), note(36, start + 30, 4, 90), note(38, start + 12, 4, 112),
                note(38, start + 36, 4, 116),
            ]
            if bar % 4 == 0 { parts[.drums]!.append(note(49, start, 6, 110)) }
            if bar % 4 == 3 { parts[.drums]! += (0..<4).map { note(50 - 2 * $0, start + 36 + $0 * 3, 3, 90 + $0 * 6) } }
        }
        let phrase = Phrase(notes: melody, meter: .fourFour, tempo: Tempo(quartersPerMinute: tempo)!, bars: bars)
        return Arrangement(
            phrase: phrase,
            accompaniment: Accompaniment(
                genre: genre, parts: parts.mapValues { $0.sorted(by: NoteEvent.inScoreOrder) },
                plan: ChordPlan(window: Meter.fourFour.harmonyWindow, chords: chords),
                instrumentation: Instrumentation(
                    programs: [.bass: Program(33), .chords: Program(4), .pad: Program(48), .line: Program(26)],
                    melody: Program(0)),
                groove: Groove(swing: swing),
                provenance: Accompaniment.Provenance(
                    seed: 7, accompanist: "arranger", modelHash: "", instructionSet: "", temperature: 1)))
    }

    static let silence = Arrangement(
        phrase: Phrase(notes: [], meter: .threeFour, tempo: .moderate, bars: 1),
        accompaniment: Accompaniment(
            genre: .jazz, parts: [:], plan: ChordPlan(window: Meter.threeFour.harmonyWindow, chords: []),
            instrumentation: Instrumentation(programs: [:], melody: Program(0)), groove: .straight,
            provenance: Accompaniment.Provenance(
                seed: 0, accompanist: "arranger", modelHash: "", instructionSet: "", temperature: 1)))
}
