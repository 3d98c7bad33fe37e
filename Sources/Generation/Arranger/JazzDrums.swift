/// Drum grooves and fills of jazz, off-beats to be swung. `X` accent, `x` hit, `o` feathered or ghosted.
enum JazzDrums {
    static let fourFour: [KitGroove] = [
        // brushes, sweeping
        KitGroove(
            .fourFour, levels: 0...1,
            [
                .kick: "o. .. .. .. | o. .. o. ..", .snare: "o. x. o. x. | o. x. o. xo",
                .pedalHat: ".. x. .. x. | .. x. .. x.",
                .shaker: "o. o. o. o. | o. o. o. o.",
            ]),
        // two-feel on the hats
        KitGroove(
            .fourFour, levels: 0...1,
            [
                .kick: "x. .. o. .. | x. .. o. ..", .closedHat: "x. xo x. xo | x. xo x. xo",
                .sideStick: ".. .. .. x. | .. .. .. x.",
            ]),
        // hats and stick on four
        KitGroove(
            .fourFour, levels: 0...2,
            [
                .kick: "o. .. o. .. | o. .. .. .o", .closedHat: "x. Xx x. Xx | x. Xx xo Xx",
                .sideStick: ".. .. .. X. | .. .. .. X.",
            ]),
        // brushes in quarters, stirred
        KitGroove(
            .fourFour, levels: 0...2,
            [
                .kick: "o. .. o. .. | o. .. .. .o", .snare: "x. xo x. xo | x. xo xo x.",
                .pedalHat: ".. X. .. X. | .. X. .. X.",
            ]),
        // ride, foot on two and four
        KitGroove(
            .fourFour, levels: 1...2,
            [
                .ride: "x. Xx x. Xx | x. Xx x. Xx", .pedalHat: ".. x. .. x. | .. x. .. x.",
                .kick: "o. .. o. .. | o. .. o. .o", .snare: ".. .o .. .. | .. .. .o o.",
            ]),
        // hats open on the strong beats
        KitGroove(
            .fourFour, levels: 1...2,
            [
                .openHat: "x. .. x. .. | x. .. x. ..", .closedHat: ".. Xx .. Xx | .. Xx .. Xx",
                .kick: "x. .. o. .. | x. .o .. ..", .sideStick: ".. .. .. x. | .. .. .. xo",
            ]),
        // ride with a talking snare
        KitGroove(
            .fourFour, levels: 1...3,
            [
                .ride: "x. Xx x. Xx | x. Xx xx X.", .pedalHat: ".. x. .. x. | .. x. .. x.",
                .kick: "o. .. .. .x | o. .. .o ..", .snare: ".. .o .. o. | .o .. .. .x",
            ]),
        // hats and shaker, light backbeat
        KitGroove(
            .fourFour, levels: 1...3,
            [
                .closedHat: "x. xx x. xx | x. xx x. xx", .snare: ".. x. .. x. | .. x. .. xo",
                .kick: "x. .. o. .. | x. .. .o x.", .shaker: "xo xo xo xo | xo xo xo xo",
            ]),
        // shout chorus
        KitGroove(
            .fourFour, levels: 2...3,
            [
                .ride: "X. Xx X. Xx | X. Xx X. Xx", .pedalHat: ".. x. .. x. | .. x. .. x.",
                .snare: ".. X. .. X. | .. X. .o X.", .kick: "x. .. x. .x | x. .x .. x.",
            ]),
        // full hats
        KitGroove(
            .fourFour, levels: 2...3,
            [
                .closedHat: "X. Xx X. Xx | X. Xx X. xx", .openHat: ".. .. .. .. | .. .. .. ..",
                .snare: ".. X. .. X. | .. X. .. X.", .kick: "X. .. x. .. | X. .x x. ..",
                .tambourine: ".. x. .. x. | .. x. .. x.",
            ]),
        // rolling triplets
        KitGroove(
            .fourFour, levels: 0...1,
            [
                .closedHat: "x.o x.o x.o x.o | x.o xoo x.o x.o", .kick: "o.. ... o.. ... | o.. ... ..o ...",
                .sideStick: "... x.. ... x.. | ... x.. ... x..",
            ]),
        KitGroove(
            .fourFour, levels: 1...3,
            [
                .ride: "x.. X.x x.. X.x | x.. X.x x.x X..", .pedalHat: "... x.. ... x.. | ... x.. ... x..",
                .snare: ".o. ..o ... x.. | ..o ... .oo x..", .kick: "o.. ... ..o ... | o.. ..o ... ...",
            ]),
    ]

