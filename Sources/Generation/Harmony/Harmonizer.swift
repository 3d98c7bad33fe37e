import Music

/// Finds chords for a melody: the likeliest sequence under the harmony model, over windows of half a bar or a bar.
///
/// A transposed melody gets the transposed chords, because everything is computed relative to the key.
public struct Harmonizer: Sendable {
    /// What the harmony follows, and how much.
    public struct Options: Hashable, Sendable {
        /// Weight of what usually follows a chord. Higher holds chords longer.
        public var transitionWeight: Double
        /// Weight of how the melody's tones fit. Higher hugs the melody.
        public var emissionWeight: Double
        /// Share of the chord's commonness that is taken off a network's log-probabilities.
        public var priorWeight: Double
        /// Harmonic daring: the scale of Gumbel noise on every window's scores. 0 is the likeliest sequence; .5 to .8 surprises.
        public var daring: Double
        /// Seed of the noise; without effect where `daring` is 0.
        public var seed: UInt64
        /// Log-odds in favour of the tonic in each window under the last note's hold, or in the last one, where the melody allows it. 0 for none.
        public var cadence: Double
        /// Harmonic motion: log-odds against holding a chord over a bar line, half as much inside a bar. 0 leaves it to the model,
        /// which holds chords longer than people do because the likeliest sequence is a smooth one.
        public var motion: Double
        /// Log-odds against going back at once to the chord before the last: without it, motion is a see-saw of tonic and dominant.
        public var alternation: Double
        /// Log-odds in favour of a close where the melody closes a phrase: the tonic or the dominant there, the dominant before a
        /// tonic. 0 for none.
        public var phraseClose: Double

        public init(
            transitionWeight: Double = 1, emissionWeight: Double = 1.35, priorWeight: Double = 0.5, daring: Double = 0,
            seed: UInt64 = 0, cadence: Double = 2, motion: Double = 0, alternation: Double = 0,
            phraseClose: Double = 0
        ) {
            self.transitionWeight = transitionWeight
            self.emissionWeight = emissionWeight
            self.priorWeight = priorWeight
            self.daring = daring
            self.seed = seed
            self.cadence = cadence
            self.motion = motion
            self.alternation = alternation
            self.phraseClose = phraseClose
        }

        /// For a melody alone.
        public static let melodyOnly = Options()
        /// For a melody alone, moving about as much as people's chords do, closing phrases, and varying with the seed.
        public static let lively = Options(
            emissionWeight: 1.75, daring: 0.5, cadence: 5, motion: 1.25, alternation: 1, phraseClose: 1)
        /// For a plan network's scores, beside which the model only smooths.
        public static let withNetwork = Options(
            transitionWeight: 0.45, emissionWeight: 0.6, motion: 1, alternation: 1, phraseClose: 1)
    }

    public let model: HarmonyModel

    public init(model: HarmonyModel = .standard) { self.model = model }

    /// The chords of a phrase in its real key, one for each `Meter.harmonyWindow`.
    ///
    /// A phrase without notes gets a turnaround on the tonic, one chord a bar.
    ///
    /// - Parameters:
    ///   - key: the key to read the phrase in; nil takes the melody's own estimate.
    ///   - options: nil takes `melodyOnly`, or `withNetwork` where a network has spoken.
    ///   - network: a plan network's log-probabilities, 84 a window in the *normal* key (`PlanEncoder.windowScores`).
    ///   - ringing: what sounds with the phrase where it is more than its notes (`AccompanimentRequest.ringing`): it is heard in
    ///     the notes' place. Where the melody closes is told by the phrase itself.
    ///   - given: chords that stand; the windows behind its end are filled so that they go on from there.
    public func plan(
        for phrase: Phrase, key: Key? = nil, options: Options? = nil, network: [[Double]]? = nil,
        ringing: [NoteEvent] = [], given: ChordPlan? = nil
    ) -> ChordPlan {
        let heard = phrase.ringing(with: ringing)
        let key = key ?? heard.key
        let fixed = given.map { Harmonizer.chords(of: $0, for: phrase) } ?? []
        if fixed.count == max(1, phrase.length.rawValue / phrase.meter.harmonyWindow.rawValue) {
            return ChordPlan(window: phrase.meter.harmonyWindow, chords: fixed)
        }
        if heard.notes.isEmpty, network == nil {
            let turnaround = turnaround(phrase, key)
            return ChordPlan(
                window: turnaround.window, chords: fixed + turnaround.chords.dropFirst(fixed.count))
        }
        let options = options ?? (network == nil ? .melodyOnly : .withNetwork)
        let windows = HarmonyWindow.windows(of: heard, tonic: key.tonic)
        precondition(
            network.map { $0.count == windows.count && $0.allSatisfy { $0.count == Chord.count } } ?? true,
            "a network scores 84 chords in every window")
        let tables = model.logarithms(key.mode)
        var scores = windows.map { window in
            (0..<Chord.count).map { options.emissionWeight * window.logEmission($0, tables.emissions) }
        }
        if let network {
            let tonic = key.mode == .major ? 0 : 9
            for window in windows.indices {
                for chord in 0..<Chord.count {
                    let normal = Chord(index: chord).transposed(by: tonic).index
                    scores[window][chord] += network[window][normal] - options.priorWeight * tables.prior[chord]
                }
            }
        }
        addCadence(options.cadence, phrase, key, &scores)
        addCloses(options.phraseClose, phrase, key, &scores)
        if options.daring > 0 {
            var draws = Draws(seed: options.seed)
            for window in scores.indices {
                for chord in 0..<Chord.count { scores[window][chord] += options.daring * draws.gumbel() }
            }
        }
        for (window, chord) in fixed.enumerated() where window < scores.count {
            let stays = chord.transposed(by: -key.tonic).index
            for chord in 0..<Chord.count where chord != stays { scores[window][chord] -= Harmonizer.forbidden }
        }
        let perBar = phrase.meter.harmonyWindowsPerBar
        let holding = scores.indices.map { $0 % perBar == 0 ? options.motion : options.motion / 2 }
        let path = Harmonizer.likeliest(scores, tables, options, holding: holding)
        return ChordPlan(
            window: phrase.meter.harmonyWindow, chords: path.map { Chord(index: $0).transposed(by: key.tonic) })
    }

