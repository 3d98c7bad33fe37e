import Music

/// Bars that the band plays on its own.
public struct Passage: Hashable, Sendable {
    public let bars: Int
    /// The chords of the bars.
    public let plan: ChordPlan
    /// Score order, inside the bars.
    public let parts: [Part: [NoteEvent]]
}

extension Arranger {
    /// Plays the bars before a melody: a turnaround in its key that leads into its first chord and gathers strength.
    ///
    /// - Parameters:
    ///   - bars: 1...8; 1, 2 and 4 are usual.
    ///   - phrase: what follows; gives metre, tempo and, with `plan`, the key.
    ///   - plan: the harmony of the phrase; an empty one leaves the drums alone.
    ///   - seed: as for the phrase, so that both have the same grooves.
    ///   - options: its parts and energy.
    public func introduction(
        bars: Int, to phrase: Phrase, plan: ChordPlan, seed: UInt64, options: Options = Options()
    ) -> Passage {
        precondition((1...8).contains(bars), "an introduction has 1 to 8 bars")
        let key = Chart.key(of: phrase, plan: plan)
        let chords = plan.chords.isEmpty ? [] : turnaround(bars: bars, key: key, meter: phrase.meter)
        let lead = ChordPlan(window: phrase.meter.harmonyWindow, chords: chords)
        let silence = Phrase(notes: [], meter: phrase.meter, tempo: phrase.tempo, bars: bars)
        var options = options
        options.ending = false
        options.crashAtStart = false
        options.isIntroduction = true
        return Passage(
            bars: bars, plan: lead, parts: arrange(silence, plan: lead, seed: seed, options: options, key: key))
    }

    /// Plays one bar that ends in a fill, for a band that begins, changes or hands over at the next bar line.
    ///
    /// - Parameters:
    ///   - beats: felt beats of the fill, 1 up to the bar's; more are cut to the bar.
    ///   - chord: what sounds in the bar; nil leaves the drums alone.
    ///   - meter: of the bar.
    ///   - seed: as for the phrase around it, so that the groove goes on.
    public func fill(
        beats: Int, chord: Chord?, meter: Meter, tempo: Tempo, seed: UInt64, options: Options = Options()
    ) -> Passage {
        precondition(beats >= 1, "a fill has at least a beat")
        let plan = ChordPlan(window: meter.harmonyWindow, chords: chord.map { [$0] } ?? [])
        let silence = Phrase(notes: [], meter: meter, tempo: tempo, bars: 1)
        var options = options
        options.ending = false
        options.crashAtStart = false
        options.closingFill = beats
        return Passage(bars: 1, plan: plan, parts: arrange(silence, plan: plan, seed: seed, options: options))
    }

    /// The style's turnaround in a key, spread over the bars: its last chords where there are fewer bars than chords.
    private func turnaround(bars: Int, key: Key, meter: Meter) -> [Chord] {
        let degrees = style.turnaround.map { key.mode == .major ? $0 : Arranger.minor($0) }
        let windowsPerBar = max(
            1, (meter.bar.rawValue + meter.harmonyWindow.rawValue - 1) / meter.harmonyWindow.rawValue)
        let used = bars == 1 && windowsPerBar == 1 ? [degrees[degrees.count - 1]] : degrees
        // One or two bars: two chords a bar where the metre has two windows, else the last ones.
        let slots = bars >= used.count || windowsPerBar == 1 ? bars : min(bars * windowsPerBar, used.count)
        return (0..<bars * windowsPerBar).map { window in
            let slot = window * slots / (bars * windowsPerBar)
            let fromEnd = slots - 1 - slot
            let index = used.count - 1 - fromEnd % used.count
            return used[index].transposed(by: key.tonic)
        }
    }

    /// A degree of C major as that of C minor: i, VI, iv or ii half-diminished, V7.
    private static func minor(_ chord: Chord) -> Chord {
        switch chord.root {
        case 0: Chord(root: 0, quality: chord.quality == .majorSeventh ? .minorSeventh : .minor)
        case 2: Chord(root: 2, quality: .halfDiminished)
        case 5: Chord(root: 5, quality: .minor)
        case 9: Chord(root: 8, quality: .major)
        default: chord
        }
    }
}
