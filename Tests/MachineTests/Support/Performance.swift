import Foundation
import Music
import StandardMIDIFile
import VirtualKeyboard

/// A melody as a person plays it: every onset a little beside the beat.
struct Performance: Sendable {
    struct Note: Equatable, Sendable {
        /// Where it is written, in ticks.
        var tick: Int
        var pitch: Int
        /// When it is played, from the first bar line on.
        var onset: Duration
        var end: Duration
    }

    let notes: [Note]
    /// Quarter notes a minute.
    let tempo: Int
    let bars: Int

    /// The standard deviation of the player's timing: what a practised amateur has.
    private static let deviation = 0.008

    /// The first bars of a melody in `Examples/melodies`, played at a tempo with a seeded timing error.
    init(_ name: String, bars: Int, tempo: Int, seed: UInt64) throws {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let bytes = try Data(contentsOf: package.appending(path: "Examples/melodies/\(name).mid"))
        let phrase = try MelodyFinder(MIDIFile(bytes: [UInt8](bytes))).melody().phrase
        let quarter = 60 / Double(tempo)
        var random = Gaussian(seed: seed)
        func time(_ tick: Tick) -> Double { Double(tick.rawValue) / Double(Tick.perQuarter) * quarter }
        notes = phrase.notes.filter { $0.onset < phrase.meter.bar * bars }.map { note in
            let onset = max(0, time(note.onset) + random.next() * Self.deviation)
            let end = onset + time(note.length) * 0.85 + random.next() * Self.deviation
            return Note(
                tick: note.onset.rawValue, pitch: note.pitch.number, onset: .seconds(onset), end: .seconds(end))
        }
        self.tempo = tempo
        self.bars = bars
    }

    func length(ofTicks ticks: Int) -> Duration { .seconds(Double(ticks) / 480 * 60 / Double(tempo)) }

    /// The length of four quarters.
    var bar: Duration { length(ofTicks: 4 * 480) }

    /// Plays it on a keyboard; returns when it is time to press the button that ends the take.
    ///
    /// - Returns: when the player thought that the first bar line was.
    @discardableResult
    func play(on keyboard: VirtualKeyboard) async throws -> ContinuousClock.Instant {
        let start = ContinuousClock.now
        let strokes = notes.flatMap { note -> [(Duration, [UInt8])] in
            [(note.onset, [0x90, UInt8(note.pitch), 90]), (note.end, [0x80, UInt8(note.pitch), 64])]
        }.sorted { $0.0 < $1.0 }
        for (time, message) in strokes {
            try await Task.sleep(until: start + time, clock: .continuous)
            keyboard.play(message)
        }
        try await Task.sleep(until: start + bar * bars - length(ofTicks: 120), clock: .continuous)
        return start
    }
}

/// Normally distributed numbers with mean 0 and deviation 1, the same for the same seed.
private struct Gaussian {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A sum of twelve uniform numbers.
    mutating func next() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + uniform() } }

    /// SplitMix64 (Steele, Lea and Flood 2014).
    private mutating func uniform() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
    }
}
