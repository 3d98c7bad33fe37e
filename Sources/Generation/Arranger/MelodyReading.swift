import Music

/// What the band hears in the melody: where it moves, rests and breathes, how dense, how loud, which notes it stresses.
///
/// Steps count from the phrase's start; a bar is `barSteps` long.
struct MelodyReading: Sendable {
    struct Onset: Sendable {
        let step: Int
        let end: Int
        /// The highest note that begins here.
        let pitch: Int
        let velocity: Int
        /// Steps to the next onset, or to the phrase's end.
        let space: Int
    }

    enum Density: Sendable { case open, flowing, busy }

    let onsets: [Onset]
    /// By bar.
    let inBar: [[Onset]]
    /// Pitches that sound at each step.
    let sounding: [PitchSet]
    /// Pitch classes that sound at each step, a bit each.
    let classes: [UInt16]
    /// Steps from each step to the nearest onset, capped at 99.
    let distance: [Int]
    let density: [Density]
    /// For each bar, onsets a quarter.
    let onsetsPerQuarter: [Double]
    /// For each bar, the mean velocity; that of the bar before where nothing begins.
    let loudness: [Double]
    /// For each bar, steps at its end without an onset, counted from behind the last note's attack.
    let quietTail: [Int]
    /// For each bar, whether a phrase of the melody ends in it: a rest or a note that is long among its neighbours.
    let endsPhrase: [Bool]
    /// For each bar, up to two onsets that a band would hit together with the melody.
    let accents: [[Int]]
    let feel: Feel?
    let medianPitch: Int?

    init(_ phrase: Phrase, shift: Int, barSteps: Int, steps: Int) {
        var sounding = [PitchSet](repeating: PitchSet(), count: steps)
        var classes = [UInt16](repeating: 0, count: steps)
        var heads: [(step: Int, end: Int, pitch: Int, velocity: Int)] = []
        for note in phrase.notes {
            let step = note.onset.nearestStep
            guard step < steps else { continue }
            let end = min(steps, max(step + 1, note.end.nearestStep))
            let pitch = note.pitch.number + shift
            for s in step..<end {
                sounding[s].insert(pitch)
                classes[s] |= 1 << UInt16(((pitch % 12) + 12) % 12)
            }
            if let last = heads.last, last.step == step {
                heads[heads.count - 1] = (
                    step, max(last.end, end), max(last.pitch, pitch), max(last.velocity, note.velocity.number)
                )
            } else {
                heads.append((step, end, pitch, note.velocity.number))
            }
        }
        let onsets = heads.indices.map { i in
            Onset(
                step: heads[i].step, end: heads[i].end, pitch: heads[i].pitch, velocity: heads[i].velocity,
                space: (i + 1 < heads.count ? heads[i + 1].step : steps) - heads[i].step)
        }
        self.onsets = onsets
        self.sounding = sounding
        self.classes = classes
        distance = MelodyReading.distances(onsets.map(\.step), steps: steps)
        medianPitch = onsets.isEmpty ? nil : onsets.map(\.pitch).sorted()[onsets.count / 2]
        feel = MelodyReading.feel(of: onsets, isCompound: phrase.meter.isCompound)

        let bars = phrase.bars
        var inBar = [[Onset]](repeating: [], count: bars)
        for onset in onsets { inBar[min(bars - 1, onset.step / barSteps)].append(onset) }
        self.inBar = inBar
        let rates = inBar.map { Double($0.count * 12) / Double(barSteps) }
        onsetsPerQuarter = rates
        density = rates.map { $0 >= 1.9 ? .busy : $0 <= 0.8 ? .open : .flowing }
        var heard = onsets.isEmpty ? 80 : Double(onsets.map(\.velocity).reduce(0, +)) / Double(onsets.count)
        let mean = heard
        var loudness: [Double] = []
        for notes in inBar {
            if !notes.isEmpty { heard = Double(notes.map(\.velocity).reduce(0, +)) / Double(notes.count) }
            loudness.append(heard)
        }
        self.loudness = loudness
        let typical = onsets.isEmpty ? 12 : onsets.map(\.space).sorted()[onsets.count / 2]
        var tails = [Int](repeating: barSteps, count: bars)
        var ends = [Bool](repeating: false, count: bars)
        for bar in 0..<bars {
            guard let last = inBar[bar].last else { continue }
            tails[bar] = (bar + 1) * barSteps - last.step - 1
            let rest = last.space - (last.end - last.step)
            ends[bar] = tails[bar] >= 17 && (last.space * 2 >= typical * 3 || rest >= 9)
        }
        quietTail = tails
        endsPhrase = ends
        accents = inBar.map { MelodyReading.accents(in: $0, mean: mean, beat: phrase.meter.isCompound ? 18 : 12) }
    }

