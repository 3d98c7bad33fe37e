/// Drum grooves and fills of rock. `X` accent, `x` hit, `o` ghost.
enum RockDrums {
    static let fourFour: [KitGroove] = [
        // rim and heartbeat
        KitGroove(
            .fourFour, levels: 0...0,
            [
                .kick: "X. .. x. .. | X. .. .x ..", .snare: ".. o. .. o. | .. o. .. oo",
                .closedHat: "x. x. x. x. | x. x. x. x.",
            ]),
        // ballad
        KitGroove(
            .fourFour, levels: 0...1,
            [
                .kick: "X. .. .x .. | X. .x x. ..", .snare: ".. x. .. x. | .. x. .. x.",
                .closedHat: "Xo xo Xo xo | Xo xo Xo xo",
            ]),
        // half time
        KitGroove(
            .fourFour, levels: 0...2,
            [
                .kick: "X. .. .. .x | X. .x .. ..", .snare: ".. .. X. .. | .. .. X. .o",
                .closedHat: "X. x. X. x. | X. x. X. xx",
            ]),
        // straight eight
        KitGroove(
            .fourFour, levels: 1...2,
            [
                .kick: "X. .. Xx .. | X. .x X. ..", .snare: ".. X. .. X. | .. X. .. X.",
                .closedHat: "Xx Xx Xx Xx | Xx Xx Xx Xx",
            ]),
        // backbeat with ghosts
        KitGroove(
            .fourFour, levels: 1...2,
            [
                .kick: "X. .x .x .. | X. .x .x ..", .snare: ".. X. o. Xo | .. X. o. Xo",
                .closedHat: "Xx Xx Xx Xx | Xx Xx Xx X.", .openHat: ".. .. .. .. | .. .. .. .o",
            ]),
        // on the quarters
        KitGroove(
            .fourFour, levels: 1...3,
            [
                .kick: "X. .. Xx .. | X. .x Xx ..", .snare: ".. X. .o X. | .. X. .o X.",
                .closedHat: "X. X. X. X. | X. X. X. X.",
            ]),
        // surf
        KitGroove(
            .fourFour, levels: 2...3,
            [
                .kick: "X. .. X. .. | X. .. X. .x", .snare: ".. Xx .. X. | .. Xx .. X.",
                .ride: "Xx Xx Xx Xx | Xx Xx Xx Xx",
            ]),
        // four on the snare
        KitGroove(
            .fourFour, levels: 2...3,
            [
                .kick: "X. x. X. x. | X. x. X. xx", .snare: "X. X. X. X. | X. X. X. X.",
                .closedHat: "xo xo xo xo | xo xo xo xo",
            ]),
        // open hats
        KitGroove(
            .fourFour, levels: 2...3,
            [
                .kick: "X. .. xx .. | X. .x Xx ..", .snare: ".. X. .. X. | .. X. .. X.",
                .openHat: "X. X. X. X. | X. X. X. X.",
            ]),
        // crash riding
        KitGroove(
            .fourFour, levels: 3...3,
            [
                .kick: "X. .x Xx .. | X. .x Xx .x", .snare: ".. X. .. X. | .. X. .. Xo",
                .openHat: "Xo Xo Xo Xo | Xo Xo Xo Xo",
                .shaker: ".. x. .. x. | .. x. .. x.",
            ]),
        // soft sixteenths
        KitGroove(
            .fourFour, levels: 0...1,
            [
                .kick: "X... .... x.x. .... | X... ...x x... ....", .snare: ".... o... .... o... | .... o... .... o..o",
                .closedHat: "x.o. x.o. x.o. x.o. | x.o. x.o. x.o. x.o.",
            ]),
        // funk rock
        KitGroove(
            .fourFour, levels: 1...3,
            [
                .kick: "X..x .... ..X. .... | X..x ..x. ..X. ....", .snare: ".... X..o .o.. X... | .... X..o .o.. X..o",
                .closedHat: "X.x. X.x. X.x. X.x. | X.x. X.x. X.x. X...",
                .openHat: ".... .... .... .... | .... .... .... ..x.",
            ]),
        // sixteenth hats
        KitGroove(
            .fourFour, levels: 1...3,
            [
                .kick: "X... ..x. X... .... | X... ..x. x.X. ....", .snare: ".... X... .... X... | .... X... .o.. X..o",
                .closedHat: "Xoxo Xoxo Xoxo Xoxo | Xoxo Xoxo Xoxo Xoxo",
            ]),
        // gallop
        KitGroove(
            .fourFour, levels: 2...3,
            [
                .kick: "X.xx X.xx X.xx X.xx | X.xx X.xx X.xx X.x.", .snare: ".... X... .... X... | .... X... .... X..o",
                .ride: "X.x. X.x. X.x. X.x. | X.x. X.x. X.x. X.x.",
            ]),
        // slow blues
        KitGroove(
            .fourFour, levels: 0...1,
            [
                .kick: "X.. ... x.. ..o | X.. ... x.x ...", .snare: "... x.. ... x.. | ... x.. ... x..",
                .closedHat: "xoo xoo xoo xoo | xoo xoo xoo xoo",
            ]),
        // shuffle
        KitGroove(
            .fourFour, levels: 1...3,
            [
                .kick: "X.. ..x X.. ... | X.. ..x X.x ...", .snare: "... X.. ... X.. | ... X.. ..o X.o",
                .closedHat: "X.x X.x X.x X.x | X.x X.x X.x X.x",
            ]),
        // half-time shuffle
        KitGroove(
            .fourFour, levels: 1...2,
            [
                .kick: "X.. ... ... ..x | X.. ..x ... ...", .snare: ".o. .o. X.. .o. | .o. .o. X.. .o.",
                .closedHat: "X.x X.x X.x X.x | X.x X.x X.x X.x",
            ]),
        // driving shuffle
        KitGroove(
            .fourFour, levels: 2...3,
            [
                .kick: "X.. X.x X.. X.x | X.. X.x X.x X..", .snare: "... X.. ... X.. | ... X.. ... X..",
                .openHat: "X.. X.. X.. X.. | X.. X.. X.. X..",
            ]),
    ]

