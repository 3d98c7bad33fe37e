/// What percussion and timpani play in an orchestra, and their rolls and strokes at a phrase's end.
///
/// The kit's voices stand for: kick the bass drum, closed hat the tambourine, open hat the triangle, ride a brushed cymbal, the low tom a
/// timpano on the chord's root, the high tom one on its fifth. `X` accent, `x` stroke, `o` soft.
enum SymphonyPercussion {
    static let fourFour: [KitGroove] = [
        // pastoral
        KitGroove(
            .fourFour, levels: 0...0, [.openHat: "x. .. .. .. | x. .. x. ..", .lowTom: "o. .. .. .. | .. .. .. .."]),
        KitGroove(
            .fourFour, levels: 0...0,
            [
                .lowTom: "o. .. .. .. | o. .. .. ..", .highTom: ".. .. .. .. | .. .. o. ..",
                .closedHat: ".. o. .. o. | .. o. .. o.",
            ]),
        // chorale
        KitGroove(
            .fourFour, levels: 0...1,
            [
                .lowTom: "x. .. .. .. | x. .. .. ..", .highTom: ".. .. o. .. | .. .. .. o.",
                .openHat: "x. .. x. .. | x. .. x. ..", .kick: "o. .. .. .. | o. .. .. ..",
            ]),
        // light march
        KitGroove(
            .fourFour, levels: 1...1,
            [
                .kick: "x. .. x. .. | x. .. x. ..", .snare: ".. o. .. oo | .. o. .o o.",
                .closedHat: ".x .x .x .x | .x .x .x .x",
            ]),
        // dance
        KitGroove(
            .fourFour, levels: 1...2,
            [
                .lowTom: "x. .. .. .. | x. .. .. ..", .highTom: ".. .. x. .. | .. .. x. oo",
                .closedHat: "xo xo xo xo | xo xo xo xo", .kick: "x. .. .. .. | x. .. .. ..",
            ]),
        // march
        KitGroove(
            .fourFour, levels: 1...2,
            [
                .kick: "X. .. x. .. | X. .. x. ..", .snare: "x. ox x. x. | x. ox x. xx",
                .openHat: "x. x. x. x. | x. x. x. x.", .lowTom: ".. .. .. .. | .. .. .. x.",
            ]),
        // parade, with dotted drums
        KitGroove(
            .fourFour, levels: 2...3,
            [
                .kick: "X... .... x... .... | X... .... x... ....", .snare: "x..o x... x..o x... | x..o x... xoxo xoxX",
                .lowTom: "X... .... .... .... | X... .... .... ....",
                .highTom: ".... .... x... .... | .... .... x... x...",
            ]),
        // tutti
        KitGroove(
            .fourFour, levels: 2...3,
            [
                .kick: "X. .. X. .. | X. .. X. x.", .snare: "x. xx x. x. | x. xx x. xx",
                .lowTom: "X. .. .. .. | X. .. .. xx",
                .highTom: ".. .. X. .. | .. .. X. ..", .openHat: "xx xx xx xx | xx xx xx xx",
            ]),
        // climax
        KitGroove(
            .fourFour, levels: 3...3,
            [
                .kick: "X. .. X. .. | X. .. X. ..", .lowTom: "X. xx X. .. | X. xx .. ..",
                .highTom: ".. .. .. X. | .. .. xx X.",
                .snare: ".. X. .. X. | .. X. .. Xx", .closedHat: "xx xx xx xx | xx xx xx xx",
            ]),
        // in triplets
        KitGroove(
            .fourFour, levels: 0...2,
            [
                .lowTom: "x.. ... ... ... | x.. ... ... ..o", .highTom: "... ... o.. ... | ... ... o.. ...",
                .closedHat: "x.. x.o x.. x.o | x.. x.o x.. x.o", .kick: "o.. ... o.. ... | o.. ... o.. ...",
            ]),
        KitGroove(
            .fourFour, levels: 2...3,
            [
                .kick: "X.. ... X.. ... | X.. ... X.. ...", .snare: "x.. ooo x.. x.. | x.. ooo x.. xxx",
                .lowTom: "X.. ... ... ... | X.. ... ... ...", .highTom: "... ... X.. ... | ... ... X.. x.x",
            ]),
        // in sixteenths
        KitGroove(
            .fourFour, levels: 0...1,
            [
                .lowTom: "x... .... .... ....|x... .... .... ...o", .highTom: ".... .... o... ....|.... .... o... ....",
                .openHat: "x... .... x... ....|x... .... x... ....",
            ]),
        KitGroove(
            .fourFour, levels: 0...2,
            [
                .kick: "x... .... x... ....|x... .... x... ....", .closedHat: ".... x.oo .... x.oo|.... x.oo .... x.oo",
                .lowTom: "o... .... .... ....|o... .... .... x...",
            ]),
        KitGroove(
            .fourFour, levels: 2...3,
            [
                .kick: "X... .... X... ....|X... .... X... ....", .lowTom: "X... .... .... ....|X... .... ..xx X...",
                .highTom: ".... .... X... x...|.... .... X... ....", .snare: ".... x... .... x.oo|.... x... .... ....",
                .openHat: "x... x... x... x...|x... x... x... x...",
            ]),
        KitGroove(
            .fourFour, levels: 0...2,
            [
                .lowTom: "x... .... .... .... | x... .... .... ....",
                .snare: ".... ..oo x... ..oo | .... ..oo x... oooo",
                .openHat: "x... .... x... .... | x... .... x... ....",
                .kick: "o... .... o... .... | o... .... o... ....",
            ]),
    ]

