import Music

/// A phrase by a seed: any of eight metres, pickups, triplets, long notes over bar lines, chords, rests, and none at all.
///
/// - Parameter voices: how many notes may sound at once beside chords: 1 gives a line, in which only notes that begin and end
///   together overlap.
public func randomPhrase(_ seed: UInt64, voices: Int = 1) -> Phrase {
    var draws = Draws(seed: seed)
    let meters = ["4/4", "3/4", "6/8", "2/4", "5/4", "7/8", "12/8", "2/2"].map { Meter($0)! }
    let meter = meters[draws.index(weights: [4, 2, 2, 1, 1, 1, 1, 1])]
    let bars = 1 + draws.index(weights: [1, 1, 1, 1, 1, 1, 1, 1])
    let tempo = Tempo(quartersPerMinute: Double(400 + Int(draws.uniform() * 1600)) / 10)!
    let bar = meter.stepsPerBar
    var notes: [NoteEvent] = []
    var now = draws.happens(0.4) ? bar - min(bar, [3, 6, 8, 12, 18][draws.index(weights: [1, 2, 1, 2, 1])]) : 0
    var pitch = 55 + Int(draws.uniform() * 20)
    var isSilent = draws.happens(0.05)
    while now < bars * bar {
        var lengths = [[1, 2, 3, 6, 9, 12, 18, 24, 36, 60][draws.index(weights: [0.2, 0.2, 2, 4, 1, 5, 2, 2, 1, 1])]]
        if now % 12 == 0, draws.happens(0.2) { lengths = draws.happens(0.5) ? [4, 4, 4] : [8, 4] }
        if now % 24 == 0, draws.happens(0.1) { lengths = [8, 8, 8] }
        for length in lengths {
            pitch = min(88, max(40, pitch + Int(draws.uniform() * 11) - 5))
            if !isSilent, draws.happens(0.85) {
                let velocity = Velocity(40 + Int(draws.uniform() * 80))
                func add(_ below: Int, _ length: Int) {
                    notes.append(
                        NoteEvent(
                            pitch: Pitch(pitch - below), onset: .steps(now), length: .steps(length), velocity: velocity)
                    )
                }
                add(0, length)
                if draws.happens(0.1) { add(4, length) }
                if draws.happens(0.05) { add(7, length) }
                if voices > 1, draws.happens(0.15) { add(12, length + Int(draws.uniform() * 30)) }
            }
            now += length
        }
        if draws.happens(0.01) { isSilent = true }
    }
    return Phrase(
        notes: notes.soundingOnce(until: meter.bar * bars), meter: meter, tempo: tempo, bars: bars)
}

/// A harmony for a phrase by a seed: any of the 84 chords, often the one before.
public func randomPlan(_ seed: UInt64, for phrase: Phrase) -> ChordPlan {
    var draws = Draws(seed: Draws.seed(seed, stream: 1))
    let window = phrase.meter.harmonyWindow
    var chords: [Chord] = []
    for _ in 0..<phrase.length.rawValue / window.rawValue {
        let new = Chord(index: Int(draws.uniform() * Double(Chord.count)))
        chords.append(draws.happens(0.4) ? chords.last ?? new : new)
    }
    return ChordPlan(window: window, chords: chords)
}
