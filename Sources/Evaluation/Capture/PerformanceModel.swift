import Music

/// A model of a person who plays a melody on a keyboard freely: no click, a tempo of his own that breathes, and slips.
///
/// Its clock is the two-level one of Wing and Kristofferson (1973): beats follow each other by a timekeeper whose errors
/// add up, and each key is struck with a motor delay that does not. Tempo drifts with 1/f-like noise and slows towards
/// phrase ends; chords are not quite together; notes are missed, hit beside and added. Every figure is a field of
/// `Parameters`, with its source.
///
/// The model knows nothing of the program that reads its takes, and reads nothing of it.
public struct PerformanceModel: Hashable, Sendable {
    public var parameters: Parameters

    public init(parameters: Parameters = Parameters()) { self.parameters = parameters }

    /// Plays a phrase.
    ///
    /// - Parameters:
    ///   - phrase: its metre must be one of `MeterClass`; its tempo means nothing.
    ///   - seed: the same seed gives the same take.
    /// - Returns: nil for a phrase without notes, or in a metre that is not measured.
    public func perform(_ phrase: Phrase, seed: UInt64) -> PerformedTake? {
        guard !phrase.notes.isEmpty, let meter = MeterClass(phrase.meter) else { return nil }
        var performer = Performer(phrase: phrase, meter: meter, parameters: parameters, seed: seed)
        return performer.play()
    }

    /// The seed of a take among those of many melodies. It is a hash of all three: runs with neighbouring seeds share no take,
    /// so that they are samples of their own.
    ///
    /// - Parameters:
    ///   - run: the seed of the whole.
    ///   - melody: its number from 0.
    ///   - take: its number from 0.
    public static func seed(_ run: UInt64, melody: Int, take: Int) -> UInt64 {
        // Each step hashes before the next number comes in: a sum of the three would meet itself again.
        let ofMelody = Draws.seed(Draws.seed(run, stream: 3), stream: UInt64(melody))
        return Draws.seed(ofMelody, stream: UInt64(take))
    }
}

/// A take of the model with what is true of it.
public struct PerformedTake: Hashable, Sendable {
    /// By onset.
    public let notes: [PerformedNote]
    public let truth: CaptureTruth
    /// Whether a left hand plays harmonies under the melody.
    public let hasLeftHand: Bool
    /// What went wrong or was added, of how many notes of the melody.
    public let slips: Slips

    /// How many notes of a melody were played otherwise than written.
    public struct Slips: Hashable, Sendable {
        public var notes = 0
        public var substitutions = 0
        public var omissions = 0
        public var additions = 0
        public var graces = 0
    }
}

/// One performance in the making: the draws, the clock, and what was struck so far.
struct Performer {
    private let phrase: Phrase
    private let meter: MeterClass
    private let parameters: PerformanceModel.Parameters
    private var draws: Draws
    private let clock: PerformedClock
    private let start: Instant
    private let isStaccato: Bool
    /// Share of its written length that a note is held, before overlap.
    private let held: Double
    private let loudness: Double
    private var notes: [PerformedNote] = []
    private var slips = PerformedTake.Slips()
    /// Displacement of each written position inside a beat, the same for all notes there.
    private var placement: [Tick: Double] = [:]

    init(phrase: Phrase, meter: MeterClass, parameters: PerformanceModel.Parameters, seed: UInt64) {
        self.phrase = phrase
        self.meter = meter
        self.parameters = parameters
        // Neighbouring seeds begin far from each other.
        draws = Draws(seed: Draws.seed(seed, stream: 0))
        let tempo = draws.uniform(parameters.beatsPerMinute)
        start = Instant(nanoseconds: 0) + .seconds(draws.uniform(parameters.start) + draws.uniform(parameters.silence))
        isStaccato = draws.happens(parameters.staccatoShare)
        held = draws.uniform(isStaccato ? parameters.staccatoLength : parameters.legatoLength)
        loudness = draws.uniform(parameters.velocity)
        clock = PerformedClock(
            bars: phrase.bars, barLength: phrase.meter.bar, beat: meter.beat, beatSeconds: 60 / tempo,
            parameters: parameters, draws: &draws)
    }

