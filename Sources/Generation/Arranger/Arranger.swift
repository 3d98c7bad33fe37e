import Music

/// Plays a chord plan as a band: drums, bass, chords, pad and line from one style's patterns, listening to the melody.
///
/// It fills and breathes where the melody breathes, hits the melody's accents with it, thins out under fast notes and opens up
/// under long ones, and keeps the line out of the melody's way. A value without state; the same arguments give the same notes.
public struct Arranger: Sendable {
    public let style: ArrangerStyle

    public init(style: ArrangerStyle = .pop) {
        self.style = style
    }

    /// What may be asked of an arrangement beside its seed.
    public struct Options: Hashable, Sendable {
        /// The parts that play; nil leaves to the seed whether pad or line is silent in some arrangements.
        public var parts: Set<Part>?
        /// The last bar resolves and stops. Otherwise it leads back to bar 1.
        public var ending: Bool
        /// A crash on bar 1.
        public var crashAtStart: Bool
        /// Moves every section's intensity, -2...2 levels.
        public var energy: Int
        /// Beats of a fill at the end of the last bar, for a band that hands over; nil leaves it to the form.
        var closingFill: Int?
        /// The bars lead in: they gather strength, and all but the last one are without fills.
        var isIntroduction = false

        public init(parts: Set<Part>? = nil, ending: Bool = false, crashAtStart: Bool = true, energy: Int = 0) {
            self.parts = parts
            self.ending = ending
            self.crashAtStart = crashAtStart
            self.energy = min(2, max(-2, energy))
        }
    }

    /// Arranges a phrase.
    ///
    /// - Parameters:
    ///   - phrase: the melody; it may be empty. Any metre.
    ///   - plan: the harmony; an empty plan leaves only the drums.
    ///   - seed: chooses grooves, figures, voicings and fills.
    /// - Returns: for each part that plays its notes in score order: on whole grid steps, inside the phrase and the style's
    ///   ranges, bass and line in one voice, no two notes of a part on one pitch at a time.
    public func arrange(
        _ phrase: Phrase, plan: ChordPlan, seed: UInt64, options: Options = Options()
    ) -> [Part: [NoteEvent]] {
        arrange(phrase, plan: plan, seed: seed, options: options, key: nil)
    }

    /// - Parameter key: nil where phrase and plan are to tell.
    func arrange(
        _ phrase: Phrase, plan: ChordPlan, seed: UInt64, options: Options, key: Key?
    ) -> [Part: [NoteEvent]] {
        let parts = options.parts ?? Arranger.lineUp(seed: seed)
        var options = options
        options.parts = parts
        let chart = Chart(phrase, plan: plan, style: style, seed: seed, options: options, key: key)
        let book = PatternBook(chart)
        var played: [Part: [NoteEvent]] = [:]
        if parts.contains(.drums) {
            played[.drums] =
                Arranger.endedBeforeRepeats(
                    style.kit == .orchestra ? PercussionPlayer(chart, book).play() : DrumPlayer(chart, book).play())
        }
        guard !plan.chords.isEmpty else { return played }
        if parts.contains(.bass) { played[.bass] = sounding(BassPlayer(chart, book).play(), .bass, chart) }
        if parts.contains(.chords) { played[.chords] = sounding(ChordPlayer(chart, book).play(), .chords, chart) }
        if parts.contains(.pad) { played[.pad] = sounding(PadPlayer(chart, book).play(), .pad, chart) }
        if parts.contains(.line) { played[.line] = sounding(LinePlayer(chart, book).play(), .line, chart) }
        return played
    }

    /// In one arrangement of eight the pad is silent, in another one the line.
    private static func lineUp(seed: UInt64) -> Set<Part> {
        var random = ArrangerRandom(seed: seed, stream: 3)
        var parts = Set(Part.allCases)
        switch random.below(8) {
        case 0: parts.remove(.pad)
        case 1: parts.remove(.line)
        default: break
        }
        return parts
    }

    /// Ends every hit before its key is struck again, as in a roll. Of two on one key at a time the louder one stays.
    static func endedBeforeRepeats(_ hits: [NoteEvent]) -> [NoteEvent] {
        var result: [NoteEvent] = []
        var lastOn = [Int](repeating: -1, count: 128)
        for hit in hits.sorted(by: NoteEvent.inScoreOrder) {
            let last = lastOn[hit.pitch.number]
            if last >= 0, result[last].onset == hit.onset {
                result[last].velocity = max(result[last].velocity, hit.velocity)
                continue
            }
            if last >= 0, result[last].end > hit.onset { result[last].length = hit.onset - result[last].onset }
            lastOn[hit.pitch.number] = result.count
            result.append(hit)
        }
        return result
    }

    /// Moves a part back to the phrase's key and into its range, and ends each note before its pitch sounds again.
    private func sounding(_ notes: [SketchNote], _ part: Part, _ chart: Chart) -> [NoteEvent] {
        let range = style.ranges[part] ?? 0...127
        let isOneVoice = part == .bass || part == .line
        let sorted = notes.sorted { ($0.step, $0.pitch, $0.length) < ($1.step, $1.pitch, $1.length) }
        var result: [NoteEvent] = []
        // The index in `result` of the last note on each key; under one voice every note counts as key 0.
        var lastOn = [Int](repeating: -1, count: 128)
        for note in sorted where note.step < chart.steps {
            let raised = min(127, max(0, note.pitch - chart.shift))
            let pitch = Pitch(raised).folded(into: range)
            let onset = Tick.steps(note.step)
            let key = isOneVoice ? 0 : pitch.number
            if lastOn[key] >= 0 {
                let before = result[lastOn[key]]
                if before.onset == onset { continue }
                if before.end > onset { result[lastOn[key]].length = onset - before.onset }
            }
            lastOn[key] = result.count
            let end = min(note.step + max(1, note.length), chart.steps)
            result.append(
                NoteEvent(pitch: pitch, onset: onset, length: .steps(end - note.step), velocity: note.velocity))
        }
        return result.sorted(by: NoteEvent.inScoreOrder)
    }
}

/// A note of a part before it is moved to its key: steps from the phrase's start, pitch in the normalised key.
struct SketchNote: Sendable {
    var step: Int
    var length: Int
    var pitch: Int
    var velocity: Velocity

    var end: Int { step + length }
}