    /// Whether eighths off the beat belong to the melody, which a shuffle would rub against.
    var hasOffBeats: Bool { onsets.filter { $0.step % 12 == 6 }.count * 20 > onsets.count }

    /// Whether a pitch would double a sounding melody note or rub within a second of it, anywhere in the steps.
    func rubs(_ pitch: Int, in steps: Range<Int>) -> Bool {
        for step in steps.clamped(to: 0..<sounding.count) where sounding[step].touches(pitch) { return true }
        return false
    }

    /// Of the steps, the share in which the melody sounds a semitone away from the pitch in any octave.
    func clash(_ pitch: Int, in steps: Range<Int>) -> Double {
        let range = steps.clamped(to: 0..<classes.count)
        guard !range.isEmpty else { return 0 }
        let beside: UInt16 = 1 << UInt16((pitch + 1) % 12) | 1 << UInt16((pitch + 11) % 12)
        return Double(range.filter { classes[$0] & beside != 0 }.count) / Double(range.count)
    }

    private static func distances(_ onsets: [Int], steps: Int) -> [Int] {
        var distance = [Int](repeating: 99, count: steps)
        for onset in onsets { distance[onset] = 0 }
        for step in 1..<max(2, steps) where step < steps {
            distance[step] = min(distance[step], distance[step - 1] + 1)
        }
        for step in stride(from: steps - 2, through: 0, by: -1) {
            distance[step] = min(distance[step], distance[step + 1] + 1)
        }
        return distance
    }

    /// The division that the melody itself uses; nil where quarters and eighths say nothing.
    private static func feel(of onsets: [Onset], isCompound: Bool) -> Feel? {
        guard !onsets.isEmpty else { return nil }
        let share = { (test: (Int) -> Bool) in
            Double(onsets.filter { test($0.step % 12) }.count) / Double(onsets.count)
        }
        if isCompound { return share { $0 % 6 != 0 } >= 0.08 ? .sixteenths : nil }
        let triplets = share { $0 == 4 || $0 == 8 }
        let sixteenths = share { $0 == 3 || $0 == 9 }
        if triplets >= 0.08 && triplets > sixteenths { return .triplets }
        return sixteenths >= 0.08 ? .sixteenths : nil
    }

    /// Syncopated onsets that are held over the beat behind them, and loud ones.
    private static func accents(in bar: [Onset], mean: Double, beat: Int) -> [Int] {
        let stressed = bar.filter { onset in
            let inBeat = onset.step % beat
            let isHeldOver = inBeat != 0 && onset.space > beat - inBeat && onset.end - onset.step > beat - inBeat
            return isHeldOver || Double(onset.velocity) >= mean + 12
        }
        return stressed.sorted { ($1.velocity, $0.step) < ($0.velocity, $1.step) }.prefix(2).map(\.step).sorted()
    }
}

/// A set of MIDI keys in two words; keys outside 0...127 are ignored.
struct PitchSet: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    mutating func insert(_ pitch: Int) {
        if (0..<64).contains(pitch) { low |= 1 << UInt64(pitch) }
        if (64..<128).contains(pitch) { high |= 1 << UInt64(pitch - 64) }
    }

    func contains(_ pitch: Int) -> Bool {
        if (0..<64).contains(pitch) { return low >> UInt64(pitch) & 1 == 1 }
        if (64..<128).contains(pitch) { return high >> UInt64(pitch - 64) & 1 == 1 }
        return false
    }

    var isEmpty: Bool { low == 0 && high == 0 }

    /// Whether a member lies within two semitones of the pitch.
    func touches(_ pitch: Int) -> Bool { (pitch - 2...pitch + 2).contains(where: contains) }

    var lowest: Int? {
        low != 0 ? low.trailingZeroBitCount : high != 0 ? 64 + high.trailingZeroBitCount : nil
    }
}
