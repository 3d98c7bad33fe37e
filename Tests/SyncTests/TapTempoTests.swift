import Music
import Sync
import Testing

@Suite struct TapTempoTests {
    private func at(_ milliseconds: Int) -> Instant { .zero + .milliseconds(milliseconds) }

    private func tapped(_ milliseconds: [Int]) -> TapTempo {
        var taps = TapTempo()
        for time in milliseconds { taps.tap(at: at(time)) }
        return taps
    }

    @Test(
        arguments: [
            ([0], nil, 1), ([0, 500], 120, 2), ([0, 500, 1000, 1500], 120, 4), ([0, 1000, 2000], 60, 3),
            // a tap was left out
            ([0, 500, 1500, 2000], 120, 4), ([0, 500, 1000, 2000, 3000], 120, 5),
            // pauses
            ([0, 500, 1000, 2300], nil, 1), ([0, 2001], nil, 1), ([0, 500, 1000, 2300, 2900], 100, 2),
            // something else: from the last tap on
            ([0, 1000, 2000, 2300, 2600], 200, 3),
            // too fast
            ([0, 100, 200], nil, 3),
        ] as [([Int], Double?, Int)])
    func tapsTellTheTempo(taps: [Int], tempo: Double?, count: Int) {
        let tapped = tapped(taps)
        #expect(tapped.tempo.map { $0.quartersPerMinute.rounded() } == tempo)
        #expect(tapped.count == count)
    }

    @Test func onlyTheLastEightTapsCount() {
        let taps = tapped([0, 700] + (1...9).map { 700 + 500 * $0 })
        #expect(taps.tempo?.quartersPerMinute.rounded() == 120)
        #expect(taps.count == 11)
    }

    @Test func theBeatLiesOnTheLineNotOnTheLastTap() throws {
        let taps = tapped([0, 500, 1000, 1500, 2000, 2500, 3000, 3530])
        let beat = try #require(taps.beat)
        #expect(abs((beat - at(3500)).seconds) < 0.015)
        #expect(taps.map(lastTapAt: Tick(480))?.instant(of: Tick(480)) == beat)
    }

    @Test func aTapThatIsNotLaterIsIgnored() {
        #expect(tapped([0, 500, 500, 400, 1000]).count == 3)
    }

    /// Taps of a standard deviation of 25 ms around the beat, 400 players.
    @Test(arguments: [(4, 0.018, 0.75), (6, 0.011, 0.95), (8, 0.008, 0.99)])
    func humanTapsTellTheTempoWithinThreePercent(count: Int, mean: Double, share: Double) {
        var errors: [Double] = []
        for player in 0..<400 {
            var jitter = Jitter(seed: UInt64(player))
            var taps = TapTempo()
            for beat in 0..<count { taps.tap(at: .zero + .seconds(1 + 0.5 * Double(beat) + jitter.normal(0.025))) }
            errors.append(abs((taps.tempo?.quartersPerMinute ?? 0) / 120 - 1))
        }
        #expect(errors.reduce(0, +) / 400 < mean)
        #expect(Double(errors.filter { $0 < 0.03 }.count) / 400 >= share)
    }
}