    static let threeFour: [KitGroove] = [
        KitGroove(
            .threeFour, levels: 0...1,
            [
                .kick: "o. .. .. | o. .. ..", .snare: "o. x. x. | o. x. xo", .pedalHat: ".. x. .. | .. x. x.",
                .shaker: "o. o. o. | o. o. o.",
            ]),
        KitGroove(
            .threeFour, levels: 0...1,
            [.kick: "x. .. .. | x. .. .o", .closedHat: "x. xo xo | x. xo x.", .sideStick: ".. .. x. | .. x. .."]),
        // jazz waltz
        KitGroove(
            .threeFour, levels: 0...2,
            [
                .ride: "x. Xx x. | x. Xx Xx", .pedalHat: ".. x. .. | .. x. ..", .kick: "x. .. .. | x. .. .o",
                .snare: ".. .. .o | .. .. o.",
            ]),
        KitGroove(
            .threeFour, levels: 1...3,
            [
                .closedHat: "x. Xx Xx | x. Xx X.", .kick: "x. .x .. | x. .. .x", .sideStick: ".. .. x. | .. .x ..",
                .pedalHat: ".. .. .. | .. .. x.",
            ]),
        KitGroove(
            .threeFour, levels: 1...3,
            [
                .ride: "X. xX x. | X. Xx xx", .pedalHat: ".. x. x. | .. x. ..", .kick: "x. .x .. | x. .. x.",
                .snare: ".. .. .x | .. .o x.",
            ]),
        KitGroove(
            .threeFour, levels: 2...3,
            [
                .closedHat: "X. Xx Xx | X. Xx Xx", .snare: ".. X. X. | .. X. Xo", .kick: "X. .. .x | X. .x ..",
                .tambourine: ".. .. x. | .. .. x.",
            ]),
        KitGroove(
            .threeFour, levels: 0...3,
            [
                .closedHat: "x.o x.o x.o | x.o x.x x.o", .kick: "x.. ... ... | x.. ..o ...",
                .sideStick: "... ... x.. | ... x.. ...",
            ]),
    ]

    static let twoFour: [KitGroove] = [
        KitGroove(
            .twoFour, levels: 0...1,
            [.kick: "o. .. | o. ..", .snare: "o. x. | o. xo", .pedalHat: ".. x. | .. x.", .shaker: "o. o. | o. o."]),
        KitGroove(
            .twoFour, levels: 0...1,
            [.kick: "x. .. | x. ..", .closedHat: "x. xo | x. xx", .sideStick: ".. x. | .. .x"]),
        KitGroove(
            .twoFour, levels: 0...2,
            [.kick: "x. .. | x. .o", .closedHat: "x. Xx | xo Xx", .sideStick: ".. .. | .. X."]),
        KitGroove(
            .twoFour, levels: 1...3,
            [.ride: "x. Xx | x. Xx", .pedalHat: ".. x. | .. x.", .kick: "o. .. | o. .x", .snare: ".. .o | .o .."]),
        // two-beat
        KitGroove(
            .twoFour, levels: 1...3,
            [.closedHat: "x. Xx | x. Xx", .kick: "x. .. | x. x.", .snare: ".. Xo | .o X."]),
        KitGroove(
            .twoFour, levels: 2...3,
            [.ride: "X. Xx | Xx X.", .pedalHat: ".. x. | .. x.", .kick: "X. .x | X. ..", .snare: ".. X. | .. Xo"]),
    ]

