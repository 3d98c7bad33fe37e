import Music
import TestSupport

/// Plays phrases as a person does: early and late, chords not quite together, letting go a little soon, drifting from
/// the tempo.
struct Performer {
    /// Standard deviation of an onset, cut off at two and a half times itself.
    var onsetDeviation = Nanoseconds.milliseconds(10)
    /// Notes of a chord lie up to so much apart from their common onset.
    var chordSpread = Nanoseconds.milliseconds(8)
    /// How much of its length a note is held.
    var articulation: ClosedRange<Double> = 0.82...1.0
    /// The player's tempo against the given one.
    var tempoError = 0.0
    /// When bar 1 is played.
    var start = Instant(nanoseconds: 3_000_000_000)
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func play(_ phrase: Phrase) -> [PerformedNote] {
        let map = TempoMap(anchor: start, tempo: phrase.tempo)
        var played: [PerformedNote] = []
        var error = Nanoseconds.zero
        var former: Tick?
        for note in phrase.notes {
            if note.onset != former { error = gaussian(onsetDeviation) }
            former = note.onset
            let spread = Int64.random(in: -chordSpread.count...chordSpread.count, using: &random)
            let drift = Nanoseconds.seconds(map.length(of: note.onset).seconds * tempoError)
            let onset = map.instant(of: note.onset) + error + drift + Nanoseconds(spread)
            let held = map.length(of: note.length).seconds * Double.random(in: articulation, using: &random)
            played.append(
                PerformedNote(pitch: note.pitch, onset: onset, length: .seconds(held), velocity: note.velocity))
        }
        return played
    }

    private mutating func gaussian(_ deviation: Nanoseconds) -> Nanoseconds {
        // The sum of twelve uniform numbers is near enough to a normal one.
        let sum = (0..<12).reduce(-6.0) { total, _ in total + Double.random(in: 0..<1, using: &random) }
        return Nanoseconds(Int64(Double(deviation.count) * min(2.5, max(-2.5, sum))))
    }
}

/// Makes up melodies whose rhythm is the sort that people play at a tempo.
struct Composer {
    var random: SeededGenerator
    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// Rhythms of a beat, as onset steps in it; the more usual ones stand more often.
    static let simple = [[0], [0], [0], [0, 6], [0, 6], [0, 6], [], [6], [0, 4, 8], [0, 4, 8]]
    static let sixteenths = [[0, 3, 6, 9], [0, 6, 9], [0, 3, 6], [0, 9]]
    static let compound = [[0], [0], [0, 12], [0, 12], [0, 6, 12], [0, 6, 12], [6, 12], [0, 6]]
    static let compoundSixteenths = [[0, 3, 6, 12], [0, 6, 12, 15], [0, 9, 12]]

    mutating func phrase(_ meter: Meter, bpm: Double, bars: Int = 8) -> Phrase {
        let beat = meter.beat.nearestStep
        // Sixteenths of less than a tenth of a second are not played by most.
        let isSlow = bpm <= 140
        let rhythms =
            meter.isCompound
            ? Composer.compound + (isSlow ? Composer.compoundSixteenths : [])
            : Composer.simple + (isSlow ? Composer.sixteenths : [])
        var onsets: [Int] = [0]
        for index in 1..<(bars * meter.beatsPerBar) {
            onsets += rhythms.randomElement(using: &random)!.map { index * beat + $0 }
        }
        let end = bars * meter.stepsPerBar
        var pitch = 67
        var notes: [NoteEvent] = []
        for (index, onset) in onsets.enumerated() {
            let next = index + 1 < onsets.count ? onsets[index + 1] : end
            pitch = min(84, max(55, pitch + Int.random(in: -4...4, using: &random)))
            let isChord = Int.random(in: 0..<6, using: &random) == 0
            for interval in isChord ? [0, 4, 7] : [0] {
                notes.append(
                    NoteEvent(
                        pitch: Pitch(pitch + interval), onset: .steps(onset), length: .steps(next - onset),
                        velocity: Velocity(Int.random(in: 50...110, using: &random))))
            }
        }
        return Phrase(notes: notes, meter: meter, tempo: Tempo(quartersPerMinute: bpm)!, bars: bars)
    }
}