    mutating func play() -> PerformedTake {
        // The silence before the first note is no part of the melody: time begins with it.
        let first = clock.seconds(at: phrase.notes[0].onset)
        let origin = start - .seconds(first)
        melody()
        let hasLeftHand = draws.happens(parameters.leftHandShare)
        if hasLeftHand { leftHand() }
        let ordered = released().map { note in
            PerformedNote(
                pitch: note.pitch, onset: origin + Nanoseconds(note.onset.nanoseconds), length: note.length,
                velocity: note.velocity)
        }
        let last = phrase.notes.last!.onset
        let end = phrase.notes[0].onset == last ? last + meter.beat : last
        let quarters = (end - phrase.notes[0].onset).quarters
        let tempo = 60 * quarters / (clock.seconds(at: end) - first)
        let bar = phrase.meter.bar
        let latest: Double? =
            end >= bar ? 60 * bar.quarters / (clock.seconds(at: end) - clock.seconds(at: end - bar)) : nil
        let truth = CaptureTruth(
            quartersPerMinute: tempo, latestQuartersPerMinute: latest, meter: meter,
            barLines: (0...phrase.bars).map { origin + .seconds(clock.seconds(at: phrase.meter.bar * $0)) })
        return PerformedTake(notes: ordered, truth: truth, hasLeftHand: hasLeftHand, slips: slips)
    }

    // MARK: - The right hand

    private mutating func melody() {
        var index = 0
        while index < phrase.notes.count {
            let onset = phrase.notes[index].onset
            var end = index
            while end < phrase.notes.count, phrase.notes[end].onset == onset { end += 1 }
            // In score order the highest comes last: the melody; what is below it follows.
            let chord = phrase.notes[index..<end]
            let roll = chord.count > 2 && draws.happens(parameters.rolledShare) ? draws.uniform(parameters.roll) : 0
            for (place, note) in chord.enumerated() {
                var delay = 0.0
                if place < chord.count - 1 {
                    delay = lag() - (roll * Double(chord.count - 1 - place) / Double(max(1, chord.count - 1)))
                }
                strike(note, delay: delay)
            }
            index = end
        }
    }

    /// Seconds by which a note under the melody comes after it.
    private mutating func lag() -> Double { parameters.melodyLead + parameters.asynchrony * draws.normal() }

    private mutating func strike(_ note: NoteEvent, delay: Double) {
        slips.notes += 1
        // Whatever happens, a note takes the same number of draws: errors do not change what follows them.
        let slip = draws.uniform()
        let step = neighbour(of: note.pitch)
        let moment = time(note.onset) + delay + parameters.motorDeviation * draws.normal()
        let length = length(of: note)
        let force = velocity(of: note)
        let graceLength = draws.uniform(parameters.grace)
        let isGraced = draws.happens(parameters.graceRate) && note.length.rawValue * 2 >= meter.beat.rawValue
        var (low, high) = (0.0, parameters.omissionRate)
        if slip < high {
            slips.omissions += 1
            return
        }
        (low, high) = (high, high + parameters.substitutionRate)
        let isSubstituted = (low..<high).contains(slip)
        (low, high) = (high, high + parameters.additionRate)
        if (low..<high).contains(slip) {
            // The neighbouring key is caught with the right one.
            slips.additions += 1
            add(step, at: moment + graceLength / 5, length: min(length, 0.08), velocity: force - 15)
        }
        if isSubstituted { slips.substitutions += 1 }
        if isGraced, !isSubstituted {
            slips.graces += 1
            add(step, at: moment - graceLength, length: graceLength, velocity: force - 8)
        }
        add(isSubstituted ? step : note.pitch, at: moment, length: length, velocity: force)
    }

    /// A key one or two semitones beside.
    private mutating func neighbour(of pitch: Pitch) -> Pitch {
        let interval = [-2, -1, 1, 2][Int(draws.uniform() * 4)]
        return pitch.transposed(by: interval) ?? pitch.transposed(by: -interval)!
    }