    static let threeFour: [KitGroove] = [
        // in sixteenths
        KitGroove(
            .threeFour, levels: 0...1,
            [.lowTom: "x... .... ....|x... .... ...o", .openHat: "x... .... x...|x... .... ...."]),
        KitGroove(
            .threeFour, levels: 0...2,
            [
                .kick: "x... .... ....|x... .... ....", .closedHat: "x... x.oo x...|x... x.oo x.oo",
                .lowTom: "o... .... ....|o... .... x...",
            ]),
        KitGroove(
            .threeFour, levels: 2...3,
            [
                .kick: "X... .... ....|X... .... ....", .lowTom: "X... .... ....|X... ..xx ....",
                .highTom: ".... .... x.x.|.... .... X...", .openHat: "x... x... x...|x... x... x...",
            ]),
        KitGroove(.threeFour, levels: 0...0, [.openHat: "x. .. .. | x. .. x.", .lowTom: "o. .. .. | .. .. .."]),
        KitGroove(.threeFour, levels: 0...0, [.lowTom: "o. .. .. | o. .. ..", .closedHat: ".. o. o. | .. o. o."]),
        KitGroove(
            .threeFour, levels: 0...1,
            [.kick: "x. .. .. | x. .. ..", .openHat: ".. x. x. | .. x. x.", .lowTom: ".. .. .. | .. .. o."]),
        // waltz
        KitGroove(
            .threeFour, levels: 2...2,
            [.kick: "x. .. .. | x. .. ..", .snare: ".. o. o. | .. o. oo", .closedHat: "x. x. x. | x. x. x."]),
        KitGroove(
            .threeFour, levels: 1...2,
            [
                .lowTom: "x. .. .. | x. .. ..", .highTom: ".. .. .. | .. .. x.", .closedHat: ".. x. x. | .. x. x.",
                .openHat: "x. .. .. | x. .. ..",
            ]),
        // polonaise
        KitGroove(
            .threeFour, levels: 1...3,
            [
                .kick: "X... .... .... | X... .... ....", .snare: "x.oo x.x. x.x. | x.oo x.x. x.xx",
                .lowTom: "x... .... .... | x... .... ....", .highTom: ".... .... x... | .... .... x...",
            ]),
        KitGroove(
            .threeFour, levels: 2...3,
            [
                .kick: "X. .. .. | X. .. ..", .snare: ".. x. x. | .. x. xx", .lowTom: "X. .. .. | X. .. ..",
                .highTom: ".. .. x. | .. x. x.", .closedHat: "xx xx xx | xx xx xx",
            ]),
        KitGroove(
            .threeFour, levels: 3...3,
            [
                .kick: "X. .. .. | X. .. x.", .snare: ".. Xx X. | .. Xx Xx", .lowTom: "X. xx .. | X. xx ..",
                .highTom: ".. .. X. | .. .. X.", .openHat: "xx xx xx | xx xx xx",
            ]),
    ]

    static let twoFour: [KitGroove] = [
        // in sixteenths
        KitGroove(.twoFour, levels: 0...1, [.lowTom: "x... ....|x... ...o", .openHat: "x... x...|x... x..."]),
        KitGroove(
            .twoFour, levels: 0...2,
            [.kick: "x... ....|x... ....", .closedHat: "x... x.oo|x.oo x.oo", .highTom: ".... o...|.... x..."]),
        KitGroove(.twoFour, levels: 0...0, [.openHat: "x. .. | x. ..", .lowTom: "o. .. | .. .."]),
        KitGroove(
            .twoFour, levels: 0...1, [.lowTom: "x. .. | x. ..", .highTom: ".. .. | .. o.", .closedHat: ".x .x | .x .x"]),
        // march
        KitGroove(
            .twoFour, levels: 1...2, [.kick: "x. x. | x. x.", .snare: "o. ox | o. xx", .openHat: "x. x. | x. x."]),
        KitGroove(
            .twoFour, levels: 1...2,
            [.kick: "x. .. | x. ..", .lowTom: "x. .. | x. ..", .highTom: ".. x. | .. x.", .closedHat: "xo xo | xo xo"]),
        KitGroove(
            .twoFour, levels: 2...3,
            [
                .kick: "X. x. | X. x.", .snare: "x.oo x.x. | x.oo xxxx", .lowTom: "X. .. | X. ..",
                .highTom: ".. x. | .. x.",
            ]),
        KitGroove(
            .twoFour, levels: 3...3,
            [
                .kick: "X. X. | X. X.", .snare: "x. Xx | x. Xx", .lowTom: "X. xx | X. ..", .highTom: ".. .. | .. Xx",
                .openHat: "xx xx | xx xx",
            ]),
    ]

