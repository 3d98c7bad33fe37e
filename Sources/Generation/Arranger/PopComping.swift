/// Piano figures of pop. `x` the chord, `X` accented, `o` soft, `b` its lowest voice, `u` the others, `1`...`4` one voice
/// counted from below, `>` the next chord early.
enum PopComping: PatternTable {
    static let fourFour: [Figure] = [
        // thin
        figure("x- -- x- --"),
        figure("x- -- -x --"),
        figure("x- -- x- -x"),
        figure("b- u- -- --|b- u- b- u-"),
        figure("x--- --.. ..x- ----", 0...2),
        figure("x-- --- x-- --x"),
        // moderate
        figure("x- x- x- x-", 0...2),
        figure("x- u- x- u-|x- u- xu u-", 0...2),
        figure("X- -x -x --|X- -x -x -x", 0...3),
        figure("X. .x .x x.|X. .x .x .>", 1...3),
        figure("X- u- bu -u", 1...3),
        figure("b- X. bo X.", 1...3),
        figure(".. X. .. X.|b. X. .x X.", 1...2),
        figure("X--x --x- --x- ----", 1...3),
        figure("x-- x-o x-- x-o", 0...2),
        // full
        figure("Xo xo Xo xo", 2...3),
        figure("Xo x. ox x.|Xo x. ox xo", 1...3),
        figure("X. xo .x o.|X. xo .x x.", 1...3),
        figure("bu bu bu bu|bu bu bu xx", 1...3),
        figure("X.xo .oX. x.xo .ox.", 1...3),
        figure("12 34 32 34", 0...2, rings: true),
        figure("13 24 32 43|13 24 34 32", 0...2, rings: true),
        figure("1232 4323 1232 4323", 0...1, rings: true),
        figure("123 432 123 432", 0...2, rings: true),
        figure("xox Xox xox Xox", 2...3),
    ]
    static let threeFour: [Figure] = [
        Figure("x- -- --|x- -- x-", in: .threeFour),
        Figure("b- u- --|b- -- u-", in: .threeFour),
        Figure("b- u- u-", in: .threeFour, levels: 0...2),
        Figure("b. u. u.|b. uo u.", in: .threeFour),
        Figure("X- -x x-|X- -x xo", in: .threeFour, levels: 1...3),
        Figure("X- -x -x", in: .threeFour, levels: 1...3),
        Figure("bu xu xu|bu xo xu", in: .threeFour, levels: 1...3),
        Figure("Xo xo xo|Xo xo Xx", in: .threeFour, levels: 2...3),
        Figure("12 34 32|13 24 32", in: .threeFour, levels: 0...2, rings: true),
        Figure("12 32 42", in: .threeFour, levels: 0...3, rings: true),
        Figure("X.xo .oX. x.xo", in: .threeFour, levels: 1...3),
        Figure("b-- x-o x-o", in: .threeFour, levels: 0...3),
    ]
    static let twoFour: [Figure] = [
        Figure("x- --|x- x-", in: .twoFour),
        Figure("x- --", in: .twoFour),
        Figure("b- u-", in: .twoFour),
        Figure("b- x-|bu x-", in: .twoFour),
        Figure("X- -x|X- ox", in: .twoFour),
        Figure("bx bx|bx bu", in: .twoFour),
        Figure("Xo xo|Xo Xx", in: .twoFour, levels: 1...3),
        Figure("12 34|32 34", in: .twoFour, levels: 0...2, rings: true),
        Figure("X.xo .ox.", in: .twoFour, levels: 1...3),
    ]
    static let sixEight: [Figure] = [
        Figure("x-- ---|x-- x--", in: .sixEight),
        Figure("x-- --u", in: .sixEight),
        Figure("b-- u--", in: .sixEight),
        Figure("b-u b-u|b-u x-u", in: .sixEight),
        Figure("X-- x-o|X-o x-o", in: .sixEight),
        Figure("X.x x.x", in: .sixEight, levels: 1...3),
        Figure("Xoo xoo", in: .sixEight, levels: 1...3),
        Figure("buu buu|buu xux", in: .sixEight, levels: 0...3),
        Figure("123 432", in: .sixEight, levels: 0...3, rings: true),
        Figure("134 243|124 342", in: .sixEight, levels: 0...2, rings: true),
        Figure("X.xo.o X.xo.o", in: .sixEight, levels: 1...3),
    ]
}