    /// The clock's time of a position, with the deviation of its place inside the beat.
    private mutating func time(_ tick: Tick) -> Double {
        let exact = clock.seconds(at: tick)
        if let known = placement[tick] { return exact + known }
        let inside = tick.rawValue % meter.beat.rawValue
        let distance = Tick(min(inside, meter.beat.rawValue - inside))
        let span = clock.seconds(at: tick + distance) - exact
        let deviation = span * parameters.clockDeviation * draws.normal()
        placement[tick] = deviation
        return exact + deviation
    }

    private mutating func length(of note: NoteEvent) -> Double {
        let written = clock.seconds(at: note.end) - clock.seconds(at: note.onset)
        let overlap = parameters.overlap + parameters.overlapDeviation * draws.normal()
        return max(parameters.shortest, written * held + (isStaccato ? 0 : overlap))
    }

    private mutating func velocity(of note: NoteEvent) -> Double {
        var force = loudness
        if note.onset.rawValue % phrase.meter.bar.rawValue == 0 {
            force += parameters.barAccent
        } else if note.onset.rawValue % meter.beat.rawValue == 0 {
            force += parameters.beatAccent
        }
        let place = clock.placeInPhrase(note.onset)
        force += parameters.phraseArch * (1 - (2 * place - 1) * (2 * place - 1))
        return force + parameters.velocityDeviation * draws.normal()
    }

    private mutating func add(_ pitch: Pitch, at seconds: Double, length: Double, velocity: Double) {
        notes.append(
            PerformedNote(
                pitch: pitch, onset: Instant(nanoseconds: 0) + .seconds(seconds),
                length: .seconds(max(parameters.shortest, length)), velocity: Velocity(Int(velocity.rounded()))))
    }

    // MARK: - The left hand

    /// A bass note or a rolled triad in each bar: the triad of the key that holds most of the bar's melody.
    private mutating func leftHand() {
        let playsTriads = draws.happens(0.5)
        let key = phrase.key
        // Tonic, dominant, subdominant and the sixth degree's triad, likeliest first.
        let degrees = key.mode == .minor ? [(0, 3), (7, 4), (5, 3), (8, 4)] : [(0, 4), (7, 4), (5, 4), (9, 3)]
        let bar = phrase.meter.bar
        for number in 0..<phrase.bars {
            let begin = bar * number
            let inside = phrase.notes.filter { $0.onset >= begin && $0.onset < begin + bar }
            guard !inside.isEmpty, begin >= phrase.notes[0].onset else { continue }
            var best: (tones: [Int], weight: Int)?
            for (degree, third) in degrees {
                let root = (key.tonic + degree) % 12
                let tones = [root, root + third, root + 7]
                let weight = inside.reduce(0) { sum, note in
                    sum + (tones.contains { $0 % 12 == note.pitch.pitchClass } ? note.length.rawValue : 0)
                }
                if weight > (best?.weight ?? -1) { best = (tones, weight) }
            }
            let roll = draws.uniform(parameters.roll)
            let together = time(begin) + lag()
            let tones = best!.tones.prefix(playsTriads ? 3 : 1)
            for (place, tone) in tones.enumerated() {
                let delay = roll * Double(place) / Double(max(1, tones.count - 1))
                let motor = parameters.motorDeviation * draws.normal()
                let moment = together + (tones.count > 1 ? delay : 0) + motor
                let length = clock.seconds(at: begin + bar) - clock.seconds(at: begin)
                add(
                    Pitch((playsTriads ? 48 : 36) + tone), at: moment, length: length * min(0.95, held),
                    velocity: loudness - parameters.leftHandSofter + parameters.velocityDeviation * draws.normal())
            }
        }
    }

    // MARK: - Keys

    /// The notes by onset; a key is let go before it is struck again, and one that is down cannot be struck.
    private func released() -> [PerformedNote] {
        var kept: [PerformedNote] = []
        var last: [Pitch: Int] = [:]
        let shortest = Nanoseconds.seconds(parameters.shortest)
        for note in notes.sorted(by: { ($0.onset, $0.pitch) < ($1.onset, $1.pitch) }) {
            if let index = last[note.pitch] {
                if note.onset - kept[index].onset < shortest + shortest { continue }
                kept[index].length = min(kept[index].length, note.onset - kept[index].onset - shortest)
            }
            last[note.pitch] = kept.count
            kept.append(note)
        }
        return kept
    }
}
