import Music

/// A melody step by step: what both encoders are made from.
struct MelodySteps {
    /// Bits of the pitch classes that sound, a step.
    private(set) var sounding: [UInt16]
    /// Bits of the pitch classes that begin, a step.
    private(set) var beginning: [UInt16]
    /// The highest pitch that sounds; -1 where none does.
    private(set) var top: [Int]
    /// The loudest velocity that sounds; 0 where none does.
    private(set) var velocity: [Int]

    /// - Parameter roll: the melody is its part 0.
    init(_ roll: PianoRoll, steps: Int) {
        sounding = [UInt16](repeating: 0, count: steps)
        beginning = sounding
        top = [Int](repeating: -1, count: steps)
        velocity = [Int](repeating: 0, count: steps)
        for pitch in 0..<PianoRoll.pitches {
            let bit = UInt16(1) << (pitch % 12)
            var loudness = 0
            for step in 0..<min(steps, roll.steps) where roll.sounds(part: 0, step: step, pitch: pitch) {
                if let begun = roll.onset(part: 0, step: step, pitch: pitch) {
                    beginning[step] |= bit
                    loudness = begun.number
                }
                sounding[step] |= bit
                top[step] = max(top[step], pitch)
                velocity[step] = max(velocity[step], loudness)
            }
        }
    }

    /// The 26 melody planes at a step: pitch classes that sound (12) and begin (12), whether any begins, and the height of the highest:
    /// octaves above C5 (72), halved, in -1...1, 0 where it is silent.
    func planes(at step: Int) -> [Float] {
        var row = [Float](repeating: 0, count: 26)
        for pitchClass in 0..<12 {
            if sounding[step] >> pitchClass & 1 == 1 { row[pitchClass] = 1 }
            if beginning[step] >> pitchClass & 1 == 1 { row[12 + pitchClass] = 1 }
        }
        if beginning[step] != 0 { row[24] = 1 }
        if top[step] >= 0 { row[25] = max(-1, min(1, Float(top[step] - 72) / 24)) }
        return row
    }
}

/// The class of a metre as four planes tell it: a bar of four or more simple beats, of three, of two, or compound.
func meterClass(_ meter: Meter) -> Int {
    if meter.isCompound { return 3 }
    return switch meter.bar.quarters {
    case ..<2.5: 2
    case ..<3.5: 1
    default: 0
    }
}
