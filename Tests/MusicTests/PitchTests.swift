import Music
import Testing

@Suite struct PitchTests {
    @Test(arguments: [(60, "C4"), (0, "C-1"), (127, "G9"), (69, "A4"), (61, "C#4"), (70, "Bb4")])
    func aPitchHasItsUsualName(number: Int, name: String) {
        #expect(Pitch(number).description == name)
    }

    @Test(arguments: 0..<128)
    func foldingStaysInRangeAndKeepsThePitchClass(number: Int) {
        let folded = Pitch(number).folded(into: 28...50)
        #expect((28...50).contains(folded.number))
        #expect(folded.pitchClass == Pitch(number).pitchClass)
    }

    @Test func transposingOutOfRangeIsNoPitch() {
        #expect(Pitch(127).transposed(by: 1) == nil)
        #expect(Pitch(0).transposed(by: -1) == nil)
        #expect(Pitch(60).transposed(by: 7) == Pitch(67))
    }

    @Test(arguments: [-127, -40, -13, -1, 0, 1, 13, 40, 127])
    func movingAndFoldingNeverLeavesTheRange(semitones: Int) {
        let expected = (0..<128).map { ($0 + semitones + 132) % 12 }
        let moved = (0..<128).map { Pitch($0).movedAndFolded(by: semitones) }
        #expect(moved.map(\.pitchClass) == expected)
        let stays = (0..<128).filter { (0..<128).contains($0 + semitones) }
        #expect(stays.allSatisfy { moved[$0].number == $0 + semitones })
    }

    @Test func velocitiesClampAndZeroIsNone() {
        #expect(Velocity(0).number == 1)
        #expect(Velocity(500).number == 127)
        #expect(Velocity(rawValue: 0) == nil)
        #expect(Velocity(rawValue: 128) == nil)
        #expect(Pitch(rawValue: 128) == nil)
    }

    @Test(arguments: ["", "Pop", "1pop", "-pop", "pop rock", "pop/..", "ä", String(repeating: "a", count: 33)])
    func whatCannotBeAFileNameIsNoGenre(name: String) {
        #expect(Genre(rawValue: name) == nil)
    }

    @Test func aGenreMayHaveDigitsAndDashes() {
        #expect(Genre(rawValue: "my-band_2")?.rawValue == "my-band_2")
    }
}

@Suite struct GrooveTests {
    @Test func straightMovesNothing() {
        let ticks = (-1000...1000).map { Tick($0) }
        #expect(ticks.map { Groove.straight.apply($0) } == ticks)
    }

    @Test(arguments: [0.5, 0.55, 0.6, 2.0 / 3, 0.75])
    func quartersAndTripletsStay(swing: Double) {
        let groove = Groove(swing: swing)
        let ticks = (-12...12).map { Tick(160 * $0) }
        #expect(ticks.map { groove.apply($0) } == ticks)
    }

    @Test func theSecondEighthFallsOnTheTriplet() {
        #expect(Groove(swing: 2.0 / 3).apply(Tick(240)) == Tick(320))
        #expect(Groove(swing: 2.0 / 3).apply(Tick(-240)) == Tick(-160))
    }

    @Test(arguments: [0.55, 0.6, 2.0 / 3, 0.75])
    func binaryPositionsKeepTheirOrder(swing: Double) {
        let moved = stride(from: -960, through: 960, by: 120).map { Groove(swing: swing).apply(Tick($0)) }
        #expect(zip(moved, moved.dropFirst()).allSatisfy(<))
    }

    @Test func swingIsClamped() {
        #expect(Groove(swing: 0.1).swing == 0.5)
        #expect(Groove(swing: 2).swing == 0.75)
    }
}
