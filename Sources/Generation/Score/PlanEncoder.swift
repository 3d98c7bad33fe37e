import Music

/// Writes what the plan network hears, and reads what it says: one row a quarter in, one chord a half bar out.
///
/// | channels | what |
/// | --- | --- |
/// | 0..<26 | means over the quarter's used slots of the melody planes (12 sounding, 12 beginning, any, height) |
/// | 26..<30 | quarter in the cell |
/// | 30..<34 | bar of the phrase modulo 4 |
/// | 34 | share of the used slots where a note begins, times 4 |
/// | 35 | share of the used slots where the melody rests |
/// | 36 | share of the quarter's slots that are used (the mask) |
/// | 37 | last bar of the phrase |
/// | 38 | minor key |
/// | 39 | compound metre |
public struct PlanEncoder: Sendable {
    public static let channels = 40

    private let normalized: NormalizedPhrase
    private let melody: MelodySteps

    public init(_ normalized: NormalizedPhrase) {
        self.normalized = normalized
        melody = MelodySteps(PianoRoll(normalized.phrase), steps: normalized.grid.steps)
    }

    /// The input for the window that begins at a cell, `[16, 40]`; unused quarters are 0.
    public func planes(window firstCell: Int) -> Planes {
        let grid = normalized.grid
        var planes = Planes(steps: ScoreLayout.beatsPerWindow, channels: PlanEncoder.channels)
        for beat in 0..<ScoreLayout.beatsPerWindow {
            let slots = beat * Grid.stepsPerQuarter..<(beat + 1) * Grid.stepsPerQuarter
            let steps = slots.compactMap { grid.phraseStep(window: firstCell, slot: $0) }
            guard !steps.isEmpty else { continue }
            let share = 1 / Float(steps.count)
            for step in steps {
                let row = melody.planes(at: step)
                for channel in 0..<26 { planes[beat, channel] += row[channel] * share }
                planes[beat, 34] += row[24] * share * 4
                if melody.sounding[step] == 0 { planes[beat, 35] += share }
            }
            let bar = grid.cells[firstCell + beat / 4].bar
            planes[beat, 26 + beat % 4] = 1
            planes[beat, 30 + bar % 4] = 1
            planes[beat, 36] = Float(steps.count) / Float(Grid.stepsPerQuarter)
            planes[beat, 37] = bar == grid.bars - 1 ? 1 : 0
            planes[beat, 38] = normalized.key.mode == .minor ? 1 : 0
            planes[beat, 39] = grid.meter.isCompound ? 1 : 0
        }
        return planes
    }

    /// 8 numbers: 1 for a half bar that has used slots.
    public func slotMask(window firstCell: Int) -> [Float] {
        (0..<ScoreLayout.planSlots).map {
            PlanEncoder.steps(slot: $0, window: firstCell, grid: normalized.grid).isEmpty ? 0 : 1
        }
    }

    /// The true chord of each half bar: the one that holds over most of its used steps, the earlier on a tie; -1 where none is used.
    ///
    /// - Parameter plan: chords in the normal key.
    public static func labels(_ plan: ChordPlan, grid: ScoreGrid, window firstCell: Int) -> [Int32] {
        (0..<ScoreLayout.planSlots).map { slot in
            var counts: [(chord: Chord, count: Int)] = []
            for step in steps(slot: slot, window: firstCell, grid: grid) {
                guard let chord = plan.chord(at: .steps(step)) else { continue }
                if let index = counts.firstIndex(where: { $0.chord == chord }) {
                    counts[index].count += 1
                } else {
                    counts.append((chord, 1))
                }
            }
            var best: (chord: Chord, count: Int)?
            for entry in counts where entry.count > best?.count ?? 0 { best = entry }
            return best.map { Int32($0.chord.index) } ?? -1
        }
    }

    /// Joins the network's answers for all windows: the mean over every half bar that overlaps a harmony window, weighted by the steps they share.
    ///
    /// - Parameter logProbabilities: for each of `grid.windows` a row-major `[8, 84]`.
    /// - Returns: 84 log-probabilities for each harmony window of the phrase (`Meter.harmonyWindow`), in the normal key.
    public static func windowScores(_ logProbabilities: [[Float]], grid: ScoreGrid) -> [[Double]] {
        precondition(logProbabilities.count == grid.windows.count, "one answer a window")
        let length = grid.meter.harmonyWindow
        let count = (grid.meter.bar * grid.bars).rawValue / length.rawValue
        var sums = [[Double]](repeating: [Double](repeating: 0, count: Chord.count), count: count)
        var weights = [Double](repeating: 0, count: count)
        for (answer, firstCell) in zip(logProbabilities, grid.windows) {
            precondition(answer.count == ScoreLayout.planSlots * Chord.count, "an answer is [8, 84]")
            for slot in 0..<ScoreLayout.planSlots {
                var shared: [Int: Double] = [:]
                for step in steps(slot: slot, window: firstCell, grid: grid) {
                    shared[min(count - 1, Tick.steps(step).rawValue / length.rawValue), default: 0] += 1
                }
                for (window, weight) in shared {
                    weights[window] += weight
                    for chord in 0..<Chord.count {
                        sums[window][chord] += weight * Double(answer[slot * Chord.count + chord])
                    }
                }
            }
        }
        for window in 0..<count where weights[window] > 0 {
            for chord in 0..<Chord.count { sums[window][chord] /= weights[window] }
        }
        return sums
    }

    private static func steps(slot: Int, window firstCell: Int, grid: ScoreGrid) -> [Int] {
        let slots = slot * ScoreLayout.stepsPerPlanSlot..<(slot + 1) * ScoreLayout.stepsPerPlanSlot
        return slots.compactMap { grid.phraseStep(window: firstCell, slot: $0) }
    }
}
