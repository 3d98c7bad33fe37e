/// Drum grooves and fills of pop. `X` accent, `x` hit, `o` ghost.
enum PopDrums {
    static let fourFour: [KitGroove] = [
        // heartbeat
        KitGroove(
            .fourFour, levels: 0...0,
            [
                .kick: "X. .. x. ..", .snare: ".. o. .. o.", .closedHat: "xo xo xo xo", .shaker: "x. x. x. x.",
            ]),
        // ballad
        KitGroove(
            .fourFour, levels: 0...1,
            [
                .kick: "X. .. .x .. | X. .. xx ..", .snare: ".. x. .. x. | .. x. .. x.",
                .closedHat: "xo xo xo xo | xo xo xo xo",
                .shaker: "o. o. o. o. | o. o. o. o.",
            ]),
        // half time
        KitGroove(
            .fourFour, levels: 0...1,
            [
                .kick: "X. .x .. .. | X. .x .o ..", .snare: ".. .. X. .. | .. .. X. ..",
                .closedHat: "Xo xo Xo xo | Xo xo Xo xo",
            ]),
        // straight eight
        KitGroove(
            .fourFour, levels: 1...2,
            [
                .kick: "X. .. xx .. | X. .x x. ..", .snare: ".. X. .. X. | .. X. .. X.",
                .closedHat: "Xo xo Xo xo | Xo xo Xo xo",
                .shaker: "xo xo xo xo | xo xo xo xo",
            ]),
        // pushed
        KitGroove(
            .fourFour, levels: 1...2,
            [
                .kick: "X. .x .x .. | X. .x xx ..", .snare: ".. X. .. X. | .. X. .. X.",
                .closedHat: "Xo xo Xo xo | Xo xo Xo x.", .openHat: ".. .. .. .. | .. .. .. .o",
                .shaker: "x. x. x. x. | x. x. x. x.",
            ]),
        // four on the floor
        KitGroove(
            .fourFour, levels: 2...3,
            [
                .kick: "X x X x", .snare: ". X . X", .closedHat: "x x x x", .openHat: ".x .x .x .x",
                .shaker: "ox ox ox ox",
            ]),
        // ride chorus
        KitGroove(
            .fourFour, levels: 2...3,
            [
                .kick: "X. .x X. .. | X. .x Xx ..", .snare: ".. X. .. X. | .. X. .. X.",
                .ride: "Xx Xx Xx Xx | Xx Xx Xx Xx", .shaker: ".. x. .. x. | .. x. .. x.",
            ]),
        // washing hats
        KitGroove(
            .fourFour, levels: 3...3,
            [
                .kick: "X. xx .x .. | X. .x Xx ..", .snare: ".. X. .. X. | .. X. .. X.",
                .openHat: "X. X. X. X. | X. X. X. X.", .shaker: "xo xo xo xo | xo xo xo xo",
            ]),
        // soft sixteenths
        KitGroove(
            .fourFour, levels: 0...1,
            [
                .kick: "X... .... x.x. ....", .snare: ".... o... .... o...", .closedHat: "x.o. x.o. x.o. x.o.",
                .shaker: "xooo xooo xooo xooo",
            ]),
        // sixteenth hats
        KitGroove(
            .fourFour, levels: 1...2,
            [
                .kick: "X... ...x ..x. .... | X... ..x. x.x. ....",
                .snare: ".... X... .... X... | .... X... .... X..o",
                .closedHat: "Xoxo Xoxo Xoxo Xoxo | Xoxo Xoxo Xoxo Xox.",
            ]),
        // soul
        KitGroove(
            .fourFour, levels: 1...2,
            [
                .kick: "X..x .... ..x. ....|X..x .... ..xx ....",
                .snare: ".... X... .... X...|.... X..o .... X...",
                .closedHat: "x.x. x.x. x.x. x.x.|x.x. x.x. x.x. x...",
                .openHat: ".... .... .... ....|.... .... .... ..o.",
                .shaker: "x... x... x... x...|x... x... x... x...",
            ]),
        // driving sixteenths
        KitGroove(
            .fourFour, levels: 3...3,
            [
                .kick: "X..x ..x. X.x. .... | X..x ..x. X.x. ....", .snare: ".... X... .... X... | .... X... .... X..o",
                .ride: "X.x. X.x. X.x. X.x. | X.x. X.x. X.x. X.x.",
                .shaker: "oxox oxox oxox oxox | oxox oxox oxox oxox",
            ]),
        // slow triplets
        KitGroove(
            .fourFour, levels: 0...1,
            [
                .kick: "X.. ... x.. ...", .snare: "... x.. ... x..", .closedHat: "xoo xoo xoo xoo",
            ]),
        KitGroove(
            .fourFour, levels: 2...3,
            [
                .kick: "X.. ..x X.. ... | X.. ..x X.x ...", .snare: "... X.. ... X.. | ... X.. ... X..",
                .ride: "Xoo Xoo Xoo Xoo | Xoo Xoo Xoo Xoo",
            ]),
    ]

