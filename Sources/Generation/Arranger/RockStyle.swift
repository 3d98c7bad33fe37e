import Music

extension ArrangerStyle {
    /// Rock: power kit, picked or fingered bass, overdriven guitar, organ, clean guitar.
    public static let rock: ArrangerStyle = {
        var style = ArrangerStyle(
            genre: .rock,
            groove: .straight,
            instrumentations: [
                instruments(drums: 16, bass: 34, chords: 30, pad: 18, line: 27),
                instruments(drums: 16, bass: 33, chords: 29, pad: 16, line: 27),
                instruments(drums: 16, bass: 34, chords: 29, pad: 18, line: 27),
                instruments(drums: 16, bass: 33, chords: 30, pad: 16, line: 27),
            ],
            ranges: [.bass: 28...50, .chords: 41...76, .pad: 48...78, .line: 48...86],
            library: [
                .fourFour: PatternLibrary(
                    grooves: RockDrums.fourFour, fills: RockDrums.quarterFills, bass: RockBass.fourFour,
                    bassFills: RockBass.quarterFills, comping: RockComping.fourFour, answers: RockLine.quarters,
                    pads: RockPad.fourFour),
                .threeFour: PatternLibrary(
                    grooves: RockDrums.threeFour, fills: RockDrums.quarterFills.filter { $0.beats < 4 },
                    bass: RockBass.threeFour, bassFills: RockBass.quarterFills, comping: RockComping.threeFour,
                    answers: RockLine.quarters, pads: RockPad.threeFour),
                .twoFour: PatternLibrary(
                    grooves: RockDrums.twoFour, fills: RockDrums.quarterFills.filter { $0.beats < 3 },
                    bass: RockBass.twoFour, bassFills: RockBass.quarterFills, comping: RockComping.twoFour,
                    answers: RockLine.quarters, pads: RockPad.twoFour),
                .sixEight: PatternLibrary(
                    grooves: RockDrums.sixEight, fills: RockDrums.dottedFills, bass: RockBass.sixEight,
                    bassFills: RockBass.dottedFills, comping: RockComping.sixEight, answers: RockLine.dotted,
                    pads: RockPad.sixEight),
            ])
        style.bass = BassManner(register: 31...43, detached: 0.6, velocity: 92)
        style.chords = Texture(register: 53...70, center: 60, voices: [3, 3, 4])
        style.pad = Texture(register: 56...72, center: 63, voices: [2, 3, 3])
        style.shuffled = 0.5
        // The band drives on under the melody and strikes with it.
        style.listening.chords = (open: 0.95, flowing: 0.85, busy: 0.5)
        style.listening.chordsAlone = 0.32
        style.listening.chordsAloneWhenOpen = 0.8
        style.listening.bass = (open: 0.6, flowing: 0.55, busy: 0.35)
        style.listening.bassAlone = (offBeat: 0.3, onBeat: 0.6)
        style.drumming.turnBeats = [2]
        style.turnaround = [
            Chord(root: 0, quality: .major), Chord(root: 10, quality: .major), Chord(root: 5, quality: .major),
            Chord(root: 7, quality: .major),
        ]
        return style
    }()
}

/// What the organ holds. `x` all voices anew, `m` one inner voice moves.
enum RockPad {
    static let fourFour: [Figure] = [
        Figure("x- -- -- --", in: .fourFour),
        Figure("x- -- -- --|x- -- -- m-", in: .fourFour),
        Figure("x- -- m- --|x- -- -- --", in: .fourFour),
        Figure("x- -- x- --|x- -- -- --", in: .fourFour, levels: 2...3),
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
