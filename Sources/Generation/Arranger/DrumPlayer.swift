import Music

/// Plays the kit: the section's groove, the melody's accents, fills where it breathes, and crashes behind them.
struct DrumPlayer: Sendable {
    private let chart: Chart
    private let book: PatternBook

    init(_ chart: Chart, _ book: PatternBook) {
        self.chart = chart
        self.book = book
    }

    /// Hits in score order. A hit lasts half a beat at most; only its onset is heard.
    func play() -> [NoteEvent] {
        var hits: [Int: Hit] = [:]
        var fills = 0
        for bar in 0..<chart.bars {
            let plan = chart.form[bar]
            if plan.isFinal {
                playFinal(bar, &hits)
                continue
            }
            for unit in chart.units { playGroove(bar, unit, &hits) }
            vary(bar, &hits)
            playAccents(bar, &hits)
            if plan.fill != .none {
                playFill(bar, number: fills, &hits)
                fills += 1
            }
            if plan.crash { playCrash(bar, &hits) }
        }
        return hits.values.filter { $0.step < chart.steps }
            .map { hit in
                NoteEvent(
                    pitch: Pitch(hit.voice.rawValue), onset: .steps(hit.step),
                    length: .steps(min(hit.voice == .crash ? 12 : 3, chart.steps - hit.step)),
                    velocity: chart.velocity(hit.voice.velocity, step: hit.step, accent: hit.accent))
            }
            .sorted(by: NoteEvent.inScoreOrder)
    }

    private struct Hit: Sendable {
        let step: Int
        let voice: KitVoice
        let accent: Int
    }

    private func add(_ voice: KitVoice, at step: Int, accent: Int, _ hits: inout [Int: Hit]) {
        hits[step * 128 + voice.rawValue] = Hit(step: step, voice: voice, accent: accent)
    }

    private func remove(_ voice: KitVoice, at step: Int, _ hits: inout [Int: Hit]) {
        hits[step * 128 + voice.rawValue] = nil
    }

    private func has(_ voice: KitVoice, at step: Int, _ hits: [Int: Hit]) -> Bool {
        hits[step * 128 + voice.rawValue] != nil
    }

    private static func accent(_ symbol: UInt8) -> Int {
        switch symbol {
        case UInt8(ascii: "X"): 14
        case UInt8(ascii: "o"): -24
        default: 0
        }
    }

    private func playGroove(_ bar: Int, _ unit: BarUnit, _ hits: inout [Int: Hit]) {
        let plan = chart.form[bar]
        let isBusy = chart.melody.density[bar] == .busy
        let groove = book.page(unit.family, plan).groove
        for (voice, figure) in groove.rows {
            // The shaker joins for the second half of a section; in the top level, and where it is the genre's manner, it plays throughout.
            if voice == .shaker && !chart.style.drumming.shakesThroughout && plan.index % 8 < 4 && plan.level < 3 {
                continue
            }
            for stroke in chart.strokes(figure, in: unit, bar: bar) {
                let isGhost = stroke.symbol == UInt8(ascii: "o")
                let isFine = (stroke.step - chart.barStart(bar)) % 6 != 0
                if voice == .kick && isDropped(stroke, bar) { continue }
                // Under fast notes the small strokes make room.
                if isBusy && isGhost && isFine && chart.feel != .triplets { continue }
                if isBusy && isGhost && voice == .snare && (stroke.step - chart.barStart(bar)) % chart.beatSteps != 0 {
                    continue
                }
                add(voice, at: stroke.step, accent: DrumPlayer.accent(stroke.symbol), &hits)
            }
        }
    }

    /// The kick's off-beats that the melody does not share make room for those that it has.
    private func isDropped(_ stroke: Stroke, _ bar: Int) -> Bool {
        guard !chart.melody.inBar[bar].isEmpty, (stroke.step - chart.barStart(bar)) % chart.beatSteps != 0,
            chart.melody.distance[stroke.step] > 0
        else { return false }
        return chart.draw(72, bar: bar, step: stroke.step) >= chart.style.listening.kickAlone
    }

