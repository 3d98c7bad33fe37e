/// Bass figures of pop. `R` root, `3` third, `5` fifth, `8` octave, `a` a step towards the next root.
enum PopBass: PatternTable {
    static let fourFour: [Figure] = [
        figure("R. .R R- --", 0...1),
        figure("R- -R -R 5-", 0...1),
        figure("R- .R R- 5.", 0...2),
        figure("R- -5 R- --|R- -5 8- 5a", 0...2),
        figure("R. RR R. 5.", 1...2),
        figure("R. .R R- 5a", 1...2),
        figure("R- -R -R --|R- -R -5 -a", 1...2),
        figure("R. RR R. R5|R. RR 5. a.", 1...2),
        figure("RR RR RR RR|RR RR RR 5a", 0...3),
        figure("R8 R8 R8 R8|R8 R8 R5 8a", 1...3),
        figure("R. RR .R 5a", 2...3),
        figure("R. .8 R. 58", 2...3),
        figure("R--. ...R --R- 5-..", 0...2),
        figure("R--R ..R- R-.. 5-a-", 1...3),
        figure("R..R ..8. R..R ..5a", 1...3),
        figure("R--- ..R- --R- ..5-", 0...2),
        figure("R-- --R R-- 5-a", 0...3),
        figure("R-- ..R R-- ..5", 0...2),
    ]
    static let threeFour: [Figure] = [
        Figure("R- -- --|R- -- 5-", in: .threeFour, levels: 0...1),
        Figure("R- -- 5-", in: .threeFour, levels: 0...1),
        Figure("R- -. 5.|R- -5 a.", in: .threeFour, levels: 0...2),
        Figure("R- -R 5-|R- -5 -a", in: .threeFour, levels: 1...2),
        Figure("R. 5. 8.|R. 5. a.", in: .threeFour, levels: 1...3),
        Figure("R. RR 5.|R. RR 5a", in: .threeFour, levels: 2...3),
        Figure("RR RR R5|RR RR 5a", in: .threeFour, levels: 2...3),
        Figure("R--- ..R- 5-..", in: .threeFour, levels: 1...3),
    ]
    static let twoFour: [Figure] = [
        Figure("R- --|R- 5-", in: .twoFour, levels: 0...1),
        Figure("R. 5.", in: .twoFour, levels: 0...3),
        Figure("R- 5.|R- a.", in: .twoFour, levels: 0...2),
        Figure("R- -R|R- 5a", in: .twoFour, levels: 1...2),
        Figure("RR RR|RR R5", in: .twoFour, levels: 2...3),
        Figure("R8 R8|R8 5a", in: .twoFour, levels: 2...3),
        Figure("R--R ..5-", in: .twoFour, levels: 1...3),
    ]
    static let sixEight: [Figure] = [
        Figure("R-- ---|R-- 5--", in: .sixEight, levels: 0...1),
        Figure("R-- R-.|R-- 5-.", in: .sixEight, levels: 0...1),
        Figure("R-. R-5|R-. 5-a", in: .sixEight, levels: 0...2),
        Figure("R-R --5|R-R 5-a", in: .sixEight, levels: 1...2),
        Figure("R-5 8-5|R-5 8-a", in: .sixEight, levels: 1...3),
        Figure("RRR RRR|RRR R5a", in: .sixEight, levels: 2...3),
        Figure("R.R R.5|R.R 5.a", in: .sixEight, levels: 2...3),
        Figure("R--.R- 5--.a-", in: .sixEight, levels: 1...3),
    ]
    static let quarterFills: [Figure] = [
        figure("5a", 0...3), figure("3a", 0...3), figure("8a", 1...3),
        figure("R- 5a", 0...2), figure("R3 5a", 0...3), figure("85 3a", 1...3), figure("RR 5a", 2...3),
        figure("85a", 0...3),
    ]
    static let dottedFills: [Figure] = [
        Figure("R-a", in: .sixEight, levels: 0...2), Figure("R5a", in: .sixEight, levels: 0...3),
        Figure("85a", in: .sixEight, levels: 1...3), Figure("R-5 R5a", in: .sixEight, levels: 0...3),
    ]
}
