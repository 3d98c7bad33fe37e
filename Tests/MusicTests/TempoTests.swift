import Music
import Testing

@Suite struct TempoTests {
    @Test(arguments: [19.9, 400.1, -1, 0, .nan, .infinity])
    func temposOutOfRangeAreRefused(value: Double) {
        #expect(Tempo(quartersPerMinute: value) == nil)
    }

    @Test func aTempoKnowsItsQuarter() {
        #expect(Tempo.moderate.quarter == .milliseconds(500))
        #expect(Tempo.moderate.microsecondsPerQuarter == 500_000)
    }

    @Test(arguments: [20.0, 33.3, 97.3, 120, 179.99, 400])
    func aTickSurvivesTheWayThereAndBackFarFromTheAnchor(bpm: Double) throws {
        let map = TempoMap(
            anchor: Instant(nanoseconds: 987_654_321), anchorTick: Tick(17),
            tempo: try #require(Tempo(quartersPerMinute: bpm)))
        let ticks = [-1_000_000, -1, 0, 1, 17, 479, 480, 1_000_003, 48_000_000].map { Tick($0) }
        #expect(ticks.map { map.tick(at: map.instant(of: $0)) } == ticks)
    }

    @Test func barsFarAwayDoNotDrift() throws {
        let map = TempoMap(anchor: .zero, tempo: try #require(Tempo(quartersPerMinute: 97)))
        // 100,000 bars of 4/4 are 400,000 quarters of 60/97 seconds.
        #expect(map.instant(of: Tick(1920 * 100_000)) == Instant(nanoseconds: 247_422_680_412_371))
    }

    @Test func laterTicksAreNeverEarlier() throws {
        let map = TempoMap(anchor: .zero, tempo: try #require(Tempo(quartersPerMinute: 399)))
        let instants = (-2000...2000).map { map.instant(of: Tick($0)) }
        #expect(zip(instants, instants.dropFirst()).allSatisfy(<))
    }
}
