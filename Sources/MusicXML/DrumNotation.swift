import Music

/// Where a drum is written on a staff of five lines, and how.
struct DrumSign: Hashable {
    var name: String
    /// The line or space, named as in the treble clef.
    var step: String
    var octave: Int
    /// MusicXML's notehead; nil for the usual one.
    var head: String?
    /// Struck by a foot: written in the second voice, stems down.
    var isFoot = false
}

extension DrumSign {
    /// The sign of a key of the drum channel. Keys without a usual place lie on the line below the top one.
    ///
    /// - Note: N. Weinberg, *Guide to Standardized Drumset Notation* (1998), for the drum set.
    init(key: Int) {
        switch key {
        case 35, 36: self.init("Bass Drum", "F", 4, isFoot: true)
        case 37: self.init("Side Stick", "C", 5, head: "x")
        case 38, 40: self.init("Snare", "C", 5)
        case 39: self.init("Hand Clap", "C", 5, head: "x")
        case 41, 43: self.init("Floor Tom", "A", 4)
        case 42: self.init("Closed Hi-Hat", "G", 5, head: "x")
        case 44: self.init("Pedal Hi-Hat", "D", 4, head: "x", isFoot: true)
        case 45: self.init("Low Tom", "B", 4)
        case 46: self.init("Open Hi-Hat", "G", 5, head: "circle-x")
        case 47, 48: self.init("Mid Tom", "D", 5)
        case 49, 57: self.init("Crash Cymbal", "A", 5, head: "x")
        case 50: self.init("High Tom", "E", 5)
        case 51, 59: self.init("Ride Cymbal", "F", 5, head: "x")
        case 52: self.init("China Cymbal", "C", 6, head: "x")
        case 53: self.init("Ride Bell", "F", 5, head: "diamond")
        case 54: self.init("Tambourine", "B", 5, head: "triangle")
        case 55: self.init("Splash Cymbal", "B", 5, head: "x")
        case 56: self.init("Cowbell", "E", 5, head: "triangle")
        default: self.init("Percussion \(key)", "D", 5, head: "diamond")
        }
    }

    private init(_ name: String, _ step: String, _ octave: Int, head: String? = nil, isFoot: Bool = false) {
        self.name = name
        self.step = step
        self.octave = octave
        self.head = head
        self.isFoot = isFoot
    }

    /// The hits of a drum part as two voices, hands and feet. A hit is written to the voice's next one, or to the end of its beat.
    static func voices(_ notes: [NoteEvent], until end: Int, on grid: BarGrid) -> [[WrittenChord]] {
        [false, true].map { isFoot in
            let own = notes.filter { DrumSign(key: $0.pitch.number).isFoot == isFoot }
            var hits: [Int: Set<Pitch>] = [:]
            for note in own { hits[note.onset.nearestStep, default: []].insert(note.pitch) }
            let onsets = hits.keys.filter { $0 >= 0 && $0 < end }.sorted()
            return onsets.indices.map { index in
                let onset = onsets[index]
                let next = index + 1 < onsets.count ? onsets[index + 1] : end
                let beat = onset - onset % grid.length % grid.beat + grid.beat
                return WrittenChord(onset: onset, end: min(next, beat, end), pitches: hits[onset]!.sorted())
            }
        }
    }
}
