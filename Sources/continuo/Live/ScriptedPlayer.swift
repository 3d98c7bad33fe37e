import Generation
import Music

/// Plays a phrase as a person does: a little early and late, slowly drifting from the tempo, with accents, one note bound to
/// the next. The same seed plays the same.
struct ScriptedPlayer {
    /// A key's way down and up, in seconds from the phrase's bar 1.
    struct Stroke: Hashable {
        var pitch: Pitch
        var velocity: Velocity
        var down: Double
        var up: Double
    }

    /// Standard deviation of an onset in seconds, cut off at two and a half times itself.
    var onsetDeviation = 0.010
    /// How far the player gets from the tempo at most, in seconds.
    var drift = 0.012
    /// How long a key is still held when the next one is struck, in seconds.
    var overlap = 0.004...0.022
    private var draws: Draws

    init(seed: UInt64) { draws = Draws(seed: Draws.seed(seed, stream: 17)) }

    /// The strokes by their onsets; the first one is on time, because it is what the others are early or late against.
    mutating func play(_ phrase: Phrase) -> [Stroke] {
        let quarter = 60 / phrase.tempo.quartersPerMinute
        // The player leans back and forth over about six bars.
        let period = Double(phrase.meter.bar.quarters) * quarter * (5 + 2 * draws.uniform())
        let lean = draws.uniform()
        var strokes: [Stroke] = []
        var former: Tick?
        var error = 0.0
        for (index, note) in phrase.notes.enumerated() {
            let score = note.onset.quarters * quarter
            if note.onset != former {
                error = former == nil ? 0 : gaussian() * onsetDeviation
            }
            former = note.onset
            let leaning = drift * (wave(score / period + lean) - wave(lean))
            let down = max(0, score + leaning + error)
            let next = phrase.notes[(index + 1)...].first { $0.onset > note.onset }
            // Bound to a note that follows at once; otherwise let go a little early.
            let isBound = next.map { $0.onset <= note.end && $0.pitch != note.pitch } ?? false
            let held = note.length.quarters * quarter
            let up = isBound ? score + held + between(overlap) : score + held * (0.86 + 0.08 * draws.uniform())
            strokes.append(
                Stroke(pitch: note.pitch, velocity: velocity(note, phrase), down: down, up: max(down + 0.04, up)))
        }
        separateRepetitions(&strokes)
        return strokes
    }

    /// A key is up for a moment before it is struck again.
    private func separateRepetitions(_ strokes: inout [Stroke]) {
        var last: [Pitch: Int] = [:]
        for index in strokes.indices {
            if let before = last[strokes[index].pitch] {
                strokes[before].up = min(
                    strokes[before].up, max(strokes[before].down + 0.01, strokes[index].down - 0.03))
            }
            last[strokes[index].pitch] = index
        }
    }

    /// Louder towards the middle of four bars and on the beats that carry, never the same twice.
    private mutating func velocity(_ note: NoteEvent, _ phrase: Phrase) -> Velocity {
        let bar = phrase.meter.bar.rawValue
        let place = Double(note.onset.rawValue % (4 * bar)) / Double(4 * bar)
        let arc = 10 * (1 - abs(2 * place - 1))
        let inside = note.onset.rawValue % bar
        let accent = inside == 0 ? 9.0 : inside % phrase.meter.beat.rawValue == 0 ? 4.0 : 0
        return Velocity(Int((66 + arc + accent + 4 * gaussian()).rounded()))
    }

    private mutating func between(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * draws.uniform()
    }

    /// The sum of twelve uniform numbers is near enough to a normal one.
    private mutating func gaussian() -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += draws.uniform() }
        return min(2.5, max(-2.5, sum))
    }

    /// A wave of period 1 between -1 and 1, made of parabolas: the same on every machine.
    private func wave(_ turns: Double) -> Double {
        let place = turns - turns.rounded(.down)
        let half = place < 0.5 ? place : place - 0.5
        let hump = 16 * half * (0.5 - half)
        return place < 0.5 ? hump : -hump
    }
}
