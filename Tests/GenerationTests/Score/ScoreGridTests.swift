import Music
import Testing

@testable import Generation

@Suite struct ScoreGridTests {
    @Test(arguments: [
        (Meter.fourFour, [48, 48]), (.threeFour, [36, 36]), (.sixEight, [36, 36]), (.twoFour, [24, 24]),
        (Meter(12, 8)!, [36, 36, 36, 36]), (Meter(5, 4)!, [36, 24, 36, 24]), (Meter(9, 8)!, [36, 18, 36, 18]),
        (Meter(2, 2)!, [48, 48]), (Meter(7, 8)!, [42, 42]),
    ])
    func aBarIsOneCellUnlessItIsLongerThanFourQuarters(meter: Meter, lengths: [Int]) {
        let grid = ScoreGrid(meter: meter, bars: 2)
        #expect(grid.cells.map(\.length) == lengths)
        #expect(grid.cells.map(\.length).reduce(0, +) == grid.steps)
    }

    @Test(arguments: [(1, [0]), (4, [0]), (5, [0, 2]), (6, [0, 2]), (8, [0, 2, 4]), (9, [0, 2, 4, 6])])
    func windowsOverlapByTwoBarsAndCoverThePhrase(bars: Int, windows: [Int]) {
        #expect(ScoreGrid(meter: .fourFour, bars: bars).windows == windows)
    }

    @Test func slotsBehindAShortBarAreUnused() {
        let grid = ScoreGrid(meter: .threeFour, bars: 3)
        #expect(grid.phraseStep(window: 0, slot: 35) == 35)
        #expect(grid.phraseStep(window: 0, slot: 36) == nil)
        #expect(grid.phraseStep(window: 0, slot: 48) == 36)
        #expect(grid.phraseStep(window: 2, slot: 48) == nil)
        #expect(grid.mask(window: 0).reduce(0, +) == 108)
        #expect(grid.slot(window: 0, phraseStep: 36) == 48)
    }

    @Test(arguments: [(0, 0), (1, 0), (2, 2), (3, 3), (5, 6), (7, 6), (11, 12), (47, 47), (13, 12)])
    func onsetsBesideAStraightPositionMoveOntoIt(step: Int, snapped: Int) {
        #expect(ScoreGrid(meter: .fourFour, bars: 1).snapped(step) == snapped)
    }

    @Test func everyAcceptableMetreHasCellsThatCoverIt() {
        let meters = (1...32).flatMap { n in [1, 2, 4, 8, 16, 32].map { Meter(n, $0)! } }
        for meter in meters {
            let grid = ScoreGrid(meter: meter, bars: 3)
            #expect(grid.cells.map(\.length).reduce(0, +) == grid.steps, "\(meter)")
            #expect(grid.cells.allSatisfy { (1...48).contains($0.length) }, "\(meter)")
        }
    }

    @Test func planesTurnToChannelsFirst() {
        var planes = Planes(steps: 2, channels: 3)
        planes.values = [1, 2, 3, 4, 5, 6]
        #expect(planes.channelsFirst() == [1, 4, 2, 5, 3, 6])
    }
}
