/// What each piece of `MeterEvidence` weighs, in its order.
///
/// Fitted by conditional maximum likelihood (the probability of the right hearings among all that a phrase offers, with a
/// penalty on the squares of the weights) to 6,485 excerpts of the training part of the OpenEWLD lead sheets and the
/// OpenScore Lieder, six in ten of them of 4, 8, 12 or 16 bars as their phrases go, played by a model of a player that is
/// not the one that readings are measured with. The metres weigh .5, .26 and .24. A tenth of the songs was kept from the
/// first fits, to choose these shares and the penalty by (12, on weights of evidence in units of its deviation within a
/// phrase); the last fit has them all.
enum MeterWeights {
    static let values: [Double] =
        shared + ofMetres.flatMap { $0 } + ofPlaces.flatMap { $0 } + relative + ofLengths
        + ofPhrases.flatMap { $0 }

    /// Timing, the square of the felt beat's logarithm, that logarithm, and the same in compound metre.
    private static let shared: [Double] = [
        0.252, 4.51, -1.88, 2.99,
    ]
    /// For 4/4, 3/4 and 6/8: the metre itself; rhythm; first place; last place; rhythm repeated after one, two and four
    /// bars; melody and lengths likewise; harmony by bars and by halves of them.
    private static let ofMetres: [[Double]] = [
        [0.278, 0.0313, 0.223, 0.127, -0.473, -0.259, 0.113, 1.54, 1.6, 0.946, -0.177, 0.661, 0.438, 0.449, 0.028],
        [0.209, 0.0431, 0.125, 0.0698, 1.35, 0.868, -0.0509, 1.15, -0.358, 1.05, -0.975, -1.03, 0.538, 0.298, 0.298],
        [
            -0.524, -0.0262, 0.0794, 0.0937, -0.389, -0.383, 0.191, 0.458, 0.079, 0.0427, 0.0455, 0.366, -0.188, 0.0487,
            0.667,
        ],
    ]
    /// For the bar lines of 4/4, 3/4 and 6/8 and the middles of 4/4 and 6/8: one an `Accents.Cue`.
    private static let ofPlaces: [[Double]] = [
        [1.57, 2.18, -0.72, 1.86, 0.0785, 1.25, 1.78, 1.23, 0.185, 0.149, 1.14, -0.433],
        [0.851, 1.93, -1.17, 1.8, -0.628, 1.75, 1.89, 1.41, 0.285, 0.363, 1.6, -1.16],
        [-1.17, 2.79, 1.02, 2.16, 0.184, 1.18, 2.59, 0.283, 0.284, 0.387, 4.25, -0.906],
        [3.12, 0.71, -2.66, 0.239, -0.0147, 0.647, -0.0441, 0.816, -0.657, -0.0423, -0.123, -0.533],
        [0.556, 1.35, -1.73, 0.737, -0.548, 1.6, 0.869, 0.112, -1.65, 0.122, 2.63, 0.201],
    ]
    /// Behind the best hearing in timing and rhythm together, in timing, in rhythm, in the rhythms of bars.
    private static let relative: [Double] = [
        0.26, -0.0117, 0.098, 0.179,
    ]
    /// For 2, 4, 6, 8, 10, 12, 16 and an odd number of bars: without a pickup, then with one.
    private static let ofLengths: [Double] = [
        -0.349, 2.12, 1.22, 2.48, 1.41, 1.42, 1.22, 1.5,
        -0.93, 0.681, 0.426, 1.15, 0.395, 0.614, 0.665, 0.447,
    ]
    /// `PhraseEvidence.ownCount` values for 4/4, 3/4 and 6/8.
    private static let ofPhrases: [[Double]] = [
        [
            0.0479, 1.77, 0.622, -0.243, -0.282, 0.906, 0.869, 0.461, 0.0872, 0.123, -0.0689, 1.12, 0.29, 0.0446, 0.133,
            0.85, 0.669, 0.177, -0.137, -0.259, 0.298, 0.694, 0.11,
        ],
        [
            0.108, 1.48, 0, 0.322, 0, 0.0411, 0, 0.395, 0.598, 0, 0.135, 0.602, 0, 0.432, -0.403, 0, -0.0888, 0.177, 0,
            -0.422, 0.051, 0, 0.169,
        ],
        [
            0.0511, 0.531, 0.773, -0.659, -0.684, 1.4, 0.451, 0.104, -0.169, -0.498, -0.438, 0.273, -0.213, 0.27,
            -0.987, -0.51, -0.339, -0.225, -0.181, -0.611, -0.413, -1.54, -0.579,
        ],
    ]
}
