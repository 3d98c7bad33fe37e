import Music

/// Gives the notes that people wrote for many instruments to the five parts of a band.
enum PartReduction {
    static let bassRange = 28...58
    static let chordRange = 48...79
    static let lineRange = 56...84
    /// The most notes of a chord.
    static let voices = 5

    // MARK: the melody's doublings

    /// A set of onsets and pitch classes: what doubles the melody.
    struct Doublings {
        private let keys: Set<Int>
        /// Ascending.
        private let onsets: [Tick]

        init(of melody: [NoteEvent]) {
            keys = Set(melody.map { $0.onset.rawValue * 12 + $0.pitch.pitchClass })
            onsets = melody.map(\.onset).sorted()
        }

        func contains(_ note: NoteEvent) -> Bool { keys.contains(note.onset.rawValue * 12 + note.pitch.pitchClass) }

        /// Melody notes that begin in a stretch of time, both ends included.
        func count(in range: ClosedRange<Tick>) -> Int {
            firstIndex { $0 > range.upperBound } - firstIndex { $0 >= range.lowerBound }
        }

        /// Where the onsets begin that are beyond a bound.
        private func firstIndex(_ isBeyond: (Tick) -> Bool) -> Int {
            var (low, high) = (0, onsets.count)
            while low < high {
                let middle = (low + high) / 2
                if isBeyond(onsets[middle]) { high = middle } else { low = middle + 1 }
            }
            return low
        }
    }

    /// The notes without those that begin with a melody note of their pitch class.
    static func leavingOutDoublings(_ notes: [NoteEvent], of melody: Doublings) -> [NoteEvent] {
        notes.filter { !melody.contains($0) }
    }

    /// A bass voice without the stretches in which it plays the melody: four of five notes double it, they are nearly all of the melody's notes
    /// there, and more than a root and a fifth. A root under the melody's own stays.
    static func bassLeavingOutDoublings(_ voice: [NoteEvent], of melody: Doublings) -> [NoteEvent] {
        let doubles = voice.map { melody.contains($0) }
        return voice.indices.filter { index in
            guard doubles[index] else { return true }
            let around = max(0, index - 2)..<min(voice.count, index + 3)
            let doubled = around.filter { doubles[$0] }
            let sung = melody.count(in: voice[around.lowerBound].onset...voice[around.upperBound - 1].onset)
            return doubled.count * 5 < around.count * 4 || doubled.count * 5 < sung * 4
                || Set(doubled.map { voice[$0].pitch.pitchClass }).count < 3
        }.map { voice[$0] }
    }

    // MARK: voices

    /// The lowest voice in the bass's range: a higher note that begins in the first half of a lower one is left out.
    static func bass(_ notes: [NoteEvent]) -> [NoteEvent] {
        var voice: [NoteEvent] = []
        for note in notes.sorted(by: { ($0.onset, $0.pitch, $1.length) < ($1.onset, $1.pitch, $0.length) }) {
            if let last = voice.last, last.end > note.onset {
                if last.onset == note.onset { continue }
                if note.pitch > last.pitch, (note.onset - last.onset).rawValue * 2 < last.length.rawValue { continue }
                voice[voice.count - 1].length = note.onset - last.onset
            }
            voice.append(note)
        }
        return folded(voice, into: bassRange)
    }

    /// The highest voice in the line's range.
    static func line(_ notes: [NoteEvent]) -> [NoteEvent] { folded(notes.upperVoice(), into: lineRange) }

    /// A voice moved by octaves into a range, in whole runs where that is enough so that its contour stays: a run ends at a rest of a quarter or
    /// after 16 notes.
    static func folded(_ voice: [NoteEvent], into range: ClosedRange<Int>) -> [NoteEvent] {
        var moved: [NoteEvent] = []
        var run: [NoteEvent] = []
        func close() {
            let middle = run.map(\.pitch.number).sorted()[run.count / 2]
            let shift = Pitch(middle).folded(into: range).number - middle
            for var note in run {
                note.pitch = (note.pitch.transposed(by: shift) ?? note.pitch).folded(into: range)
                moved.append(note)
            }
            run = []
        }
        for note in voice {
            if let last = run.last, note.onset - last.end >= .quarter || run.count >= 16 { close() }
            run.append(note)
        }
        if !run.isEmpty { close() }
        return moved
    }