    static let threeFour: [KitGroove] = [
        KitGroove(
            .threeFour, levels: 0...0,
            [.kick: "X. .. .. | X. .. .x", .snare: ".. .. o. | .. .. o.", .closedHat: "x. x. x. | x. x. x."]),
        KitGroove(
            .threeFour, levels: 0...1,
            [.kick: "X. .. .. | X. .. .x", .snare: ".. x. x. | .. x. x.", .closedHat: "xo xo xo | xo xo xo"]),
        KitGroove(
            .threeFour, levels: 1...2,
            [.kick: "X. .x .. | X. .x ..", .snare: ".. .. X. | .. .. X.", .closedHat: "Xx Xx Xx | Xx Xx Xx"]),
        KitGroove(
            .threeFour, levels: 1...2,
            [.kick: "X. .. xx | X. .x ..", .snare: ".. X. .. | .. X. .o", .closedHat: "X. x. x. | X. x. xx"]),
        KitGroove(
            .threeFour, levels: 2...3,
            [.kick: "X. .x .. | X. x. .x", .snare: ".. .. X. | .. .. X.", .ride: "Xx Xx Xx | Xx Xx Xx"]),
        KitGroove(
            .threeFour, levels: 2...3,
            [.kick: "X. .x .x | X. .x ..", .snare: ".. X. X. | .. X. X.", .openHat: "X. X. X. | X. X. X."]),
        KitGroove(
            .threeFour, levels: 1...3,
            [
                .kick: "X... ..x. .... | X..x .... ....", .snare: ".... .... X..o | .... .o.. X...",
                .closedHat: "X.x. X.x. X.x. | X.x. X.x. X.x.",
            ]),
        KitGroove(
            .threeFour, levels: 0...2,
            [
                .kick: "X.. ... ..x | X.. ..x ...", .snare: "... x.. x.. | ... x.. x..",
                .closedHat: "X.x X.x X.x | X.x X.x X.x",
            ]),
        KitGroove(
            .threeFour, levels: 2...3,
            [
                .kick: "X.. ..x ... | X.. ..x ..x", .snare: "... ... X.. | ... ... X..",
                .ride: "X.x X.x X.x | X.x X.x X.x",
            ]),
    ]

    static let twoFour: [KitGroove] = [
        KitGroove(
            .twoFour, levels: 0...0, [.kick: "X. .. | X. .x", .snare: ".. o. | .. o.", .closedHat: "x. x. | x. x."]),
        KitGroove(
            .twoFour, levels: 0...1, [.kick: "X. .. | X. .x", .snare: ".. x. | .. x.", .closedHat: "Xo xo | Xo xo"]),
        KitGroove(
            .twoFour, levels: 1...2, [.kick: "X. .. | Xx ..", .snare: ".. X. | .. X.", .closedHat: "Xx Xx | Xx Xx"]),
        KitGroove(
            .twoFour, levels: 1...3, [.kick: "X. .x | X. .x", .snare: ".. X. | .o X.", .closedHat: "X. X. | X. X."]),
        KitGroove(
            .twoFour, levels: 2...3, [.kick: "X. x. | X. xx", .snare: ".x .X | .x .X", .closedHat: "x. x. | x. x."]),
        KitGroove(
            .twoFour, levels: 2...3, [.kick: "X. .x | X. x.", .snare: ".. X. | .. X.", .openHat: "X. X. | X. X."]),
        KitGroove(
            .twoFour, levels: 1...3,
            [.kick: "X..x .... | X..x ..x.", .snare: ".... X..o | .... X...", .closedHat: "X.x. X.x. | X.x. X.x."]),
        KitGroove(
            .twoFour, levels: 0...3,
            [.kick: "X.. ..x | X.. ...", .snare: "... X.. | ... X..", .closedHat: "X.x X.x | X.x X.x"]),
    ]

