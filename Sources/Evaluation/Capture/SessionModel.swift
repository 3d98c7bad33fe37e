import Music

/// A model of a person at a keyboard who plays one melody after another, and of what lies between them: silence, tried
/// keys, a run up and down a scale, a slip and a fresh start, a melody played twice in a row. Then he asks for a band.
///
/// Melodies are played by a `PerformanceModel`. The model knows nothing of the program that looks for phrases.
public struct SessionModel: Hashable, Sendable {
    public var parameters: Parameters
    public var performance: PerformanceModel

    public init(parameters: Parameters = Parameters(), performance: PerformanceModel = PerformanceModel()) {
        self.parameters = parameters
        self.performance = performance
    }

    /// What happens between melodies, and how often. No study counts it: all figures are choices.
    public struct Parameters: Hashable, Sendable {
        /// Seconds of silence between the end of a melody and what is played next.
        public var silence = 1.2...8.0
        /// Share of melodies that something else is played before: tried keys, or a run.
        public var noodlingShare = 0.35
        /// Keys tried.
        public var triedKeys = 1...4
        /// Seconds from one tried key to the next.
        public var triedInterval = 0.3...1.2
        /// Notes of a run up and down a scale.
        public var runNotes = 8...15
        /// Seconds from note to note of a run.
        public var runInterval = 0.11...0.20
        /// Seconds of silence between that and the melody.
        public var silenceAfterNoodling = 0.8...4.0
        /// Share of melodies that are begun, broken off at a slip, and begun again.
        public var restartShare = 0.2
        /// Onsets until the slip, itself included.
        public var onsetsBeforeSlip = 2...6
        /// Seconds of silence between the slip and the fresh start.
        public var silenceAfterSlip = 0.3...2.0
        /// Share of melodies that are played twice, in time.
        public var repeatShare = 0.25
        /// Share of melodies whose notes of two felt beats and more are let go after one: rests that end nothing.
        public var restShare = 0.25
        /// Share of passes in which the player hesitates at a bar line.
        public var hesitationShare = 0.2
        /// Seconds by which a hesitation is longer than the time of the notes.
        public var hesitation = 0.4...1.2
        /// Seconds from the end of the last note to the moment at which the player asks.
        public var asking = 0.1...4.0

        public init() {}

        /// Melodies and silence, nothing else.
        public static var plain: Parameters {
            var parameters = Parameters()
            parameters.noodlingShare = 0
            parameters.restartShare = 0
            parameters.repeatShare = 0
            parameters.restShare = 0
            parameters.hesitationShare = 0
            return parameters
        }
    }

    /// Plays melodies one after another.
    ///
    /// - Parameters:
    ///   - melodies: in the order in which they are played.
    ///   - seed: the same seed gives the same session.
    /// - Returns: nil without melodies, and where one of them cannot be performed.
    public func play(_ melodies: [Phrase], seed: UInt64) -> PlayedSession? {
        guard !melodies.isEmpty else { return nil }
        // The stream of the takes' own draws is another.
        var sitting = Sitting(model: self, draws: Draws(seed: Draws.seed(seed, stream: 2)))
        for (number, melody) in melodies.enumerated() {
            guard sitting.play(melody, isFirst: number == 0) else { return nil }
        }
        return sitting.session()
    }
}

/// What a player did until he asked for a band, with what is true of it.
public struct PlayedSession: Hashable, Sendable {
    /// What a stretch of notes was.
    public enum Kind: Hashable, Sendable { case melody, secondPass, falseStart, triedKeys, run }

    public struct Stretch: Hashable, Sendable {
        public let kind: Kind
        /// Of the session's notes.
        public let notes: Range<Int>
        /// Length of a felt beat.
        public let beat: Nanoseconds
        /// Notes that follow a hesitation.
        public let hesitations: [Int]
    }

    /// By onset.
    public let notes: [PerformedNote]
    /// In the order in which they were played.
    public let stretches: [Stretch]
    /// When the player asks.
    public let now: Instant

    /// Whole passes of melodies, the latest first.
    public var phrases: [Stretch] { stretches.reversed().filter { $0.kind == .melody || $0.kind == .secondPass } }

