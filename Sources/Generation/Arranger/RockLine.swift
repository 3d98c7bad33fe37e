/// What the clean guitar plays into the melody's gaps: rhythms (`x` a note) and the contours that fill them.
enum RockLine {
    static let quarters: [Figure] = [
        Figure("xx x- xx x-", in: .fourFour),
        Figure("x- xx -x x-", in: .fourFour),
        Figure(".x xx .x xx", in: .fourFour),
        Figure("xx -x xx -x", in: .fourFour),
        Figure("x- x- xx xx", in: .fourFour),
        Figure("xx xx x- --", in: .fourFour),
        Figure("x-xx x-x- x-xx x---", in: .fourFour),
        Figure("..xx x-x- ..xx x-x-", in: .fourFour),
        Figure("x-x x-x x-x x--", in: .fourFour),
        Figure("xxx x-- xxx x--", in: .fourFour),
    ]
    static let dotted: [Figure] = [
        Figure("xxx x--", in: .sixEight), Figure("x-x xxx", in: .sixEight), Figure("x-x x-x", in: .sixEight),
        Figure("-xx xxx", in: .sixEight), Figure("x-xxx- x-xx--", in: .sixEight),
    ]
    /// Moves on the ladder of chord tones: riffs that turn back on themselves, and runs down.
    static let contours: [[Int]] = [
        [1, -1, 1, 1, -1, -1],
        [-1, -1, -1, 2, -1, 2],
        [2, -1, -1, 2, -2],
        [1, 1, -2, 1, 1, -2],
        [-2, 1, 1, -2, 1, 1],
        [0, 1, 0, -1, 1, -1],
    ]
}
