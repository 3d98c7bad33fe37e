import Music

/// A note in grid steps.
func note(_ pitch: Int, _ onset: Int, _ length: Int) -> NoteEvent {
    NoteEvent(pitch: Pitch(pitch), onset: .steps(onset), length: .steps(length), velocity: .mezzoForte)
}

func chord(_ pitches: [Int], _ onset: Int, _ length: Int) -> [NoteEvent] {
    pitches.map { note($0, onset, length) }
}

func near(_ a: Double?, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
    a.map { abs($0 - b) < tolerance } ?? false
}