    static let threeFour: [KitGroove] = [
        KitGroove(
            .threeFour, levels: 0...0,
            [.kick: "X. .. ..", .closedHat: ".. x. xo", .snare: ".. .. o.", .shaker: "xo xo xo"]),
        KitGroove(
            .threeFour, levels: 0...1,
            [.kick: "X. .. .. | X. .. .x", .snare: ".. o. o. | .. o. o.", .closedHat: "xo xo xo | xo xo xo"]),
        KitGroove(
            .threeFour, levels: 1...2,
            [.kick: "X. .x .. | X. .x ..", .snare: ".. .. X. | .. .. X.", .closedHat: "Xo xo xo | Xo xo xo"]),
        KitGroove(
            .threeFour, levels: 1...2,
            [.kick: "X. .x .. | X. .. x.", .snare: ".. X. .. | .. X. .o", .closedHat: "Xo xo xo | Xo xo xo"]),
        KitGroove(
            .threeFour, levels: 2...3,
            [
                .kick: "X. .x .. | X. .x .x", .snare: ".. .. X. | .. .. X.", .ride: "Xx xx xx | Xx xx xx",
                .shaker: ".. x. x. | .. x. x.",
            ]),
        KitGroove(
            .threeFour, levels: 3...3,
            [
                .kick: "X. x. .x | X. xx ..", .snare: ".. .. X. | .. .. X.", .openHat: "X. x. x. | X. x. x.",
                .shaker: "ox ox ox | ox ox ox",
            ]),
        KitGroove(
            .threeFour, levels: 1...3,
            [
                .kick: "X... ..x. .... | X..x .... ..x.", .snare: ".... .... X..o | .... .o.. X...",
                .closedHat: "Xoxo xoxo xoxo | Xoxo xoxo xoxo",
            ]),
    ]

    static let twoFour: [KitGroove] = [
        KitGroove(
            .twoFour, levels: 0...0, [.kick: "X. ..", .snare: ".. o.", .closedHat: "x. x.", .shaker: "xo xo"]),
        KitGroove(
            .twoFour, levels: 0...1,
            [.kick: "X. .. | X. .x", .snare: ".. x. | .. x.", .closedHat: "xo xo | xo xo"]),
        // two-beat
        KitGroove(
            .twoFour, levels: 1...2,
            [.kick: "X. x. | X. x.", .snare: ".x .X | .x .X", .closedHat: "x. x. | x. x."]),
        KitGroove(
            .twoFour, levels: 1...3,
            [.kick: "X. .. | xx ..", .snare: ".. X. | .. X.", .closedHat: "Xo xo | Xo xo"]),
        KitGroove(
            .twoFour, levels: 2...3,
            [
                .kick: "X. .x | X. x.", .snare: ".. X. | .. X.", .ride: "Xx Xx | Xx Xx", .shaker: "ox ox | ox ox",
            ]),
        // train
        KitGroove(
            .twoFour, levels: 1...3,
            [.kick: "X... x... | X... x...", .snare: "ooXo ooXo | ooXo oXXo", .shaker: "x.x. x.x. | x.x. x.x."]),
    ]

    static let sixEight: [KitGroove] = [
        KitGroove(
            .sixEight, levels: 0...0, [.kick: "X.. ...", .snare: "... o..", .closedHat: "xoo xoo"]),
        KitGroove(
            .sixEight, levels: 0...1,
            [
                .kick: "X.. ... | X.. ..x", .snare: "... x.. | ... x..", .closedHat: "xoo xoo | xoo xoo",
                .shaker: "x.o x.o | x.o x.o",
            ]),
        KitGroove(
            .sixEight, levels: 1...2,
            [.kick: "X.. ..x | X.x ..x", .snare: "... X.. | ... X..", .closedHat: "Xox Xox | Xox Xox"]),
        KitGroove(
            .sixEight, levels: 1...2,
            [.kick: "X.x ... | X.. x.x", .snare: "... X.. | ... X.o", .closedHat: "Xxo Xxo | Xxo Xxo"]),
        KitGroove(
            .sixEight, levels: 2...3,
            [
                .kick: "X.. ..x | X.x ..x", .snare: "... X.. | ... X..", .ride: "Xxx Xxx | Xxx Xxx",
                .shaker: "... x.. | ... x..",
            ]),
        KitGroove(
            .sixEight, levels: 3...3,
            [
                .kick: "X.x ..x | X.x .xx", .snare: "... X.. | ... X..", .openHat: "X.. X.. | X.. X..",
                .shaker: "oxx oxx | oxx oxx",
            ]),
        KitGroove(
            .sixEight, levels: 1...3,
            [
                .kick: "X..... ....x. | X...x. ....x.", .snare: "...... X..... | ...... X....o",
                .closedHat: "xoxoxo xoxoxo | xoxoxo xoxoxo",
            ]),
    ]

