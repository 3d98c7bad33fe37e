import Music

/// Plays the percussion of an orchestra: the section's strokes, timpani on root and fifth at cadences and accents, rolls towards a climax and
/// the cymbals on it. Nothing beats time where there is nothing to say.
struct PercussionPlayer: Sendable {
    private let chart: Chart
    private let book: PatternBook

    init(_ chart: Chart, _ book: PatternBook) {
        self.chart = chart
        self.book = book
    }

    /// Strokes in score order; timpani ring for a beat, cymbals for a quarter, the others are short.
    func play() -> [NoteEvent] {
        var strokes: [Int: Hit] = [:]
        var fills = 0
        for bar in 0..<chart.bars {
            let plan = chart.form[bar]
            for unit in chart.units { playGroove(bar, unit, &strokes) }
            if plan.isFinal {
                playFinal(bar, &strokes)
                continue
            }
            if plan.level >= 1 { playAccents(bar, &strokes) }
            if plan.fill != .none {
                playFill(bar, number: fills, &strokes)
                fills += 1
            } else {
                playCadence(bar, &strokes)
            }
            if plan.crash { playPeak(bar, &strokes) }
        }
        return strokes.values.filter { $0.step < chart.steps }
            .map { hit in
                NoteEvent(
                    pitch: pitch(hit), onset: .steps(hit.step),
                    length: .steps(min(length(hit.voice), chart.steps - hit.step)),
                    velocity: chart.velocity(PercussionPlayer.velocity(hit.voice), step: hit.step, accent: hit.accent))
            }
            .sorted(by: NoteEvent.inScoreOrder)
    }

    private struct Hit: Sendable {
        let step: Int
        let voice: KitVoice
        let accent: Int
    }

    private func pitch(_ hit: Hit) -> Pitch {
        let chord = chart.chords.isEmpty ? nil : chart.chord(at: hit.step).transposed(by: -chart.shift)
        return DrumClass(Pitch(hit.voice.rawValue)).pitch(in: chart.style.kit, over: chord)
    }

    private func length(_ voice: KitVoice) -> Int {
        switch voice {
        case .crash: 12
        case .lowTom, .highTom: 6
        default: 3
        }
    }

    private static func velocity(_ voice: KitVoice) -> Int {
        switch voice {
        case .kick: 74
        case .snare: 58
        case .lowTom, .highTom: 72
        case .crash: 82
        case .ride: 50
        default: 44
        }
    }

    private static func accent(_ symbol: UInt8) -> Int {
        switch symbol {
        case UInt8(ascii: "X"): 10
        case UInt8(ascii: "o"): -14
        default: 0
        }
    }

    private func add(_ voice: KitVoice, at step: Int, accent: Int, _ strokes: inout [Int: Hit]) {
        strokes[step * 128 + voice.rawValue] = Hit(step: step, voice: voice, accent: accent)
    }

    private func playGroove(_ bar: Int, _ unit: BarUnit, _ strokes: inout [Int: Hit]) {
        let plan = chart.form[bar]
        let isBusy = chart.melody.density[bar] == .busy
        for (voice, figure) in book.page(unit.family, plan).groove.rows {
            // Tambourine and triangle colour the second half of a section; a climax has them throughout.
            if [.closedHat, .openHat].contains(voice), plan.index % 8 < 2, plan.level == 1 || plan.level == 2 {
                continue
            }
            for stroke in chart.strokes(figure, in: unit, bar: bar) {
                let isSoft = stroke.symbol == UInt8(ascii: "o")
                let isOnBeat = (stroke.step - chart.barStart(bar)) % chart.beatSteps == 0
                if isBusy && isSoft && !isOnBeat { continue }
                add(voice, at: stroke.step, accent: PercussionPlayer.accent(stroke.symbol), &strokes)
            }
        }
    }

    /// A timpano strikes with the melody's accents.
    private func playAccents(_ bar: Int, _ strokes: inout [Int: Hit]) {
        for step in chart.melody.accents[bar] {
            let isNear = (step - 3...step + 3).contains {
                strokes[$0 * 128 + KitVoice.lowTom.rawValue] != nil || strokes[$0 * 128 + KitVoice.kick.rawValue] != nil
            }
            if !isNear { add(.lowTom, at: step, accent: 2, &strokes) }
        }
    }

    /// Where four bars close and the harmony falls into the next one, timpani lead there.
    private func playCadence(_ bar: Int, _ strokes: inout [Int: Hit]) {
        let end = chart.barStart(bar + 1)
        guard chart.form[bar].isVaried, !chart.chords.isEmpty, end < chart.steps,
            chart.chords[end].root != chart.chords[end - 1].root
        else { return }
        let last = end - chart.beatSteps
        guard last >= chart.barStart(bar) else { return }
        add(.lowTom, at: last, accent: 0, &strokes)
        add(.lowTom, at: end, accent: 4, &strokes)
    }

    private func playFill(_ bar: Int, number: Int, _ strokes: inout [Int: Hit]) {
        let plan = chart.form[bar]
        guard let unit = chart.units.last else { return }
        let beats = min(unit.family.beats, plan.fillBeats ?? chart.fillBeats(plan.fill, in: unit.family))
        guard let fill = book.fill(unit.family, beats: beats, level: plan.level, number: number) else { return }
        let length = fill.beats * unit.family.beatSteps
        guard length <= unit.steps else { return }
        let start = chart.barStart(bar) + unit.offset + unit.steps - length
        for key in strokes.keys where key / 128 >= start { strokes[key] = nil }
        for (voice, figure) in fill.rows {
            for stroke in figure.strokes(bar: 0, shuffled: chart.isShuffled) {
                let rise = stroke.step * 16 / max(1, length) - 8
                add(
                    voice, at: start + stroke.step, accent: PercussionPlayer.accent(stroke.symbol) + rise, &strokes)
            }
        }
    }

    /// A section that is loud begins with the cymbals, a quieter one with bass drum and timpani.
    private func playPeak(_ bar: Int, _ strokes: inout [Int: Hit]) {
        let start = chart.barStart(bar)
        let level = chart.form[bar].level
        if level >= 2 { add(.crash, at: start, accent: 0, &strokes) }
        if level >= 1 { add(.kick, at: start, accent: 4, &strokes) }
        add(.lowTom, at: start, accent: level >= 2 ? 8 : 0, &strokes)
    }

    /// The last bar up to its final chord, on which all of them strike.
    private func playFinal(_ bar: Int, _ strokes: inout [Int: Hit]) {
        let last = chart.finalStep
        for key in strokes.keys where key / 128 >= last { strokes[key] = nil }
        if chart.form[bar].level >= 1 { add(.crash, at: last, accent: 4, &strokes) }
        add(.kick, at: last, accent: 8, &strokes)
        add(.lowTom, at: last, accent: 10, &strokes)
    }
}
