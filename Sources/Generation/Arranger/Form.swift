/// What a bar is in the form: its section, how strongly the band plays, and what happens at its end.
struct BarPlan: Sendable {
    enum Fill: Int, Sendable { case none, small, medium, large }

    /// Counted from 0; bars of one section share their patterns.
    var section: Int
    /// Which of the song's two ideas the section brings: 0 or 1, as in A A B A.
    var letter = 0
    /// The bar in its section, from 0.
    var index: Int
    /// 0 quiet, 1 verse, 2 chorus, 3 full.
    var level: Int
    /// Added to velocities.
    var dynamic: Int
    /// What the drums do at the bar's end.
    var fill: Fill = .none
    /// Beats of the drums' fill where they are asked for.
    var fillBeats: Int?
    /// The bass fills here.
    var bassFill = false
    /// A crash on its first beat.
    var crash = false
    /// A bar that closes a group of four and is varied a little.
    var isVaried = false
    /// The last bar of an ending.
    var isFinal = false
}

/// Lays out sections of eight bars, their intensity, and the fills.
struct Form: Sendable {
    let plans: [BarPlan]

    init(
        _ melody: MelodyReading, bars: Int, barSteps: Int, beatSteps: Int, seed: UInt64, options: Arranger.Options
    ) {
        var random = ArrangerRandom(seed: seed, stream: 2)
        // A pickup bar leads in: the sections count from the bar behind it.
        let isPickup = bars > 4 && (melody.onsets.first.map { $0.step * 2 >= barSteps && $0.step < barSteps } ?? false)
        let first = isPickup ? 1 : 0
        var starts = Array(stride(from: first, to: bars, by: 8))
        if let last = starts.last, starts.count > 1, bars - last <= 2 { starts.removeLast() }
        let ends = starts.dropFirst() + [bars]

        let intensity: [Double] = (0..<bars).map { bar in
            let loud: Double = (melody.loudness[bar] - 80) / 40
            let dense: Double = (melody.onsetsPerQuarter[bar] - 1.2) / 1.5
            return 0.6 * loud + 0.4 * dense
        }
        func mean(_ range: Range<Int>) -> Double { intensity[range].reduce(0, +) / Double(range.count) }
        let whole = mean(0..<bars)
        let spread = random.unit() * 0.8 - 0.4
        var levels: [Int] = []
        for (section, (start, end)) in zip(starts, ends).enumerated() {
            let build: Double = starts.count > 1 ? -0.4 + 1.2 * Double(section) / Double(starts.count - 1) : 0.1
            let contrast: Double = mean(start..<end) - whole
            var level: Double = 1.1 + build + spread + Double(options.energy)
            level += 1.5 * whole + 1.6 * contrast
            levels.append(min(3, max(0, Int(level.rounded()))))
        }
        // The last section stands out from the first.
        if levels.count > 1, levels[0] == levels[levels.count - 1] {
            if levels[0] < 3 { levels[levels.count - 1] += 1 } else { levels[0] -= 1 }
        }

        var plans: [BarPlan] = []
        for bar in 0..<bars {
            let section = max(0, (starts.lastIndex { $0 <= bar } ?? 0))
            let index = max(0, bar - starts[section])
            let loud = melody.loudness[bar] - 80
            // Two bars breathe: the second a little under the first, the fourth towards the next.
            let swell = [2, 0, 1, 3][index % 4] - 1
            plans.append(
                BarPlan(
                    section: section, letter: Form.letter(section, of: starts.count), index: index,
                    level: levels[section],
                    dynamic: min(9, max(-9, Int((loud * 0.4).rounded()))) + swell))
        }

        let bassFillsFirst = random.chance(0.5)
        var smallFills = 0
        for bar in 0..<bars {
            let section = plans[bar].section
            let isLastOfSection = bar + 1 == (section + 1 < starts.count ? starts[section + 1] : bars)
            let tail = melody.quietTail[bar]
            let isFilledBefore = bar > 0 && plans[bar - 1].fill != .none
            plans[bar].isVaried = plans[bar].index % 4 == 3 || isLastOfSection
            if isPickup && bar == 0 {
                plans[bar].fill = .small
            } else if isLastOfSection {
                plans[bar].fill = tail >= barSteps / 2 && plans[bar].level >= 1 && random.chance(0.6) ? .large : .medium
                plans[bar].bassFill = bar + 1 == bars
            } else if plans[bar].index % 4 == 3 {
                plans[bar].fill = tail >= 2 * beatSteps - 1 ? .medium : .small
                plans[bar].bassFill = plans[bar].fill == .small && random.chance(0.5)
            } else if melody.endsPhrase[bar], !isFilledBefore, bars > 2 {
                // Kit and bass answer a breath of the melody in turn.
                let isBass = (smallFills % 2 == 0) == bassFillsFirst
                if isBass { plans[bar].bassFill = true } else { plans[bar].fill = .small }
                smallFills += 1
            }
            if plans[bar].level == 0 && plans[bar].fill == .large { plans[bar].fill = .medium }
        }
        if bars == 1 { plans[0].fill = .small }
        if let beats = options.closingFill {
            plans[bars - 1].fill = .large
            plans[bars - 1].fillBeats = beats
            plans[bars - 1].bassFill = true
        }
        if options.isIntroduction {
            // It gathers: from the quietest level to that of the song.
            for bar in 0..<bars {
                plans[bar].level = max(0, plans[bar].level - (bars - 1 - bar))
                if bar + 1 < bars { plans[bar].fill = .none }
            }
        }
        if options.ending {
            plans[bars - 1].fill = .none
            plans[bars - 1].bassFill = false
            plans[bars - 1].isFinal = true
            if bars > 1 { plans[bars - 2].fill = max(plans[bars - 2].fill, .medium) }
        }
        for bar in 0..<bars {
            let opensSection = bar > first && plans[bar].index == 0
            let afterFill = bar > 0 && plans[bar - 1].fill.rawValue >= BarPlan.Fill.medium.rawValue
            plans[bar].crash = plans[bar].level >= 1 && (opensSection || afterFill)
        }
        plans[first].crash = plans[first].crash || options.crashAtStart
        self.plans = plans
    }

    /// A B, A B A, A A B A, and on in fours.
    static func letter(_ section: Int, of count: Int) -> Int {
        switch count {
        case 1: 0
        case 2, 3: section == 1 ? 1 : 0
        default: section % 4 == 2 ? 1 : 0
        }
    }
}

extension BarPlan.Fill: Comparable {
    static func < (a: BarPlan.Fill, b: BarPlan.Fill) -> Bool { a.rawValue < b.rawValue }
}