    /// The chords of a given plan in the windows of a phrase, as far as it goes: of a plan in other windows, the one at each
    /// window's start.
    private static func chords(of plan: ChordPlan, for phrase: Phrase) -> [Chord] {
        let window = phrase.meter.harmonyWindow
        let count = max(1, phrase.length.rawValue / window.rawValue)
        let end = plan.window * plan.chords.count
        return (0..<count).prefix { window * $0 < end }.map { plan.chord(at: window * $0)! }
    }

    /// Adds log-odds for the tonic triad (or, in major, its major seventh) to the last window, unless the phrase ends on a tone that is not in it.
    private func addCadence(_ odds: Double, _ phrase: Phrase, _ key: Key, _ scores: inout [[Double]]) {
        guard odds != 0, let last = scores.indices.last else { return }
        let tonic = Chord(root: 0, quality: key.mode == .major ? .major : .minor)
        let lastBar = phrase.length - phrase.meter.bar
        var first = last
        if let note = phrase.notes.max(by: { $0.onset < $1.onset }), note.end > lastBar {
            guard tonic.transposed(by: key.tonic).contains(note.pitch) else { return }
            // A last note that is held long has come home where it begins.
            let window = phrase.meter.harmonyWindow.rawValue
            first = min(last, (note.onset.rawValue + window - 1) / window)
        }
        for window in first...last {
            scores[window][tonic.index] += odds
            if key.mode == .major { scores[window][Chord(root: 0, quality: .majorSeventh).index] += odds }
        }
    }

    /// Adds log-odds for a full or a half close in the last window of every bar that ends a phrase of the melody, and for the dominant before it.
    ///
    /// A phrase ends with a bar of which the melody's last note is the longest of the last two bars, or behind which it rests, where that
    /// bar is an even one.
    private func addCloses(_ odds: Double, _ phrase: Phrase, _ key: Key, _ scores: inout [[Double]]) {
        guard odds != 0, phrase.bars >= 4 else { return }
        let perBar = phrase.meter.harmonyWindowsPerBar
        let bar = phrase.meter.bar
        for end in stride(from: 4, to: phrase.bars, by: 2) {
            let notes = phrase.notes.filter { $0.onset >= bar * (end - 1) && $0.onset < bar * end }
            let before = phrase.notes.filter { $0.onset >= bar * (end - 2) && $0.onset < bar * (end - 1) }
            guard let last = notes.last else { continue }
            let next = phrase.notes.first { $0.onset > last.onset }?.onset ?? phrase.length
            let gap = next - last.onset
            let longest = (before + notes.dropLast()).map(\.length).max() ?? .zero
            guard gap.rawValue * 2 >= bar.rawValue, gap > longest || next - last.end >= phrase.meter.beat else {
                continue
            }
            let window = min(scores.count - 1, end * perBar - 1)
            let tonic = Chord(root: 0, quality: key.mode == .major ? .major : .minor)
            let dominants = [Chord(root: 7, quality: .major), Chord(root: 7, quality: .seventh)]
            let tone = (last.pitch.pitchClass - key.tonic + 12) % 12
            if tonic.pitchClasses.contains(tone) {
                scores[window][tonic.index] += odds
                let arrival = last.onset.rawValue / phrase.meter.harmonyWindow.rawValue
                if arrival > 0 { for chord in dominants { scores[arrival - 1][chord.index] += odds / 2 } }
            } else {
                for chord in dominants where chord.pitchClasses.contains(tone) { scores[window][chord.index] += odds }
            }
        }
    }

