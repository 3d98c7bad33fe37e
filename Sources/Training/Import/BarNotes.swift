import Music

/// Notes of a collection's bars, `[onset, duration, pitch]` or with a fourth number 1 for a tie, joined on one time line.
struct BarNotes {
    /// Score order.
    private(set) var notes: [NoteEvent] = []
    /// For a pitch the note that ends last, to tie to.
    private var last: [Int: Int] = [:]

    /// Adds a bar's notes, in any order. A note before the bar begins with it, none lasts longer than the bar; what is no note (too few numbers, a
    /// pitch out of range, no length, an onset behind the bar) is left out.
    mutating func append(_ bar: [[Int]], from start: Int, length: Int) {
        let sorted = bar.filter { $0.count >= 3 && (0..<128).contains($0[2]) && $0[1] > 0 && $0[0] < length }
            .map { (onset: max(0, $0[0]), numbers: $0) }
            .sorted { ($0.onset, $0.numbers[2], $0.numbers[1]) < ($1.onset, $1.numbers[2], $1.numbers[1]) }
        for (onset, numbers) in sorted {
            let first = Tick.steps(start + onset)
            let duration = Tick.steps(min(numbers[1], length - onset))
            let isTied = numbers.count > 3 && numbers[3] == 1
            if isTied, let index = last[numbers[2]], notes[index].end == first {
                notes[index].length = notes[index].length + duration
                continue
            }
            notes.append(NoteEvent(pitch: Pitch(numbers[2]), onset: first, length: duration, velocity: .mezzoForte))
            if let index = last[numbers[2]], notes[index].end > first + duration { continue }
            last[numbers[2]] = notes.count - 1
        }
    }
}

extension [NoteEvent] {
    /// One voice: of notes that begin together the highest; a note ends where the next begins. A lower note that begins in the first half of a
    /// higher one is left out, later it cuts it short.
    func upperVoice() -> [NoteEvent] {
        var voice: [NoteEvent] = []
        for note in sorted(by: { ($0.onset, $1.pitch, $1.length) < ($1.onset, $0.pitch, $0.length) }) {
            if let last = voice.last, last.end > note.onset {
                if last.onset == note.onset { continue }
                if note.pitch < last.pitch, (note.onset - last.onset).rawValue * 2 < last.length.rawValue { continue }
                voice[voice.count - 1].length = note.onset - last.onset
            }
            voice.append(note)
        }
        return voice
    }

    /// The upper voice; of a track that plays chords or with two hands without what is left of the accompaniment where the melody rests: notes more
    /// than an octave below the upper third of those around them.
    func melodyVoice() -> [NoteEvent] {
        let voice = upperVoice()
        let onsets = Set(map(\.onset)).count
        guard onsets > 0, count * 4 > onsets * 5 else { return voice }
        return voice.indices.filter { index in
            let around = voice[Swift.max(0, index - 8)..<Swift.min(voice.count, index + 9)].map(\.pitch.number).sorted()
            return voice[index].pitch.number >= around[around.count * 2 / 3] - 12
        }.map { voice[$0] }
    }
}
