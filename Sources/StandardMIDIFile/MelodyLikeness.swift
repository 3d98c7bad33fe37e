import Glibc
import MIDI
import Music

/// How much each voice of a file is like a melody beside the others.
///
/// What is rated: how often the voice is on top, its register, whether it plays one note at a time, how much of the file it plays in, how it moves (steps, leaps,
/// repetitions), how quickly, how loud and how long its notes are; then words that are sung to it, its instrument and its name. The weights of the first
/// eleven were learned, as a choice among the voices of a file (D. McFadden's conditional logit, 1974), from songs with their voice, orchestral
/// movements with their main melody and bands of Continuo's own, names and instruments hidden; those of the others are set by hand.
struct MelodyLikeness {
    /// By voice; their exponentials stand to each other as the probabilities that each is the melody.
    let ratings: [Double]
    /// The features of each voice.
    let features: [Features]

    struct Features {
        /// The share of the voice's notes that are the highest of all that sounds.
        var top = 0.0
        /// Of its median pitch above A4, in tens of semitones, -2...2.
        var height = 0.0
        /// Notes that begin together beyond the first, 0...0.5.
        var thickness = 0.0
        /// The share of the file's bars in which a note begins.
        var coverage = 0.0
        /// Of the intervals from note to note: up to a whole tone, beyond a fifth, none.
        var steps = 0.0
        var leaps = 0.0
        var repetitions = 0.0
        /// The logarithm to base 2 of its onsets a quarter where it plays, -2...2.
        var rate = 0.0
        /// Beside the mean of the voices, in steps of 20.
        var loudness = 0.0
        /// The mean length of a note in quarters, at most 3.
        var length = 0.0
        /// The share of the words' places at which a note begins; 0 for a file without words.
        var words = 0.0
        /// What its instrument and its name say.
        var instrument = 0.0
        var name = 0.0

        var rating: Double {
            let line = 2.74 * top - 0.98 * height - 1.55 * min(4, height * height) - 10.11 * thickness + 3.47 * coverage
            let motion = 3.54 * steps - 1.15 * leaps + 3 * repetitions + 2.18 * rate + 0.91 * loudness + 2.56 * length
            return line + motion + 6 * words + instrument + name
        }
    }

    /// - Parameters:
    ///   - voices: without drums.
    ///   - words: where syllables are sung, in ticks; ascending.
    init(_ voices: [FileVoice], of file: MIDIFile, words: [Int]) {
        let shares = FileVoice.skylineShares(voices)
        let all = voices.lazy.flatMap(\.notes)
        let loudness = Double(all.reduce(0) { $0 + $1.velocity.number }) / Double(max(1, all.count))
        let bars = max(1, (voices.compactMap { $0.notes.last?.onset }.max() ?? 0) / file.ticksPerBar + 1)
        features = zip(voices, shares).map { voice, share in
            MelodyLikeness.features(voice, top: share, loudness: loudness, bars: bars, of: file, words: words)
        }
        ratings = features.map(\.rating)
    }

    /// The voice that is most like a melody and how likely it is the melody, 0...1.
    var best: (voice: Int, probability: Double)? {
        guard let best = ratings.indices.max(by: { (ratings[$0], -$0) < (ratings[$1], -$1) }) else { return nil }
        return (best, 1 / ratings.reduce(0) { $0 + exp($1 - ratings[best]) })
    }

