/// The patterns that a seed has picked for one arrangement: one page a metre family, letter of the form and level, so that
/// sections that come back sound alike, and a change of intensity or the song's middle part brings another groove.
struct PatternBook: Sendable {
    struct Page: Sendable {
        let groove: KitGroove
        /// For the first and the second four bars of a section.
        let bass: [Figure]
        /// By the melody's density, each for the first and the second four bars of a section.
        let comping: [MelodyReading.Density: [Figure]]
        let answers: [Figure]
        let pads: [Figure]
    }

    /// By letter, then by level.
    private let pages: [MeterFamily: [[Page]]]
    /// By length in beats.
    private let fills: [MeterFamily: [KitGroove]]
    private let bassFills: [MeterFamily: [Figure]]
    private let style: ArrangerStyle

    init(_ chart: Chart) {
        style = chart.style
        var pages: [MeterFamily: [[Page]]] = [:]
        var fills: [MeterFamily: [KitGroove]] = [:]
        var bassFills: [MeterFamily: [Figure]] = [:]
        for (number, family) in MeterFamily.allCases.enumerated()
        where pages[family] == nil && chart.units.contains(where: { $0.family == family }) {
            guard let library = chart.style.library[family] else {
                preconditionFailure("style \(chart.style.genre.rawValue) lacks patterns for a metre")
            }
            let stream = UInt64(1000 + 100 * number)
            let first = PatternBook.pages(library, family, chart, stream: stream, unlike: nil)
            let second = PatternBook.pages(library, family, chart, stream: stream + 10, unlike: first)
            pages[family] = [first, second]
            var random = chart.random(stream + 20)
            fills[family] = PatternBook.shuffled(
                library.fills.filter {
                    chart.feel == .triplets || chart.isSwung ? $0.feel != .sixteenths : $0.feel != .triplets
                },
                &random)
            bassFills[family] = PatternBook.shuffled(
                library.bassFills.filter { chart.allows($0.feel) }, &random)
        }
        self.pages = pages
        self.fills = fills
        self.bassFills = bassFills
    }

    func page(_ family: MeterFamily, _ plan: BarPlan) -> Page { pages[family]![plan.letter][plan.level] }

    /// A fill of at most `beats`, the longest there is; `number` walks through a few that the seed has chosen.
    func fill(_ family: MeterFamily, beats: Int, level: Int, number: Int) -> KitGroove? {
        let fitting = fills[family]!.filter { $0.levels.contains(level) && $0.beats <= beats }
        guard let longest = fitting.map(\.beats).max() else { return nil }
        let palette = fitting.filter { $0.beats == longest }.prefix(3)
        return palette[number % palette.count]
    }

    func bassFill(_ family: MeterFamily, beats: Int, level: Int, number: Int) -> Figure? {
        let fitting = bassFills[family]!.filter { $0.levels.contains(level) && $0.beats <= beats }
        guard let longest = fitting.map(\.beats).max() else { return nil }
        let palette = fitting.filter { $0.beats == longest }.prefix(3)
        return palette[number % palette.count]
    }

    private static func pages(
        _ library: PatternLibrary, _ family: MeterFamily, _ chart: Chart, stream: UInt64, unlike: [Page]?
    ) -> [Page] {
        var pages: [Page] = []
        for level in 0...3 {
            var random = chart.random(stream + UInt64(level))
            let feel = chart.feel
            var grooves = library.grooves.filter { $0.levels.contains(level) && chart.allows($0.feel) }
            // Sixteenths where the melody has them, and a groove other than the level's below.
            let fine = grooves.filter { $0.feel == feel }
            if feel != .eighths, !fine.isEmpty { grooves = fine }
            if let unlike {
                let others = grooves.filter { $0 != unlike[level].groove }
                if !others.isEmpty { grooves = others }
            }
            let groove = random.pick(grooves)
            let kick = groove.kickSteps(shuffled: chart.isShuffled)
            let bass = library.bass.filter { $0.levels.contains(level) && chart.allows($0.feel) }
                .map { (figure: $0, lock: lock($0, kick, chart)) }
                .sorted { $0.lock > $1.lock }
            // The figures that lock best with the kick; one of them for each half of a section.
            let locked = Array(bass.prefix(4)).map(\.figure)
            let first = random.pick(locked)
            let second = random.chance(0.5) ? random.pick(locked) : first
            var comping: [MelodyReading.Density: [Figure]] = [:]
            let usable = library.comping.filter { $0.levels.contains(level) && chart.allows($0.feel) }
            // A guitar stays with power chords or with full ones.
            let isPower = usable.contains { $0.isPower } && random.chance(0.2 + 0.2 * Double(level))
            for density in [MelodyReading.Density.busy, .flowing, .open] {
                let suited = usable.filter { suits($0, density) && $0.isPower == isPower }
                let from = suited.isEmpty ? usable : suited
                let a = random.pick(from)
                let others = from.filter { $0.rings == a.rings && $0 != a }
                comping[density] = [a, random.chance(0.6) && !others.isEmpty ? random.pick(others) : a]
            }
            let answers = library.answers.filter { chart.allows($0.feel) }
            let pads = library.pads.filter { $0.levels.contains(level) && chart.allows($0.feel) }
            let held = [Figure("x" + String(repeating: " -", count: family.beats - 1), in: family)]
            let padFigures = pads.isEmpty ? held : pads
            pages.append(
                Page(
                    groove: groove, bass: [first, second], comping: comping,
                    answers: (0..<4).map { _ in random.pick(answers) },
                    pads: [random.pick(padFigures), random.pick(padFigures)]))
        }
        return pages
    }

    /// Thin comping under a busy melody, full comping under an open one.
    private static func suits(_ figure: Figure, _ density: MelodyReading.Density) -> Bool {
        switch density {
        case .busy: figure.density < 0.8
        case .flowing: (0.5..<1.6).contains(figure.density)
        case .open: figure.density >= 0.9
        }
    }

    /// Jaccard overlap of a bass figure's first bar with the kick.
    private static func lock(_ figure: Figure, _ kick: Set<Int>, _ chart: Chart) -> Double {
        let steps = Set(figure.strokes(bar: 0, shuffled: chart.isShuffled).map(\.step))
        return Double(steps.intersection(kick).count) / Double(max(1, steps.union(kick).count))
    }

    private static func shuffled<T>(_ items: [T], _ random: inout ArrangerRandom) -> [T] {
        var items = items
        for i in stride(from: items.count - 1, to: 0, by: -1) { items.swapAt(i, random.below(i + 1)) }
        return items
    }
}

extension Chart {
    /// Beats of a fill in a unit of the bar.
    func fillBeats(_ fill: BarPlan.Fill, in family: MeterFamily) -> Int {
        switch fill {
        case .none: 0
        case .small: 1
        case .medium: max(1, min(2, family.beats - 1))
        case .large: family.beats
        }
    }

    /// The strokes of a figure in a unit of a bar, at steps of the phrase, cut off at the unit's end.
    func strokes(_ figure: Figure, in unit: BarUnit, bar: Int) -> [Stroke] {
        let start = barStart(bar) + unit.offset
        return figure.strokes(bar: form[bar].index, shuffled: isShuffled).compactMap { stroke in
            guard stroke.step < unit.steps else { return nil }
            let end = min(stroke.end, unit.steps)
            return Stroke(step: start + stroke.step, length: end - stroke.step, symbol: stroke.symbol)
        }
    }
}
