import Music

extension Arranger {
    /// What a band plays where something changes: its own groove with a fill at the end, and a last bar.
    ///
    /// The fill is one of the style's, as loud as the band's drums, behind the bar that is most like the others. The ending is
    /// the tonic of the phrase's key (the last chord where that stands on it), struck on the bar line by everybody who plays,
    /// led from the last voicings, and held to about the bar's end; a jazz band may cut it short or colour it with sixth and
    /// ninth.
    ///
    /// - Returns: determined by the arrangement; nothing for parts that the band does not have.
    public static func turns(of arrangement: Arrangement) -> Turns {
        let kit = DrumKit(program: arrangement.accompaniment.instrumentation.programs[.drums])
        let style = ArrangerStyle.fallback(for: arrangement.accompaniment.genre)
        // Drums that stayed from another genre's band go on with their own kit.
        let drummer = style.kit == kit ? style : kit == .orchestra ? .symphony : .pop
        let fill = DrumTurn(arrangement, style: drummer).play()
        let ending = Ending(arrangement, style: style, kit: kit).play()
        return Turns(fill: fill.hits, fillStart: fill.start, ending: ending)
    }
}

/// A bar of drums that leads over.
private struct DrumTurn {
    let arrangement: Arrangement
    let style: ArrangerStyle
    let drums: [NoteEvent]

    init(_ arrangement: Arrangement, style: ArrangerStyle) {
        self.arrangement = arrangement
        self.style = style
        drums = arrangement.accompaniment.parts[.drums] ?? []
    }

    /// The hits of the bar, and where in it the fill begins.
    func play() -> (hits: [NoteEvent], start: Tick) {
        guard !drums.isEmpty else { return ([], .zero) }
        let phrase = arrangement.phrase
        let bar = phrase.meter.bar
        let seed = arrangement.accompaniment.provenance.seed
        var random = ArrangerRandom(seed: seed, stream: 110)
        // Half a bar at most, in whole beats.
        let most = max(1, phrase.meter.beatsPerBar / 2 + phrase.meter.beatsPerBar % 2)
        var beats = min(most, random.pick(style.drumming.turnBeats))
        let unit = BarUnit.units(of: phrase.meter).last!
        beats = min(beats, max(1, unit.steps / unit.family.beatSteps))

        var options = Arranger.Options(parts: arrangement.accompaniment.sounding, crashAtStart: false)
        options.closingFill = beats
        let chart = Chart(
            phrase, plan: arrangement.accompaniment.plan, style: style, seed: seed, options: options)
        let book = PatternBook(chart)
        let played = style.kit == .orchestra ? PercussionPlayer(chart, book).play() : DrumPlayer(chart, book).play()
        // As many beats as the longest fill that there is for so many.
        let found = book.fill(unit.family, beats: beats, level: chart.form[phrase.bars - 1].level, number: 0)?.beats
        let length = min(unit.steps, max(1, found ?? 1) * unit.family.beatSteps)
        let start = max(.zero, Tick.steps(unit.offset + unit.steps - length))

        let louder = min(30, max(-30, drums.meanVelocity - played.meanVelocity))
        let last = bar * (phrase.bars - 1)
        let fill = played.filter { $0.onset >= last + start }.map { hit in
            var moved = hit
            moved.onset = hit.onset - last
            moved.velocity = Velocity(hit.velocity.number + louder)
            return moved
        }
        let groove = typicalBar()
        let hits = fill.isEmpty ? groove : groove.filter { $0.onset < start } + fill
        return (
            Arranger.endedBeforeRepeats(hits).map { hit in
                var hit = hit
                hit.length = max(Tick(1), min(hit.length, bar - hit.onset))
                return hit
            }, start
        )
    }

