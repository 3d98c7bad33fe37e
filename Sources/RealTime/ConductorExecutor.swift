import CSupport
import Glibc
import Synchronization

/// The thread of one actor: runs its jobs, and calls back when descriptors become readable or a deadline passes.
///
/// An actor that returns this as its `unownedExecutor` never shares Swift's pool, so busy tasks elsewhere cannot stop it.
/// Callbacks run on the same thread between jobs; inside them the actor's `assumeIsolated` holds.
public final class ConductorExecutor: SerialExecutor, @unchecked Sendable {
    // Why this is Sendable: `jobs` and `isStopping` are behind locks and atomics; `watches`, `deadline` and `poller` are
    // touched by the executor's own thread alone, which every public entry to them checks.

    private let wake = EventSignal()
    private let jobs = Mutex<[UnownedJob]>([])
    private let isStopping = Atomic<Bool>(false)
    private let threadID = Atomic<Int32>(0)
    private let poller = Poller()
    private var watches: [Int32: () -> Void] = [:]
    private var deadline: (time: Int64, body: () -> Void)?
    private let thread = Mutex<RealTimeThread?>(nil)

    /// Starts the thread.
    public init(name: String, request: RealTimeThread.Request = .normal(niceness: 0)) {
        let started = RealTimeThread(name: name, request: request) { [self] in
            run()  // and keeps the executor alive until `stop`
        }
        thread.withLock { $0 = started }
        _ = poller.watch(wake.descriptor)
        wake.raise()
    }

    /// How the thread is scheduled.
    public var scheduling: RealTimeThread.Scheduling? { thread.withLock { $0?.scheduling } }

    // MARK: jobs

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = jobs.withLock { queue in
            queue.append(job)
            return queue.count == 1
        }
        if isFirst { wake.raise() }
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    /// True on the executor's own thread.
    public var isCurrent: Bool { threadID.load(ordering: .acquiring) == csupport_thread_id() }

    public func checkIsolated() {
        precondition(isCurrent, "this runs on the conductor's thread alone")
    }

    public func isIsolatingCurrentContext() -> Bool? { isCurrent }

    // MARK: descriptors and time

    /// Calls `body` on this thread whenever `descriptor` is readable, until `unwatch`. It is called again and again
    /// while the descriptor stays readable, so `body` must read it.
    ///
    /// - Precondition: called on this executor; the descriptor can be polled and is not watched yet.
    public func watch(_ descriptor: Int32, _ body: @escaping () -> Void) {
        checkIsolated()
        let code = poller.watch(descriptor)
        precondition(code == 0, "cannot watch descriptor \(descriptor): \(String(cString: strerror(-code)))")
        watches[descriptor] = body
    }

    /// Stops watching; call it before closing the descriptor. Nothing happens where it is not watched.
    ///
    /// - Precondition: called on this executor.
    public func unwatch(_ descriptor: Int32) {
        checkIsolated()
        guard watches.removeValue(forKey: descriptor) != nil else { return }
        poller.unwatch(descriptor)
    }

    /// Calls `body` once, at a time of `MonotonicClock` or as soon as possible where that is past. A later call replaces it.
    ///
    /// - Precondition: called on this executor.
    public func setDeadline(_ nanoseconds: Int64, _ body: @escaping () -> Void) {
        checkIsolated()
        deadline = (nanoseconds, body)
        poller.setDeadline(nanoseconds)
    }

    /// Forgets the deadline.
    ///
    /// - Precondition: called on this executor.
    public func cancelDeadline() {
        checkIsolated()
        deadline = nil
        poller.setDeadline(nil)
    }

    /// Runs the jobs that wait, then ends the thread. Jobs enqueued afterwards never run. Stopping twice is no error.
    ///
    /// - Precondition: not called on this executor.
    public func stop() {
        precondition(!isCurrent, "the conductor's thread cannot wait for its own end")
        isStopping.store(true, ordering: .releasing)
        wake.raise()
        thread.withLock { $0 }?.join()
    }

    // MARK: the thread

    private func run() {
        threadID.store(csupport_thread_id(), ordering: .releasing)
        while true {
            // Seen before the jobs are taken, so that what was enqueued before `stop` still runs.
            let isLast = isStopping.load(ordering: .acquiring)
            runJobs()
            if isLast { break }
            if let due = deadline, due.time <= MonotonicClock.nanoseconds {
                cancelDeadline()
                due.body()
                continue
            }
            poller.wait { descriptor in
                if descriptor == wake.descriptor {
                    wake.clear()
                } else {
                    watches[descriptor]?()
                }
            }
        }
        watches = [:]
        deadline = nil
    }

    /// Runs the jobs that wait now; those that they enqueue wait for the next turn, so descriptors are never starved.
    private func runJobs() {
        let batch = jobs.withLock { queue in
            let batch = queue
            queue.removeAll(keepingCapacity: false)
            return batch
        }
        for job in batch { job.runSynchronously(on: asUnownedSerialExecutor()) }
    }
}