    private static func features(
        _ voice: FileVoice, top: Double, loudness: Double, bars: Int, of file: MIDIFile, words: [Int]
    ) -> Features {
        let line = voice.skyline
        let quarter = Double(file.ticksPerQuarter)
        let intervals = zip(line.dropFirst(), line).map { abs($0.pitch.number - $1.pitch.number) }
        func share(_ isCounted: (Int) -> Bool) -> Double {
            Double(intervals.count(where: isCounted)) / Double(max(1, intervals.count))
        }
        let played = max(1, Set(line.map { $0.onset / file.ticksPerBar }).count)
        let rate = Double(line.count) / Double(played) / (Double(file.ticksPerBar) / quarter)
        let count = Double(voice.notes.count)
        var features = Features()
        features.top = top
        features.height = max(-2, min(2, Double(voice.medianPitch - 69) / 10))
        features.thickness = min(0.5, voice.notesPerOnset - 1)
        features.coverage = Double(played) / Double(bars)
        features.steps = share { (1...2).contains($0) }
        features.leaps = share { $0 > 7 }
        features.repetitions = intervals.isEmpty ? 1 : share { $0 == 0 }
        features.rate = max(-2, min(2, log2(max(1e-3, rate))))
        features.loudness = (Double(voice.notes.reduce(0) { $0 + $1.velocity.number }) / count - loudness) / 20
        features.length = min(3, voice.notes.reduce(0) { $0 + Double($1.length) } / count / quarter)
        // A few words are a copyright notice.
        if words.count >= 16 {
            let onsets = Set(line.map(\.onset))
            features.words = Double(words.count { onsets.contains($0) }) / Double(words.count)
        }
        features.instrument = instrument(Int(voice.program.number))
        features.name = name(voice.name)
        return features
    }

    /// What General MIDI's instruments play: basses, ensembles, pads and effects seldom melodies, winds and leads often.
    private static func instrument(_ program: Int) -> Double {
        switch program {
        case 32...39, 112...127: -3
        case 48...51, 88...103: -1.5
        case 24...31, 44...47: -0.5
        case 40, 56, 59, 64...79, 80...87: 0.8
        default: 0
        }
    }

    private static let accompanies = [
        "bass", "chord", "pad", "string", "rhythm", "comp", "accomp", "begleit", "left", "links", "back", "harmon",
        "drum",
        "perc", "arp", "akkord", "choir", "chor", "aahs", "oohs", "strum",
    ]
    private static let sings = [
        "melo", "vocal", "vox", "lead", "voice", "voc", "solo", "gesang", "sing", "canto", "chant", "voz", "theme",
        "right",
        "rechts", "soprano", "sopran", "lyric", "words",
    ]

    private static func name(_ name: String) -> Double {
        let name = name.lowercased()
        if accompanies.contains(where: name.contains) { return -2.5 }
        return sings.contains(where: name.contains) ? 3 : 0
    }

    /// Whether a name says that its track accompanies, whatever else it says: "backing vocals".
    static func accompanies(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["back", "harm", "choir", "chor", "aahs", "oohs", "pad", "bass"].contains(where: name.contains)
    }
}

extension MelodyLikeness.Features {
    /// Why the voice was chosen, a clause.
    var reason: String {
        var reasons: [String] = []
        if words > 0.5 { reasons.append("words are sung to it") }
        if name > 0 { reasons.append("its name says so") }
        if thickness < 0.1 { reasons.append("it plays one note at a time") }
        if top > 0.5 { reasons.append("it is mostly on top") }
        if (-0.9...1.5).contains(height) { reasons.append("it lies in a melody's range") }
        if coverage > 0.6 { reasons.append("it plays throughout") }
        if reasons.isEmpty { return "it is more like a melody than the others" }
        guard let last = reasons.popLast(), !reasons.isEmpty else { return reasons.first ?? "it is most like a melody" }
        return reasons.joined(separator: ", ") + " and " + last
    }
}

extension MIDIFile {
    /// Where syllables are sung, in ticks: lyric events (meta event 5), else the text events of a karaoke file.
    var wordTicks: [Int] {
        func ticks(_ type: UInt8) -> [Int] {
            tracks.flatMap(\.events).compactMap { event in
                guard case .meta(type, let bytes) = event.body, let first = bytes.first,
                    first != UInt8(ascii: "@"), bytes.contains(where: { $0 > 32 })
                else { return nil }
                return event.tick
            }.sorted()
        }
        let lyrics = ticks(0x05)
        return lyrics.isEmpty ? ticks(MetaType.text) : lyrics
    }
}
