import Music

/// Plays the chords: a figure that suits the melody's density over voicings led by their nearest tones.
struct ChordPlayer: Sendable {
    private let chart: Chart
    private let book: PatternBook
    private let positionStarts: [Int]
    /// For each step the index in `positionStarts`.
    private let position: [Int]
    private static let velocity = 68
    private let texture: Texture

    init(_ chart: Chart, _ book: PatternBook) {
        self.chart = chart
        self.book = book
        texture = chart.texture(chart.style.chords, of: .chords)
        positionStarts = chart.positionStarts
        var position = [Int](repeating: 0, count: chart.steps)
        for (index, start) in positionStarts.enumerated() {
            for step in start..<chart.steps { position[step] = index }
        }
        self.position = position
    }

    private struct Strike {
        var step: Int
        var length: Int
        var symbol: UInt8
        var position: Int
        var rings: Bool
        var isPush = false
    }

    func play() -> [SketchNote] {
        var random = chart.random(30)
        var voicer = Voicer(
            range: texture.register, voices: random.pick(texture.voices), center: texture.center + random.unit() * 2 - 1
        )
        voicer.isRootless = texture.isRootless
        let voicings = voicer.lead(chart.voicingRequests(positionStarts))
        var notes: [SketchNote] = []
        for strike in strikes() { notes += sounding(strike, voicings[strike.position]) }
        return notes
    }

    private func strikes() -> [Strike] {
        var strikes: [Strike] = []
        for bar in 0..<chart.bars {
            let plan = chart.form[bar]
            let start = chart.barStart(bar)
            let end = chart.barStart(bar + 1)
            var inBar = plan.isFinal ? final(bar) : figure(bar)
            harmonise(bar, &inBar)
            // A pushed chord is held over the bar line instead of being struck again.
            if let last = strikes.last, last.isPush, last.step + last.length == start, let first = inBar.first,
                first.step == start, last.position == first.position, !first.rings
            {
                strikes[strikes.count - 1].length += first.length
                inBar.removeFirst()
            }
            strikes += inBar.filter { $0.step < end }
        }
        return strikes
    }

    private func figure(_ bar: Int) -> [Strike] {
        let plan = chart.form[bar]
        let density = chart.melody.density[bar]
        let listening = chart.style.listening
        let ensemble = Ensemble(chart: chart, stream: 35)
        let alone = density == .open ? listening.chordsAloneWhenOpen : listening.chordsAlone
        return chart.units.flatMap { unit -> [Strike] in
            let figures = book.page(unit.family, plan).comping[density]!
            let figure = figures[plan.index % 8 < 4 ? 0 : 1]
            var manner = Ensemble.Manner(
                share: chart.share(listening.chords, bar: bar), alone: (alone, alone / 2),
                clearance: density == .busy ? 6 : 4)
            manner.pulls = !figure.rings
            if figure.isBroken { manner.symbols = (UInt8(ascii: "2"), UInt8(ascii: "x")) }
            if figure.isPower { manner.symbols = (UInt8(ascii: "p"), UInt8(ascii: "P")) }
            var strokes = chart.strokes(figure, in: unit, bar: bar)
            let isPushed = strokes.last?.symbol == UInt8(ascii: ">")
            strokes = ensemble.joined(
                strokes, bar: bar, manner, in: unit,
                isFixed: { isPushed && $0 == strokes.last })
            return strokes.map { stroke in
                let isPush = stroke.symbol == UInt8(ascii: ">") && stroke.end % chart.barSteps == 0
                let index =
                    isPush && stroke.end < chart.steps
                    ? position[stroke.end] : position[stroke.step]
                return Strike(
                    step: stroke.step, length: stroke.length, symbol: stroke.symbol, position: index,
                    rings: figure.rings, isPush: isPush)
            }
        }
    }

