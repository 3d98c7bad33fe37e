import Music

/// Where everything of a roll stands: systems of whole bars, one pitch range for all of them.
struct RollLayout {
    struct System {
        var bars: Range<Int>
        var top: Double
    }

    let meter: Meter
    let systems: [System]
    let barWidth: Double
    /// Key numbers from the lowest to the highest row.
    let pitches: ClosedRange<Int>
    /// From top to bottom; empty without drums.
    let drumRows: [DrumRow]
    let kit: DrumKit
    let height: Double

    init(_ arrangement: Arrangement, width: Double = RollStyle.width) {
        let phrase = arrangement.phrase
        meter = phrase.meter
        let drums = arrangement.accompaniment.parts[.drums] ?? []
        let pitched = arrangement.accompaniment.parts.filter { $0.key != .drums }.values.joined() + phrase.notes
        pitches = RollLayout.range(of: pitched.map(\.pitch.number))
        let kit = DrumKit(program: arrangement.accompaniment.instrumentation.programs[.drums])
        self.kit = kit
        let sounding = Set(drums.map { DrumRow($0.pitch, in: kit) })
        let always: Set<DrumRow> = drums.isEmpty || kit == .orchestra ? [] : [.hat, .snare, .kick]
        drumRows = DrumRow.allCases.filter { sounding.contains($0) || always.contains($0) }

        // About eight bars of four quarters fill a line; lines are of equal length where that is possible.
        let roll = width - 2 * RollStyle.margin - RollStyle.gutter
        let fit = max(1, Int(32.5 * roll / RollLayout.commonRoll / phrase.meter.bar.quarters))
        let lines = (phrase.bars + fit - 1) / fit
        let barsPerLine = (phrase.bars + lines - 1) / lines
        barWidth = roll / Double(barsPerLine)
        let systemHeight = RollLayout.height(pitches: pitches, drumRows: drumRows.count)
        systems = (0..<lines).map { line in
            System(
                bars: (line * barsPerLine)..<min(phrase.bars, (line + 1) * barsPerLine),
                top: RollStyle.headerHeight + Double(line) * (systemHeight + RollStyle.systemGap))
        }
        height =
            RollStyle.headerHeight + Double(lines) * (systemHeight + RollStyle.systemGap) - RollStyle.systemGap
            + RollStyle.margin
    }

    private static let commonRoll = RollStyle.width - 2 * RollStyle.margin - RollStyle.gutter

    /// At least two octaves, from a C to a B, so that pictures of one tune look alike.
    private static func range(of numbers: [Int]) -> ClosedRange<Int> {
        guard let low = numbers.min(), let high = numbers.max() else { return 48...72 }
        let bottom = max(0, low - 2)
        let top = min(127, max(high + 2, bottom + 23))
        return min(bottom, top - 23)...top
    }

    private static func height(pitches: ClosedRange<Int>, drumRows: Int) -> Double {
        RollStyle.chordRow + Double(pitches.count) * RollStyle.rowHeight
            + (drumRows > 0 ? RollStyle.laneGap + Double(drumRows) * RollStyle.drumRow : 0) + RollStyle.footRow
    }

    var left: Double { RollStyle.margin + RollStyle.gutter }
    var rollHeight: Double { Double(pitches.count) * RollStyle.rowHeight }
    func right(_ system: System) -> Double { left + Double(system.bars.count) * barWidth }
    func rollTop(_ system: System) -> Double { system.top + RollStyle.chordRow }
    func rollBottom(_ system: System) -> Double { rollTop(system) + rollHeight }
    func laneTop(_ system: System) -> Double { rollBottom(system) + RollStyle.laneGap }
    func bottom(_ system: System) -> Double {
        drumRows.isEmpty ? rollBottom(system) : laneTop(system) + Double(drumRows.count) * RollStyle.drumRow
    }

    /// Top edge of a key's row.
    func y(_ pitch: Int, _ system: System) -> Double {
        rollTop(system) + Double(pitches.upperBound - pitch) * RollStyle.rowHeight
    }

    func x(_ tick: Tick, _ system: System) -> Double {
        let bars = Double(tick.rawValue) / Double(meter.bar.rawValue)
        return left + (bars - Double(system.bars.lowerBound)) * barWidth
    }

    /// The part of a time span that lies in a system; nil where none does.
    func clip(_ start: Tick, _ end: Tick, _ system: System) -> (start: Tick, end: Tick)? {
        let from = max(start, meter.bar * system.bars.lowerBound)
        let to = min(end, meter.bar * system.bars.upperBound)
        return from < to ? (from, to) : nil
    }
}
