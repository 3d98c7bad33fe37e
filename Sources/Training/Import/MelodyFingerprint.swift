import Music

/// What a melody is recognised by in another key, at another tempo and in other note values.
///
/// Each stretch of eight notes gives a number: its seven intervals, and for each note whether it is shorter than, as long as or longer than the one before,
/// from onset to onset. Of all numbers of a melody the 192 smallest are kept, which is a fair sample of any set: two melodies share as much of
/// their samples as of themselves.
///
/// - Note: A. Broder, "On the resemblance and containment of documents" (1997): the sketch of smallest hashes.
public struct MelodyFingerprint: Hashable, Sendable {
    static let notes = 8
    static let size = 192

    /// Ascending, without repetitions.
    let marks: [UInt32]

    init(marks: [UInt32]) { self.marks = marks }

    /// - Parameter melody: one voice, score order.
    public init(_ melody: [NoteEvent]) {
        var hashes = Set<UInt32>()
        let count = melody.count
        guard count >= MelodyFingerprint.notes else {
            marks = []
            return
        }
        // A step from each note to the next: 25 intervals, and how its time stands to the one before.
        var steps: [UInt64] = []
        steps.reserveCapacity(count)
        for index in 1..<count {
            let interval = melody[index].pitch.number - melody[index - 1].pitch.number
            let now = melody[index].onset.rawValue - melody[index - 1].onset.rawValue
            let before = index < 2 ? now : melody[index - 1].onset.rawValue - melody[index - 2].onset.rawValue
            let rhythm: UInt64 = now * 4 < before * 3 ? 0 : now * 3 > before * 4 ? 2 : 1
            steps.append(UInt64(max(-12, min(12, interval)) + 12) * 3 + rhythm)
        }
        let length = MelodyFingerprint.notes - 1
        for start in 0...(steps.count - length) {
            let stretch = steps[start..<start + length]
            // A run on one pitch is everywhere and tells nothing.
            guard Set(stretch.map { $0 / 3 }).count > 2 else { continue }
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for (place, step) in stretch.enumerated() {
                // The rhythm of the first step is that of a note before the stretch.
                hash = (hash ^ (place == 0 ? step / 3 * 3 : step)) &* 0x100_0000_01B3
            }
            hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
            hashes.insert(UInt32(truncatingIfNeeded: hash >> 32))
        }
        marks = Array(hashes.sorted().prefix(MelodyFingerprint.size))
    }

    /// How much two melodies share: of the smaller one, and how many stretches that are.
    ///
    /// - Returns: the share of the smaller melody's stretches that the other has too, 0...1, and the number of them in the samples.
    func shared(with other: MelodyFingerprint) -> (containment: Double, count: Int) {
        // Beyond the largest number that a full sample holds nothing is known of its melody.
        func limit(_ fingerprint: MelodyFingerprint) -> UInt32 {
            fingerprint.marks.count < MelodyFingerprint.size ? .max : fingerprint.marks.last ?? .max
        }
        let known = min(limit(self), limit(other))
        let mine = marks.prefix { $0 <= known }
        let others = other.marks.prefix { $0 <= known }
        guard !mine.isEmpty, !others.isEmpty else { return (0, 0) }
        var (i, j, count) = (mine.startIndex, others.startIndex, 0)
        while i < mine.endIndex, j < others.endIndex {
            if mine[i] == others[j] {
                count += 1
                i += 1
                j += 1
            } else if mine[i] < others[j] {
                i += 1
            } else {
                j += 1
            }
        }
        return (Double(count) / Double(min(mine.count, others.count)), count)
    }
}

/// Which works of a set are the same music.
struct DuplicateFinder {
    /// From this share of the smaller melody on two works are one.
    static let duplicateShare = 0.5
    /// From this share on they are kept both, on the same side of the split.
    static let relatedShare = 0.2
    /// So many stretches of eight notes say something at least.
    static let leastShared = 10
    /// Tunes that are too short for that must be nearly equal in so many.
    static let leastOfShort = 4
    static let shareOfShort = 0.85

    /// For each work the better one that it is a duplicate of; nil for a work that is kept.
    private(set) var original: [Int?]
    /// For each work the first of those that it is related to, itself where there is none.
    private(set) var family: [Int]

    /// - Parameter fingerprints: of the works, the best one first: of two that are the same the first is kept.
    init(_ fingerprints: [MelodyFingerprint]) {
        original = Array(repeating: nil, count: fingerprints.count)
        family = Array(fingerprints.indices)
        var pairs = Set<UInt64>()
        for (pair, count) in DuplicateFinder.meetings(fingerprints) where count >= DuplicateFinder.leastOfShort {
            pairs.insert(pair)
        }
        for pair in pairs.sorted() {
            let (first, second) = (Int(pair >> 32), Int(pair & 0xFFFF_FFFF))
            // The pairs of a work stand together, better works first: whether the first one is kept is known by now.
            guard original[first] == nil, original[second] == nil else { continue }
            let shared = fingerprints[first].shared(with: fingerprints[second])
            let sizes = [fingerprints[first].marks.count, fingerprints[second].marks.count]
            let isShort = sizes[0] * 2 <= sizes[1] * 3 && sizes[1] * 2 <= sizes[0] * 3
            if shared.count >= DuplicateFinder.leastShared && shared.containment >= DuplicateFinder.duplicateShare
                || isShort && shared.containment >= DuplicateFinder.shareOfShort
            {
                original[second] = first
            } else if shared.containment >= DuplicateFinder.relatedShare, shared.count >= DuplicateFinder.leastShared {
                join(first, second)
            }
        }
        family = family.indices.map { root($0) }
    }

    private func root(_ index: Int) -> Int {
        var index = index
        while family[index] != index { index = family[index] }
        return index
    }

    private mutating func join(_ a: Int, _ b: Int) {
        let (first, second) = (root(a), root(b))
        family[max(first, second)] = min(first, second)
    }

    /// How many numbers pairs of works share: the better one in the upper half of a key.
    private static func meetings(_ fingerprints: [MelodyFingerprint]) -> [UInt64: Int] {
        var entries: [UInt64] = []
        for (index, fingerprint) in fingerprints.enumerated() {
            for mark in fingerprint.marks { entries.append(UInt64(mark) << 32 | UInt64(index)) }
        }
        entries.sort()
        var counts: [UInt64: Int] = [:]
        var start = 0
        while start < entries.count {
            var end = start + 1
            while end < entries.count, entries[end] >> 32 == entries[start] >> 32 { end += 1 }
            // What very many share is met through the best of them.
            let run = entries[start..<end].map { $0 & 0xFFFF_FFFF }
            for first in run.indices.prefix(run.count <= 32 ? run.count : 8) {
                for second in run[(first + 1)...] { counts[run[first] << 32 | second, default: 0] += 1 }
            }
            start = end
        }
        return counts
    }
}
