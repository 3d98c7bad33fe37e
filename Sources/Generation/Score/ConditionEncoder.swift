import Music

/// Writes what the generator hears: the melody, the place in the bar and the phrase, the chord plan, and which parts are to play.
///
/// One row of 144 numbers a slot; the rows of unused slots are 0. In this order:
///
/// | channels | what |
/// | --- | --- |
/// | 0..<12 | pitch classes that the melody sounds |
/// | 12..<24 | pitch classes that begin |
/// | 24 | any note begins |
/// | 25 | height of the highest: octaves above C5, halved, in -1...1 |
/// | 26 | velocity / 127 of the loudest that sounds |
/// | 27 | the melody rests |
/// | 28..<40, 40..<52 | sounding and beginning pitch classes counted from the plan's root |
/// | 52..<64 | step in the quarter |
/// | 64..<68 | quarter in the cell |
/// | 68..<72 | metre: four or more simple beats, three, two, compound |
/// | 72..<76 | bar of the phrase modulo 4 |
/// | 76 | second half of eight bars |
/// | 77, 78 | first bar, last bar of the phrase |
/// | 79 | a felt beat begins |
/// | 80 | the slot is used (the mask) |
/// | 81 | place in the phrase, 0...1 |
/// | 82 | minor key |
/// | 83..<95 | root of the plan's chord |
/// | 95..<102 | its quality |
/// | 102..<114 | its tones |
/// | 114..<126 | its tones counted from the root |
/// | 126..<138 | the next different root, counted from this root (none behind the last change) |
/// | 138 | the chord changes here |
/// | 139..<144 | drums, bass, chords, pad, line are to play |
public struct ConditionEncoder: Sendable {
    public static let channels = 144

    private let normalized: NormalizedPhrase
    private let plan: ChordPlan
    private let parts: Set<Part>
    private let melody: MelodySteps

    /// - Parameters:
    ///   - plan: the chords in the normal key (`NormalizedPhrase.normal`).
    ///   - parts: the parts that are to play.
    /// - Precondition: the plan is not empty.
    public init(_ normalized: NormalizedPhrase, plan: ChordPlan, parts: Set<Part> = Set(Part.allCases)) {
        precondition(!plan.chords.isEmpty, "a condition needs a chord plan")
        self.normalized = normalized
        self.plan = plan
        self.parts = parts
        melody = MelodySteps(PianoRoll(normalized.phrase), steps: normalized.grid.steps)
    }

    /// The condition of the window that begins at a cell, `[192, 144]`.
    public func planes(window firstCell: Int) -> Planes {
        var planes = Planes(steps: ScoreLayout.windowSteps, channels: ConditionEncoder.channels)
        for slot in 0..<ScoreLayout.windowSteps {
            guard let step = normalized.grid.phraseStep(window: firstCell, slot: slot) else { continue }
            writeMelody(step, slot, &planes)
            writePosition(step, slot, firstCell, &planes)
            writePlan(step, slot, &planes)
            for (index, part) in Part.allCases.enumerated() where parts.contains(part) { planes[slot, 139 + index] = 1 }
        }
        return planes
    }

    private func writeMelody(_ step: Int, _ slot: Int, _ planes: inout Planes) {
        let row = melody.planes(at: step)
        let root = plan.chord(at: .steps(step))!.root
        for channel in 0..<26 { planes[slot, channel] = row[channel] }
        planes[slot, 26] = Float(melody.velocity[step]) / 127
        planes[slot, 27] = melody.sounding[step] == 0 ? 1 : 0
        for relative in 0..<12 {
            planes[slot, 28 + relative] = row[(root + relative) % 12]
            planes[slot, 40 + relative] = row[12 + (root + relative) % 12]
        }
    }

    private func writePosition(_ step: Int, _ slot: Int, _ firstCell: Int, _ planes: inout Planes) {
        let grid = normalized.grid
        let inCell = slot % ScoreLayout.stepsPerBar
        let bar = grid.cells[firstCell + slot / ScoreLayout.stepsPerBar].bar
        planes[slot, 52 + inCell % Grid.stepsPerQuarter] = 1
        planes[slot, 64 + inCell / Grid.stepsPerQuarter] = 1
        planes[slot, 68 + meterClass(grid.meter)] = 1
        planes[slot, 72 + bar % 4] = 1
        planes[slot, 76] = bar % 8 >= 4 ? 1 : 0
        planes[slot, 77] = bar == 0 ? 1 : 0
        planes[slot, 78] = bar == grid.bars - 1 ? 1 : 0
        let inBar = Tick.steps(step).rawValue - grid.meter.bar.rawValue * bar
        planes[slot, 79] = inBar >= 0 && inBar % grid.meter.beat.rawValue < Grid.ticksPerStep ? 1 : 0
        planes[slot, 80] = 1
        planes[slot, 81] = Float(step) / Float(grid.steps)
        planes[slot, 82] = normalized.key.mode == .minor ? 1 : 0
    }

    private func writePlan(_ step: Int, _ slot: Int, _ planes: inout Planes) {
        let chord = plan.chord(at: .steps(step))!
        planes[slot, 83 + chord.root] = 1
        planes[slot, 95 + chord.quality.rawValue] = 1
        for pitchClass in chord.pitchClasses { planes[slot, 102 + pitchClass] = 1 }
        for interval in chord.quality.intervals { planes[slot, 114 + interval] = 1 }
        let window = min(plan.chords.count - 1, Tick.steps(step).rawValue / plan.window.rawValue)
        if let next = plan.chords[window...].first(where: { $0.root != chord.root }) {
            planes[slot, 126 + (next.root - chord.root + 12) % 12] = 1
        }
        let before = step == 0 ? nil : plan.chord(at: .steps(step - 1))
        planes[slot, 138] = before == chord ? 0 : 1
    }
}