    public init(notes: [PerformedNote], stretches: [Stretch], now: Instant) {
        self.notes = notes
        self.stretches = stretches
        self.now = now
    }
}

/// A session in the making.
private struct Sitting {
    let model: SessionModel
    var draws: Draws
    /// Who plays the melody.
    var player: PerformanceModel
    var notes: [PerformedNote] = []
    var stretches: [PlayedSession.Stretch] = []
    /// When the last key was let go.
    var end = Instant(nanoseconds: 1_000_000_000)

    init(model: SessionModel, draws: Draws) {
        self.model = model
        self.draws = draws
        player = model.performance
    }

    mutating func session() -> PlayedSession {
        let now = end + .seconds(draws.uniform(model.parameters.asking))
        return PlayedSession(notes: released(), stretches: stretches, now: now)
    }

    /// - Returns: whether the melody can be performed.
    mutating func play(_ melody: Phrase, isFirst: Bool) -> Bool {
        let parameters = model.parameters
        guard MeterClass(melody.meter) != nil, let lowest = melody.notes.map(\.pitch).min() else { return false }
        // Every melody takes the same first draws, whatever happens.
        let silence = draws.uniform(parameters.silence)
        let isNoodled = draws.happens(parameters.noodlingShare)
        let isRestarted = draws.happens(parameters.restartShare)
        let isRepeated = draws.happens(parameters.repeatShare)
        let hasRests = draws.happens(parameters.restShare)
        // One melody has one tempo and is played with one hand or with two, however often it is begun.
        let tempo = draws.uniform(model.performance.parameters.beatsPerMinute)
        let hasLeftHand = draws.happens(model.performance.parameters.leftHandShare)
        player = model.performance
        player.parameters.beatsPerMinute = tempo...tempo
        player.parameters.leftHandShare = hasLeftHand ? 1 : 0
        let phrase = hasRests ? rested(melody) : melody
        if !isFirst { end = end + .seconds(silence) }
        if isNoodled {
            noodle(around: lowest)
            end = end + .seconds(draws.uniform(parameters.silenceAfterNoodling))
        }
        if isRestarted {
            guard falseStart(phrase) else { return false }
            end = end + .seconds(draws.uniform(parameters.silenceAfterSlip))
        }
        guard let first = pass(phrase) else { return false }
        add(first.notes, as: .melody, beat: first.truth.beat, hesitating: true)
        guard isRepeated, var second = pass(phrase) else { return !isRepeated }
        // The next pass begins in time: a bar or more later than the first, as soon as its first note has room.
        let last = phrase.notes.map(\.end).max()!
        let begin = phrase.notes[0].onset
        var bars = max(1, phrase.bars - 1)
        while phrase.meter.bar * bars + begin < last { bars += 1 }
        let lines = first.truth.barLines
        let shift = notes[stretches.last!.notes.upperBound - 1].onset - first.notes.last!.onset
        let line = lines[min(bars, lines.count - 1)] + shift
        second.move(by: line - second.truth.barLines[0])
        let former = notes.last!.onset
        // Never before the last note of the first.
        let late = former + .milliseconds(80) - second.notes[0].onset
        if late > .zero { second.move(by: late) }
        add(second.notes, as: .secondPass, beat: second.truth.beat, hesitating: true)
        return true
    }

    // MARK: - Melodies

    private struct Pass {
        var notes: [PerformedNote]
        var truth: CaptureTruth

        mutating func move(by distance: Nanoseconds) {
            for index in notes.indices { notes[index].onset = notes[index].onset + distance }
            truth = CaptureTruth(
                quartersPerMinute: truth.quartersPerMinute, meter: truth.meter,
                barLines: truth.barLines.map { $0 + distance })
        }
    }

    /// A performance; it begins where the session is.
    private mutating func pass(_ phrase: Phrase) -> Pass? {
        guard let take = player.perform(phrase, seed: draws.next()), let first = take.notes.first else { return nil }
        var pass = Pass(notes: take.notes, truth: take.truth)
        pass.move(by: end - first.onset)
        return pass
    }

