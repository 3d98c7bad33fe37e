import RealTime
import Testing

@Suite struct DurationHistogramTests {
    @Test func theBoundsRise() {
        let bounds = DurationHistogram.bounds
        #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 })
        #expect(bounds.first == 5_000 && bounds.last == 10_000_000_000)
    }

    @Test func aDurationFallsIntoTheFirstBucketThatHoldsIt() {
        let histogram = DurationHistogram()
        for duration: Int64 in [-7, 0, 5_000, 5_001, 10_000_000_000, 10_000_000_001] { histogram.add(duration) }
        let counts = histogram.snapshot.counts
        #expect(counts[0] == 3)
        #expect(counts[1] == 1)
        #expect(Array(counts.suffix(2)) == [1, 1])
        #expect(histogram.snapshot.count == 6)
        #expect(histogram.snapshot.sum == 20_000_010_002)
        #expect(histogram.snapshot.longest == 10_000_000_001)
    }

    @Test func quantilesLieInTheirBucketAndNeverAboveTheLongest() throws {
        let histogram = DurationHistogram()
        #expect(histogram.snapshot.quantile(0.5) == nil)
        for _ in 1...98 { histogram.add(60_000) }
        histogram.add(1_800_000)
        histogram.add(40_000_000_000)
        let snapshot = histogram.snapshot
        let median = try #require(snapshot.quantile(0.5))
        #expect((50_000...70_000).contains(median))
        let high = try #require(snapshot.quantile(0.985))
        #expect((1_500_000...2_000_000).contains(high))
        #expect(snapshot.quantile(1) == 40_000_000_000)
        let alone = DurationHistogram()
        alone.add(51_000)
        #expect(alone.snapshot.quantile(0.99) == 51_000)
    }

    @Test func nothingIsLostBetweenThreads() async {
        let histogram = DurationHistogram()
        await withTaskGroup(of: Void.self) { group in
            for thread: Int64 in 1...4 {
                group.addTask { for index: Int64 in 1...20_000 { histogram.add(thread * index) } }
            }
        }
        #expect(histogram.snapshot.count == 80_000)
        #expect(histogram.snapshot.sum == 10 * 20_000 * 20_001 / 2)
        #expect(histogram.snapshot.longest == 80_000)
    }
}
