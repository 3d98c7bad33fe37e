import Music

/// What every player reads: the bars, the harmony, the melody as heard, and the form, all in the normalised key.
///
/// Steps count from the phrase's start, 12 a quarter. Pitches lie `shift` semitones above where they will sound.
struct Chart: Sendable {
    let style: ArrangerStyle
    let options: Arranger.Options
    let seed: UInt64
    let bars: Int
    let barSteps: Int
    let beatSteps: Int
    let units: [BarUnit]
    /// Semitones that moved the phrase to C major or A minor.
    let shift: Int
    /// By pitch class.
    let inScale: [Bool]
    /// The chord at each step; empty for an empty plan.
    let chords: [Chord]
    /// Steps where a chord begins that differs from the one before; the first is 0.
    let changes: [Int]
    /// For each step, the index in `changes`.
    let changeIndex: [Int]
    let melody: MelodyReading
    /// Where the melody leaves room; nil where it is silent.
    let room: MelodyRoom?
    let feel: Feel
    /// Off-beat eighths will be played late.
    let isSwung: Bool
    let form: [BarPlan]
    /// Where an ending's last chord falls.
    let finalStep: Int

    var steps: Int { bars * barSteps }
    var isShuffled: Bool { feel == .triplets }

    /// - Parameter key: that of the phrase and plan; nil where these are to tell.
    init(
        _ phrase: Phrase, plan: ChordPlan, style: ArrangerStyle, seed: UInt64, options: Arranger.Options,
        key: Key? = nil
    ) {
        self.style = style
        self.options = options
        self.seed = seed
        bars = phrase.bars
        barSteps = max(1, phrase.meter.stepsPerBar)
        beatSteps = phrase.meter.isCompound ? 18 : 12
        units = BarUnit.units(of: phrase.meter)
        let steps = bars * barSteps

        let key = key ?? Chart.key(of: phrase, plan: plan)
        let shift = key.semitonesToNormal
        self.shift = shift
        var inScale = [Bool](repeating: false, count: 12)
        for pitchClass in key.scale { inScale[(pitchClass + shift + 12) % 12] = true }
        self.inScale = inScale

        let melody = MelodyReading(phrase, shift: shift, barSteps: barSteps, steps: steps)
        self.melody = melody
        room = MelodyRoom(phrase.notes, shift: shift)
        var harmony = plan.chords.isEmpty ? [] : (0..<steps).map { plan.chord(at: .steps($0))!.transposed(by: shift) }
        finalStep = Chart.finalStep(melody, harmony, bars: bars, barSteps: barSteps, beatSteps: beatSteps)
        if options.ending, !harmony.isEmpty {
            // What the plan has behind the last chord leads back to bar 1.
            for step in finalStep..<steps { harmony[step] = harmony[finalStep] }
        }

        if style.addsSevenths { harmony = Chart.coloured(harmony, melody, inScale) }

        var chords: [Chord] = []
        var changes: [Int] = []
        var changeIndex: [Int] = []
        if !harmony.isEmpty {
            for (step, chord) in harmony.enumerated() {
                if chord != chords.last { changes.append(step) }
                chords.append(chord)
                changeIndex.append(changes.count - 1)
            }
        }
        self.chords = chords
        self.changes = changes
        self.changeIndex = changeIndex

        var random = ArrangerRandom(seed: seed, stream: 1)
        let tempo = phrase.tempo.quartersPerMinute
        let isLively = random.chance(tempo <= 92 ? 0.5 : tempo <= 116 ? 0.3 : 0)
        let isSwung = style.isSwung && !phrase.meter.isCompound
        self.isSwung = isSwung
        if isSwung {
            let isRolling = random.chance(tempo <= 100 ? 0.25 : 0.1)
            feel = melody.feel == .triplets || isRolling ? .triplets : .eighths
        } else {
            let isShuffled = random.chance(style.shuffled) && !phrase.meter.isCompound && !melody.hasOffBeats
            feel = melody.feel ?? (isShuffled ? .triplets : isLively ? .sixteenths : .eighths)
        }
        form = Form(melody, bars: bars, barSteps: barSteps, beatSteps: beatSteps, seed: seed, options: options).plans
    }

    /// A part's chords where the melody leaves them room.
    func texture(_ texture: Texture, of part: Part) -> Texture {
        guard let room, let range = style.ranges[part] else { return texture }
        let register = room.chords(texture.register, reach: range.lowerBound + shift)
        guard register != texture.register else { return texture }
        return Texture(
            register: register, center: Double(register.lowerBound + register.upperBound) / 2, voices: texture.voices,
            isRootless: texture.isRootless)
    }