    private mutating func falseStart(_ phrase: Phrase) -> Bool {
        guard let whole = pass(phrase) else { return false }
        let count = between(model.parameters.onsetsBeforeSlip)
        var broken: [PerformedNote] = []
        var onsets = 0
        for note in whole.notes {
            if broken.isEmpty || note.onset - broken.last!.onset > .milliseconds(60) { onsets += 1 }
            if onsets > count { break }
            broken.append(note)
        }
        // The last key is the wrong one, and is let go at once.
        let slip = broken.count - 1
        let beside = [-2, -1, 1, 2][Int(draws.uniform() * 4)]
        broken[slip].pitch = broken[slip].pitch.transposed(by: beside) ?? broken[slip].pitch
        for index in broken.indices {
            broken[index].length = min(broken[index].length, broken[slip].onset + .seconds(0.3) - broken[index].onset)
        }
        add(broken, as: .falseStart, beat: whole.truth.beat)
        return true
    }

    /// Long notes let go after a beat.
    private func rested(_ phrase: Phrase) -> Phrase {
        let beat = MeterClass(phrase.meter)!.beat
        let notes = phrase.notes.map { note in
            var note = note
            if note.length >= beat * 2 { note.length = beat }
            return note
        }
        return Phrase(notes: notes, meter: phrase.meter, tempo: phrase.tempo, bars: phrase.bars)
    }

    /// Adds notes, and a hesitation where there is one.
    private mutating func add(
        _ played: [PerformedNote], as kind: PlayedSession.Kind, beat: Nanoseconds, hesitating: Bool = false
    ) {
        var played = played
        var hesitations: [Int] = []
        if hesitating, draws.happens(model.parameters.hesitationShare), played.count >= 12 {
            // After a long note, where people do hesitate: the longest step of the middle half.
            let middle = (played.count / 4)..<(played.count * 3 / 4)
            let place = middle.max { step(played, $0) < step(played, $1) }!
            let wait = Nanoseconds.seconds(draws.uniform(model.parameters.hesitation))
            if draws.happens(0.5) { played[place - 1].length = played[place - 1].length + wait }
            for index in place..<played.count { played[index].onset = played[index].onset + wait }
            hesitations = [notes.count + place]
        }
        stretches.append(
            PlayedSession.Stretch(
                kind: kind, notes: notes.count..<(notes.count + played.count), beat: beat, hesitations: hesitations))
        notes += played
        end = played.map(\.end).max() ?? end
    }

    private func step(_ played: [PerformedNote], _ index: Int) -> Nanoseconds {
        played[index].onset - played[index - 1].onset
    }

    // MARK: - Noodling

    private mutating func noodle(around pitch: Pitch) {
        let parameters = model.parameters
        var played: [PerformedNote] = []
        var moment = end
        let isRun = draws.happens(0.5)
        let count = between(isRun ? parameters.runNotes : parameters.triedKeys)
        let interval = draws.uniform(parameters.runInterval)
        let scale = [0, 2, 4, 5, 7, 9, 11, 12]
        for number in 0..<count {
            let degree = number % 14
            let key = isRun ? scale[degree < 8 ? degree : 14 - degree] : Int(draws.uniform() * 13)
            let step = isRun ? interval * (1 + 0.05 * draws.normal()) : draws.uniform(parameters.triedInterval)
            played.append(
                PerformedNote(
                    pitch: pitch.transposed(by: key) ?? pitch, onset: moment,
                    length: .seconds(step * draws.uniform(0.5...0.95)), velocity: .mezzoForte))
            moment = moment + .seconds(max(0.07, step))
        }
        add(played, as: isRun ? .run : .triedKeys, beat: .seconds(interval))
    }

    private mutating func between(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(draws.uniform() * Double(range.count))
    }

    /// A key is let go before it is struck again.
    private func released() -> [PerformedNote] {
        var kept = notes
        var last: [Pitch: Int] = [:]
        let shortest = Nanoseconds.milliseconds(20)
        for index in kept.indices {
            if let former = last[kept[index].pitch], kept[former].end + shortest > kept[index].onset {
                kept[former].length = max(shortest, kept[index].onset - kept[former].onset - shortest)
            }
            last[kept[index].pitch] = index
        }
        return kept
    }
}
