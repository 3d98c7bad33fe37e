import Music

/// Finds what a player meant by "what I just played" in everything that was played lately.
///
/// A phrase ends where the player paused: a silence clearly longer than the player's own gaps, or a long last note (a
/// cadence) and a shorter one. Played twice in a row without a pause, it is one pass of it.
public struct PhraseFinder: Hashable, Sendable {
    /// A silence this long always ends a phrase.
    public var longSilence: Nanoseconds = .seconds(3)
    /// No shorter silence ends a phrase.
    public var shortestSilence: Nanoseconds = .seconds(0.9)
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
        var found: [Range<Int>] = []
        for passage in passages(onsets).reversed() where passage.count >= fewestOnsets {
            let passes = passes(onsets[passage])
            for pass in passes.reversed() {
                found.append(onsets[pass.lowerBound].notes.lowerBound..<onsets[pass.upperBound - 1].notes.upperBound)
                if found.count == most { return found }
            }
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

    /// Stretches between pauses.
    private func passages(_ onsets: [Onset]) -> [Range<Int>] {
        var passages: [Range<Int>] = []
        var first = 0
        var sounding = onsets[0].end
        for index in 1..<onsets.count {
            if isPause(onsets, before: index, silence: onsets[index].time - sounding, first: first) {
                passages.append(first..<index)
                first = index
            }
            sounding = max(sounding, onsets[index].end)
        }
        passages.append(first..<onsets.count)
        return passages
    }

    /// Whether the player paused before an onset.
    ///
    /// The measure is the player's own beat, taken as the middle of the intervals round about: two of them in silence
    /// (but at least a second and a half), or one and a half behind a note of three.
    private func isPause(_ onsets: [Onset], before index: Int, silence: Double, first: Int) -> Bool {
        guard silence >= shortestSilence.seconds else { return false }
        if silence >= longSilence.seconds { return true }
        let interval = onsets[index].time - onsets[index - 1].time
        let usual = intervals(onsets, first..<index) + intervals(onsets, index..<min(onsets.count, index + 12))
        guard usual.count >= 2 else { return silence >= 1.5 }
        let beat = max(0.35, usual.sorted()[usual.count / 2])
        // Rests that the melody has anyhow are no pauses.
        let rests = (max(first + 1, index - 24)..<index).map { onsets[$0].time - onsets[$0 - 1].end }.filter { $0 > 0 }
        let ownRest = rests.max() ?? 0
        let held = onsets[index - 1].end - onsets[index - 1].time
        let isCadence = held >= 1.8 * beat && interval >= 3.5 * beat
        let needed = isCadence ? max(1.5 * beat, shortestSilence.seconds) : max(2 * beat, 1.5)
        return silence >= needed && silence > 1.3 * ownRest
    }

    private func intervals(_ onsets: [Onset], _ range: Range<Int>) -> [Double] {
        guard range.count > 1 else { return [] }
        return (max(range.lowerBound + 1, range.upperBound - 24)..<range.upperBound).map {
            onsets[$0].time - onsets[$0 - 1].time
        }
    }

    /// A passage cut into passes where its end repeats what came before; the passage itself where it does not.
    private func passes(_ onsets: ArraySlice<Onset>) -> [Range<Int>] {
        let count = onsets.count
        // A pass of a phrase, not a motive: twelve onsets and four seconds at least.
        guard count >= 24 else { return [onsets.startIndex..<onsets.endIndex] }
        // The longest repeat counts; a note more or less on either side only where it fits better.
        var best: (likeness: Double, length: Int, former: Int)?
        for length in stride(from: count / 2 + 1, through: 12, by: -1) {
            if let best, length < best.length - 3 { break }
            for former in [length, length - 1, length + 1] where former + length <= count {
                let latest = onsets.suffix(length)
                let before = onsets[(latest.startIndex - former)..<latest.startIndex]
                guard latest[latest.startIndex].time - before[before.startIndex].time >= 4 else { continue }
                let likeness = likeness(Array(before), Array(latest))
                if likeness > (best?.likeness ?? 0.9) { best = (likeness, length, former) }
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

    /// How much two stretches are the same music: the longest common run of pitches in order, as a share of both; 0 where
    /// they take different times.
    private func likeness(_ a: [Onset], _ b: [Onset]) -> Double {
        // The first notes tell most passages apart at once.
        guard zip(a.prefix(4), b.prefix(4)).count(where: { $0.highest == $1.highest }) >= 3 else { return 0 }
        let lengthA = a[a.count - 1].time - a[0].time
        let lengthB = b[b.count - 1].time - b[0].time
        guard lengthA > 0, lengthB > 0, lengthA < 1.3 * lengthB, lengthB < 1.3 * lengthA else { return 0 }
        var row = [Int](repeating: 0, count: b.count + 1)
        for x in a {
            var diagonal = 0
            for (column, y) in b.enumerated() {
                let above = row[column + 1]
                row[column + 1] = x.highest == y.highest ? diagonal + 1 : max(above, row[column])
                diagonal = above
            }
        }
        return 2 * Double(row[b.count]) / Double(a.count + b.count)
    }
}
