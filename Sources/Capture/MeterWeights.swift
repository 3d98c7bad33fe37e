/// What each piece of `MeterEvidence` weighs, in its order.
///
/// Fitted by conditional maximum likelihood (the probability of the right hearings among all that a phrase offers) to
/// excerpts of the training part of the OpenEWLD lead sheets and the OpenScore Lieder, played by a model of a player.
enum MeterWeights {
    static let values: [Double] = shared + ofMetres.flatMap { $0 } + ofPlaces.flatMap { $0 } + relative

    /// Timing, the square of the felt beat's logarithm, that logarithm, and the same in compound metre.
    private static let shared: [Double] = [0.0959, 6.53, -0.883, 4.79]
    /// For 4/4, 3/4 and 6/8: the metre itself; rhythm; first place; last place; rhythm repeated after one, two and four
    /// bars; melody and lengths likewise; harmony by bars and by halves of them.
    private static let ofMetres: [[Double]] = [
        [0.924, 0.106, 0.564, 0.404, -0.353, -0.494, -0.29, 2.07, 3.03, 1.98, -0.732, 0.684, 0.968, 0.668, -0.0705],
        [0.622, 0.147, 0.596, 0.21, 1.66, 0.113, 0.206, 0.172, 1.3, 1.49, -0.977, -0.717, 0.605, 0.151, 0.151],
        [-1.68, 0.0384, 0.516, 0.257, 0.763, -0.325, 0.341, -0.921, 0.728, 1.27, -0.159, 0.33, 0.188, 0.193, 0.44],
    ]
    /// For the bar lines of 4/4, 3/4 and 6/8 and the middles of 4/4 and 6/8: one an `Accents.Cue`.
    private static let ofPlaces: [[Double]] = [
        [0.26, 2.99, -0.597, 1.8, 0.196, 1.97, 3.35, 0.674, 0.884, -0.0644, 1.92, -0.119],
        [2.46, 1.2, -2.49, 1.28, -0.464, 2.14, 3.36, 0.941, 0.34, -0.0906, 0.567, -0.679],
        [-1.5, 3.23, -0.713, 2.26, -0.103, 1.39, 3.98, 0.364, -0.743, 0.329, 2.44, -0.905],
        [3.18, 0.902, -2.57, 0.0268, 0.0831, 0.603, -0.449, 0.369, -0.264, 0.103, -0.345, -1.03],
        [0.714, 1.6, -2.36, 0.582, -0.491, 0.938, 0.887, 0.856, -1.95, 1.08, 0.698, -0.303],
    ]
    /// Behind the best hearing in timing and rhythm together, in timing, in rhythm.
    private static let relative: [Double] = [0.285, 0.082, 0.0866]
}
