/// Guitar figures of rock. `p` a power chord (root, fifth, octave), `P` accented, `m` the same palm-muted, `x` an open strum, `X` accented,
/// `o` soft, `b` its lowest voice, `u` the others, `1`...`4` one voice, `>` the next chord early.
enum RockComping: PatternTable {
    static let fourFour: [Figure] = [
        // thin
        figure("x- -- -- --|x- -- -x --", 0...2),
        figure("x- -- x- --"),
        figure("P- -- -- --|P- -- -p --", 1...3),
        figure("P- -- p- --", 1...3),
        figure("x-- --- x-- --x"),
        figure("P--- ...p ---- ----", 1...3),
        // moderate
        figure("x- x- x- x-|x- x- x- xo", 0...2),
        figure("12 32 12 32", 0...1, rings: true),
        figure("b- x- b- x-|b- x- bo x-", 0...2),
        figure("P- -m m- P-|P- -m m- p-", 1...3),
        figure("X- -x -x --|X- -x -x x-", 0...3),
        figure("P. .P .p p.|P. .P .p .>", 1...3),
        figure("P- mm P- mm", 1...3),
        figure("P- p- mm p-|P- p- mm P-", 2...3),
        figure("X-x --x X-x --x", 0...3),
        figure("P-m m-m P-m m-m", 1...3),
        figure("P--m ..m- P--m ..p-", 1...3),
        // full
        figure("X- xo x- xo|X- xo xo xo", 0...3),
        figure("mm mm mm mm|mm mm mm mP", 0...2),
        figure("Pm mm Pm mm|Pm mP -m Pm", 1...3),
        figure("PP PP PP PP|PP PP PP P>", 2...3),
        figure("Pm mP mm Pm|Pm mP mm Pp", 2...3),
        figure("X. xo .x ox|X. xo .x xo", 1...3),
        figure("12 34 32 34|13 24 32 43", 0...1, rings: true),
        figure("123 432 123 432", 0...2, rings: true),
        figure("X.xo .ox. x.xo xox.", 1...3),
        figure("P.mm P.mm P.mm P.mm", 2...3),
        figure("X-o X-o X-o X-o", 0...3),
        figure("P-m P-m P-m P-p", 1...3),
    ]
    static let threeFour: [Figure] = [
        three("x- -- --|x- -- x-"), three("P- -- --|P- -- p-", 1...3), three("b- x- x-", 0...2),
        three("X- -x x-|X- -x xo", 0...3), three("P- -p p-|P- mm p-", 1...3), three("P- mm mm|P- mm P-", 1...3),
        three("X- xo xo|X- xo xx", 0...3), three("mm mm mm|mm mm mP", 0...2), three("PP PP PP|PP PP P>", 2...3),
        three("12 34 32|13 24 32", 0...1, rings: true), three("123 432 123", 0...2, rings: true),
        three("X.xo .ox. x.xo", 1...3), three("X-o X-o X-o"), three("P-m m-m P-m", 1...3),
    ]
    static let twoFour: [Figure] = [
        two("x- --|x- x-"), two("x- --"), two("P- --|P- p-", 1...3), two("b- x-|bo x-", 0...2), two("X- -x|X- ox"),
        two("P- mm|P- mP", 1...3), two("X- xo|Xo xo"), two("mm mm|mm mP", 0...2), two("PP PP|PP P>", 2...3),
        two("12 34|32 34", 0...1, rings: true), two("X.xo .ox.", 1...3), two("X-o X-o"), two("P-m P-m", 1...3),
    ]
    static let sixEight: [Figure] = [
        six("x-- ---|x-- x--"), six("x-- --u"), six("P-- ---|P-- p--", 1...3), six("b-x b-x|b-x x-x", 0...2),
        six("X-- x-o|X-o x-o"), six("P-m m-m|P-m P-m", 1...3), six("Xoo xoo|Xoo xox"), six("mmm mmm|mmm Pmm", 0...2),
        six("PPP PPP|PPP PP>", 2...3), six("123 432", 0...2, rings: true), six("134 243|124 342", 0...1, rings: true),
        six("X.xo.o X.xo.o", 1...3),
    ]
}
