/// What the pad does with its chord: `x` all voices anew, `m` an inner voice moves; the rest is held.
enum PopPad: PatternTable {
    static let fourFour: [Figure] = [
        figure("x - - -"), figure("x - - -|x - m -"), figure("x - m -"), figure("x - - m|x - - -"), figure("x - x -"),
        figure("x - - -|- - m -"), figure("x- -m -- --", 1...3),
    ]
    static let threeFour: [Figure] = [
        Figure("x - -", in: .threeFour), Figure("x - -|x - m", in: .threeFour), Figure("x m -", in: .threeFour),
    ]
    static let twoFour: [Figure] = [
        Figure("x -", in: .twoFour), Figure("x -|- m", in: .twoFour), Figure("x -|m -", in: .twoFour),
    ]
    static let sixEight: [Figure] = [
        Figure("x-- ---", in: .sixEight), Figure("x-- m--", in: .sixEight), Figure("x-- ---|x-- --m", in: .sixEight),
    ]
}