    static let quarterFills: [KitGroove] = [
        // one beat
        KitGroove(.fourFour, levels: 0...1, [.snare: "ox"]),
        KitGroove(.fourFour, levels: 0...2, [.snare: "o.", .openHat: ".x", .kick: ".x"]),
        KitGroove(.fourFour, levels: 0...2, [.highTom: "x.", .lowTom: ".x"]),
        KitGroove(.fourFour, levels: 0...1, [.snare: "..ox", .kick: "x..."]),
        KitGroove(.fourFour, levels: 1...3, [.snare: "x.xX", .kick: "..x."]),
        KitGroove(.fourFour, levels: 1...3, [.snare: "xx..", .lowTom: "..xX"]),
        KitGroove(.fourFour, levels: 2...3, [.snare: "oxxX"]),
        KitGroove(.fourFour, levels: 0...3, [.snare: "x.x", .lowTom: ".x."]),
        KitGroove(.fourFour, levels: 1...3, [.highTom: "xx.", .lowTom: "..X"]),
        // two beats
        KitGroove(.fourFour, levels: 0...1, [.snare: "x. .o", .lowTom: ".. x.", .kick: "x. x."]),
        KitGroove(.fourFour, levels: 0...2, [.snare: "x. ..", .highTom: ".x ..", .lowTom: ".. xx", .kick: "x. x."]),
        KitGroove(
            .fourFour, levels: 1...3,
            [.snare: "x.xx x...", .highTom: ".... ..x.", .lowTom: ".... ...X", .kick: "x... x..."]),
        KitGroove(
            .fourFour, levels: 2...3,
            [.snare: "xoxx ....", .highTom: ".... xx..", .lowTom: ".... ..xX", .kick: "x... x..."]),
        KitGroove(.fourFour, levels: 2...3, [.snare: "X..X ..XX", .kick: ".xx. xx..", .crash: ".... ...."]),
        KitGroove(.fourFour, levels: 0...3, [.snare: "xxx ...", .lowTom: "... xxX", .kick: "x.. x.."]),
        // three beats
        KitGroove(
            .fourFour, levels: 0...1,
            [.snare: "x. .. .o", .highTom: ".. x. ..", .lowTom: ".. .. x.", .kick: "x. .x .."]),
        KitGroove(
            .fourFour, levels: 1...3,
            [.snare: "xx .. ..", .highTom: ".. xx ..", .lowTom: ".. .. xX", .kick: "x. x. x."]),
        KitGroove(
            .fourFour, levels: 2...3,
            [.snare: "x.xx .... ....", .highTom: ".... x.xx ....", .lowTom: ".... .... xxxX", .kick: "x... x... x..."]),
        // whole bar
        KitGroove(
            .fourFour, levels: 0...2,
            [.snare: "x. .x .. ..", .highTom: ".. .. xx ..", .lowTom: ".. .. .. xX", .kick: "X. x. .. x."]),
        KitGroove(
            .fourFour, levels: 1...3,
            [
                .snare: "x.x. xxx. .... ....", .highTom: ".... ...x xxx. ....", .lowTom: ".... .... ...x xxxX",
                .kick: "X... x... x... x...",
            ]),
        KitGroove(
            .fourFour, levels: 2...3,
            [.snare: "ox xX .. xX", .kick: "X. .. X. ..", .lowTom: ".. .. .x .."]),
    ]

    static let dottedFills: [KitGroove] = [
        KitGroove(.sixEight, levels: 0...1, [.snare: "..o", .kick: "x.."]),
        KitGroove(.sixEight, levels: 0...2, [.snare: "x..", .lowTom: ".xx"]),
        KitGroove(.sixEight, levels: 1...3, [.snare: "xxX"]),
        KitGroove(.sixEight, levels: 1...3, [.snare: "x.xx..", .lowTom: "....xX"]),
        KitGroove(.sixEight, levels: 0...1, [.snare: "x.. ..o", .lowTom: "... xx.", .kick: "x.. ..."]),
        KitGroove(
            .sixEight, levels: 1...3, [.snare: "x.x x..", .highTom: "... .x.", .lowTom: "... ..X", .kick: "X.. x.."]),
        KitGroove(
            .sixEight, levels: 2...3, [.snare: "xxx ...", .highTom: "... x..", .lowTom: "... .xX", .kick: "X.. x.."]),
    ]
}
