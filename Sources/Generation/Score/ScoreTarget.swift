import Music

/// The band in one window as a network is to say it: flat arrays over 192 slots, row-major, in the normal key.
public struct ScoreTarget: Hashable, Sendable {
    /// `[192, 12]`: 1 where a drum of that class is hit.
    public var drums: [Float]
    /// `[192, 12]`: velocity / 127 of the hits, elsewhere 0.
    public var drumVelocities: [Float]
    /// `[192, 4]` for bass, chords, pad, line: a `Gate`'s raw value.
    public var gates: [Int32]
    /// `[192, 4, 48]`: 1 for the pitches that begin (`ScoreCodec.base`); all 0 where the gate is not `onset`.
    public var pitches: [Float]
    /// `[192, 4]`: velocity / 127 at onsets, elsewhere 0.
    public var velocities: [Float]
    /// `[192]`: 1 where the slot is used; elsewhere nothing sounds and no loss counts.
    public var mask: [Float]
    /// Parts that sound in the window.
    public var parts: Set<Part>

    /// What a pitched part does at a step.
    public enum Gate: Int32, Sendable, CaseIterable {
        case rest, onset, hold
    }

    init(mask: [Float]) {
        let steps = ScoreLayout.windowSteps
        drums = [Float](repeating: 0, count: steps * ScoreCodec.drumClasses)
        drumVelocities = drums
        gates = [Int32](repeating: Gate.rest.rawValue, count: steps * ScoreCodec.pitchedParts.count)
        velocities = [Float](repeating: 0, count: steps * ScoreCodec.pitchedParts.count)
        pitches = [Float](repeating: 0, count: steps * ScoreCodec.pitchedParts.count * ScoreCodec.pitchClasses)
        self.mask = mask
        parts = []
    }

    /// The target as a style encoder or a critic reads it, `[192, 216]`: the 12 drum planes, then for each pitched part its onset, its hold, its
    /// velocity at onsets and its 48 beginning pitches.
    public func stylePlanes() -> Planes {
        var planes = Planes(steps: ScoreLayout.windowSteps, channels: ScoreCodec.styleChannels)
        for step in 0..<ScoreLayout.windowSteps {
            for drum in 0..<ScoreCodec.drumClasses {
                planes[step, drum] = drums[step * ScoreCodec.drumClasses + drum]
            }
            for part in 0..<ScoreCodec.pitchedParts.count {
                let cell = step * ScoreCodec.pitchedParts.count + part
                let first = ScoreCodec.drumClasses + part * (3 + ScoreCodec.pitchClasses)
                planes[step, first] = gates[cell] == Gate.onset.rawValue ? 1 : 0
                planes[step, first + 1] = gates[cell] == Gate.hold.rawValue ? 1 : 0
                planes[step, first + 2] = velocities[cell]
                for pitch in 0..<ScoreCodec.pitchClasses {
                    planes[step, first + 3 + pitch] = pitches[cell * ScoreCodec.pitchClasses + pitch]
                }
            }
        }
        return planes
    }

    /// What heads that say exactly this target would put out, `[192, 232]`: for oracles and round trips.
    ///
    /// - Parameter confidence: the logit of a yes; minus it that of a no.
    public func headLogits(confidence: Float = 8) -> Planes {
        var planes = Planes(steps: ScoreLayout.windowSteps, channels: ScoreCodec.headChannels)
        func say(_ yes: Bool) -> Float { yes ? confidence : -confidence }
        for step in 0..<ScoreLayout.windowSteps {
            for drum in 0..<ScoreCodec.drumClasses {
                let cell = step * ScoreCodec.drumClasses + drum
                planes[step, ScoreCodec.drumHits.lowerBound + drum] = say(drums[cell] > 0.5)
                planes[step, ScoreCodec.drumVelocities.lowerBound + drum] = Mathematics.logit(drumVelocities[cell])
            }
            for part in 0..<ScoreCodec.pitchedParts.count {
                let cell = step * ScoreCodec.pitchedParts.count + part
                for gate in Gate.allCases {
                    planes[step, ScoreCodec.gates(part).lowerBound + Int(gate.rawValue)] =
                        say(gates[cell] == gate.rawValue)
                }
                planes[step, ScoreCodec.velocity(part)] = Mathematics.logit(velocities[cell])
                for pitch in 0..<ScoreCodec.pitchClasses {
                    planes[step, ScoreCodec.pitches(part).lowerBound + pitch] =
                        say(pitches[cell * ScoreCodec.pitchClasses + pitch] > 0.5)
                }
            }
        }
        return planes
    }
}
