import Music

/// What makes an arranger play one genre: its instruments, its swing, and the patterns it draws from.
///
/// A new genre is new data of this type; the players that read it stay the same.
public struct ArrangerStyle: Sendable {
    public let genre: Genre
    /// Swing applied when the music is played; the notes stay on the grid.
    public let groove: Groove
    /// At least one; a seed picks among them.
    public let instrumentations: [Instrumentation]
    /// Sounding ranges as MIDI keys, drums left out.
    public let ranges: [Part: ClosedRange<Int>]

    let library: [MeterFamily: PatternLibrary]
    /// Contours of the line's answers and arpeggios: moves on the ladder of chord tones.
    let contours: [[Int]]

    /// The instruments for a seed.
    public func instrumentation(seed: UInt64) -> Instrumentation {
        var random = ArrangerRandom(seed: seed, stream: 91)
        return random.pick(instrumentations)
    }
}

/// The patterns of one metre.
struct PatternLibrary: Sendable {
    /// One bar or more; for each level 0...3 and each feel there is at least one.
    let grooves: [KitGroove]
    /// One beat up to a whole bar; played at a bar's end.
    let fills: [KitGroove]
    /// `R` root, `3` third, `5` fifth, `8` octave, `a` a step towards the next root.
    let bass: [Figure]
    /// As `bass`; one beat up to a bar, played at a bar's end.
    let bassFills: [Figure]
    /// `x` the chord, `X` accented, `o` soft, `b` its lowest voice, `u` the others, `1`...`4` one voice, `>` the next chord early.
    let comping: [Figure]
    /// `x` a note of the line, in gaps of the melody.
    let answers: [Figure]
}
