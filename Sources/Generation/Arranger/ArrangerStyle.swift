import Music

/// What makes an arranger play one genre: its instruments, its swing, the patterns it draws from, and its manners.
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
    /// How much the players follow the melody's rhythm.
    var listening = Listening()
    /// Voicings of the chords and of the pad.
    var chords = Texture(register: 51...70, center: 59, voices: [3, 4, 4])
    var pad = Texture(register: 52...72, center: 62, voices: [2, 3, 3])
    /// How the bass gets from root to root.
    var bass = BassManner()
    var drumming = DrumManner()
    /// Triads of the key become sevenths where the melody leaves room: the colour of jazz.
    var addsSevenths = false
    /// A melody whose middle lies here or higher has the line below it, another one above.
    var highMelody = 67
    /// Share of arrangements in triplets where the melody has neither off-beat eighths nor sixteenths.
    var shuffled = 0.0
    /// Degrees that lead into the first chord, one a bar, the last one nearest to it: what an introduction plays.
    var turnaround: [Chord] = [
        Chord(root: 0, quality: .major), Chord(root: 9, quality: .minor), Chord(root: 5, quality: .major),
        Chord(root: 7, quality: .seventh),
    ]

    /// Sections, fills and cymbals may be written without a kit's backbeat; what a fill does is in the library.
    init(
        genre: Genre, groove: Groove, instrumentations: [Instrumentation], ranges: [Part: ClosedRange<Int>],
        library: [MeterFamily: PatternLibrary]
    ) {
        self.genre = genre
        self.groove = groove
        self.instrumentations = instrumentations
        self.ranges = ranges
        self.library = library
    }

    /// Off-beat eighths are swung: triplets belong to the feel, sixteenths do not.
    var isSwung: Bool { groove.swing > 0.55 }

    /// The instruments for a seed.
    public func instrumentation(seed: UInt64) -> Instrumentation {
        var random = ArrangerRandom(seed: seed, stream: 91)
        return random.pick(instrumentations)
    }

    /// The instruments of the band, as General MIDI programs; the melody keeps a piano.
    static func instruments(drums: Int, bass: Int, chords: Int, pad: Int, line: Int) -> Instrumentation {
        Instrumentation(
            programs: [
                .drums: Program(drums), .bass: Program(bass), .chords: Program(chords), .pad: Program(pad),
                .line: Program(line),
            ], melody: Program(0))
    }
}

/// How much the players take over of the melody's rhythm. Shares in 0...1.
struct Listening: Sendable {
    /// Of the melody's onsets in a bar, those that the chords strike with it: under an open, a flowing and a busy melody.
    var chords = (open: 1.0, flowing: 0.9, busy: 0.5)
    /// The same for the bass.
    var bass = (open: 0.6, flowing: 0.5, busy: 0.3)
    /// How likely a chord of the figure stays that falls on none of the melody's onsets.
    var chordsAlone = 0.15
    /// The same under an open melody.
    var chordsAloneWhenOpen = 0.15
    /// The same for a bass note off the beats, and on a beat that is neither the bar's first nor a change of harmony.
    var bassAlone = (offBeat: 0.08, onBeat: 0.35)
    /// Bass notes are pulled onto the melody's that are at most half a beat away.
    var bassPulls = true
    /// How likely the pad moves where the melody does not, on a beat and off it, and whether its moves are pulled onto the melody's.
    var padAlone = (onBeat: 0.4, offBeat: 0.15)
    var padPulls = true
    /// How likely the kick of the groove stays where the melody has nothing.
    var kickAlone = 0.75
}

/// Where and how thick a part's chords lie.
struct Texture: Sendable {
    /// In the normalised key: with a tritone of room to the part's range either way.
    let register: ClosedRange<Int>
    let center: Double
    /// A seed picks the number of voices, 2 to 4.
    let voices: [Int]
    /// The root may be left to the bass: shells of third, seventh and fifth.
    var isRootless = false
}

/// How a bass moves.
struct BassManner: Sendable {
    /// In the normalised key.
    var register = 33...48
    /// A semitone from below or above leads to the next root; otherwise the scale's neighbour.
    var isChromatic = false
    /// Share of arrangements in which quarters are played short.
    var detached = 0.6
    /// What is left of a quarter that is played short.
    var shortness = 0.75
    var velocity = 86
}

/// How a drummer fills out the patterns.
struct DrumManner: Sendable {
    /// How likely the third bar of four has a soft stroke more.
    var ghosts = 0.7
    /// How likely the kick leads from the last of four bars into the next.
    var leads = 0.6
    /// The shaker plays all the time and not only in the second half of a section.
    var shakesThroughout = false
    /// Beats of the fill before a change; a seed picks one.
    var turnBeats = [2, 2, 1]
}

/// The patterns of one metre.
struct PatternLibrary: Sendable {
    /// One bar or more; for each level 0...3 and each feel there is at least one.
    let grooves: [KitGroove]
    /// One beat up to a whole bar; played at a bar's end.
    let fills: [KitGroove]
    /// `R` root, `3` third, `5` fifth, `7` seventh or sixth, `8` octave, `w` walks on, `a` a step towards the next root.
    let bass: [Figure]
    /// As `bass`; one beat up to a bar, played at a bar's end.
    let bassFills: [Figure]
    /// `x` the chord, `X` accented, `o` soft, `b` its lowest voice, `u` the others, `1`...`4` one voice, `>` the next chord early.
    let comping: [Figure]
    /// `x` a note of the line, in gaps of the melody.
    let answers: [Figure]
    /// `x` all voices anew, `m` one inner voice moves; what is held rings on. Empty: whole bars.
    var pads: [Figure] = []
}