    static let sixEight: [KitGroove] = [
        // slow, brushes
        KitGroove(
            .sixEight, levels: 0...1,
            [.kick: "o.. ... | o.. ..o", .snare: "o.o x.o | o.o x..", .pedalHat: "... x.. | ... x.."]),
        KitGroove(
            .sixEight, levels: 0...2,
            [.kick: "x.. ... | x.. ..o", .closedHat: "xox xox | xox xxo", .sideStick: "... x.. | ... x.."]),
        // two against three on the bell
        KitGroove(
            .sixEight, levels: 1...3,
            [
                .ride: "X.x x.x | .xx .x.", .pedalHat: "x.. x.. | x.. x..", .sideStick: "..x ... | ..x x..",
                .kick: "x.. ..x | ..x ..x",
            ]),
        KitGroove(
            .sixEight, levels: 1...3,
            [
                .ride: "X.x .x. | x.x .xx", .pedalHat: "... x.. | ... x..", .kick: "x.. ..o | x.. ...",
                .snare: "..o x.. | .o. x.o",
            ]),
        KitGroove(
            .sixEight, levels: 2...3,
            [
                .closedHat: "Xxx Xxx | Xxx Xxx", .snare: "... X.. | ... X.o", .kick: "X.. ..x | X.x ...",
                .shaker: "x.o x.o | x.o x.o",
            ]),
    ]

    static let quarterFills: [KitGroove] = [
        // one beat
        KitGroove(.fourFour, levels: 0...1, [.snare: "xo", .pedalHat: "x."]),
        KitGroove(.fourFour, levels: 0...2, [.sideStick: "x.", .kick: ".o"]),
        KitGroove(.fourFour, levels: 0...3, [.snare: ".x", .kick: "o."]),
        KitGroove(.fourFour, levels: 1...3, [.snare: "oxX"]),
        KitGroove(.fourFour, levels: 1...3, [.snare: "x.o", .lowTom: ".x."]),
        KitGroove(.fourFour, levels: 0...3, [.snare: "ox", .ride: "x."]),
        KitGroove(.fourFour, levels: 2...3, [.highTom: "x..", .snare: ".xX"]),
        // two beats
        KitGroove(.fourFour, levels: 0...1, [.snare: "x. .o", .kick: "o. o.", .pedalHat: ".. x."]),
        KitGroove(.fourFour, levels: 0...2, [.snare: "xo ..", .sideStick: ".. x.", .kick: "o. .o"]),
        KitGroove(.fourFour, levels: 0...3, [.snare: ".x .x", .kick: "x. x.", .ride: "x. x."]),
        KitGroove(.fourFour, levels: 1...3, [.snare: "xxx x..", .lowTom: "... .xX"]),
        KitGroove(
            .fourFour, levels: 1...3, [.snare: "x.x ..x", .highTom: ".x. ...", .lowTom: "... x..", .kick: "... .x."]),
        KitGroove(.fourFour, levels: 2...3, [.snare: "X.x xX.", .kick: ".x. ..x"]),
        // three beats
        KitGroove(.fourFour, levels: 0...2, [.snare: "x. .x .o", .kick: "o. o. x.", .pedalHat: ".. x. .."]),
        KitGroove(
            .fourFour, levels: 1...3,
            [.snare: "xxx ... x..", .highTom: "... xx. ...", .lowTom: "... ..x .xX", .kick: "x.. x.. x.."]),
        // whole bar
        KitGroove(
            .fourFour, levels: 0...2,
            [.snare: "x. .x .. xo", .lowTom: ".. .. .x ..", .kick: "o. o. x. ..", .pedalHat: ".. x. .. x."]),
        KitGroove(
            .fourFour, levels: 1...3,
            [
                .snare: "x.x xx. ... x.x", .highTom: "... ..x xx. ...", .lowTom: "... ... ..x .X.",
                .kick: "x.. x.. x.. x..",
            ]),
        KitGroove(.fourFour, levels: 2...3, [.snare: "X. .X .X xX", .kick: ".x x. x. ..", .pedalHat: ".. x. .. x."]),
    ]

    static let dottedFills: [KitGroove] = [
        KitGroove(.sixEight, levels: 0...2, [.snare: "x.o", .pedalHat: "x.."]),
        KitGroove(.sixEight, levels: 0...3, [.snare: ".xx", .kick: "o.."]),
        KitGroove(.sixEight, levels: 1...3, [.snare: "xxX"]),
        KitGroove(.sixEight, levels: 1...3, [.highTom: "x..", .lowTom: ".xX"]),
        KitGroove(.sixEight, levels: 0...2, [.snare: "x.o x..", .kick: "o.. ..o"]),
        KitGroove(
            .sixEight, levels: 1...3, [.snare: "xxx ...", .highTom: "... xx.", .lowTom: "... ..X", .kick: "x.. x.."]),
        KitGroove(.sixEight, levels: 1...3, [.snare: ".xx .xX", .kick: "x.. x.."]),
    ]
}
