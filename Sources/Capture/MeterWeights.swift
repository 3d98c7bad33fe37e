/// What each piece of `MeterEvidence` weighs, in its order.
///
/// First fitted by conditional maximum likelihood (the probability of the right hearings among all that a phrase offers, with a
/// penalty on the squares of the weights) to 6,485 excerpts of the training part of the OpenEWLD lead sheets and the
/// OpenScore Lieder, six in ten of them of 4, 8, 12 or 16 bars as their phrases go, played by a model of a player that is
/// not the one that readings are measured with. The metres weigh .5, .26 and .24. A tenth of the songs was kept from the
/// first fits, to choose these shares and the penalty by (12, on weights of evidence in units of its deviation within a
/// phrase); the last fit has them all.
///
/// Then fitted again, beginning from those and with a penalty on the distance from them, to 5,520 takes of eight bars of songs
/// of the training part, in 4/4, 2/2 and 2/4 together three fifths of the weight, 3/4 and 6/8 a fifth each, played by the
/// measuring player with other parameters; a fifth of the songs was kept out to choose penalty and shares by. What the number of
/// bars weighs was left alone.
enum MeterWeights {
    static let values: [Double] =
        shared + ofMetres.flatMap { $0 } + ofPlaces.flatMap { $0 } + relative + ofLengths
        + ofPhrases.flatMap { $0 }

    /// Timing, the square of the felt beat's logarithm, that logarithm, and the same in compound metre.
    private static let shared: [Double] = [
        0.242, 5.11, -3.06, 0.467,
    ]
    /// For 4/4, 3/4 and 6/8: the metre itself; rhythm; first place; last place; rhythm repeated after one, two and four
    /// bars; melody and lengths likewise; harmony by bars and by halves of them.
    private static let ofMetres: [[Double]] = [
        [
            0.472, 0.039, 0.0926, 0.295, 0.0944, -0.129, 0.983, 1.39, 1.67, 1.47, 0.164, -0.156, -0.407, 0.0807,
            0.278,
        ],
        [
            0.0504, 0.0505, 0.0953, 0.116, 1.27, 0.592, -0.442, 1.34, 0.595, 0.932, -0.68, -0.567, 0.306, 0.23, 0.23,
        ],
        [
            -0.569, -0.00388, 0.0645, 0.286, 0.257, -0.124, 0.414, 0.717, 0.931, 1.22, -0.426, 0.263, 0.00359, -0.117,
            0.222,
        ],
    ]
    /// For the bar lines of 4/4, 3/4 and 6/8 and the middles of 4/4 and 6/8: one an `Accents.Cue`.
    private static let ofPlaces: [[Double]] = [
        [
            4.19, -1.91, 0.103, 0.446, -1.09, 2.43, 1.29, 1.19, 0.381, -0.169, -0.181, -1.29,
        ],
        [
            2.52, -0.642, -0.446, 0.663, -1.3, 2.39, 1.4, 1.11, -0.0103, 0.185, -0.342, -1.77,
        ],
        [
            1.18, 0.557, 0.436, 0.561, -0.711, 2.2, 0.966, 1.12, 0.216, 0.364, -0.632, -1.63,
        ],
        [
            0.932, -0.898, 0.283, 0.195, -0.64, 1.16, 0.391, 0.465, 0.162, -0.578, -1.79, -0.323,
        ],
        [
            -1.52, 0.343, -0.163, 0.528, -0.0671, 1.49, 0.345, 0.242, -0.146, -0.137, -1.76, -0.78,
        ],
    ]
    /// Behind the best hearing in timing and rhythm together, in timing, in rhythm, in the rhythms of bars.
    private static let relative: [Double] = [
        0.286, 0.0963, 0.0851, 0.272,
    ]
    /// For 2, 4, 6, 8, 10, 12, 16 and an odd number of bars: without a pickup, then with one.
    private static let ofLengths: [Double] = [
        -0.349, 2.12, 1.22, 2.48, 1.41, 1.42, 1.22, 1.5,
        -0.93, 0.681, 0.426, 1.15, 0.395, 0.614, 0.665, 0.447,
    ]
    /// `PhraseEvidence.ownCount` values for 4/4, 3/4 and 6/8.
    private static let ofPhrases: [[Double]] = [
        [
            0.108, 0.961, 0.326, 0.0153, 0.261, 1.28, 0.46, 0.697, 0.0679, 0.302, -0.334, -0.276, -0.966, -0.0919,
            -0.224, -0.74, 0.142, -0.38, -0.354, -0.849, -0.0795, 0.0706, 0.196,
        ],
        [
            0.143, 0.851, 0, 0.0529, 0, 1.11, 0, 0.849, 0.3, 0, 0.232, 0.198, 0, -0.0736, -0.821, 0, -0.256, -0.495,
            0, -0.727, -0.00524, 0, 0.0329,
        ],
        [
            0.0341, 0.182, 0.127, -0.167, 0.361, 0.317, -0.158, 0.688, 0.57, 0.364, 0.357, 0.242, 0.645, 0.419, 0.602,
            -0.884, 0.385, -1.52, -0.265, 0.265, 0.276, 0.112, 0.217,
        ],
    ]
}