    static let sixEight: [KitGroove] = [
        KitGroove(
            .sixEight, levels: 0...0,
            [.kick: "X.. ... | X.. ..x", .snare: "... o.. | ... o..", .closedHat: "x.x x.x | x.x x.x"]),
        // ballad
        KitGroove(
            .sixEight, levels: 0...1,
            [.kick: "X.. ... | X.. ..x", .snare: "... x.. | ... x..", .closedHat: "Xoo Xoo | Xoo Xoo"]),
        KitGroove(
            .sixEight, levels: 1...2,
            [.kick: "X.. ..x | X.x ...", .snare: "... X.. | ... X..", .closedHat: "Xxx Xxx | Xxx Xxx"]),
        KitGroove(
            .sixEight, levels: 1...3,
            [.kick: "X.. ..x | X.. .xx", .snare: "... X.. | ... X.o", .ride: "Xxx Xxx | Xxx Xxx"]),
        KitGroove(
            .sixEight, levels: 2...3,
            [.kick: "X.x ..x | X.x .xx", .snare: "... X.. | ... X..", .openHat: "X.. X.. | X.. X.."]),
        KitGroove(
            .sixEight, levels: 3...3,
            [.kick: "X.x X.. | X.x X.x", .snare: "... X.. | ... X.x", .openHat: "Xo. Xo. | Xo. Xo."]),
        KitGroove(
            .sixEight, levels: 0...3,
            [
                .kick: "X..... ....x. | X...x. ......", .snare: "...... X..... | ...... X....o",
                .closedHat: "x.x.x. x.x.xo | x.x.x. x.x.xo",
            ]),
    ]

    static let quarterFills: [KitGroove] = [
        // one beat
        KitGroove(.fourFour, levels: 0...1, [.snare: "ox", .kick: "x."]),
        KitGroove(.fourFour, levels: 0...3, [.snare: "xX"]),
        KitGroove(.fourFour, levels: 0...2, [.highTom: "x.", .lowTom: ".x"]),
        KitGroove(.fourFour, levels: 1...3, [.snare: "xxxX"]),
        KitGroove(.fourFour, levels: 1...3, [.snare: "xx..", .lowTom: "..xX"]),
        KitGroove(.fourFour, levels: 1...3, [.kick: "x.x.", .snare: ".X.X"]),
        KitGroove(.fourFour, levels: 0...3, [.snare: "xx.", .lowTom: "..X"]),
        KitGroove(.fourFour, levels: 1...3, [.highTom: "x..", .lowTom: ".xX"]),
        // two beats
        KitGroove(.fourFour, levels: 0...2, [.snare: "x. x.", .lowTom: ".x .x", .kick: "x. x."]),
        KitGroove(
            .fourFour, levels: 1...3,
            [.snare: "xxxx ....", .highTom: ".... xx..", .lowTom: ".... ..xX", .kick: "x... x..."]),
        KitGroove(.fourFour, levels: 1...3, [.snare: "X.xX ..X.", .kick: ".x.. xx.x", .lowTom: ".... ...X"]),
        KitGroove(.fourFour, levels: 2...3, [.highTom: "xxxx ....", .lowTom: ".... xxxX", .kick: "X... X..."]),
        KitGroove(.fourFour, levels: 0...3, [.snare: "xxx ...", .lowTom: "... xxX", .kick: "x.. x.."]),
        KitGroove(.fourFour, levels: 1...3, [.snare: "X.x .X.", .kick: "... x.x", .lowTom: "... ..X"]),
        // three beats
        KitGroove(
            .fourFour, levels: 0...3,
            [.snare: "xx .. ..", .highTom: ".. xx ..", .lowTom: ".. .. xX", .kick: "x. x. x."]),
        KitGroove(
            .fourFour, levels: 2...3,
            [.snare: "xxxx .... ....", .highTom: ".... xxxx ....", .lowTom: ".... .... xxxX", .kick: "x... x... x..."]),
        // whole bar
        KitGroove(
            .fourFour, levels: 0...2,
            [.snare: "x. xx .. ..", .highTom: ".. .. xx ..", .lowTom: ".. .. .. xX", .kick: "X. .. x. x."]),
        KitGroove(
            .fourFour, levels: 1...3,
            [
                .snare: "xxxx xx.. .... ....", .highTom: ".... ..xx xxxx ....", .lowTom: ".... .... .... xxxX",
                .kick: "X... x... x... x...",
            ]),
        KitGroove(.fourFour, levels: 2...3, [.snare: "Xx .X xx .X", .kick: ".. x. .. x.", .lowTom: ".. .. .. x."]),
    ]

    static let dottedFills: [KitGroove] = [
        KitGroove(.sixEight, levels: 0...1, [.snare: ".ox", .kick: "x.."]),
        KitGroove(.sixEight, levels: 0...3, [.snare: "x..", .lowTom: ".xX"]),
        KitGroove(.sixEight, levels: 1...3, [.snare: "xxX"]),
        KitGroove(.sixEight, levels: 1...3, [.snare: "xxxx..", .lowTom: "....xX"]),
        KitGroove(.sixEight, levels: 0...2, [.snare: "x.x ...", .lowTom: "... x.X", .kick: "X.. x.."]),
        KitGroove(
            .sixEight, levels: 1...3, [.snare: "xxx ...", .highTom: "... xx.", .lowTom: "... ..X", .kick: "X.. x.."]),
    ]
}