    /// The bass's register where the melody leaves it room.
    var bassRegister: ClosedRange<Int> {
        let register = style.bass.register
        guard let room, let range = style.ranges[.bass] else { return register }
        let lowest = max(range.lowerBound + shift, register.lowerBound - 7)
        let highest = min(register.upperBound, room.bass(lowest...register.upperBound).upperBound)
        return highest == register.upperBound ? register : min(register.lowerBound, highest - 12)...highest
    }

    /// Whether a figure's division fits: under a swing triplets always do.
    func allows(_ other: Feel) -> Bool { feel.allows(other) || (isSwung && other == .triplets) }

    func barStart(_ bar: Int) -> Int { bar * barSteps }
    func bar(of step: Int) -> Int { min(bars - 1, step / barSteps) }

    /// The chord at a step; behind the end that of the start, to which a loop returns.
    func chord(at step: Int) -> Chord { chords[step < steps ? step : options.ending ? steps - 1 : 0] }

    /// The first step behind `step` where the chord changes; the end if it holds on.
    func nextChange(after step: Int) -> Int {
        let index = changeIndex[step] + 1
        return index < changes.count ? changes[index] : steps
    }

    /// A velocity around the part's own: the level of the bar, how the melody is played there, and the place in the bar.
    func velocity(_ base: Int, step: Int, accent: Int = 0) -> Velocity {
        let plan = form[bar(of: step)]
        let inBar = step % barSteps
        let metric = inBar == 0 ? 4 : inBar % beatSteps == 0 ? 1 : -2
        return Velocity(min(120, max(16, base + 5 * (plan.level - 1) + plan.dynamic + metric + accent)))
    }

    func random(_ stream: UInt64) -> ArrangerRandom { ArrangerRandom(seed: seed, stream: stream) }

    /// The tonic's entry in the last bar; else the melody's last note if it falls on a beat in the bar's first two thirds;
    /// else the bar's first beat.
    private static func finalStep(
        _ melody: MelodyReading, _ harmony: [Chord], bars: Int, barSteps: Int, beatSteps: Int
    ) -> Int {
        let start = (bars - 1) * barSteps
        let inBar = { (step: Int) in
            step > start && (step - start) * 3 <= barSteps * 2 && (step - start) % beatSteps == 0
        }
        if let last = harmony.last, [0, 9].contains(last.root), harmony[start].root != last.root,
            let entry = harmony.indices.dropFirst(start).first(where: { harmony[$0] == last }), inBar(entry)
        {
            return entry
        }
        guard let last = melody.onsets.last, inBar(last.step) else { return start }
        return last.step
    }

    /// Triads as sevenths of the key, where the seventh is in the scale and the melody does not rub against it.
    private static func coloured(_ harmony: [Chord], _ melody: MelodyReading, _ inScale: [Bool]) -> [Chord] {
        var result = harmony
        var start = 0
        while start < harmony.count {
            var end = start + 1
            while end < harmony.count, harmony[end] == harmony[start] { end += 1 }
            let chord = harmony[start]
            let qualities: [Chord.Quality] =
                switch chord.quality {
                case .major: [.majorSeventh, .seventh]
                case .minor: [.minorSeventh]
                default: []
                }
            for quality in qualities {
                let seventh = (chord.root + quality.intervals[3]) % 12
                let rubbing = (start..<end).filter { step in
                    (0..<128).contains {
                        melody.sounding[step].contains($0) && [1, 11].contains(($0 - seventh + 12) % 12)
                    }
                }.count
                // The tonic keeps its rest where the melody ends on it.
                guard inScale[seventh], rubbing * 8 <= end - start else { continue }
                for step in start..<end { result[step] = Chord(root: chord.root, quality: quality) }
                break
            }
            start = end
        }
        return result
    }

    /// The key by the melody's notes and, at a third of their weight, the plan's chord tones.
    static func key(of phrase: Phrase, plan: ChordPlan) -> Key {
        var durations = phrase.pitchClassDurations
        if let last = phrase.notes.last { durations[last.pitch.pitchClass] += durations.reduce(0, +) / 16 }
        for chord in plan.chords {
            for pitchClass in chord.pitchClasses { durations[pitchClass] += plan.window.quarters / 3 }
        }
        return Key.ranked(durations: durations)[0].key
    }
}