    /// Chords: what begins together with what is still held, at most five notes.
    ///
    /// A single note that moves while at least two are held is left out, so that held chords stay held.
    static func chords(_ notes: [NoteEvent], into range: ClosedRange<Int> = chordRange) -> [NoteEvent] {
        var struck: [NoteEvent] = []
        /// Where the notes of the last chord begin in `struck`.
        var lastChord = 0
        let sorted = notes.sorted(by: NoteEvent.inScoreOrder)
        var index = 0
        while index < sorted.count {
            let onset = sorted[index].onset
            var group: [NoteEvent] = []
            while index < sorted.count, sorted[index].onset == onset {
                group.append(sorted[index])
                index += 1
            }
            let held = struck[lastChord...].filter { $0.end > onset }
            if group.count == 1, held.count >= 2 { continue }
            for place in lastChord..<struck.count where struck[place].end > onset {
                struck[place].length = onset - struck[place].onset
            }
            var chord: [Pitch: NoteEvent] = [:]
            for note in group + held {
                var note = note
                note.length = note.end - onset
                note.onset = onset
                note.pitch = note.pitch.folded(into: range)
                if let known = chord[note.pitch], known.length >= note.length { continue }
                chord[note.pitch] = note
            }
            lastChord = struck.count
            struck += thinned(chord.values.sorted(by: NoteEvent.inScoreOrder))
        }
        return struck.filter { $0.length > .zero }
    }

    /// At most five notes of a chord, by pitch: doubled pitch classes go first, then the inner notes.
    private static func thinned(_ chord: [NoteEvent]) -> [NoteEvent] {
        var chord = chord
        while chord.count > voices {
            let inner = chord.indices.dropFirst().dropLast()
            let doubled = inner.first { place in
                chord.contains {
                    $0.pitch != chord[place].pitch && $0.pitch.pitchClass == chord[place].pitch.pitchClass
                }
            }
            chord.remove(at: doubled ?? inner[inner.startIndex + inner.count / 2])
        }
        return chord
    }

    /// Timpani as drums: the lowest pitch of the drums in use is the low tom, the others the high one.
    ///
    /// Which drum is the lower one is decided anew where the timpani have been silent for eight quarters.
    static func drums(_ timpani: [NoteEvent]) -> [NoteEvent] {
        var hits: [NoteEvent] = []
        var run: [NoteEvent] = []
        func close() {
            let low = run.map(\.pitch).min()
            hits += run.map { note in
                var hit = note
                hit.pitch = note.pitch == low ? Pitch(45) : Pitch(47)
                hit.length = .steps(3)
                return hit
            }
            run = []
        }
        for note in timpani.sorted(by: NoteEvent.inScoreOrder) {
            if let last = run.last, note.onset - last.end >= .quarter * 8 { close() }
            run.append(note)
        }
        if !run.isEmpty { close() }
        return hits
    }

    // MARK: a piano

    /// A piano's notes under a voice: the lowest voice to the bass, the highest to the line where the voice rests for a quarter or more, the rest to
    /// the chords. Doublings of the voice and of the bass in octaves are left out.
    static func piano(_ notes: [NoteEvent], under voice: [NoteEvent]) -> [Part: [NoteEvent]] {
        let doublings = Doublings(of: voice)
        let end = notes.map(\.end.nearestStep).max() ?? 0
        var lowest = [Int](repeating: 128, count: end + Grid.stepsPerQuarter)
        var highest = [Int](repeating: -1, count: lowest.count)
        for note in notes {
            for step in note.onset.nearestStep..<note.end.nearestStep {
                lowest[step] = min(lowest[step], note.pitch.number)
                highest[step] = max(highest[step], note.pitch.number)
            }
        }
        let rests = restingSteps(of: voice, count: lowest.count)
        var bass: [NoteEvent] = []
        var line: [NoteEvent] = []
        var rest: [NoteEvent] = []
        for note in notes.sorted(by: NoteEvent.inScoreOrder) {
            let step = note.onset.nearestStep
            let beat = step / Grid.stepsPerQuarter * Grid.stepsPerQuarter
            let floor = lowest[beat..<beat + Grid.stepsPerQuarter].min() ?? 128
            if note.pitch.number == lowest[step], note.pitch.number <= floor + 3, note.pitch.number < 60 {
                if bass.last?.onset != note.onset { bass.append(note) }
            } else if let low = bass.last, low.onset == note.onset, low.pitch.pitchClass == note.pitch.pitchClass,
                note.pitch.number < 60
            {
                continue
            } else if doublings.contains(note) {
                continue
            } else if rests[step], note.pitch.number == highest[step], note.pitch.number >= 60 {
                line.append(note)
            } else {
                rest.append(note)
            }
        }
        return [
            .bass: self.bass(bassLeavingOutDoublings(bass, of: doublings)), .line: self.line(line),
            .chords: chords(rest),
        ]
    }

    /// Steps inside rests of at least a quarter.
    private static func restingSteps(of voice: [NoteEvent], count: Int) -> [Bool] {
        var sounds = [Bool](repeating: false, count: count)
        for note in voice {
            for step in note.onset.nearestStep..<max(note.onset.nearestStep, min(count, note.end.nearestStep)) {
                sounds[step] = true
            }
        }
        var rests = [Bool](repeating: false, count: count)
        var start = 0
        for step in 0...count where step == count || sounds[step] {
            if step - start >= Grid.stepsPerQuarter {
                for resting in start..<step { rests[resting] = true }
            }
            start = step + 1
        }
        return rests
    }
}
