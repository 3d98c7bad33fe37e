import Music

/// Notes of one voice that begin and end together, in grid steps from the phrase's bar 1.
struct WrittenChord: Hashable {
    var onset: Int
    /// Behind the onset.
    var end: Int
    /// From the lowest up, each once.
    var pitches: [Pitch]

    var top: Pitch { pitches[pitches.count - 1] }
}

extension WrittenChord {
    /// Notes on the grid as chords by onset; notes that begin together with different ends are several chords.
    static func all(of notes: [NoteEvent], until end: Int) -> [WrittenChord] {
        var pitches: [Int: [Int: Set<Pitch>]] = [:]
        for note in notes {
            let onset = max(0, note.onset.nearestStep)
            guard onset < end else { continue }
            pitches[onset, default: [:]][min(end, max(onset + 1, note.end.nearestStep)), default: []].insert(note.pitch)
        }
        return pitches.flatMap { onset, ends in
            ends.map { WrittenChord(onset: onset, end: $0, pitches: $1.sorted()) }
        }.sorted { ($0.onset, $1.top) < ($1.onset, $0.top) }
    }

    /// The chords with the lengths that one would write: what is held up to a sixteenth into the next note, or let go up to a
    /// sixteenth before it, ends where that begins; other ends lie on sixteenths, or on the triplet that a note begins on.
    ///
    /// - Parameter end: where the phrase ends; nothing lasts longer.
    static func tidied(_ chords: [WrittenChord], until end: Int, on grid: BarGrid) -> [WrittenChord] {
        let onsets = Set(chords.map(\.onset)).sorted() + [end]
        let triplet = grid.cell / 3
        let triplets = Set(onsets.filter { $0 % 3 != 0 && $0 % triplet == 0 }.map { $0 / grid.cell })
        var place = 0
        var tidy: [WrittenChord] = []
        for var chord in chords {
            while onsets[place] <= chord.onset { place += 1 }
            let next = onsets[place]
            let length = chord.end - chord.onset
            let late = chord.end - next
            let isDetached = (-3..<0).contains(late) && -late * 3 <= max(6, length)
            // What lasts longer than to the next note is meant to, where it lasts much longer.
            if isDetached || (1...3).contains(late) && late * 2 < length {
                chord.end = next
            } else {
                let step = { (end: Int) in triplets.contains(end / grid.cell) ? triplet : 3 }
                let candidates = (max(chord.onset + 1, chord.end - 2)...max(chord.onset + 1, chord.end + 2)).filter {
                    // Into the next note it gets no longer than it is.
                    $0 <= max(next, chord.end) && $0 <= end && $0 % step($0) == 0
                }
                let wanted = chord.end
                chord.end = candidates.min { (abs($0 - wanted), $0) < (abs($1 - wanted), $1) } ?? wanted
            }
            if let last = tidy.last, last.onset == chord.onset, abs(last.end - chord.end) <= 3 {
                tidy[tidy.count - 1].pitches = Set(last.pitches + chord.pitches).sorted()
            } else {
                tidy.append(chord)
            }
        }
        return tidy
    }

    /// The chords as voices in which nothing overlaps, two at most.
    ///
    /// A chord goes to the first voice where that is free, and to the second where the first is not, or where something higher
    /// begins while it lasts. Where both are taken, the one that began earlier is cut short; of three that begin
    /// together the last two end together.
    static func voices(_ chords: [WrittenChord]) -> [[WrittenChord]] {
        var voices: [[WrittenChord]] = [[], []]
        func isFree(_ voice: Int, _ onset: Int) -> Bool { (voices[voice].last?.end ?? 0) <= onset }
        for (index, chord) in chords.enumerated() {
            let others = chords[(index + 1)...].prefix { $0.onset < chord.end }
            let isUnder = others.contains { $0.onset > chord.onset && $0.top > chord.top }
            if isFree(0, chord.onset), !(isUnder && isFree(1, chord.onset)) {
                voices[0].append(chord)
            } else if isFree(1, chord.onset) {
                voices[1].append(chord)
            } else if let cut = [1, 0].first(where: { voices[$0].last!.onset < chord.onset }) {
                voices[cut][voices[cut].count - 1].end = chord.onset
                voices[cut].append(chord)
            } else {
                let last = voices[1].count - 1
                voices[1][last].pitches = Set(voices[1][last].pitches + chord.pitches).sorted()
            }
        }
        return voices[1].isEmpty ? [voices[0]] : voices
    }
}