    static let sixEight: [KitGroove] = [
        // in sixteenths
        KitGroove(
            .sixEight, levels: 0...1, [.openHat: "x..... ......|x..... x.....", .lowTom: "x..... ......|...... .....o"]),
        KitGroove(
            .sixEight, levels: 0...2,
            [
                .lowTom: "x..... ......|x..... ......", .highTom: "...... o.....|...... x...o.",
                .closedHat: "x...o. x...o.|x...o. x...oo",
            ]),
        KitGroove(
            .sixEight, levels: 2...3,
            [
                .kick: "X..... ......|X..... ......", .lowTom: "X..... ....xx|X..... ......",
                .highTom: "...... X.....|...... X...x.", .openHat: "x...x. x...x.|x...x. x...x.",
            ]),
        KitGroove(.sixEight, levels: 0...0, [.openHat: "x.. ... | x.. x..", .lowTom: "o.. ... | ... ..."]),
        // siciliano
        KitGroove(
            .sixEight, levels: 0...1,
            [.lowTom: "x.. ... | x.. ...", .highTom: "... ... | ... o..", .closedHat: "x.o x.o | x.o x.o"]),
        KitGroove(
            .sixEight, levels: 1...2,
            [
                .kick: "x.. ... | x.. ...", .closedHat: "x.x x.x | x.x x.x", .highTom: "... o.. | ... ...",
                .lowTom: "o.. ... | o.. x.o",
            ]),
        // hunt
        KitGroove(
            .sixEight, levels: 1...3,
            [
                .kick: "X.. x.. | X.. x..", .lowTom: "X.. ... | X.. ...", .highTom: "... x.. | ... x.x",
                .openHat: "x.x x.x | x.x x.x",
            ]),
        KitGroove(
            .sixEight, levels: 2...3,
            [
                .kick: "X.. X.. | X.. X..", .snare: "xoo xoo | xoo xxx", .lowTom: "X.. ... | X.. ...",
                .highTom: "... X.. | ... X..",
            ]),
        KitGroove(
            .sixEight, levels: 1...3,
            [
                .kick: "X..... x..... | X..... x.....", .lowTom: "x..... ...... | x..... ......",
                .snare: "....oo x..... | ....oo x.oooo", .openHat: "x..... x..... | x..... x.....",
            ]),
    ]

    static let quarterFills: [KitGroove] = [
        // one beat
        KitGroove(.fourFour, levels: 0...0, [.lowTom: "o."]),
        KitGroove(.fourFour, levels: 0...1, [.highTom: "o.", .lowTom: ".x"]),
        KitGroove(.fourFour, levels: 0...2, [.lowTom: "xx"]),
        KitGroove(.fourFour, levels: 1...3, [.lowTom: "xxxX"]),
        KitGroove(.fourFour, levels: 1...3, [.snare: "ooxX", .highTom: "x..."]),
        KitGroove(.fourFour, levels: 0...3, [.lowTom: "xxx"]),
        // two beats
        KitGroove(.fourFour, levels: 0...1, [.highTom: "o. ..", .lowTom: ".. x."]),
        KitGroove(.fourFour, levels: 0...2, [.highTom: "x. ..", .lowTom: ".. xx"]),
        KitGroove(.fourFour, levels: 1...3, [.lowTom: "oooo xxxX"]),
        KitGroove(.fourFour, levels: 1...3, [.snare: "oooo xxxX", .lowTom: ".... x..."]),
        KitGroove(.fourFour, levels: 0...3, [.lowTom: "xoo xxX"]),
        // three beats
        KitGroove(.fourFour, levels: 0...1, [.highTom: "o. .. ..", .lowTom: ".. x. x."]),
        KitGroove(.fourFour, levels: 1...3, [.lowTom: "oooo oxox xxxX"]),
        // whole bar
        KitGroove(.fourFour, levels: 0...2, [.lowTom: "x. .. x. ..", .highTom: ".. x. .. xx"]),
        KitGroove(.fourFour, levels: 1...3, [.lowTom: "oooo oooo xxxx xxxX", .kick: "x... .... .... ...."]),
        KitGroove(.fourFour, levels: 1...3, [.snare: "x... oooo oxox xxxX", .lowTom: "x... .... x... x..."]),
    ]

    static let dottedFills: [KitGroove] = [
        KitGroove(.sixEight, levels: 0...1, [.lowTom: "o.x"]),
        KitGroove(.sixEight, levels: 0...3, [.lowTom: "xxx"]),
        KitGroove(.sixEight, levels: 1...3, [.lowTom: "ooxxxX"]),
        KitGroove(.sixEight, levels: 0...2, [.highTom: "x.. ...", .lowTom: "... x.x"]),
        KitGroove(.sixEight, levels: 1...3, [.lowTom: "oooooo xxxxxX", .kick: "x..... ......"]),
        KitGroove(.sixEight, levels: 1...3, [.snare: "xoo xxX", .lowTom: "x.. x.."]),
    ]
}
