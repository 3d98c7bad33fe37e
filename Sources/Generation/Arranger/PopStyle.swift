import Music

extension ArrangerStyle {
    /// Pop: standard kit, finger bass, piano or electric piano, pad or strings, guitar.
    public static let pop: ArrangerStyle = {
        var style = popBand
        style.bass.detached = 1
        style.bass.shortness = 0.55
        style.listening.bassAlone = (offBeat: 0.5, onBeat: 0.5)
        style.listening.chordsAlone = 0.45
        style.listening.chordsAloneWhenOpen = 0.6
        style.drumming = DrumManner(ghosts: 0, leads: 0.05, shakesThroughout: true)
        return style
    }()

    private static let popBand = ArrangerStyle(
        genre: .pop,
        groove: .straight,
        instrumentations: [
            instruments(drums: 0, bass: 33, chords: 0, pad: 89, line: 27),
            instruments(drums: 0, bass: 33, chords: 4, pad: 89, line: 24),
            instruments(drums: 8, bass: 33, chords: 0, pad: 50, line: 24),
            instruments(drums: 0, bass: 33, chords: 4, pad: 50, line: 27),
        ],
        ranges: [.bass: 28...52, .chords: 45...76, .pad: 46...80, .line: 48...84],
        library: [
            .fourFour: PatternLibrary(
                grooves: PopDrums.fourFour, fills: PopDrums.quarterFills, bass: PopBass.fourFour,
                bassFills: PopBass.quarterFills, comping: PopComping.fourFour, answers: PopLine.quarters,
                pads: PopPad.fourFour),
            .threeFour: PatternLibrary(
                grooves: PopDrums.threeFour, fills: PopDrums.quarterFills.filter { $0.beats < 4 },
                bass: PopBass.threeFour, bassFills: PopBass.quarterFills, comping: PopComping.threeFour,
                answers: PopLine.quarters, pads: PopPad.threeFour),
            .twoFour: PatternLibrary(
                grooves: PopDrums.twoFour, fills: PopDrums.quarterFills.filter { $0.beats < 3 },
                bass: PopBass.twoFour, bassFills: PopBass.quarterFills, comping: PopComping.twoFour,
                answers: PopLine.quarters, pads: PopPad.twoFour),
            .sixEight: PatternLibrary(
                grooves: PopDrums.sixEight, fills: PopDrums.dottedFills, bass: PopBass.sixEight,
                bassFills: PopBass.dottedFills, comping: PopComping.sixEight, answers: PopLine.dotted,
                pads: PopPad.sixEight),
        ])
}
