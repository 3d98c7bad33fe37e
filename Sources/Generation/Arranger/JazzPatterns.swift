/// Bass figures of jazz: in two at the low levels, walking above. Symbols as in `PatternLibrary.bass`.
enum JazzBass: PatternTable {
    static let fourFour: [Figure] = [
        figure("R - 5 -|R - 5 a", 0...0),
        figure("R - 5 w|R - 3 a", 0...0),
        figure("R - w 5|R w 5 a", 0...1),
        figure("R - 3 5|R w w a", 0...1),
        figure("R - w a|R w w a", 0...2),
        figure("R w w a", 0...3),
        figure("R w 5 a|R 3 5 a", 0...3),
        figure("R 3 5 w|R w w a", 1...3),
        figure("R 5 w a|R w w a", 1...3),
        figure("R w ww a|R w w a", 2...3),
        figure("R ww w a|R w w wa", 2...3),
    ]
    static let threeFour: [Figure] = [
        Figure("R - -|R - 5", in: .threeFour, levels: 0...1),
        Figure("R - 5|R - a", in: .threeFour, levels: 0...2),
        Figure("R- -5 -|R - a", in: .threeFour, levels: 0...2),
        Figure("R w a|R 3 5", in: .threeFour, levels: 1...3),
        Figure("R 5 a|R w a", in: .threeFour, levels: 1...3),
        Figure("R w wa|R w a", in: .threeFour, levels: 2...3),
    ]
    static let twoFour: [Figure] = [
        Figure("R -|R 5", in: .twoFour, levels: 0...1),
        Figure("R 5|R a", in: .twoFour, levels: 0...2),
        Figure("R 3|R a", in: .twoFour, levels: 0...2),
        Figure("R w|w a", in: .twoFour, levels: 1...3),
        Figure("R w|R a", in: .twoFour, levels: 1...3),
        Figure("R wa|R w", in: .twoFour, levels: 2...3),
    ]
    static let sixEight: [Figure] = [
        Figure("R-- 5--|R-- a--", in: .sixEight, levels: 0...1),
        Figure("R-- ---|R-- 5-a", in: .sixEight, levels: 0...1),
        Figure("R-- --5|R-- 5-a", in: .sixEight, levels: 0...2),
        Figure("R-w 5-a|R-5 w-a", in: .sixEight, levels: 1...3),
        Figure("R-5 8-5|R-5 w-a", in: .sixEight, levels: 1...3),
        Figure("R-w w-w|R-w w-a", in: .sixEight, levels: 2...3),
    ]
    static let quarterFills: [Figure] = [
        figure("wa", 0...3), figure("5a", 0...3), figure("w a", 0...3), figure("ww a", 1...3), figure("w5a", 1...3),
        figure("5 wa", 1...3), figure("w w a", 0...3),
    ]
    static let dottedFills: [Figure] = [
        Figure("5-a", in: .sixEight), Figure("w-a", in: .sixEight), Figure("wwa", in: .sixEight, levels: 1...3),
        Figure("w-w w-a", in: .sixEight),
    ]
}

