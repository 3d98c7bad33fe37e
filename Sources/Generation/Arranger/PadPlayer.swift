import Music

/// Plays the pad: held voices under the melody that keep the tones two chords share, swell anew where the page says so, and now and
/// then move an inner voice.
struct PadPlayer: Sendable {
    private let chart: Chart
    private let book: PatternBook
    private static let velocity = 56

    init(_ chart: Chart, _ book: PatternBook) {
        self.chart = chart
        self.book = book
    }

    func play() -> [SketchNote] {
        var random = chart.random(40)
        let texture = chart.texture(chart.style.pad, of: .pad)
        var voicer = Voicer(
            range: texture.register, voices: random.pick(texture.voices), center: texture.center + random.unit() * 2 - 1
        )
        voicer.mayThinOut = true
        voicer.isRootless = texture.isRootless
        let positions = chart.positionStarts
        let voicings = voicer.lead(chart.voicingRequests(positions))
        let changes = Set(chart.changes)
        var notes: [SketchNote] = []
        var open: [Int: SketchNote] = [:]
        var position = 0
        for stroke in strokes() {
            while position + 1 < positions.count, positions[position + 1] <= stroke.step { position += 1 }
            var voicing = voicings[position]
            let isMove = stroke.symbol == UInt8(ascii: "m") && !changes.contains(stroke.step)
            if isMove { voicing = moved(Array(open.keys).sorted(), at: stroke.step, in: texture.register, &random) }
            // A chord that changes keeps its common tones; one that is struck again is struck whole.
            let keeps = isMove || changes.contains(stroke.step)
            for (pitch, held) in open.sorted(by: { $0.key < $1.key }) where !keeps || !voicing.contains(pitch) {
                notes.append(ended(held, at: stroke.step))
                open[pitch] = nil
            }
            let density = chart.melody.density[chart.bar(of: stroke.step)]
            // Under fast notes the pad recedes.
            let accent = density == .busy ? -5 : density == .open ? 3 : 0
            for pitch in voicing where open[pitch] == nil {
                open[pitch] = SketchNote(
                    step: stroke.step, length: 0, pitch: pitch,
                    velocity: chart.velocity(PadPlayer.velocity, step: stroke.step, accent: accent - (isMove ? 4 : 0)))
            }
        }
        for (_, held) in open.sorted(by: { $0.key < $1.key }) { notes.append(ended(held, at: chart.steps)) }
        return notes
    }

    private func ended(_ note: SketchNote, at step: Int) -> SketchNote {
        var note = note
        note.length = step - note.step
        return note
    }

    /// What happens when: the page's figure, joined to the melody's onsets, and every change of harmony.
    private func strokes() -> [Stroke] {
        let ensemble = Ensemble(chart: chart, stream: 45)
        var strokes: [Int: Stroke] = [:]
        for bar in 0..<chart.bars {
            let plan = chart.form[bar]
            let start = chart.barStart(bar)
            let isAgain = plan.index % 4 == 0 || chart.changeIndex[start] == chart.changeIndex[max(0, start - 1)]
            if !plan.isFinal {
                for unit in chart.units {
                    let page = book.page(unit.family, plan)
                    let figure = page.pads[plan.index % 8 < 4 ? 0 : 1]
                    var manner = Ensemble.Manner(share: 0, alone: chart.style.listening.padAlone)
                    manner.pulls = chart.style.listening.padPulls
                    let inUnit = ensemble.joined(
                        chart.strokes(figure, in: unit, bar: bar), bar: bar, manner, in: unit,
                        isFixed: { $0.step == start })
                    for stroke in inUnit where stroke.step > start || isAgain { strokes[stroke.step] = stroke }
                }
            }
            if plan.isFinal {
                strokes[chart.finalStep] = Stroke(step: chart.finalStep, length: 1, symbol: UInt8(ascii: "x"))
            }
        }
        for change in chart.changes { strokes[change] = Stroke(step: change, length: 1, symbol: UInt8(ascii: "x")) }
        return strokes.values.sorted { $0.step < $1.step }
    }

    /// The voices with an inner one, or the lower of two, on a neighbouring tone of the chord that is free.
    private func moved(
        _ voices: [Int], at step: Int, in register: ClosedRange<Int>, _ random: inout ArrangerRandom
    ) -> [Int] {
        guard voices.count >= 2 else { return voices }
        let tones = chart.chords[step].pitchClasses
        let index = voices.count == 2 ? 0 : 1 + random.below(voices.count - 2)
        let free = register.filter { pitch in
            tones.contains(pitch % 12) && !voices.contains(pitch) && abs(pitch - voices[index]) <= 5
                && pitch < voices[voices.count - 1] && !chart.melody.rubs(pitch, in: step..<min(chart.steps, step + 6))
        }
        guard !free.isEmpty else { return voices }
        var result = voices
        result[index] = random.pick(free)
        return result.sorted()
    }
}