    /// Of four bars the second moves a stroke of kick or snare, the third adds one, the last opens the hat or leads on; what is
    /// done belongs to the section and comes back with it.
    private func vary(_ bar: Int, _ hits: inout [Int: Hit]) {
        let plan = chart.form[bar]
        let start = chart.barStart(bar)
        let offBeat = chart.beatSteps == 18 ? 12 : chart.isShuffled ? 8 : 6
        let beats = chart.barSteps / chart.beatSteps
        guard beats >= 2, !(plan.isVaried && plan.fill != .none) else { return }
        var random = chart.random(70 + UInt64(plan.letter * 8 + plan.index % 8))
        let off = start + random.below(beats) * chart.beatSteps + offBeat
        let last = start + (beats - 1) * chart.beatSteps + offBeat
        let isQuiet = plan.level == 0
        switch plan.index % 4 {
        case 1:
            if let moved = (start + 1..<start + chart.barSteps).filter({ has(.kick, at: $0, hits) }).randomPick(
                &random),
                random.chance(0.6)
            {
                remove(.kick, at: moved, &hits)
            }
            if !has(.snare, at: off, hits) { add(.kick, at: off, accent: isQuiet ? -16 : -6, &hits) }
        case 2:
            let voice: KitVoice = usesStick(bar, hits) ? .sideStick : .snare
            if random.chance(chart.style.drumming.ghosts), !has(voice, at: off, hits) {
                add(voice, at: off, accent: -20, &hits)
            }
        case 3:
            if has(.closedHat, at: last, hits) || has(.closedHat, at: last - offBeat, hits) {
                remove(.closedHat, at: last, &hits)
                add(.openHat, at: last, accent: 0, &hits)
            } else if random.chance(0.5) {
                add(.snare, at: last, accent: -14, &hits)
            }
            if !has(.kick, at: last, hits), random.chance(chart.style.drumming.leads) {
                add(.kick, at: last, accent: -8, &hits)
            }
        default:
            if plan.index % 8 == 4, random.chance(0.5), !has(.snare, at: off, hits) {
                add(.kick, at: off, accent: -8, &hits)
            }
        }
    }

    private func usesStick(_ bar: Int, _ hits: [Int: Hit]) -> Bool {
        (chart.barStart(bar)..<chart.barStart(bar + 1)).contains { has(.sideStick, at: $0, hits) }
    }

    /// The kick joins the melody's accents where neither kick nor snare is near.
    private func playAccents(_ bar: Int, _ hits: inout [Int: Hit]) {
        for step in chart.melody.accents[bar] {
            // A held chord of the band is marked on a cymbal too.
            let near = (step - 3...step + 3).contains {
                has(.snare, at: $0, hits) && hits[$0 * 128 + KitVoice.snare.rawValue]!.accent >= 0
                    || ($0 != step && has(.kick, at: $0, hits) && $0 % chart.barSteps != 0)
            }
            if near { continue }
            add(.kick, at: step, accent: 6, &hits)
            if chart.form[bar].level >= 2 && step % 12 != 0 {
                remove(.closedHat, at: step, &hits)
                add(.openHat, at: step, accent: 0, &hits)
            }
        }
    }

    private func playFill(_ bar: Int, number: Int, _ hits: inout [Int: Hit]) {
        let plan = chart.form[bar]
        guard let unit = chart.units.last else { return }
        let beats = min(unit.family.beats, plan.fillBeats ?? chart.fillBeats(plan.fill, in: unit.family))
        guard let fill = book.fill(unit.family, beats: beats, level: plan.level, number: number) else { return }
        let length = fill.beats * unit.family.beatSteps
        guard length <= unit.steps else { return }
        let start = chart.barStart(bar) + unit.offset + unit.steps - length
        for step in start..<chart.barStart(bar + 1) {
            for voice in KitVoice.allCases { remove(voice, at: step, &hits) }
        }
        for (voice, figure) in fill.rows {
            for stroke in figure.strokes(bar: 0, shuffled: chart.isShuffled) {
                // Fills rise towards the next bar.
                let rise = (stroke.step * 8) / max(1, length) - 4
                add(voice, at: start + stroke.step, accent: DrumPlayer.accent(stroke.symbol) + rise, &hits)
            }
        }
        // The foot keeps the time under a longer fill.
        if fill.beats > 1 { add(.closedHat, at: start, accent: -14, &hits) }
    }

    private func playCrash(_ bar: Int, _ hits: inout [Int: Hit]) {
        let start = chart.barStart(bar)
        for voice in [KitVoice.closedHat, .openHat, .ride] { remove(voice, at: start, &hits) }
        add(.crash, at: start, accent: chart.form[bar].level == 0 ? -24 : -4, &hits)
        add(.kick, at: start, accent: 10, &hits)
    }

    /// The last bar: up to the final hit time is kept, then crash and kick.
    private func playFinal(_ bar: Int, _ hits: inout [Int: Hit]) {
        let start = chart.barStart(bar)
        let last = chart.finalStep
        for unit in chart.units where last > start {
            let groove = book.page(unit.family, chart.form[bar]).groove
            for (voice, figure) in groove.rows where voice != .shaker {
                for stroke in chart.strokes(figure, in: unit, bar: bar) where stroke.step < last {
                    add(voice, at: stroke.step, accent: DrumPlayer.accent(stroke.symbol), &hits)
                }
            }
        }
        add(.crash, at: last, accent: 0, &hits)
        add(.kick, at: last, accent: 12, &hits)
    }
}

extension Array {
    fileprivate func randomPick(_ random: inout ArrangerRandom) -> Element? { isEmpty ? nil : random.pick(self) }
}
