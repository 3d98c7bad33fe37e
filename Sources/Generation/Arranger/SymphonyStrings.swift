/// What violins and violas play under the melody. `x` the chord, `X` accented, `o` soft, `b` its lowest voice, `u` the others, `1`...`4` one
/// voice, `>` the next chord early. A hold is bowed through, a rest behind a stroke is a plucked or short one.
enum SymphonyStrings: PatternTable {
    static let fourFour: [Figure] = [
        // sustained
        figure("x- -- -- --|x- -- x- --"),
        figure("x- -- x- --"),
        figure("x- -- -- x-|x- -- x- --"),
        figure("x- -- -- --|x- -- -- xx", 0...2),
        // portato
        figure("x- x- x- x-"),
        figure("x- x- x- xx|x- x- x- --", 0...2),
        figure("X- -- x- x-|X- x- x- --"),
        // plucked
        figure("x. x. x. x.|x. x. x. ..", 0...2),
        figure(".. x. .. x.|.. x. x. x.", 0...2),
        figure("b. u. b. u.|b. u. b. uu", 0...2),
        // after the beat
        figure(".x .x .x .x|.x .x .x xx", 2...2),
        // held over the beat
        figure("x- -x -- x-|x- x- -x --", 1...3),
        figure("x-- --x x-- x--", 0...3),
        // moving
        figure("12 34 32 34|13 24 32 43", 0...2),
        figure("13 23 13 23|13 23 14 23", 0...2),
        figure("b- 23 4- 32|b- 23 43 2-", 0...2),
        figure("1232 4323 1232 4323|1232 4323 1242 3432", 1...3),
        figure("123 432 123 432", 0...3),
        // repeated
        figure("X- x- Xo xo|X- x- X- x-", 1...3),
        figure("x- o- x- oo|x- o- x- x-", 0...2),
        figure("X. xx X. xx|X. xx Xx xx", 2...3),
        figure("X.oo x.oo X.oo x.oo", 2...3),
        figure("Xoxo xoxo Xoxo xoxo", 3...3),
        figure("Xoo xoo Xoo xoo", 1...3),
        figure("x-o x-o x-o x-o", 0...3),
    ]
    static let threeFour: [Figure] = [
        three("x- -- --|x- -- x-"), three("x- -- --"), three("x- -- x-|x- x- --"),
        // waltz
        three("b. u. u.|b. u. u."), three(".. x. x.|.. x. xx", 0...2), three("x- x- x-|x- x- xx"),
        three("X- -x x-|X- x- x-", 1...3), three(".x .x .x|.x .x xx", 1...3), three("12 34 32|13 24 32", 0...2),
        three("13 23 43|13 23 42", 0...2), three("b- 23 43|b- 24 32", 0...2), three("Xo xo xo|Xo xo xx", 1...3),
        three("x.oo x.oo x.oo", 2...3), three("Xoxo xoxo xoxo", 3...3), three("1232 4323 4232", 1...3),
        three("x-o x-o x-o"), three("123 432 123", 0...3),
    ]
    static let twoFour: [Figure] = [
        two("x- --|x- x-"), two("x- --"), two("x. x.|x. x."), two("b. u.|b. uu"), two(".x .x|.x xx"),
        two("x- x-|x- xx"),
        two("12 34|32 34", 0...2), two("13 23|13 43", 0...2), two("Xo xo|Xo xx", 1...3), two("x.oo x.oo", 2...3),
        two("Xoxo xoxo", 3...3), two("1232 4323", 1...3), two("x-o x-o"), two("123 432", 0...3),
    ]
    static let sixEight: [Figure] = [
        six("x-- ---|x-- x--"), six("x-- ---"), six("x-- x--"), six("x-x x-x|x-x x--"), six("b-u b-u|b-u b-u"),
        six(".xx .xx|.xx .x.", 0...2), six("123 432|134 232", 0...2), six("1-2 3-4|1-3 4-2", 0...2),
        six("Xoo xoo|Xoo xox", 1...3), six("X-x x-o|X-x xox", 1...3), six("xoxoxo xoxoxo", 3...3),
        six("123234 432321", 1...3),
    ]
}
