import Music

/// Bends a figure's rhythm towards the melody's: strokes that nearly meet one of its notes are pulled onto it, some of its other
/// notes are joined, and strokes that meet none make room.
struct Ensemble: Sendable {
    let chart: Chart
    /// Tells the parts' choices apart.
    let stream: UInt64

    /// What a part takes over in one bar.
    struct Manner: Sendable {
        /// Share of the melody's onsets that are to be struck with it.
        var share: Double
        /// How likely a stroke stays that meets no onset: on a beat, off the beat.
        var alone: (onBeat: Double, offBeat: Double)
        /// Strokes closer than this are not added.
        var clearance = 6
        /// Strokes may be pulled to an onset half a beat away; otherwise those off it are only kept or left out.
        var pulls = true
        /// The character that added strokes get, plain and stressed.
        var symbols = (plain: UInt8(ascii: "x"), stressed: UInt8(ascii: "X"))
    }

    /// - Parameters:
    ///   - strokes: of one bar or one unit of it, in order.
    ///   - unit: nil for the whole bar.
    ///   - isFixed: whether a stroke must stay where it is.
    func joined(
        _ strokes: [Stroke], bar: Int, _ manner: Manner, in unit: BarUnit? = nil, isFixed: (Stroke) -> Bool
    ) -> [Stroke] {
        let start = chart.barStart(bar) + (unit?.offset ?? 0)
        let end = unit.map { start + $0.steps } ?? chart.barStart(bar + 1)
        let onsets = chart.melody.inBar[bar].filter { $0.step >= start && $0.step < end }
        guard !onsets.isEmpty else { return strokes }
        var taken: Set<Int> = []
        var kept: [Stroke] = []
        let on = Set(onsets.map(\.step))
        let fixed = Set(strokes.filter { isFixed($0) || on.contains($0.step) }.map(\.step))
        for stroke in strokes {
            if fixed.contains(stroke.step) {
                kept.append(stroke)
                taken.insert(stroke.step)
                continue
            }
            if manner.pulls, let near = nearest(stroke.step, onsets), !taken.contains(near), !fixed.contains(near) {
                var moved = stroke
                moved.length = max(3, stroke.end - near)
                moved.step = near
                kept.append(moved)
                taken.insert(near)
                continue
            }
            let isOnBeat = (stroke.step - chart.barStart(bar)) % chart.beatSteps == 0
            let chance = isOnBeat ? manner.alone.onBeat : manner.alone.offBeat
            if chart.draw(stream, bar: bar, step: stroke.step) < chance {
                kept.append(stroke)
            } else if let last = kept.indices.last, kept[last].end >= stroke.step {
                // What was held up to it is held through it.
                kept[last].length = max(kept[last].length, stroke.end - kept[last].step)
            }
        }
        let wanted = Int((manner.share * Double(onsets.count)).rounded())
        var struck = onsets.filter { onset in kept.contains { $0.step == onset.step } }.count
        for onset in onsets.sorted(by: { weight($0, bar) > weight($1, bar) }) where struck < wanted {
            if kept.contains(where: { abs($0.step - onset.step) < manner.clearance }) { continue }
            let isStressed = chart.melody.accents[bar].contains(onset.step)
            kept.append(
                Stroke(
                    step: onset.step, length: min(18, max(3, onset.space)),
                    symbol: isStressed ? manner.symbols.stressed : manner.symbols.plain))
            struck += 1
        }
        thinOut(&kept, bar: bar, under: onsets, isFixed: isFixed)
        kept.sort { $0.step < $1.step }
        for i in kept.indices.dropLast() { kept[i].length = min(kept[i].length, kept[i + 1].step - kept[i].step) }
        if let last = kept.indices.last { kept[last].length = min(kept[last].length, end - kept[last].step) }
        return kept.filter { $0.length > 0 }
    }

    /// Under notes faster than two a beat at most one stroke a beat stays, and one beat rests: the lightest ones go.
    private func thinOut(
        _ strokes: inout [Stroke], bar: Int, under onsets: [MelodyReading.Onset], isFixed: (Stroke) -> Bool
    ) {
        let beats = chart.barSteps / chart.beatSteps
        guard onsets.count > 2 * beats else { return }
        let weights = Dictionary(onsets.map { ($0.step, weight($0, bar)) }, uniquingKeysWith: max)
        let light = strokes.filter { !isFixed($0) }
            .sorted { (weights[$0.step] ?? 0, $0.step) < (weights[$1.step] ?? 0, $1.step) }
        let surplus = strokes.count - max(2, beats - 1)
        guard surplus > 0 else { return }
        let gone = Set(light.prefix(surplus).map(\.step))
        strokes.removeAll { gone.contains($0.step) && !isFixed($0) }
    }

    /// The onset at most half a beat away.
    private func nearest(_ step: Int, _ onsets: [MelodyReading.Onset]) -> Int? {
        let near = onsets.map(\.step).min { (abs($0 - step), $0) < (abs($1 - step), $1) }
        guard let near, abs(near - step) <= chart.beatSteps / 2 else { return nil }
        return near
    }

    /// Which of the melody's notes a band hits with it: long and held-over ones, loud ones, those on the strong beats.
    private func weight(_ onset: MelodyReading.Onset, _ bar: Int) -> Double {
        let inBar = onset.step - chart.barStart(bar)
        var weight = inBar == 0 ? 3.0 : inBar % chart.beatSteps == 0 ? 1.5 : 0
        if chart.melody.accents[bar].contains(onset.step) { weight += 3 }
        weight += min(2, Double(onset.space) / 12)
        return weight + 0.8 * chart.draw(stream + 1, bar: bar, step: onset.step)
    }
}

extension Chart {
    /// A number in 0..<1 that belongs to a place of the section's two bars, so that what is decided there comes back.
    func draw(_ stream: UInt64, bar: Int, step: Int) -> Double {
        let plan = form[bar]
        let place = UInt64((step - barStart(bar)) + 192 * (plan.index % 2) + 384 * plan.letter)
        var random = ArrangerRandom(seed: seed &+ place &* 0x9E37_79B9, stream: stream)
        return random.unit()
    }

    /// Strikes of the melody that a part with these shares takes over in a bar.
    func share(_ shares: (open: Double, flowing: Double, busy: Double), bar: Int) -> Double {
        switch melody.density[bar] {
        case .open: shares.open
        case .flowing: shares.flowing
        case .busy: shares.busy
        }
    }
}
