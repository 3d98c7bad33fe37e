import Music

/// Between the notes of a band and the numbers of the networks.
///
/// Drums are hits of 12 classes. Every pitched part has a gate a step (rest, onset or hold), and at its onsets up to 48 pitches counted from the
/// root of the chord plan, and a velocity. The heads of a generator are 232 channels a step:
///
/// | channels | what | loss |
/// | --- | --- | --- |
/// | 0..<12 | a hit of each drum class | binary, everywhere |
/// | 12..<24 | its velocity / 127 | binary cross-entropy or squared error of the sigmoid, at hits |
/// | 24 + 52 i + 0..<3 | the gate of pitched part i | softmax, everywhere |
/// | 24 + 52 i + 3 | the velocity / 127 of its onset | as for drums, at onsets |
/// | 24 + 52 i + 4..<52 | the pitches of its onset | at onsets: softmax (bass, line), binary (chords, pad) |
public enum ScoreCodec {
    public static let drumClasses = DrumClass.allCases.count
    /// Pitches counted from `base`: four octaves.
    public static let pitchClasses = 48
    /// The order of the pitched parts everywhere.
    public static let pitchedParts: [Part] = [.bass, .chords, .pad, .line]

    public static let headChannels = 2 * drumClasses + pitchedParts.count * (4 + pitchClasses)
    public static let drumHits = 0..<drumClasses
    public static let drumVelocities = drumClasses..<2 * drumClasses

    /// Channels of the gate logits of a pitched part (0...3), in the order of `ScoreTarget.Gate`.
    public static func gates(_ part: Int) -> Range<Int> { first(part)..<first(part) + 3 }
    /// Channel of the velocity logit of a pitched part (0...3).
    public static func velocity(_ part: Int) -> Int { first(part) + 3 }
    /// Channels of the pitch logits of a pitched part (0...3).
    public static func pitches(_ part: Int) -> Range<Int> { first(part) + 4..<first(part) + 4 + pitchClasses }
    private static func first(_ part: Int) -> Int { 2 * drumClasses + part * (4 + pitchClasses) }

    /// Channels of `ScoreTarget.stylePlanes`.
    public static let styleChannels = drumClasses + pitchedParts.count * (3 + pitchClasses)

    /// Whether a pitched part (0...3) has one voice, so that its pitches are a softmax.
    public static func isMonophonic(_ part: Int) -> Bool { part == 0 || part == 3 }

    /// The pitch (normal key) of class 0: the highest one of the root's pitch class that is not above the part's floor.
    ///
    /// So each part has at least 37 semitones from its floor up under every root: bass 22...58, chords and pad 42...78, line 47...83.
    public static func base(_ part: Int, root: Int) -> Int {
        let floor = part == 0 ? 22 : part == 3 ? 47 : 42
        return floor - (((floor - root) % 12) + 12) % 12
    }

    /// Writes the parts of a phrase as the target of one window.
    ///
    /// Notes go to the nearest step on which music begins (`ScoreGrid.snapped`). Where several notes of a one-voice part begin together, the bass keeps the lowest and the line the highest. All
    /// notes that begin at a step last as long as the longest of them, and an onset ends what sounded before. A note that began before the window
    /// is a hold from its first slot. What the pad still sounds at a new onset belongs to that onset, so that its chords are complete; decoding ties
    /// it over. Pitches outside the part's 48 are moved by octaves.
    ///
    /// - Parameters:
    ///   - parts: notes in the real key.
    ///   - plan: chords in the normal key.
    ///   - firstCell: the window's first cell (`ScoreGrid.windows`).
    ///   - kit: what the keys of the drums mean.
    public static func encode(
        _ parts: [Part: [NoteEvent]], plan: ChordPlan, normalized: NormalizedPhrase, window firstCell: Int,
        kit: DrumKit = .standard
    ) -> ScoreTarget {
        var target = ScoreTarget(mask: normalized.grid.mask(window: firstCell))
        encodeDrums(parts[.drums] ?? [], kit, normalized.real(plan), normalized, firstCell, into: &target)
        for (index, part) in pitchedParts.enumerated() {
            encodePitched(parts[part] ?? [], index, plan, normalized, firstCell, into: &target)
        }
        return target
    }