    /// The bar of the band's drums that has most in common with the others; of equals the first.
    private func typicalBar() -> [NoteEvent] {
        let bar = arrangement.phrase.meter.bar
        let bars = (0..<arrangement.phrase.bars).map { index in
            drums.filter { $0.onset >= bar * index && $0.onset < bar * (index + 1) }.map { hit in
                var hit = hit
                hit.onset = hit.onset - bar * index
                return hit
            }
        }
        let places = bars.map { Set($0.map { $0.onset.rawValue * 128 + $0.pitch.number }) }
        let likeness = places.map { place in
            places.reduce(0.0) { sum, other in
                let union = place.union(other).count
                return sum + (union == 0 ? 0 : Double(place.intersection(other).count) / Double(union))
            }
        }
        return bars[bars.indices.max { likeness[$0] < likeness[$1] || likeness[$0] == likeness[$1] && $0 > $1 }!]
    }
}

/// The bar that a band ends with.
private struct Ending {
    let arrangement: Arrangement
    let style: ArrangerStyle
    let kit: DrumKit
    let chord: Chord
    /// How long the last sound is held.
    let length: Tick
    /// The chords have sixth and ninth where the chord has no seventh of its own.
    let isColoured: Bool
    /// The line takes part.
    let hasLine: Bool

    init(_ arrangement: Arrangement, style: ArrangerStyle, kit: DrumKit) {
        self.arrangement = arrangement
        self.style = style
        self.kit = kit
        let band = arrangement.accompaniment
        var random = ArrangerRandom(seed: band.provenance.seed, stream: 111)
        let manner = random.below(3)
        let sings = random.chance(0.5)
        let bar = arrangement.phrase.meter.bar
        let isStab = style.genre == .jazz && manner == 0
        length = isStab ? min(.steps(5), bar) : max(Tick(1), bar - .steps(1))
        isColoured = style.genre == .jazz && !isStab
        hasLine = !isStab && (style.genre == .pop || style.genre == .symphony || sings)
        let key = Chart.key(of: arrangement.phrase, plan: band.plan)
        let tonic = Chord(root: key.tonic, quality: key.mode == .major ? .major : .minor)
        if let last = band.plan.chords.last, last.root == key.tonic,
            ![.diminished, .halfDiminished].contains(last.quality)
        {
            chord = last
        } else {
            chord = tonic
        }
    }

    func play() -> [Part: [NoteEvent]] {
        let band = arrangement.accompaniment
        var ending: [Part: [NoteEvent]] = [:]
        var bass: Int?
        for part in [Part.bass, .chords, .pad, .line, .drums] where band.sounding.contains(part) {
            switch part {
            case .bass:
                let pitch = root()
                bass = pitch
                ending[.bass] = notes([pitch], .bass)
            case .chords, .pad:
                let keys = voicing(part, above: bass)
                if !keys.isEmpty { ending[part] = notes(keys, part) }
            case .line:
                if hasLine, let pitch = lineTone(above: bass) { ending[.line] = notes([pitch], .line) }
            case .drums: ending[.drums] = cymbalAndDrum()
            }
        }
        return ending
    }

    private func notes(_ keys: [Int], _ part: Part) -> [NoteEvent] {
        let velocity = Velocity(min(120, arrangement.closingVelocity(part) + 4))
        return keys.sorted().map { NoteEvent(pitch: Pitch($0), onset: .zero, length: length, velocity: velocity) }
    }

    /// The keys of the part's last chord, ascending: the last one struck whole in its harmony, or all that it was broken into.
    private func last(_ part: Part) -> [Int] {
        let notes = arrangement.accompaniment.parts[part] ?? []
        guard let latest = notes.map(\.onset).max() else { return [] }
        let isVoice = part == .bass || part == .line
        let window = arrangement.phrase.meter.harmonyWindow
        let start = isVoice ? latest : window * (latest.rawValue / window.rawValue)
        let recent = notes.filter { $0.end > start }
        let whole = recent.map(\.onset).filter { onset in recent.filter { $0.onset == onset }.count >= 3 }.max()
        return Set(recent.filter { whole == nil || $0.onset == whole }.map(\.pitch.number)).sorted()
    }

