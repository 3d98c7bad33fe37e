import Music

/// A bound that a genre's set has to keep.
public struct Gate: Hashable, Sendable {
    public enum Level: String, Hashable, Sendable, CaseIterable {
        /// What is not music without it.
        case must
        /// What the arranger itself keeps.
        case good
        /// What a released model keeps.
        case release
        /// What is suspicious: a drone, a doubled melody, noise.
        case tooGood = "too good"
    }

    public let level: Level
    public let title: String
    /// Nil where it could not be measured: not passed.
    public let value: Double?
    /// `>= 0.62`.
    public let bound: String
    public let isPassed: Bool

    /// What the gates need to know beside the set.
    public struct Context: Sendable {
        /// What the set is meant to be; nil leaves out what depends on it.
        public var genre: Genre?
        /// Melodies for which there was no usable output.
        public var missing = 0
        /// Share of notes that another seed changes.
        public var changedBySeed: Double?
        /// Share of notes that silencing the melody changes.
        public var changedBySilence: Double?
        /// `SetMetrics.leastQualifiedNotes` before the decoder lengthened notes; nil where it lengthens none, or it is not known.
        public var unlengthened: Double?
        /// The arranger's set for the same melodies.
        public var arranger: SetMetrics?

        public init(genre: Genre? = nil) { self.genre = genre }
    }

    /// All gates of a set, in the order of the levels.
    public static func all(_ set: SetMetrics, _ context: Context = Context()) -> [Gate] {
        must(set, context) + good(set) + release(set, context) + tooGood(set)
    }

    private static func must(_ set: SetMetrics, _ context: Context) -> [Gate] {
        let hung = set.pieces.reduce(0) { $0 + $1.band.hungNotes }
        var gates = [
            atMost(.must, "melodies without a usable output", Double(context.missing), 0),
            atMost(.must, "hung notes", Double(hung), 0),
            atMost(.must, "longest overrun (quarters)", set.pieces.map(\.band.overrun).max(), 0),
            atLeast(.must, "fewest tracks", set.pieces.map { Double($0.band.tracks) }.min(), 4),
            atLeast(.must, "harmonised", set.harmonised, 0.98),
            atLeast(.must, "chord-tone ratio", set.mean(\.chordToneRatio), 0.62),
            atMost(.must, "semitone clash", set.mean(\.semitoneClash), 0.06),
            atLeast(.must, "in key", set.mean(\.inKey), 0.85),
            atLeast(.must, "conditioning gap", set.conditioningGap, 0.30),
            atLeast(.must, "pitch consonance", set.mean(\.pitchConsonance), 0.40),
            atMost(.must, "melody-chord distance", set.mean(\.melodyChordDistance), 1.42),
            atLeast(.must, "qualified notes, least role", set.leastQualifiedNotes, 0.85),
        ]
        if context.genre != .symphony {
            gates.append(atLeast(.must, "drum pattern", set.mean(\.drumPattern, of: .drums), 0.90))
        }
        for role in set.roles where role != .percussion {
            guard let empty = emptyBars(set, role, context.genre) else { continue }
            gates.append(atMost(.must, "empty bars, \(role.rawValue)", empty, 0.20))
        }
        return gates + [
            atLeast(.must, "distinct bars", set.distinctBars, 0.55), atLeast(.must, "SCORE", set.score, 0.75),
        ]
    }

    private static func good(_ set: SetMetrics) -> [Gate] {
        [
            atLeast(.good, "chord-tone ratio", set.mean(\.chordToneRatio), 0.72),
            atLeast(.good, "conditioning gap", set.conditioningGap, 0.42),
            atMost(.good, "semitone clash", set.mean(\.semitoneClash), 0.04),
            atLeast(.good, "CTnCTR", set.mean(\.chordToneOrProperRatio), 0.92),
        ]
    }

    private static func release(_ set: SetMetrics, _ context: Context) -> [Gate] {
        var gates = [
            atLeast(.release, "SCORE", set.score, 1.0),
            atLeast(.release, "conditioning gap", set.conditioningGap, 0.42),
            atMost(.release, "semitone clash", set.mean(\.semitoneClash), 0.035),
            atLeast(.release, "chord clarity", set.mean(\.clarity), 0.96),
            atLeast(.release, "chord movement (CTD)", set.mean(\.chordDistance), 0.65),
            atLeast(.release, "distinct bars", set.distinctBars, 0.80),
            atLeast(
                .release, "qualified notes, least role, unlengthened",
                context.unlengthened ?? set.leastQualifiedNotes, 0.88),
        ]
        if set.roles.contains(.line) {
            gates.append(atMost(.release, "line near melody", set.mean(\.lineNearMelody), 0.25))
        }
        if let fills = set.fillsAtPhraseEnds {
            gates.append(atLeast(.release, "fills at phrase ends, over chance", fills.share - fills.chance, 0))
        }
        if let genre = context.genre, let index = GenreClassifier.genres.firstIndex(of: genre) {
            let shares = set.genreShares
            if genre == .jazz || genre == .symphony {
                gates.append(atLeast(.release, "heard as \(genre.rawValue)", shares[index], 0.70))
            } else {
                let most = shares.enumerated().filter { $0.offset != index }.map(\.element).max() ?? 0
                gates.append(
                    Gate(
                        level: .release, title: "heard as \(genre.rawValue) most often", value: shares[index],
                        bound: "> \(rounded(most))", isPassed: shares[index] > most))
            }
        }
        if let changed = context.changedBySeed {
            gates.append(atLeast(.release, "notes changed by another seed", changed, 0.50))
        }
        if let changed = context.changedBySilence {
            gates.append(atLeast(.release, "notes changed without the melody", changed, 0.25))
        }
        return gates + nearness(set, context)
    }

