/// What cellos and double basses play: on the beat, mostly held. `R` root, `3` third, `5` fifth, `8` octave, `a` a step towards the next root.
enum SymphonyBass: PatternTable {
    static let fourFour: [Figure] = [
        figure("R- -- -- --|R- -- -- 5-", 0...1),
        figure("R- -- -- --|R- 5- R- 5-", 0...2),
        figure("R- -- -- 5-|R- -- -- a-", 0...2),
        figure("R- 5- -- 5-|R- R- 5- a-", 0...3),
        figure("R. .. .. 5.|R. 5. .. a.", 0...2),
        figure("R- -- -- 3-|R- 3- 5- a-", 0...2),
        figure("R. 5. R. 5.|R. 5. 3. a.", 1...2),
        figure("R- R- 5- R-|R- R- 5- a-", 1...3),
        figure("R- 5- 8- 5-|R- 5- 3- a-", 1...3),
        figure("R- -- RR R-|R- -- 55 a-", 2...3),
        figure("R- -- 8- --|R- 5- 3- a-", 2...3),
    ]
    static let threeFour: [Figure] = [
        three("R- -- --|R- -- --", 0...1), three("R- -- --|R- -- 5-", 0...2), three("R. .. ..|5. .. ..", 0...2),
        three("R- -- 5-|R- -- a-", 1...2), three("R- 5- 3-|R- 5- a-", 1...3), three("R- -- R-|R- 5- a-", 1...3),
        three("R- R- R-|R- 5- a-", 2...3),
    ]
    static let twoFour: [Figure] = [
        two("R- --|R- --", 0...1), two("R. 5.|R. 5.", 0...3), two("R- --|R- 5-", 0...2), two("R- 5-|R- a-", 1...3),
        two("R- R-|5- a-", 2...3),
    ]
    static let sixEight: [Figure] = [
        six("R-- ---|R-- ---", 0...1), six("R-- ---|R-- 5--", 0...2), six("R-- 5--|R-- a--", 0...3),
        six("R-. 5-.|R-. a-.", 1...2), six("R-- R--|R-- 5-a", 1...3), six("R-R 5-5|R-R 5-a", 2...3),
    ]
    static let quarterFills: [Figure] = [
        figure("a-", 0...2), figure("5a", 1...3), figure("5- a-", 0...3), figure("R- a-", 0...2),
        figure("3- 5a", 1...3),
    ]
    static let dottedFills: [Figure] = [
        six("5-a", 0...3), six("a--", 0...1), six("5-- a--", 0...3), six("R-3 5-a", 1...3),
    ]
}