    /// Where the part may play: its style's range, and where it is now.
    private func range(_ part: Part) -> ClosedRange<Int> {
        let range = style.ranges[part] ?? 0...127
        let last = last(part)
        return min(range.lowerBound, last.first ?? 127)...max(range.upperBound, last.last ?? 0)
    }

    /// The root nearest to the last bass note; rather below than above.
    private func root() -> Int {
        let from = last(.bass).first ?? 36
        return nearest(to: from, of: [chord.root], in: range(.bass)) ?? from
    }

    private func nearest(to from: Int, of classes: [Int], in range: ClosedRange<Int>) -> Int? {
        range.filter { classes.contains($0 % 12) }.min { (abs($0 - from), $0) < (abs($1 - from), $1) }
    }

    private func lineTone(above bass: Int?) -> Int? {
        let range = range(.line)
        let lowest = max(range.lowerBound, (bass ?? -1) + 1)
        guard let from = last(.line).last, lowest <= range.upperBound else { return nil }
        return nearest(to: from, of: chord.pitchClasses, in: lowest...range.upperBound)
    }

    private func voicing(_ part: Part, above bass: Int?) -> [Int] {
        let last = last(part)
        guard !last.isEmpty else { return [] }
        let classes = tones(part, like: last)
        var proposed: [Int] = []
        let mean = last.reduce(0, +) / last.count
        var lowest = max(0, mean - 5)
        for pitchClass in classes {
            while lowest % 12 != pitchClass { lowest += 1 }
            proposed.append(lowest)
            lowest += 1
        }
        var leading = VoiceLeading(range: range(part))
        leading.follow(last)
        return leading.place(proposed, above: bass)
    }

    /// The pitch classes of the last chord, from the bottom up; as many as the part had.
    private func tones(_ part: Part, like last: [Int]) -> [Int] {
        let root = chord.root
        let fifth = chord.pitchClasses[2]
        // A guitar that plays root and fifth stays with them.
        let classes = Set(last.map { $0 % 12 })
        if part == .chords, last.count >= 2, classes.count == 2,
            let low = classes.min(), let high = classes.max(), [5, 7].contains(high - low)
        {
            return [root, fifth, root]
        }
        let third = chord.pitchClasses[1]
        if isColoured, part == .chords, chord.quality != .seventh, last.count >= 3 {
            return [third, fifth, (root + 9) % 12, (root + 2) % 12]
        }
        let whole = chord.pitchClasses
        switch (last.count, whole.count) {
        case (...2, _): return [root, third]
        case (3, 4): return [root, third, whole[3]]
        case (3, _): return whole
        default: return whole.count == 3 ? whole + [root] : whole
        }
    }

    /// Cymbal and kick, or in an orchestra cymbal and the timpano on the root.
    private func cymbalAndDrum() -> [NoteEvent] {
        let velocity = arrangement.closingVelocity(.drums)
        let bar = arrangement.phrase.meter.bar
        let low: DrumClass = kit == .orchestra ? .lowTom : .kick
        return [(low, 14, 6), (DrumClass.crash, 8, 12)].map { drum, accent, steps in
            NoteEvent(
                pitch: drum.pitch(in: kit, over: chord), onset: .zero, length: min(bar, .steps(steps)),
                velocity: Velocity(min(120, velocity + accent)))
        }.sorted(by: NoteEvent.inScoreOrder)
    }
}

extension Accompaniment {
    /// The parts that have notes.
    fileprivate var sounding: Set<Part> { Set(parts.filter { !$0.value.isEmpty }.keys) }
}

extension Arrangement {
    /// How loud a part is towards the end: the mean of its last two bars, or of all its notes where it rests there.
    fileprivate func closingVelocity(_ part: Part) -> Int {
        let notes = accompaniment.parts[part] ?? []
        let late = notes.filter { $0.onset >= phrase.length - phrase.meter.bar * 2 }
        return (late.isEmpty ? notes : late).meanVelocity
    }
}

extension [NoteEvent] {
    /// 64 where there are none.
    fileprivate var meanVelocity: Int {
        isEmpty ? 64 : map(\.velocity.number).reduce(0, +) / count
    }
}
