import Music

extension ArrangerStyle {
    /// Jazz: brushes or ride, a walking double bass, piano or guitar in shells, strings or saxophones, vibraphone or guitar.
    public static let jazz: ArrangerStyle = {
        var style = ArrangerStyle(
            genre: .jazz,
            groove: Groove(swing: 2.0 / 3),
            instrumentations: [
                instruments(drums: 32, bass: 32, chords: 0, pad: 48, line: 11),
                instruments(drums: 40, bass: 32, chords: 0, pad: 66, line: 26),
                instruments(drums: 40, bass: 32, chords: 26, pad: 48, line: 11),
                instruments(drums: 32, bass: 32, chords: 0, pad: 65, line: 26),
            ],
            ranges: [.bass: 28...50, .chords: 45...76, .pad: 46...80, .line: 48...84],
            library: [
                .fourFour: PatternLibrary(
                    grooves: JazzDrums.fourFour, fills: JazzDrums.quarterFills, bass: JazzBass.fourFour,
                    bassFills: JazzBass.quarterFills, comping: JazzComping.fourFour, answers: JazzLine.quarters,
                    pads: JazzPad.fourFour),
                .threeFour: PatternLibrary(
                    grooves: JazzDrums.threeFour, fills: JazzDrums.quarterFills.filter { $0.beats < 4 },
                    bass: JazzBass.threeFour, bassFills: JazzBass.quarterFills, comping: JazzComping.threeFour,
                    answers: JazzLine.quarters, pads: JazzPad.threeFour),
                .twoFour: PatternLibrary(
                    grooves: JazzDrums.twoFour, fills: JazzDrums.quarterFills.filter { $0.beats < 3 },
                    bass: JazzBass.twoFour, bassFills: JazzBass.quarterFills, comping: JazzComping.twoFour,
                    answers: JazzLine.quarters, pads: JazzPad.twoFour),
                .sixEight: PatternLibrary(
                    grooves: JazzDrums.sixEight, fills: JazzDrums.dottedFills, bass: JazzBass.sixEight,
                    bassFills: JazzBass.dottedFills, comping: JazzComping.sixEight, answers: JazzLine.dotted,
                    pads: JazzPad.sixEight),
            ])
        style.listening.bassAlone = (offBeat: 0.05, onBeat: 0.9)
        // A walking bass keeps its beats.
        style.listening.bassPulls = false
        style.listening.chordsAlone = 0.15
        style.listening.chordsAloneWhenOpen = 0.25
        style.addsSevenths = true
        style.bass = BassManner(isChromatic: true, detached: 0.2, velocity: 82)
        style.chords = Texture(register: 51...70, center: 59.5, voices: [3, 4, 4], isRootless: true)
        style.pad = Texture(register: 52...72, center: 62, voices: [2, 2, 3], isRootless: true)
        style.drumming.turnBeats = [1, 2]
        style.turnaround = [
            Chord(root: 0, quality: .majorSeventh), Chord(root: 9, quality: .minorSeventh),
            Chord(root: 2, quality: .minorSeventh), Chord(root: 7, quality: .seventh),
        ]
        return style
    }()
}
