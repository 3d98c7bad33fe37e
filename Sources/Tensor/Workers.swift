import Glibc
import Synchronization

/// The threads that share the work of an operation.
///
/// Work is cut so that every number is computed by one thread in an order of its own: results are bit-equal for any number of
/// threads. A program starts with one, the caller's; training asks for more.
public enum Workers {
    /// Threads that compute, the caller's included.
    public static var count: Int { wanted.load(ordering: .relaxed) }

    /// Computes on so many threads from now on.
    public static func use(_ count: Int) {
        precondition((1...64).contains(count), "computing takes 1 to 64 threads, not \(count)")
        wanted.store(count, ordering: .relaxed)
    }

    private static let wanted = Atomic(1)
    private static let team = Team()

    /// The results of `body` for 0..<count in order, each computed on any of the threads: for work of a millisecond or so each.
    public static func map<Element: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Element) -> [Element] {
        guard count > 0 else { return [] }
        return [Element](unsafeUninitializedCapacity: count) { buffer, used in
            let first = buffer.baseAddress!  // of a buffer that is not empty
            share(count, work: 100_000) { range in
                for index in range { (first + index).initialize(to: body(index)) }
            }
            used = count
        }
    }

    /// Calls `body` with ranges that make up 0..<count, on several threads at once where that pays.
    ///
    /// - Parameters:
    ///   - grain: ranges begin at multiples of it.
    ///   - work: multiply-adds (or like operations) of one of the `count`.
    @inline(__always)
    static func share(_ count: Int, grain: Int = 1, work: Int, _ body: (Range<Int>) -> Void) {
        let threads = wanted.load(ordering: .relaxed)
        guard threads > 1, count > grain, count * work >= 40_000 else { return body(0..<count) }
        withoutActuallyEscaping(body) { team.run(count, grain: grain, threads: threads, $0) }
    }
}

/// Threads that wait for work; one caller at a time gets them, another computes alone.
private final class Team: Sendable {
    /// What the helpers do now. Written by the caller before `round` grows, and not again before `running` is 0.
    private struct Job {
        var count = 0
        var grain = 1
        var pieces = 0
        var body: ((Range<Int>) -> Void)?
    }

    /// What the caller hands to the helpers.
    ///
    /// `Sendable` is safe: only the caller that holds `isTaken` writes, before it advances `round` (which helpers read before they look) and
    /// after `running` has come down to 0 (which helpers lower when they look no more). The lock and the condition are made for sharing.
    private final class Shared: @unchecked Sendable {
        var job = Job()
        var helpers = 0
        var mutex = pthread_mutex_t()
        var wake = pthread_cond_t()
        init() {
            pthread_mutex_init(&mutex, nil)
            pthread_cond_init(&wake, nil)
        }
    }

    private let shared = Shared()
    private let isTaken = Atomic(false)
    private let round = Atomic(0)
    private let next = Atomic(0)
    private let running = Atomic(0)
    private let sleeping = Atomic(0)

    func run(_ count: Int, grain: Int, threads: Int, _ body: @escaping (Range<Int>) -> Void) {
        guard !isTaken.exchange(true, ordering: .acquiring) else { return body(0..<count) }
        while shared.helpers < threads - 1 { startHelper() }
        // More pieces than threads, so that a thread whose core is taken away does not hold up the others.
        shared.job = Job(count: count, grain: grain, pieces: min((count + grain - 1) / grain, threads * 4), body: body)
        next.store(0, ordering: .relaxed)
        running.store(shared.helpers, ordering: .relaxed)
        round.add(1, ordering: .sequentiallyConsistent)
        if sleeping.load(ordering: .sequentiallyConsistent) > 0 {
            pthread_mutex_lock(&shared.mutex)
            pthread_cond_broadcast(&shared.wake)
            pthread_mutex_unlock(&shared.mutex)
        }
        takePieces()
        var spins = 0
        while running.load(ordering: .acquiring) > 0 {
            spins += 1
            if spins > 2000 { sched_yield() }
        }
        shared.job.body = nil
        isTaken.store(false, ordering: .releasing)
    }

    private func takePieces() {
        let job = shared.job
        let units = (job.count + job.grain - 1) / job.grain
        while true {
            let piece = next.add(1, ordering: .relaxed).oldValue
            guard piece < job.pieces else { return }
            let (first, last) = (units * piece / job.pieces, units * (piece + 1) / job.pieces)
            if first < last { job.body?(first * job.grain..<min(job.count, last * job.grain)) }
        }
    }

    private func startHelper() {
        shared.helpers += 1
        let seen = round.load(ordering: .relaxed)
        let start = Unmanaged.passRetained(Start(team: self, round: seen))
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { argument in
                let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
                start.team.help(since: start.round)
            }, start.toOpaque())
        guard failure == 0 else { fatalError("cannot start a computing thread: error \(failure)") }
        pthread_detach(thread)
    }

    private final class Start: Sendable {
        let team: Team
        let round: Int
        init(team: Team, round: Int) { (self.team, self.round) = (team, round) }
    }

    /// A helper's life: spins a moment between operations of a step, sleeps between steps.
    private func help(since first: Int) -> Never {
        var seen = first
        while true {
            var spins = 0
            while round.load(ordering: .acquiring) == seen {
                spins += 1
                if spins < 3000 { continue }
                pthread_mutex_lock(&shared.mutex)
                sleeping.add(1, ordering: .sequentiallyConsistent)
                while round.load(ordering: .sequentiallyConsistent) == seen {
                    pthread_cond_wait(&shared.wake, &shared.mutex)
                }
                sleeping.subtract(1, ordering: .relaxed)
                pthread_mutex_unlock(&shared.mutex)
            }
            seen += 1
            takePieces()
            running.subtract(1, ordering: .releasing)
        }
    }
}
