/// A raster of notes, `[part, step, pitch]`, with onset and sustain apart so that repeated notes stay repeated.
///
/// Steps are those of `Grid` (12 a quarter); pitches are 0...127. Values are velocities at the onset, 0 where none
/// begins; `sustain` is true at every step where a note sounds, its onset included.
public struct PianoRoll: Hashable, Sendable {
    public let parts: Int
    public let steps: Int
    public static let pitches = 128

    /// `[part, step, pitch]`, velocity 1...127 or 0.
    public private(set) var onsets: [UInt8]
    /// `[part, step, pitch]`.
    public private(set) var sustain: [Bool]

    /// An empty roll.
    public init(parts: Int, steps: Int) {
        precondition(parts > 0 && steps >= 0, "a roll has parts and steps")
        self.parts = parts
        self.steps = steps
        onsets = [UInt8](repeating: 0, count: parts * steps * PianoRoll.pitches)
        sustain = [Bool](repeating: false, count: parts * steps * PianoRoll.pitches)
    }

    /// The melody of a phrase as a roll of one part.
    public init(_ phrase: Phrase) {
        self.init(parts: 1, steps: phrase.bars * phrase.meter.stepsPerBar)
        for note in phrase.notes { insert(note, part: 0) }
    }

    /// Adds a note, each of its ends at the nearest step; what lies outside the roll is cut off.
    ///
    /// A pitch sounds once at a time: the note ends one that sounds already, and ends itself where a later one begins.
    public mutating func insert(_ note: NoteEvent, part: Int) {
        precondition((0..<parts).contains(part), "no such part")
        let first = note.onset.nearestStep
        let last = max(first + 1, note.end.nearestStep)
        guard first < steps, last > 0 else { return }
        let begin = max(0, first)
        let pitch = note.pitch.number
        let sounds = { (roll: PianoRoll, step: Int) in
            step < roll.steps && roll.sustain[roll.index(part, step, pitch)]
                && roll.onsets[roll.index(part, step, pitch)] == 0
        }
        if sounds(self, begin) {
            var step = begin
            repeat {
                sustain[index(part, step, pitch)] = false
                step += 1
            } while sounds(self, step)
        }
        if first >= 0 { onsets[index(part, first, pitch)] = note.velocity.rawValue }
        for step in begin..<min(steps, last) {
            if step > begin, onsets[index(part, step, pitch)] > 0 { break }
            sustain[index(part, step, pitch)] = true
        }
    }

    /// The notes of a part, in score order.
    public func notes(part: Int) -> [NoteEvent] {
        var notes: [NoteEvent] = []
        for step in 0..<steps {
            for pitch in 0..<PianoRoll.pitches {
                let velocity = onsets[index(part, step, pitch)]
                guard velocity > 0 else { continue }
                var end = step + 1
                while end < steps, sustain[index(part, end, pitch)], onsets[index(part, end, pitch)] == 0 { end += 1 }
                notes.append(
                    NoteEvent(
                        pitch: Pitch(pitch), onset: .steps(step), length: .steps(end - step),
                        velocity: Velocity(Int(velocity))))
            }
        }
        return notes
    }

    /// The velocity of a note that begins at a step; nil where none does.
    public func onset(part: Int, step: Int, pitch: Int) -> Velocity? {
        Velocity(rawValue: onsets[index(part, step, pitch)])
    }

    /// Whether a note sounds at a step, its onset included.
    public func sounds(part: Int, step: Int, pitch: Int) -> Bool { sustain[index(part, step, pitch)] }

    private func index(_ part: Int, _ step: Int, _ pitch: Int) -> Int {
        (part * steps + step) * PianoRoll.pitches + pitch
    }
}
