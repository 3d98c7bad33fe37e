/// What each piece of `MeterEvidence` weighs, in its order.
///
/// First fitted by conditional maximum likelihood (the probability of the right hearings among all that a phrase offers, with a
/// penalty on the squares of the weights) to 6,485 excerpts of the training part of the OpenEWLD lead sheets and the
/// OpenScore Lieder, six in ten of them of 4, 8, 12 or 16 bars as their phrases go, played by a model of a player that is
/// not the one that readings are measured with. The metres weigh .5, .26 and .24. A tenth of the songs was kept from the
/// first fits, to choose these shares and the penalty by (12, on weights of evidence in units of its deviation within a
/// phrase); the last fit has them all.
///
/// Then fitted again, beginning from those and with a penalty on the distance from them, to takes of eight bars of songs of the
/// training part, played by the measuring player with other parameters: of the weight, 4/4, 2/2 and 2/4 have .51, 3/4 .17, 6/8
/// .22, and swung 4/4 (off-beat eighths at .56 to .667 of the beat), without which strong swing was heard as 6/8, .10. A fifth of
/// the songs was kept out to choose penalty and shares by. What the number of bars weighs was left alone.
enum MeterWeights {
    static let values: [Double] =
        shared + ofMetres.flatMap { $0 } + ofPlaces.flatMap { $0 } + relative + ofLengths
        + ofPhrases.flatMap { $0 }

    /// Timing, the square of the felt beat's logarithm, that logarithm, and the same in compound metre.
    private static let shared: [Double] = [
        0.24, 4.84, -2.36, 0.532,
    ]
    /// For 4/4, 3/4 and 6/8: the metre itself; rhythm; first place; last place; rhythm repeated after one, two and four
    /// bars; melody and lengths likewise; harmony by bars and by halves of them.
    private static let ofMetres: [[Double]] = [
        [
            0.346, 0.0222, 0.161, 0.245, -0.0509, -0.262, 0.568, 1.5, 1.69, 1.58, 0.124, -0.017, -0.0852, 0.0848,
            0.219,
        ],
        [
            0.108, 0.0519, 0.14, 0.11, 1.07, 0.557, -0.57, 1.09, 0.302, 0.821, -0.64, -0.643, 0.334, 0.216, 0.216,
        ],
        [
            -0.482, -0.0116, 0.0222, 0.188, 0.145, -0.0307, 0.253, 0.841, 0.702, 1.43, -0.193, 0.339, -0.374, -0.08,
            0.414,
        ],
    ]
    /// For the bar lines of 4/4, 3/4 and 6/8 and the middles of 4/4 and 6/8: one an `Accents.Cue`.
    private static let ofPlaces: [[Double]] = [
        [
            2.97, -0.553, 0.197, 0.505, -0.663, 2.3, 1.39, 1.36, 0.394, -0.0437, 0.159, -1.25,
        ],
        [
            1.75, 0.451, -0.695, 0.711, -0.99, 1.98, 1.42, 1.31, 0.0495, 0.251, -0.181, -1.49,
        ],
        [
            1.59, 1.45, 0.178, 0.799, -0.623, 1.18, 0.904, 0.998, 1.02, 0.377, -0.0542, -0.802,
        ],
        [
            0.526, -0.264, -0.231, 0.163, -0.208, 0.927, 0.537, 0.566, 0.103, -0.443, -1.58, -0.414,
        ],
        [
            -0.976, 0.588, -1.2, 0.539, -0.415, 1.12, 0.556, 0.492, 0.553, -0.0522, -0.697, -0.0155,
        ],
    ]
    /// Behind the best hearing in timing and rhythm together, in timing, in rhythm, in the rhythms of bars.
    private static let relative: [Double] = [
        0.271, 0.0243, 0.113, 0.224,
    ]
    /// For 2, 4, 6, 8, 10, 12, 16 and an odd number of bars: without a pickup, then with one.
    private static let ofLengths: [Double] = [
        -0.349, 2.12, 1.22, 2.48, 1.41, 1.42, 1.22, 1.5,
        -0.93, 0.681, 0.426, 1.15, 0.395, 0.614, 0.665, 0.447,
    ]
    /// `PhraseEvidence.ownCount` values for 4/4, 3/4 and 6/8.
    private static let ofPhrases: [[Double]] = [
        [
            0.061, 1.04, 0.311, 0.0841, 0.426, 1.13, 0.337, 0.697, -0.133, -0.0222, -0.5, -0.475, -0.968, -0.17,
            -0.0951, -0.608, 0.0761, -0.566, -0.515, -0.848, -0.142, 0.0532, 0.117,
        ],
        [
            0.123, 1.12, 0, 0.0888, 0, 0.973, 0, 0.776, 0.152, 0, 0.103, 0.204, 0, 0.00956, -0.758, 0, -0.144, -0.368,
            0, -0.608, -0.0434, 0, 0.0458,
        ],
        [
            0.0636, 0.32, 0.232, -0.722, -0.135, 0.33, 0.0694, 0.65, 0.623, 0.608, 0.579, 0.427, 0.514, 0.683, 0.656,
            -0.483, 0.493, -1.07, -0.268, 0.212, 0.0776, -0.0945, 0.11,
        ],
    ]
}