    /// Nearer to people than patterns over a hidden Markov model's chords, and than the arranger, on two of three metrics and on none farther.
    private static func nearness(_ set: SetMetrics, _ context: Context) -> [Gate] {
        let human = [0.88, 0.93, 0.50]
        func values(_ set: SetMetrics) -> [Double?] {
            [set.mean(\.chordDistance), set.distinctBars, set.mean(\.rhythmCopy)]
        }
        func gate(_ title: String, _ others: [Double?]) -> Gate {
            var nearer = 0
            var farther = 0
            for index in human.indices {
                guard let value = values(set)[index], let other = others[index] else { continue }
                let own = abs(value - human[index])
                let theirs = abs(other - human[index])
                if own < theirs { nearer += 1 } else if own > theirs { farther += 1 }
            }
            return Gate(
                level: .release, title: title, value: Double(nearer), bound: ">= 2, none farther",
                isPassed: nearer >= 2 && farther == 0)
        }
        var gates = [gate("nearer to people than HMM + MMA (of CTD, distinct bars, rhythm copy)", [0.63, 0.73, 0.44])]
        if let arranger = context.arranger {
            gates.append(gate("nearer to people than the arranger", values(arranger)))
            let own = average(set.pieces.map(\.band.notesPerBar))
            let theirs = average(arranger.pieces.map(\.band.notesPerBar))
            let share = own.flatMap { own in theirs.flatMap { ratio(own, $0) } }
            gates.append(
                Gate(
                    level: .release, title: "notes a bar, of the arranger's", value: share, bound: "0.75 to 1.25",
                    isPassed: share.map { (0.75...1.25).contains($0) } ?? false))
        }
        return gates
    }

    private static func tooGood(_ set: SetMetrics) -> [Gate] {
        let chordTone = set.mean(\.chordToneRatio) ?? 0
        let isDrone =
            chordTone > 0.87 && ((set.mean(\.chordDistance) ?? 0) < 0.4 || (set.mean(\.chordCount) ?? 0) < 3)
        let distinct = set.distinctBars ?? 0
        let isNoise = distinct > 0.97 && (set.mean(\.groove) ?? 1) < 0.7
        return [
            Gate(
                level: .tooGood, title: "chord-tone ratio without movement: a drone or a doubled melody",
                value: chordTone, bound: "<= 0.87, or CTD >= 0.4 and CC >= 3", isPassed: !isDrone),
            atMost(.tooGood, "rhythm copy", set.mean(\.rhythmCopy), 0.80),
            Gate(
                level: .tooGood, title: "distinct bars without groove: noise", value: distinct,
                bound: "<= 0.97, or groove >= 0.7", isPassed: !isNoise),
        ]
    }

    /// In the symphony a role counts only where something other than timpani, brass and woodwind plays it.
    private static func emptyBars(_ set: SetMetrics, _ role: Role, _ genre: Genre?) -> Double? {
        average(
            set.pieces.compactMap { piece in
                genre == .symphony && piece.restingRoles.contains(role) ? nil : piece.textures[role]?.emptyBars
            })
    }

    static func atLeast(_ level: Level, _ title: String, _ value: Double?, _ bound: Double) -> Gate {
        Gate(
            level: level, title: title, value: value, bound: ">= \(rounded(bound))",
            isPassed: value.map { $0 >= bound - 1e-9 } ?? false)
    }

    private static func atMost(_ level: Level, _ title: String, _ value: Double?, _ bound: Double) -> Gate {
        Gate(
            level: level, title: title, value: value, bound: "<= \(rounded(bound))",
            isPassed: value.map { $0 <= bound + 1e-9 } ?? false)
    }

    private static func rounded(_ number: Double) -> String {
        let short = (number * 1000).rounded() / 1000
        return short == short.rounded() ? "\(Int(short))" : "\(short)"
    }
}
