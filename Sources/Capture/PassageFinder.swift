/// Parts what was played into whole phrases and what is none: tried keys, runs, and starts that were broken off at a slip.
///
/// The likeliest division of a stretch between long silences, found by dynamic programming over its shorter ones: each
/// boundary counts by how much the silence there is like the end of a phrase (`PauseEvidence`), each part by what it
/// looks like. A semi-Markov model, with the boundaries' likelihood ratios in place of the silences' own likelihoods.
struct PassageFinder {
    let times: [Double]
    /// Of the highest note of each onset.
    let pitches: [Int]
    let fewestOnsets: Int
    private let evidence: PauseEvidence
    /// Stretches between silences that always part.
    let blocks: [Range<Int>]

    /// No shorter silence parts, in seconds.
    static let shortestSilence = 0.25
    /// A part reaches over so many silences at most.
    private static let reach = 64

    init(times: [Double], ends: [Double], pitches: [Int], fewestOnsets: Int, longSilence: Double) {
        self.times = times
        self.pitches = pitches
        self.fewestOnsets = fewestOnsets
        let evidence = PauseEvidence(times: times, ends: ends)
        self.evidence = evidence
        let cuts = times.indices.dropFirst().filter { evidence.silence(before: $0) >= longSilence }
        blocks = zip([0] + cuts, cuts + [times.count]).map { $0..<$1 }
    }

    /// The phrases of a stretch, in order.
    func phrases(in block: Range<Int>) -> [Range<Int>] {
        let cuts =
            [block.lowerBound]
            + block.dropFirst().filter { evidence.silence(before: $0) >= PassageFinder.shortestSilence }
            + [block.upperBound]
        let parting = cuts.map { cut in
            cut == block.lowerBound || cut == block.upperBound ? 0 : evidence.logOdds(before: cut)
        }
        var best = [(score: Double, from: Int, isPhrase: Bool)](repeating: (0, 0, false), count: cuts.count)
        for end in 1..<cuts.count {
            best[end].score = -.infinity
            for start in max(0, end - PassageFinder.reach)..<end {
                let part = cuts[start]..<cuts[end]
                let phrase = asPhrase(part)
                let other = asOther(part, until: block.upperBound)
                let score = best[start].score + parting[end] + max(phrase, other)
                if score > best[end].score { best[end] = (score, start, phrase >= other) }
            }
        }
        var found: [Range<Int>] = []
        var end = cuts.count - 1
        while end > 0 {
            if best[end].isPhrase { found.append(cuts[best[end].from]..<cuts[end]) }
            end = best[end].from
        }
        return found.reversed()
    }

    /// Logarithm of how likely a part is as a whole phrase: mostly of some ten seconds, hardly of one or of two minutes.
    private func asPhrase(_ part: Range<Int>) -> Double {
        guard part.count >= fewestOnsets else { return -6 }
        let away = logarithm(max(0.3, times[part.upperBound - 1] - times[part.lowerBound]) / 12) / 0.9
        return -away * away / 2
    }

    /// The same as something else: the likeliest of tried keys, a run, a broken-off start.
    private func asOther(_ part: Range<Int>, until end: Int) -> Double {
        var best = -12.0
        if part.count <= 4 { best = PassageFinder.keys }
        if part.count >= 5, part.count <= 24, isRun(part) { best = PassageFinder.run }
        if (2...8).contains(part.count), let slip = slip(part, until: end) { best = max(best, slip) }
        return best
    }

    /// Logarithms of how much likelier than a whole phrase each is where it looks like one; tuned on sessions of melodies
    /// that are not measured.
    private static let keys = 0.0
    private static let run = 1.0
    private static let brokenOff = 1.0

    /// Even, fast and by steps, up or down.
    private func isRun(_ part: Range<Int>) -> Bool {
        let steps = part.dropFirst().map { times[$0] - times[$0 - 1] }.sorted()
        guard steps[steps.count / 2] < 0.25, steps[steps.count * 9 / 10] < 1.5 * steps[steps.count / 10] else {
            return false
        }
        let near = part.dropFirst().count { (1...2).contains(abs(pitches[$0] - pitches[$0 - 1])) }
        return near * 5 >= (part.count - 1) * 4
    }

    /// What follows begins as this part does, and goes on otherwise where this one broke off.
    private func slip(_ part: Range<Int>, until end: Int) -> Double? {
        let known = part.count - 1
        guard part.upperBound + part.count <= end else { return nil }
        let same = (0..<known).count { pitches[part.lowerBound + $0] == pitches[part.upperBound + $0] }
        guard same * 4 >= known * 3 else { return nil }
        let isLastAnother = pitches[part.upperBound - 1] != pitches[part.upperBound + known]
        return PassageFinder.brokenOff + 1.5 * Double(min(3, same)) - (isLastAnother ? 0 : 3)
    }
}
