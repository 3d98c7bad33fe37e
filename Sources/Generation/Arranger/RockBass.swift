/// Bass figures of rock. `R` root, `3` third, `5` fifth, `8` octave, `a` a step towards the next root.
enum RockBass: PatternTable {
    static let fourFour: [Figure] = [
        figure("R- -- -- R-|R- -- R- --", 0...1),
        figure("R- -- R- -R", 0...1),
        figure("R- R- R- R-|R- R- R- 5-", 0...2),
        figure("R- .R R- .R|R- .R R- 5a", 0...2),
        figure("R- R- RR R-|R- R- RR 5a", 1...2),
        figure("R. RR R. RR|R. RR R. 5a", 1...3),
        figure("RR RR RR RR|RR RR RR R5", 1...3),
        figure("RR RR RR RR|RR RR 55 8a", 2...3),
        figure("R. .R -R R.|R. .R -5 8a", 1...2),
        figure("R8 R8 R8 R8|R8 R8 RR 5a", 2...3),
        figure("R. R5 8. 5R|R. R5 8. 5a", 1...3),
        figure("R--R ..R- R--. 5-a-", 1...3),
        figure("R.RR R.RR R.RR R.RR|R.RR R.RR R.RR 5.a.", 2...3),
        figure("R..R ..8. R..R ..5.|R..R ..8. R..R ..5a", 1...3),
        figure("R--- ..R- R--- ..5-", 0...2),
        figure("R-- --R R-- --R|R-- --R R-- 5-a", 0...3),
        figure("R-R R-R R-R R-R|R-R R-R R-R 5-a", 1...3),
        figure("R-3 5-3 R-3 5-a", 2...3),
    ]
    static let threeFour: [Figure] = [
        three("R- -- --|R- -- R-", 0...1), three("R- -- R-|R- -- 5-", 0...1), three("R- R- R-|R- R- 5-", 0...2),
        three("R- -R R-|R- -R 5a", 1...2), three("R. RR R.|R. RR 5a", 1...3), three("RR RR RR|RR RR R5", 1...3),
        three("R8 R8 R8|R8 R8 5a", 2...3), three("R--R ..R- 5-..", 1...3), three("R-- --R R--|R-- --R 5-a", 0...3),
        three("R-R R-R R-R|R-R R-R 5-a", 1...3),
    ]
    static let twoFour: [Figure] = [
        two("R- --|R- R-", 0...1), two("R- R-|R- 5-", 0...2), two("R- -R|R- 5a", 0...2), two("RR RR|RR R5", 1...3),
        two("R. RR|R. 5a", 1...3), two("R8 R8|R8 5a", 2...3), two("R--R ..5-", 1...3), two("R-- --R|R-- 5-a", 0...3),
    ]
    static let sixEight: [Figure] = [
        six("R-- ---|R-- R--", 0...1), six("R-- R--|R-- 5--", 0...1), six("R-- R-R|R-- 5-a", 0...2),
        six("R-R R-R|R-R 5-a", 1...2), six("RRR RRR|RRR RR5", 1...3), six("RRR RRR|RRR 55a", 2...3),
        six("R-8 R-8|R-8 5-a", 1...3), six("R--.R- 5--.a-", 1...3),
    ]
    static let quarterFills: [Figure] = [
        figure("R5", 0...1), figure("5a", 0...3), figure("8a", 1...3), figure("R- 5a", 0...2), figure("RR 5a", 1...3),
        figure("85 3a", 1...3),
        figure("R3 5a", 0...3), figure("RR8a", 2...3), figure("8.R. 5.a.", 2...3), figure("R5a", 0...3),
        figure("R-R 5-a", 1...3),
    ]
    static let dottedFills: [Figure] = [
        six("R-a", 0...2), six("R5a", 0...3), six("85a", 1...3), six("R-R 5-a", 0...3), six("RRR 85a", 2...3),
    ]
}
