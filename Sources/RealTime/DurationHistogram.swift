import Synchronization

/// Counts durations in fixed buckets, from any thread: adding one is a few atomic additions, without a lock and without memory.
///
/// Each power of ten has six buckets, from 5 µs to 10 s: fine enough to tell whether a note was late.
public final class DurationHistogram: @unchecked Sendable {
    // Why this is Sendable: the pointer never changes, and what it points to is atomic.

    /// The buckets' upper bounds (inclusive) in nanoseconds, rising; one more bucket takes what is longer than the last.
    public static let bounds: [Int64] = {
        var bounds: [Int64] = [5_000, 7_000]
        var decade: Int64 = 10_000
        while decade < 10_000_000_000 {
            for tenths: Int64 in [10, 15, 20, 30, 50, 70] { bounds.append(decade * tenths / 10) }
            decade *= 10
        }
        return bounds + [decade]
    }()

    private let counts: UnsafeMutablePointer<Atomic<Int>>
    /// The bounds again, where reading them touches no reference count.
    private let edges: UnsafeMutablePointer<Int64>
    private let edgeCount: Int
    private let sum = Atomic<Int64>(0)
    private let longest = Atomic<Int64>(0)

    public init() {
        let bounds = DurationHistogram.bounds
        edgeCount = bounds.count
        edges = .allocate(capacity: bounds.count)
        counts = .allocate(capacity: bounds.count + 1)
        for (index, bound) in bounds.enumerated() { (edges + index).initialize(to: bound) }
        for index in 0...bounds.count { (counts + index).initialize(to: Atomic(0)) }
    }

    deinit {
        counts.deinitialize(count: edgeCount + 1)
        counts.deallocate()
        edges.deallocate()
    }

    /// Counts a duration in nanoseconds; one below zero counts as zero.
    public func add(_ nanoseconds: Int64) {
        let duration = max(0, nanoseconds)
        var (low, high) = (0, edgeCount)
        while low < high {
            let middle = (low + high) / 2
            if edges[middle] < duration { low = middle + 1 } else { high = middle }
        }
        counts[low].add(1, ordering: .relaxed)
        sum.add(duration, ordering: .relaxed)
        longest.max(duration, ordering: .relaxed)
    }

    /// What was counted so far. While others add, the last few may be in one figure and not yet in another.
    public var snapshot: Snapshot {
        Snapshot(
            counts: (0...edgeCount).map { counts[$0].load(ordering: .relaxed) }, sum: sum.load(ordering: .relaxed),
            longest: longest.load(ordering: .relaxed))
    }

    /// A histogram at one moment.
    public struct Snapshot: Hashable, Sendable {
        /// One for each of `bounds` and one behind them; each counts its own durations alone.
        public var counts: [Int]
        /// All durations together, in nanoseconds.
        public var sum: Int64
        /// The longest one, in nanoseconds.
        public var longest: Int64

        /// How many durations were counted.
        public var count: Int { counts.reduce(0, +) }

        /// The duration that a share of all does not exceed, in nanoseconds: exact to its bucket and drawn straight inside it, never more
        /// than the longest one. Nil where nothing was counted.
        ///
        /// - Parameter share: 0...1; 0.99 is the 99th percentile.
        public func quantile(_ share: Double) -> Int64? {
            let total = count
            guard total > 0 else { return nil }
            let wanted = share * Double(total)
            var below = 0
            for (index, inside) in counts.enumerated() where inside > 0 {
                if Double(below + inside) >= wanted {
                    let from = index == 0 ? 0 : DurationHistogram.bounds[index - 1]
                    let upTo = index < DurationHistogram.bounds.count ? DurationHistogram.bounds[index] : longest
                    let part = max(0, (wanted - Double(below)) / Double(inside))
                    return min(longest, from + Int64(Double(max(0, upTo - from)) * part))
                }
                below += inside
            }
            return longest
        }
    }
}
