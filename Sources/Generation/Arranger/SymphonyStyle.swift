import Music

extension ArrangerStyle {
    /// Symphony: percussion with timpani, low strings, strings, horns or brass, winds.
    public static let symphony: ArrangerStyle = {
        var style = ArrangerStyle(
            genre: .symphony,
            groove: .straight,
            instrumentations: [
                orchestra(pad: 60, line: 73), orchestra(pad: 60, line: 68), orchestra(pad: 60, line: 71),
                orchestra(pad: 61, line: 73), orchestra(pad: 61, line: 68),
            ],
            ranges: [.bass: 28...57, .chords: 44...77, .pad: 46...70, .line: 55...86],
            library: [
                .fourFour: PatternLibrary(
                    grooves: SymphonyPercussion.fourFour, fills: SymphonyPercussion.quarterFills,
                    bass: SymphonyBass.fourFour, bassFills: SymphonyBass.quarterFills,
                    comping: SymphonyStrings.fourFour, answers: SymphonyWinds.quarters, pads: SymphonyHorns.fourFour),
                .threeFour: PatternLibrary(
                    grooves: SymphonyPercussion.threeFour,
                    fills: SymphonyPercussion.quarterFills.filter { $0.beats < 4 }, bass: SymphonyBass.threeFour,
                    bassFills: SymphonyBass.quarterFills, comping: SymphonyStrings.threeFour,
                    answers: SymphonyWinds.quarters, pads: SymphonyHorns.threeFour),
                .twoFour: PatternLibrary(
                    grooves: SymphonyPercussion.twoFour,
                    fills: SymphonyPercussion.quarterFills.filter { $0.beats < 3 }, bass: SymphonyBass.twoFour,
                    bassFills: SymphonyBass.quarterFills, comping: SymphonyStrings.twoFour,
                    answers: SymphonyWinds.quarters, pads: SymphonyHorns.twoFour),
                .sixEight: PatternLibrary(
                    grooves: SymphonyPercussion.sixEight, fills: SymphonyPercussion.dottedFills,
                    bass: SymphonyBass.sixEight, bassFills: SymphonyBass.dottedFills,
                    comping: SymphonyStrings.sixEight, answers: SymphonyWinds.dotted, pads: SymphonyHorns.sixEight),
            ])
        style.bass = BassManner(register: 34...48, detached: 0.8, velocity: 76)
        style.chords = Texture(register: 50...71, center: 61, voices: [3, 4, 4])
        style.pad = Texture(register: 52...64, center: 58, voices: [2, 3, 3])
        style.highMelody = 74
        // An orchestra sings with its melody, and its basses keep to the beats.
        style.listening.chords = (open: 0.9, flowing: 0.75, busy: 0.5)
        style.listening.chordsAlone = 0.3
        style.listening.chordsAloneWhenOpen = 0.5
        // Horns change on the beats.
        style.listening.padAlone = (onBeat: 0.7, offBeat: 0)
        style.listening.padPulls = false
        style.listening.bass = (open: 0.3, flowing: 0.25, busy: 0.1)
        style.listening.bassAlone = (offBeat: 0.05, onBeat: 0.6)
        style.turnaround = [
            Chord(root: 0, quality: .major), Chord(root: 9, quality: .minor), Chord(root: 2, quality: .minor),
            Chord(root: 7, quality: .seventh),
        ]
        return style
    }()

    /// The orchestra; a melody that nobody else sounds is played by violins.
    private static func orchestra(pad: Int, line: Int) -> Instrumentation {
        var instruments = instruments(drums: 48, bass: 43, chords: 48, pad: pad, line: line)
        instruments.melody = Program(40)
        return instruments
    }

    /// What the keys of the style's drums sound like.
    public var kit: DrumKit { DrumKit(program: instrumentations[0].programs[.drums]) }
}

/// What the horns hold. `x` all voices anew, `m` one inner voice moves.
enum SymphonyHorns {
    static let fourFour: [Figure] = [
        Figure("x- -- -- --", in: .fourFour),
        Figure("x- -- -- --|x- -- x- --", in: .fourFour),
        Figure("x- -- m- --|x- -- -- --", in: .fourFour),
        Figure("x- -- x- --|x- -- x- --", in: .fourFour, levels: 2...3),
    ]
    static let threeFour: [Figure] = [
        Figure("x- -- --", in: .threeFour), Figure("x- -- --|x- -- m-", in: .threeFour),
    ]
    static let twoFour: [Figure] = [
        Figure("x- --", in: .twoFour), Figure("x- --|x- m-", in: .twoFour),
    ]
    static let sixEight: [Figure] = [
        Figure("x-- ---", in: .sixEight), Figure("x-- ---|x-- m--", in: .sixEight),
    ]
}
