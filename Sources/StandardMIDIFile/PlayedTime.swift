import Music

/// Where a performance lies among the bar lines of its phrase.
///
/// Where the player kept the take's tempo, its tempo map says it all. Where the bar lines wandered, each bar gets the tempo that it was
/// played in, so that the bar lines of the file are those of the player while every note sounds when it was played.
struct PlayedTime {
    /// Tempo events in ticks from the phrase's bar 1, from bar 1 on; none where the tempo is the take's.
    private(set) var tempi: [(tick: Int, microseconds: Int)] = []

    private let map: TempoMap
    private let bar: Int
    /// Seconds behind the tempo map's bar 1 at which each bar line is played, the last bar's end included; empty where the tempo is the take's.
    private var lines: [Double] = []

    /// Where no note on a beat is further from the tempo map than this, seconds, the tempo was kept.
    private static let tolerance = 0.04
    /// How much faster or slower than the take a bar may be; what is beyond was not played in one tempo and is left alone.
    private static let range = 0.6...1.6

    init(_ take: Take) {
        map = take.tempoMap
        bar = take.phrase.meter.bar.rawValue
        let late = PlayedTime.lateness(take)
        guard !late.isEmpty else { return }
        let quarters = Double(bar) / Double(Tick.perQuarter)
        let steady = quarters * 60 / map.tempo.quartersPerMinute
        var lines = [late[0]]
        var tempi: [(tick: Int, microseconds: Int)] = []
        for index in 1..<late.count {
            // From where the rounded tempi have come to, so that nothing adds up.
            let length = steady * Double(index) + late[index] - lines[index - 1]
            guard PlayedTime.range.contains(length / steady) else { return }
            let microseconds = Int((length / quarters * 1e6).rounded())
            tempi.append(((index - 1) * bar, microseconds))
            lines.append(lines[index - 1] + Double(microseconds) * quarters / 1e6)
        }
        self.lines = lines
        self.tempi = tempi
    }

    /// The tick of the phrase at an instant; before bar 1 in the take's tempo, behind the last bar in that of the last bar.
    func tick(at instant: Instant) -> Tick {
        guard let first = lines.first else { return map.tick(at: instant) }
        let seconds = (instant - map.instant(of: .zero)).seconds
        guard seconds >= first else { return .quarters((seconds - first) * map.tempo.quartersPerMinute / 60) }
        let index = min(lines.count - 2, (lines.lastIndex { $0 <= seconds })!)
        let share = (seconds - lines[index]) / (lines[index + 1] - lines[index])
        return Tick(index * bar + Int((share * Double(bar)).rounded()))
    }

    /// How much later than the tempo map has it each bar line was played, the last bar's end included, seconds: on the line of least
    /// squares through the notes on beats up to a bar away, near ones counting more; where there are none, what it was before.
    ///
    /// - Returns: nothing where every note is about where the tempo map has it.
    private static func lateness(_ take: Take) -> [Double] {
        let phrase = take.phrase
        let bar = Double(phrase.meter.bar.rawValue)
        let played = pairs(take).filter { $0.onset.rawValue % phrase.meter.beat.rawValue == 0 }.map { pair in
            (
                bars: Double(pair.onset.rawValue) / bar,
                late: (take.performance[pair.note].onset - take.tempoMap.instant(of: pair.onset)).seconds
            )
        }
        guard played.contains(where: { abs($0.late) > tolerance }) else { return [] }
        var late: [Double] = []
        for line in 0...phrase.bars {
            let near = played.filter { abs($0.bars - Double(line)) < 1 }
            guard let first = near.first, let last = near.last else {
                late.append(late.last ?? 0)
                continue
            }
            let weights = near.map { 1 - abs($0.bars - Double(line)) }
            let sum = weights.reduce(0, +)
            func mean(_ values: (Int) -> Double) -> Double {
                near.indices.reduce(0) { $0 + weights[$1] * values($1) } / sum
            }
            let place = mean { near[$0].bars }
            let height = mean { near[$0].late }
            let spread = mean { (near[$0].bars - place) * (near[$0].bars - place) }
            let slope = mean { (near[$0].bars - place) * (near[$0].late - height) } / max(spread, 1e-9)
            // Not far beyond the notes: a slope between two of them is not to be trusted there.
            let reach = (last.bars - first.bars) / 2
            let line = min(last.bars + reach, max(first.bars - reach, Double(line)))
            late.append(height + slope * (line - place))
        }
        return late
    }

    /// The notes of the phrase with the places of those that they were played as: for each pitch in order, where there are as many of both.
    private static func pairs(_ take: Take) -> [(onset: Tick, note: Int)] {
        let played = Dictionary(
            grouping: take.performance.indices.sorted { take.performance[$0].onset < take.performance[$1].onset }
        ) {
            take.performance[$0].pitch
        }
        let written = Dictionary(grouping: take.phrase.notes, by: \.pitch)
        return written.flatMap { pitch, notes -> [(onset: Tick, note: Int)] in
            guard let indices = played[pitch], indices.count == notes.count else { return [] }
            return zip(notes, indices).map { ($0.onset, $1) }
        }.sorted { ($0.onset, $0.note) < ($1.onset, $1.note) }
    }
}
