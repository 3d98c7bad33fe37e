/// What the guitar plays into the melody's gaps: rhythms, `x` a note.
enum PopLine {
    static let quarters: [Figure] = [
        Figure("xx xx xx xx", in: .fourFour),
        Figure("x- xx x- xx", in: .fourFour),
        Figure("xx x- xx x-", in: .fourFour),
        Figure("x- -x x- -x", in: .fourFour),
        Figure(".x xx .x xx", in: .fourFour),
        Figure("xxx- x-xx xxx- x-x-", in: .fourFour),
        Figure("x-xx x-x- x-xx x---", in: .fourFour),
        Figure("xxx xxx xxx x--", in: .fourFour),
    ]
    static let dotted: [Figure] = [
        Figure("xxx xxx", in: .sixEight),
        Figure("x-x xxx", in: .sixEight),
        Figure("xxx x--", in: .sixEight),
        Figure("x-x x-x", in: .sixEight),
        Figure("x-xxx- x-xx--", in: .sixEight),
    ]
}