/// Comping of jazz: Charleston and its shifts, anticipations, four to the bar. Symbols as in `PatternLibrary.comping`.
enum JazzComping: PatternTable {
    static let fourFour: [Figure] = [
        // thin
        figure("X- -x .. .."),
        figure("X- -x .. ..|.. .x -- .."),
        figure(".. .x -- --|x- -- .. .x"),
        figure("x- -- -- .x"),
        figure("x- -- x- --", 0...1),
        figure(".. x. .. x.", 0...2),
        // moderate
        figure("X- -x .. .x|.. x- .x .."),
        figure("x- .. .x -.|.. .x .. x-"),
        figure("X. .x .. x-|.x -- .. .>", 1...3),
        figure(".x -. .x -.|.x -. x- .>", 1...3),
        figure("X. .x .x -.|.. .x -. .>", 1...3),
        figure("x. X. x. X.", 0...2),
        figure("o. X. o. X.|o. X. ox .x", 1...3),
        figure("x.. ..x -.. x..", 0...2),
        figure("x.. x.x ..x -..", 1...3),
        // full
        figure("x. X. x. Xx", 1...3),
        figure("X. xx .x x.|.x x. .x .>", 1...3),
        figure("X. .x X. .x|x. xx .x x.", 2...3),
        figure("X.x .x. x.x ..x", 1...3),
    ]
    static let threeFour: [Figure] = [
        Figure("x- -- --|x- -x --", in: .threeFour),
        Figure("X- -x --", in: .threeFour),
        Figure(".. x- --|.. x- x.", in: .threeFour),
        Figure(".. x. x.|.. x. .x", in: .threeFour, levels: 0...2),
        Figure("X. .x -.|.x -. x.", in: .threeFour, levels: 1...3),
        Figure("X- .x .x|.. x- .>", in: .threeFour, levels: 1...3),
        Figure("X. x. x.|X. xx .x", in: .threeFour, levels: 1...3),
        Figure("x. xx xo|x. xx .x", in: .threeFour, levels: 1...3),
        Figure("x.. ..x -..|... x.x ...", in: .threeFour),
    ]
    static let twoFour: [Figure] = [
        Figure("x- --|x- .x", in: .twoFour),
        Figure("X- -x", in: .twoFour),
        Figure(".. x.|.. xx", in: .twoFour),
        Figure("x. X.|.x X.", in: .twoFour),
        Figure("X. .x|.x .>", in: .twoFour, levels: 1...3),
        Figure("xo Xo|xx .x", in: .twoFour, levels: 1...3),
        Figure("x.. ..x|... x..", in: .twoFour),
    ]
    static let sixEight: [Figure] = [
        Figure("x-- ---|x-- --x", in: .sixEight),
        Figure("X-- --x", in: .sixEight),
        Figure("..x -..|..x x..", in: .sixEight),
        Figure("x-- x--|x-x --.", in: .sixEight),
        Figure("X.x .x.|..x .x.", in: .sixEight, levels: 1...3),
        Figure("X.x x.x|x.x .xx", in: .sixEight, levels: 1...3),
    ]
}

/// The rhythms that vibraphone or guitar put into the melody's gaps: `x` a note.
enum JazzLine {
    static let quarters: [Figure] = [
        Figure("xx xx xx xx", in: .fourFour),
        Figure("x- xx xx x-", in: .fourFour),
        Figure(".x xx x- .x", in: .fourFour),
        Figure("xx x- -x x-", in: .fourFour),
        Figure("xxx x- xx x-", in: .fourFour),
        Figure("x- xxx x- xx", in: .fourFour),
        Figure(".x -x xx x-", in: .fourFour),
    ]
    static let dotted: [Figure] = [
        Figure("xxx xxx", in: .sixEight),
        Figure("x-x xxx", in: .sixEight),
        Figure("xxx x--", in: .sixEight),
        Figure(".xx x-x", in: .sixEight),
    ]
}

/// Backgrounds of the section: guide tones, held or swelling into the next chord. Symbols as in `PatternLibrary.pads`.
enum JazzPad: PatternTable {
    static let fourFour: [Figure] = [
        figure("x - - -"), figure("x - - -|- - m -"), figure("x - - .|. . x -"), figure("x- -- -m --"),
        figure("x - - -|x- -. .x --", 1...3),
    ]
    static let threeFour: [Figure] = [
        Figure("x - -", in: .threeFour), Figure("x - -|- m -", in: .threeFour), Figure("x- -m --", in: .threeFour),
    ]
    static let twoFour: [Figure] = [Figure("x -", in: .twoFour), Figure("x -|- m", in: .twoFour)]
    static let sixEight: [Figure] = [Figure("x-- ---", in: .sixEight), Figure("x-- ---|--- m--", in: .sixEight)]
}
