import Music

/// Small music for the tests: onsets and lengths in grid steps.
func note(_ pitch: Int, _ onset: Int, _ length: Int, _ velocity: Int = 80) -> NoteEvent {
    NoteEvent(pitch: Pitch(pitch), onset: .steps(onset), length: .steps(length), velocity: Velocity(velocity))
}

func phrase(_ notes: [NoteEvent], bars: Int, meter: Meter = .fourFour) -> Phrase {
    Phrase(notes: notes, meter: meter, tempo: .moderate, bars: bars)
}

/// An ascending and descending C major scale in quarters.
func scale(bars: Int, meter: Meter = .fourFour, up semitones: Int = 0) -> Phrase {
    let steps = [60, 62, 64, 65, 67, 69, 71, 72, 72, 71, 69, 67, 65, 64, 62, 60]
    let count = bars * meter.stepsPerBar / 12
    return phrase(
        (0..<count).map { note(steps[$0 % steps.count] + semitones, $0 * 12, 12) }, bars: bars, meter: meter)
}

/// I IV V7 I, one chord a bar.
func cadence(bars: Int, meter: Meter = .fourFour) -> ChordPlan {
    let chords = [
        Chord(root: 0, quality: .major), Chord(root: 5, quality: .major), Chord(root: 7, quality: .seventh),
        Chord(root: 0, quality: .major),
    ]
    let windows = meter.bar.rawValue / meter.harmonyWindow.rawValue
    return ChordPlan(
        window: meter.harmonyWindow, chords: (0..<bars * windows).map { chords[$0 / windows % chords.count] })
}

/// A small band under `cadence` that keeps to the codec's rules: smooth voicings, one voice in bass and line.
func band(bars: Int, meter: Meter = .fourFour) -> [Part: [NoteEvent]] {
    let bar = meter.stepsPerBar
    let roots = [36, 41, 43, 36]
    let voicings = [[52, 55, 60], [53, 57, 60], [53, 55, 59, 62], [52, 55, 60]]
    let pads = [[55, 64], [57, 65], [59, 65], [60, 64]]
    let lines = [76, 77, 77, 76]
    var parts: [Part: [NoteEvent]] = [:]
    for index in 0..<bars {
        let start = index * bar
        let kind = index % 4
        parts[.bass, default: []] += [note(roots[kind], start, 12, 90), note(roots[kind] + 7, start + 12, 9, 70)]
        parts[.chords, default: []] += voicings[kind].map { note($0, start + 6, 6, 60) }
        parts[.chords, default: []] += voicings[kind].map { note($0, start + 18, 6, 64) }
        parts[.pad, default: []] += pads[kind].map { note($0, start, bar, 50) }
        parts[.line, default: []] += [note(lines[kind], start + 16, 8, 75)]
        parts[.drums, default: []] += [note(36, start, 3, 100), note(42, start, 3, 60), note(38, start + 12, 3, 90)]
    }
    return parts.mapValues { $0.sorted(by: NoteEvent.inScoreOrder) }
}
