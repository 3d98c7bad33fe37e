/// What a wind plays into the melody's gaps: rhythms (`x` a note) and the contours that fill them.
enum SymphonyWinds {
    static let quarters: [Figure] = [
        Figure("x- x- x- --", in: .fourFour),
        Figure("x- xx x- --", in: .fourFour),
        Figure("x- -- x- x-", in: .fourFour),
        Figure("xx x- xx x-", in: .fourFour),
        Figure("x- -x x- x-", in: .fourFour),
        Figure("x- xx x- xx", in: .fourFour),
        Figure("x--x x-x- x--x x---", in: .fourFour),
        Figure("xxx x-- xxx x--", in: .fourFour),
    ]
    static let dotted: [Figure] = [
        Figure("x-- x-x", in: .sixEight), Figure("x-x x--", in: .sixEight), Figure("xxx x--", in: .sixEight),
        Figure("x-x xxx", in: .sixEight), Figure("x-xxx- x-----", in: .sixEight),
    ]
    /// Moves on the ladder of chord tones: rising and falling arcs, sighs.
    static let contours: [[Int]] = [
        [1, 1, 1, -1, -1, -1],
        [1, -1, -1, 1, 1, -1],
        [-1, -1, 1, 1, -1, 1],
        [1, 1, -1, -1],
        [-1, 1, 1, 1, -1, -1, -1, 1],
    ]
}