    private func final(_ bar: Int) -> [Strike] {
        let start = chart.barStart(bar)
        let last = chart.finalStep
        let x = UInt8(ascii: "X")
        var strikes: [Strike] = []
        if last > start {
            strikes.append(
                Strike(step: start, length: last - start, symbol: x, position: position[start], rings: false))
        }
        strikes.append(
            Strike(
                step: last, length: chart.barStart(bar + 1) - last, symbol: x, position: position[last],
                rings: false))
        return strikes
    }

    /// Makes every change of harmony heard: what is held over it ends there and the new chord is struck.
    private func harmonise(_ bar: Int, _ strikes: inout [Strike]) {
        let start = chart.barStart(bar)
        let end = chart.barStart(bar + 1)
        for mark in chart.changes where mark >= start && mark < end {
            if strikes.contains(where: { $0.step == mark }) { continue }
            if let i = strikes.lastIndex(where: { $0.step < mark }) {
                // Figures that leave the downbeat to the band go on doing so if they strike soon.
                let next = i + 1 < strikes.count ? strikes[i + 1].step : end
                if next - mark <= 6 && strikes[i].step + strikes[i].length <= mark { continue }
                let length = next - mark
                if !strikes[i].isPush { strikes[i].length = min(strikes[i].length, mark - strikes[i].step) }
                strikes.insert(
                    Strike(
                        step: mark, length: length,
                        symbol: PowerChord.symbols.contains(strikes[i].symbol) ? UInt8(ascii: "P") : UInt8(ascii: "x"),
                        position: position[mark],
                        rings: false),
                    at: i + 1)
            }
        }
    }

    private func sounding(_ strike: Strike, _ voicing: [Int]) -> [SketchNote] {
        var keys = voicing
        var accent = 0
        switch strike.symbol {
        case UInt8(ascii: "X"): accent = 9
        case UInt8(ascii: "o"): accent = -12
        case let symbol where PowerChord.symbols.contains(symbol):
            // Where nobody else holds the third, the guitar plays it.
            guard chart.options.parts?.contains(.pad) ?? true else { break }
            keys = PowerChord.keys(chart.chords[positionStarts[strike.position]])
            if strike.symbol == UInt8(ascii: "P") { accent = 9 }
            if strike.symbol == UInt8(ascii: "m") {
                keys.removeLast()
                accent = -7
            }
        case UInt8(ascii: "b"): keys = [voicing[0]]
        case UInt8(ascii: "u"):
            keys = Array(voicing.dropFirst())
            accent = -4
        case UInt8(ascii: "1")...UInt8(ascii: "4"):
            // A fourth voice that is not there is the lowest one an octave up, or else the middle one again.
            let index = Int(strike.symbol) - Int(UInt8(ascii: "1"))
            let octave = voicing[0] + 12
            let fourth = octave <= texture.register.upperBound ? octave : voicing[1]
            keys = [index < voicing.count ? voicing[index] : fourth]
            accent = strike.step % chart.beatSteps == 0 ? 2 : -5
        default: break
        }
        var length = strike.length
        if strike.rings {
            let bar = chart.barStart(chart.bar(of: strike.step) + 1)
            length = min(bar, chart.nextChange(after: strike.step)) - strike.step
        } else if !strike.isPush {
            length = min(length, chart.nextChange(after: strike.step) - strike.step)
            if length >= 12 { length -= 1 }
            if strike.symbol == UInt8(ascii: "m") { length = min(length, 4) }
        }
        // A voice that would rub against the melody is left out for once.
        if keys.count > 2 {
            let clear = keys.filter { chart.melody.clash($0, in: strike.step..<strike.step + length) < 0.5 }
            if clear.count >= 2 { keys = clear }
        }
        // A touch more weight on the top voice.
        return keys.enumerated().map { i, key in
            SketchNote(
                step: strike.step, length: length, pitch: key,
                velocity: chart.velocity(
                    ChordPlayer.velocity, step: strike.step,
                    accent: accent + (keys.count > 1 && i == keys.count - 1 ? 3 : 0)))
        }
    }
}
