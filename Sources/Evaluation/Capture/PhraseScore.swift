import Music

/// What was found as "what I just played" at the end of a session, judged.
public struct PhraseVerdict: Hashable, Sendable {
    /// Of the last melody.
    public let name: String
    public let session: PlayedSession
    /// Ranges of the session's notes, the latest first: what the first press took, what the second took.
    public let found: [Range<Int>]

    public init(name: String, session: PlayedSession, found: [Range<Int>]) {
        self.name = name
        self.session = session
        self.found = found
    }

    /// Whether a press of the button took the right phrase: it begins within half a felt beat of the first note, and ends
    /// with the same note.
    ///
    /// - Parameter press: 0 is the last phrase, 1 the one before it.
    /// - Returns: nil where so many phrases were not played.
    public func isRight(press: Int) -> Bool? {
        guard press < session.phrases.count else { return nil }
        return error(press: press) == nil
    }

    /// What went wrong, in words that are counted; nil where nothing did.
    public func error(press: Int) -> String? {
        guard press < session.phrases.count else { return nil }
        guard press < found.count, !found[press].isEmpty else { return "nothing was found" }
        let truth = session.phrases[press]
        let range = found[press]
        let notes = session.notes
        if range.upperBound <= truth.notes.lowerBound {
            switch kind(at: range.lowerBound) {
            case .run, .triedKeys: return "noodling was taken for a phrase"
            case .falseStart: return "a slip was taken for a phrase"
            default: return "an earlier melody was taken"
            }
        }
        if range.lowerBound >= truth.notes.upperBound {
            switch kind(at: range.lowerBound) {
            case .run, .triedKeys: return "noodling was taken for a phrase"
            case .falseStart: return "a slip was taken for a phrase"
            default: return "a part of a later phrase was taken"
            }
        }
        let late = (notes[range.lowerBound].onset - notes[truth.notes.lowerBound].onset).seconds / truth.beat.seconds
        if range.lowerBound != truth.notes.lowerBound, abs(late) > 0.5 {
            guard range.lowerBound > truth.notes.lowerBound else {
                switch kind(at: range.lowerBound) {
                case .run, .triedKeys: return "it begins with noodling"
                case .falseStart: return "it begins with a slip"
                case .melody where truth.kind == .secondPass: return "it begins with the first pass"
                default: return "it begins in the melody before"
                }
            }
            let isHesitation = truth.hesitations.contains { abs($0 - range.lowerBound) <= 1 }
            if isHesitation { return "it begins at a hesitation" }
            let sounding = notes[truth.notes.lowerBound..<range.lowerBound].map(\.end).max()!
            let rest = (notes[range.lowerBound].onset - sounding).seconds
            return rest >= 0.4 ? "it begins after a rest" : "it begins inside the melody"
        }
        if range.upperBound != truth.notes.upperBound {
            return range.upperBound < truth.notes.upperBound ? "it ends too early" : "it ends too late"
        }
        return nil
    }

    private func kind(at note: Int) -> PlayedSession.Kind {
        session.stretches.first { $0.notes.contains(note) }?.kind ?? .melody
    }
}

/// How well phrases are found, over many sessions.
public struct PhraseScore: Hashable, Sendable {
    public let verdicts: [PhraseVerdict]

    public init(_ verdicts: [PhraseVerdict]) { self.verdicts = verdicts }

    /// Least share of sessions whose last phrase is taken at the first press: a band that comes in on something else more
    /// than once in ten is one that a player stops trusting.
    public static let leastFirst = 0.90
    /// The same for the second press, which is the way out where the first was wrong.
    public static let leastSecond = 0.80

    /// Share of sessions in which a press took the right phrase; nil where there is none.
    public func share(press: Int) -> Double? {
        let answers = verdicts.compactMap { $0.isRight(press: press) }
        return answers.isEmpty ? nil : Double(answers.count(where: { $0 })) / Double(answers.count)
    }

    /// Only sessions of some kind.
    public func only(_ isKept: (PhraseVerdict) -> Bool) -> PhraseScore { PhraseScore(verdicts.filter(isKept)) }

    /// What went wrong and how often, most often first.
    public func errors(press: Int) -> [(error: String, count: Int)] {
        let counts = Dictionary(
            verdicts.compactMap { $0.error(press: press).map { ($0, 1) } }, uniquingKeysWith: +)
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }

    public var gates: [Gate] {
        [
            Gate.atLeast(.good, "last phrase", share(press: 0), PhraseScore.leastFirst),
            Gate.atLeast(.good, "phrase before", share(press: 1), PhraseScore.leastSecond),
        ]
    }
}
