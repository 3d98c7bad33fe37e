import ConsoleAPI
import Generation
import Music
import RealTime

/// What the conductor counts since the daemon's start.
struct Tally: Sendable {
    /// A band that was made: in which genre, and by whom.
    struct Maker: Hashable, Sendable {
        var genre: String
        /// `network` or `arranger`.
        var accompanist: String
    }

    var bands: [Maker: Int] = [:]
    /// How long bands took to make, on the thread for generation.
    let making = DurationHistogram()
    var takes = 0
    var damagedTakes = 0
    var arrangements = 0
    /// Takes and arrangements that the disk did not take.
    var failedWrites = 0
    var reloads = 0
    /// Configurations that could not be used.
    var refusedReloads = 0
    /// Notes of the console that were not begun because they were too late.
    var lateKeys = 0
    /// Times that the machine was suspended.
    var suspends = 0

    mutating func made(_ accompaniment: Accompaniment, in time: Duration) {
        let maker = Maker(
            genre: accompaniment.genre.rawValue, accompanist: accompaniment.provenance.accompanist)
        bands[maker, default: 0] += 1
        making.add(Int64(time / .nanoseconds(1)))
    }
}

extension TimingReport.Distribution {
    /// Nil where nothing was measured yet.
    init?(_ snapshot: DurationHistogram.Snapshot) {
        guard let median = snapshot.quantile(0.5), let high = snapshot.quantile(0.99) else { return nil }
        func milliseconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds / 1000) / 1000 }
        self.init(
            count: snapshot.count, p50: milliseconds(median), p99: milliseconds(high),
            longest: milliseconds(snapshot.longest))
    }
}
