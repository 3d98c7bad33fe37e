import Music

extension ArrangerStyle {
    /// Pop: standard kit, finger bass, piano or electric piano, pad or strings, guitar.
    public static let pop = ArrangerStyle(
        genre: .pop,
        groove: .straight,
        instrumentations: [
            instruments(chords: 0, pad: 89, line: 27), instruments(chords: 4, pad: 89, line: 24),
            instruments(chords: 0, pad: 50, line: 24), instruments(chords: 4, pad: 50, line: 27),
        ],
        ranges: [.bass: 28...52, .chords: 48...76, .pad: 50...80, .line: 48...84],
        library: [
            .fourFour: PatternLibrary(
                grooves: PopDrums.fourFour, fills: PopDrums.quarterFills, bass: PopBass.fourFour,
                bassFills: PopBass.quarterFills, comping: PopComping.fourFour, answers: PopLine.quarters),
            .threeFour: PatternLibrary(
                grooves: PopDrums.threeFour, fills: PopDrums.quarterFills.filter { $0.beats < 4 },
                bass: PopBass.threeFour, bassFills: PopBass.quarterFills, comping: PopComping.threeFour,
                answers: PopLine.quarters),
            .twoFour: PatternLibrary(
                grooves: PopDrums.twoFour, fills: PopDrums.quarterFills.filter { $0.beats < 3 },
                bass: PopBass.twoFour, bassFills: PopBass.quarterFills, comping: PopComping.twoFour,
                answers: PopLine.quarters),
            .sixEight: PatternLibrary(
                grooves: PopDrums.sixEight, fills: PopDrums.dottedFills, bass: PopBass.sixEight,
                bassFills: PopBass.dottedFills, comping: PopComping.sixEight, answers: PopLine.dotted),
        ],
        contours: PopLine.contours)

    private static func instruments(chords: Int, pad: Int, line: Int) -> Instrumentation {
        Instrumentation(
            programs: [
                .drums: Program(0), .bass: Program(33), .chords: Program(chords), .pad: Program(pad),
                .line: Program(line),
            ], melody: Program(0))
    }
}