    /// The path of highest score: Viterbi over pairs of chords, of which the best are followed; of equals the one with the lower indices.
    private static func likeliest(
        _ scores: [[Double]], _ tables: HarmonyModel.Logarithms, _ options: Options, holding: [Double]
    ) -> [Int] {
        let count = Chord.count
        // A pair is `before * count + last`; in the first window both are the same chord.
        var pairs = (0..<count).map { (index: $0 * count + $0, total: tables.first[$0] + scores[0][$0]) }
        var origins: [[UInt8]] = []
        for (row, holding) in zip(scores, holding).dropFirst() {
            var origin = [UInt8](repeating: 0, count: count * count)
            var next = [Double](repeating: -.infinity, count: count * count)
            for (index, total) in pairs {
                let before = index / count
                let last = index % count
                for chord in 0..<count {
                    var sum = total + options.transitionWeight * tables.transitions[last * count + chord] + row[chord]
                    if chord == last { sum -= holding } else if chord == before { sum -= options.alternation }
                    if sum > next[last * count + chord] {
                        next[last * count + chord] = sum
                        origin[last * count + chord] = UInt8(before)
                    }
                }
            }
            origins.append(origin)
            let best = next.max() ?? 0
            pairs = next.indices.filter { next[$0] > best - Harmonizer.reach }.map { ($0, next[$0]) }
            if pairs.count > Harmonizer.followed {
                pairs.sort { ($1.total, $0.index) < ($0.total, $1.index) }
                pairs.removeLast(pairs.count - Harmonizer.followed)
                pairs.sort { $0.index < $1.index }
            }
        }
        var best = pairs[0]
        for pair in pairs where pair.total > best.total { best = pair }
        var pair = best.index
        var path: [Int] = []
        for origin in origins.reversed() {
            path.append(pair % count)
            pair = Int(origin[pair]) * count + pair / count
        }
        path.append(pair % count)
        return path.reversed()
    }

    /// Log-odds against every other chord in a window whose chord is given: more than any path can make up for.
    private static let forbidden = 1e6

    /// Pairs that lie further behind the best one are not followed: what could still win costs a few chords' worth of log-odds at most.
    private static let reach = 12.0
    private static let followed = 500

    /// I - vi - IV - V7 bar by bar (in minor i - VI - iv - V7), the last bar on the tonic behind its dominant.
    private func turnaround(_ phrase: Phrase, _ key: Key) -> ChordPlan {
        let isMajor = key.mode == .major
        let tonic = Chord(root: 0, quality: isMajor ? .major : .minor)
        let dominant = Chord(root: 7, quality: .seventh)
        let loop = [
            tonic, Chord(root: isMajor ? 9 : 8, quality: isMajor ? .minor : .major),
            Chord(root: 5, quality: isMajor ? .major : .minor), dominant,
        ]
        let perBar = phrase.meter.harmonyWindowsPerBar
        let chords = (0..<phrase.bars).flatMap { bar in
            let chord =
                bar == phrase.bars - 1 ? tonic : bar == phrase.bars - 2 && bar > 0 ? dominant : loop[bar % 4]
            return [Chord](repeating: chord.transposed(by: key.tonic), count: perBar)
        }
        return ChordPlan(window: phrase.meter.harmonyWindow, chords: chords)
    }
}

extension Phrase {
    /// The phrase as the harmony hears it: with the notes that ring in the place of its own, where there are any.
    func ringing(with notes: [NoteEvent]) -> Phrase {
        notes.isEmpty ? self : Phrase(notes: notes, meter: meter, tempo: tempo, bars: bars)
    }
}

extension Meter {
    /// Chords of a plan in a bar: 1 or 2.
    fileprivate var harmonyWindowsPerBar: Int { max(1, bar.rawValue / harmonyWindow.rawValue) }
}

/// What the melody does in one window of the harmony.
struct HarmonyWindow {
    /// Share of the window that each pitch class sounds, counted from the tonic; a note that begins with the window counts one and a half times.
    private(set) var weights = [Double](repeating: 0, count: 12)

    /// The windows of a phrase, in order.
    static func windows(of phrase: Phrase, tonic: Int) -> [HarmonyWindow] {
        let length = phrase.meter.harmonyWindow.rawValue
        var windows = [HarmonyWindow](repeating: HarmonyWindow(), count: max(1, phrase.length.rawValue / length))
        for note in phrase.notes {
            let pitchClass = (note.pitch.pitchClass - tonic + 12) % 12
            let first = note.onset.rawValue / length
            let last = min(windows.count - 1, (note.end.rawValue - 1) / length)
            for index in first...max(first, last) where index < windows.count {
                let start = index * length
                let shared = min(note.end.rawValue, start + length) - max(note.onset.rawValue, start)
                let accent = note.onset.rawValue == start ? 1.5 : 1
                windows[index].weights[pitchClass] += accent * Double(shared) / Double(length)
            }
        }
        return windows
    }

    /// How well a chord (index, root counted from the tonic) explains the window: twice the sum over its notes of weight times log-probability.
    func logEmission(_ chord: Int, _ emissions: [Double]) -> Double {
        let root = chord % 12
        let row = chord / 12 * 12
        var sum = 0.0
        for pitchClass in 0..<12 where weights[pitchClass] > 0 {
            sum += weights[pitchClass] * emissions[row + (pitchClass - root + 12) % 12]
        }
        return 2 * sum
    }
}
