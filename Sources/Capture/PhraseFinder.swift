import Music

/// Finds what a player meant by "what I just played" in everything that was played lately.
///
/// A phrase ends where the player paused: a silence that is long for the player's own notes and rests, and that time does
/// not go on over. Tried keys, runs, and a start that was broken off and made anew are no phrases. Played twice in a row
/// without a pause, a phrase is one pass of it.
public struct PhraseFinder: Hashable, Sendable {
    /// A silence this long always ends a phrase.
    public var longSilence: Nanoseconds = .seconds(5)
    /// A phrase has at least so many onsets; what is shorter (a tried key, a slip) is passed over.
    public var fewestOnsets = 4

    public init() {}

    /// The phrases, the latest first: the last one, the one before that, and so on.
    ///
    /// - Parameters:
    ///   - notes: by onset; minutes of them.
    ///   - now: when the player asks. Notes that begin later are no part of a phrase.
    ///   - most: how many phrases to find at most.
    /// - Returns: ranges of `notes`, none where fewer than `fewestOnsets` onsets were played.
    public func phrases(in notes: [PerformedNote], now: Instant, most: Int = 2) -> [Range<Int>] {
        let count = notes.firstIndex { $0.onset > now } ?? notes.count
        let onsets = Onset.gather(notes[..<count])
        guard onsets.count >= fewestOnsets else { return [] }
        let passages = PassageFinder(
            times: onsets.map(\.time), ends: onsets.map(\.end), pitches: onsets.map(\.highest),
            fewestOnsets: fewestOnsets, longSilence: longSilence.seconds)
        var found: [Range<Int>] = []
        for block in passages.blocks.reversed() {
            for passage in passages.phrases(in: block).reversed() {
                for pass in passes(onsets[passage]).reversed() {
                    let last = onsets[pass.upperBound - 1].notes.upperBound
                    found.append(onsets[pass.lowerBound].notes.lowerBound..<last)
                    if found.count == most { return found }
                }
            }
        }
        // Who asks meant something: a few quick notes are the phrase where there is nothing else.
        if found.isEmpty, let last = passages.blocks.last(where: { $0.count >= fewestOnsets }) {
            found.append(onsets[last.lowerBound].notes.lowerBound..<onsets[last.upperBound - 1].notes.upperBound)
        }
        return found
    }

    /// The last phrase; nil where too little was played.
    public func lastPhrase(in notes: [PerformedNote], now: Instant) -> Range<Int>? {
        phrases(in: notes, now: now, most: 1).first
    }

    /// Notes that begin together.
    private struct Onset {
        var notes: Range<Int>
        /// Seconds from the first note.
        var time: Double
        /// When the last of the notes is let go.
        var end: Double
        var highest: Int

        static func gather(_ notes: ArraySlice<PerformedNote>) -> [Onset] {
            guard let start = notes.first?.onset else { return [] }
            var onsets: [Onset] = []
            for index in notes.indices {
                let note = notes[index]
                let time = (note.onset - start).seconds
                let end = (note.end - start).seconds
                if let last = onsets.last, time - last.time < 0.06 {
                    let number = onsets.count - 1
                    onsets[number].notes = last.notes.lowerBound..<(index + 1)
                    onsets[number].end = max(last.end, end)
                    onsets[number].highest = max(last.highest, note.pitch.number)
                } else {
                    onsets.append(
                        Onset(notes: index..<(index + 1), time: time, end: end, highest: note.pitch.number))
                }
            }
            return onsets
        }
    }

    /// A passage cut into passes where its end repeats what came before; the passage itself where it does not.
    private func passes(_ onsets: ArraySlice<Onset>) -> [Range<Int>] {
        let count = onsets.count
        // A pass of a phrase, not a motive.
        guard count >= 2 * PhraseFinder.fewestOfPass else { return [onsets.startIndex..<onsets.endIndex] }
        // The longest repeat counts; where a few notes more or less fit better on either side, they are taken.
        var best: (likeness: Double, length: Int, former: Int)?
        let slack = max(1, count / 16)
        for length in stride(from: count / 2 + slack, through: PhraseFinder.fewestOfPass, by: -1) {
            if let best, length < best.length - 2 * slack { break }
            for former in (length - slack)...(length + slack) where former > 0 && former + length <= count {
                let latest = onsets.suffix(length)
                let before = onsets[(latest.startIndex - former)..<latest.startIndex]
                guard latest[latest.startIndex].time - before[before.startIndex].time >= PhraseFinder.shortestPass
                else { continue }
                let likeness = likeness(before, latest)
                if likeness > (best?.likeness ?? PhraseFinder.likeEnough) { best = (likeness, length, former) }
            }
        }
        guard let best else { return [onsets.startIndex..<onsets.endIndex] }
        let latest = onsets.endIndex - best.length
        let start = latest - best.former
        // What lies before a repeated phrase was another pass or an upbeat to it.
        let head = start - onsets.startIndex
        let earlier = head >= fewestOnsets ? passes(onsets[onsets.startIndex..<start]) : []
        let former = (head < fewestOnsets ? onsets.startIndex : start)..<latest
        return earlier + [former, latest..<onsets.endIndex]
    }

    /// Onsets of a pass.
    private static let fewestOfPass = 12
    /// Seconds of a pass.
    private static let shortestPass = 4.0
    /// Two passes have more of their notes in common, as a share.
    private static let likeEnough = 0.9

    /// How much two stretches are the same music: the longest common run of pitches in order, as a share of both; 0 where
    /// they begin otherwise, or take different times.
    private func likeness(_ a: ArraySlice<Onset>, _ b: ArraySlice<Onset>) -> Double {
        // The first notes tell most passages apart at once.
        guard common(a.prefix(5), b.prefix(5)) >= 4, a[a.startIndex].highest == b[b.startIndex].highest else {
            return 0
        }
        let lengthA = a[a.endIndex - 1].time - a[a.startIndex].time
        let lengthB = b[b.endIndex - 1].time - b[b.startIndex].time
        guard lengthA > 0, lengthB > 0, lengthA < 1.4 * lengthB, lengthB < 1.4 * lengthA else { return 0 }
        return 2 * Double(common(a, b)) / Double(a.count + b.count)
    }

    /// The longest common run of pitches in order.
    private func common(_ a: ArraySlice<Onset>, _ b: ArraySlice<Onset>) -> Int {
        var row = [Int](repeating: 0, count: b.count + 1)
        for x in a {
            var diagonal = 0
            for (column, y) in b.enumerated() {
                let above = row[column + 1]
                row[column + 1] = x.highest == y.highest ? diagonal + 1 : max(above, row[column])
                diagonal = above
            }
        }
        return row[b.count]
    }
}