    /// - Parameter plan: in the real key, as are the notes.
    private static func encodeDrums(
        _ notes: [NoteEvent], _ kit: DrumKit, _ plan: ChordPlan, _ normalized: NormalizedPhrase, _ firstCell: Int,
        into target: inout ScoreTarget
    ) {
        for note in notes {
            let step = normalized.grid.snapped(note.onset.nearestStep)
            guard let slot = normalized.grid.slot(window: firstCell, phraseStep: step) else { continue }
            let drum = DrumClass(note.pitch, in: kit, over: plan.chord(at: .steps(step)))
            let cell = slot * drumClasses + drum.rawValue
            target.drums[cell] = 1
            target.drumVelocities[cell] = max(target.drumVelocities[cell], Float(note.velocity.number) / 127)
            target.parts.insert(.drums)
        }
    }

    private static func encodePitched(
        _ notes: [NoteEvent], _ part: Int, _ plan: ChordPlan, _ normalized: NormalizedPhrase, _ firstCell: Int,
        into target: inout ScoreTarget
    ) {
        let grid = normalized.grid
        let range = grid.range(window: firstCell)
        let voicing: Onset.Voicing =
            part == 0 ? .lowest : part == 3 ? .highest : pitchedParts[part] == .pad ? .held : .struck
        let onsets = Onset.gather(notes, on: grid, voicing)
        for (index, onset) in onsets.enumerated() where onset.step < range.upperBound && onset.end > range.lowerBound {
            let end = index + 1 < onsets.count ? min(onset.end, onsets[index + 1].step) : onset.end
            guard end > range.lowerBound else { continue }
            target.parts.insert(pitchedParts[part])
            for step in max(onset.step, range.lowerBound)..<min(end, range.upperBound) {
                guard let slot = grid.slot(window: firstCell, phraseStep: step) else { continue }
                let isOnset = step == onset.step
                let gate: ScoreTarget.Gate = isOnset ? .onset : .hold
                let cell = slot * pitchedParts.count + part
                target.gates[cell] = gate.rawValue
                guard isOnset else { continue }
                target.velocities[cell] = Float(onset.velocity) / 127
                let base = base(part, root: plan.chord(at: .steps(step))?.root ?? 0)
                for pitch in onset.pitches {
                    var relative = pitch + normalized.shift - base
                    while relative < 0 { relative += 12 }
                    while relative >= pitchClasses { relative -= 12 }
                    target.pitches[cell * pitchClasses + relative] = 1
                }
            }
        }
    }

    /// The notes of a part that begin at one step.
    private struct Onset {
        var step: Int
        var end: Int
        var pitches: [Int]
        var velocity: Int

        /// Which notes an onset has.
        enum Voicing {
            /// One of those that begin.
            case lowest, highest
            /// All that begin.
            case struck
            /// All that begin and those that still sound.
            case held
        }

        static func gather(_ notes: [NoteEvent], on grid: ScoreGrid, _ voicing: Voicing) -> [Onset] {
            var onsets: [Onset] = []
            // Notes so far with their ends, where those that still sound count.
            var sounding: [(pitch: Int, end: Int)] = []
            for note in notes.sorted(by: NoteEvent.inScoreOrder) {
                let step = grid.snapped(note.onset.nearestStep)
                let number = note.pitch.number
                let new = Onset(
                    step: step, end: max(step + 1, note.end.nearestStep), pitches: [number],
                    velocity: note.velocity.number)
                if let last = onsets.indices.last, onsets[last].step == step {
                    let held = onsets[last].pitches[0]
                    switch voicing {
                    case .lowest: if number < held { onsets[last] = new }
                    case .highest: if number > held { onsets[last] = new }
                    case .struck, .held: onsets[last].add(new)
                    }
                } else {
                    onsets.append(new)
                    sounding.removeAll { $0.end <= step }
                    for other in sounding {
                        onsets[onsets.count - 1].pitches.append(other.pitch)
                        onsets[onsets.count - 1].end = max(onsets[onsets.count - 1].end, other.end)
                    }
                }
                if voicing == .held { sounding.append((number, new.end)) }
            }
            return onsets
        }

        private mutating func add(_ other: Onset) {
            pitches += other.pitches
            end = max(end, other.end)
            velocity = max(velocity, other.velocity)
        }
    }
}
