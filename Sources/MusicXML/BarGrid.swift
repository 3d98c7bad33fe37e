import Music

/// Where the notes of a metre's bar may be written as one, and where ties make its beats visible.
///
/// All positions and lengths are in grid steps, twelve a quarter note.
struct BarGrid {
    /// Whether beats are felt in threes.
    let isCompound: Bool
    /// Steps in a bar.
    let length: Int
    /// Steps in a beat as it is counted when a bar is read: the dotted quarter of 6/8, the quarter of 4/4 and 2/2, the eighth of 7/8.
    let beat: Int
    /// What nothing is written across except from the bar's beginning: the half of 4/4.
    let group: Int
    /// The pieces in which tuplets are looked for.
    let cell: Int

    /// - Returns: nil for a metre whose bar is no whole number of steps.
    init?(_ meter: Meter) {
        guard meter.bar.rawValue % Grid.ticksPerStep == 0 else { return nil }
        length = meter.stepsPerBar
        // The beat of 6/32 is no whole number of steps; such a metre is counted as it is written.
        isCompound = meter.isCompound && meter.beat.rawValue % Grid.ticksPerStep == 0
        if isCompound {
            beat = meter.beat.rawValue / Grid.ticksPerStep
            group = length == 4 * beat ? 2 * beat : length
            cell = meter.denominator == 8 ? 6 : 3
        } else {
            cell = [8: 6, 16: 3, 32: 3][meter.denominator] ?? 12
            beat = cell
            group = length == 48 ? 24 : meter.denominator == 2 ? 24 : length
        }
    }

    /// Values that stand without a tuplet, longest first, with their steps.
    private static let plain: [(steps: Int, value: NoteValue)] = [
        (96, .init(halvings: -1)), (72, .init(halvings: 0, isDotted: true)), (48, .init(halvings: 0)),
        (36, .init(halvings: 1, isDotted: true)), (24, .init(halvings: 1)), (18, .init(halvings: 2, isDotted: true)),
        (12, .init(halvings: 2)), (9, .init(halvings: 3, isDotted: true)), (6, .init(halvings: 3)),
        (3, .init(halvings: 4)),
    ]

    /// The longest value without a tuplet that may begin at a place of the bar and ends by `end`.
    ///
    /// - Precondition: both are multiples of 3, the end behind the place.
    func value(from start: Int, to end: Int, isRest: Bool) -> (value: NoteValue, steps: Int) {
        let found = BarGrid.plain.first { candidate in
            candidate.steps <= end - start
                && (isRest ? allowsRest(candidate, at: start) : allowsNote(candidate.steps, at: start))
        }!
        return (found.value, found.steps)
    }

    private func allowsNote(_ steps: Int, at start: Int) -> Bool {
        let inBeat = start % beat
        let end = start + steps
        guard inBeat == 0 else {
            // A syncopation is read at once inside a group: eighth, quarter, eighth.
            let isSyncopation =
                !isCompound && beat == 12 && inBeat == 6 && (steps == 12 || steps == 18)
                && end <= start - start % group + group
            return end <= start - inBeat + beat || isSyncopation
        }
        if isCompound, steps > beat, steps % beat != 0 { return false }
        return end <= start - start % group + group || start % length == 0
    }

    private func allowsRest(_ candidate: (steps: Int, value: NoteValue), at start: Int) -> Bool {
        if isCompound {
            if candidate.steps % beat == 0 { return start % candidate.steps == 0 }
            return !candidate.value.isDotted && start % beat % candidate.steps == 0 && candidate.steps <= beat / 3
        }
        // A half rest belongs to a half bar; in bars of three quarters each has its own.
        let isAligned = !candidate.value.isDotted && start % candidate.steps == 0
        return isAligned && (candidate.steps <= max(beat, 12) || group % candidate.steps == 0)
    }

    /// The tuplets that a voice's bar needs, by where they begin.
    ///
    /// - Parameter boundaries: where notes and rests begin or end, in 0...`length`.
    func tuplets(_ boundaries: Set<Int>) -> [Int: Tuplet] {
        var found: [Int: Tuplet] = [:]
        var start = 0
        while start < length {
            // Three quarters over a half.
            if cell == 12, start % 24 == 0, start + 24 <= length, group % 24 == 0,
                boundaries.contains(start), boundaries.contains(start + 24)
            {
                let inner = boundaries.filter { $0 > start && $0 < start + 24 }
                if !inner.isEmpty, inner.allSatisfy({ ($0 - start) % 8 == 0 }) {
                    found[start] = .triplet(over: 24)
                    start += 24
                    continue
                }
            }
            let inner = boundaries.filter { $0 > start && $0 < start + cell }.map { $0 - start }
            for (place, tuplet) in BarGrid.tuplets(cell, inner) { found[start + place] = tuplet }
            start += cell
        }
        return found
    }

    /// The tuplets of one cell.
    private static func tuplets(_ cell: Int, _ inner: [Int]) -> [Int: Tuplet] {
        if inner.allSatisfy({ $0 % 3 == 0 }) { return [:] }
        if inner.allSatisfy({ $0 % (cell / 3) == 0 }) { return [0: .triplet(over: cell)] }
        if cell == 6 { return [0: .sixThirtySeconds] }
        if inner.contains(6) {
            var halves = tuplets(6, inner.filter { $0 < 6 })
            for (place, tuplet) in tuplets(6, inner.filter { $0 > 6 }.map { $0 - 6 }) { halves[place + 6] = tuplet }
            return halves
        }
        return [0: inner.allSatisfy { $0 % 2 == 0 } ? .sixSixteenths : .twelveThirtySeconds]
    }
}
