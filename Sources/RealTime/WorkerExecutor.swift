import Glibc
import Synchronization

/// Threads of our own for long computations: generation, rendering, training, the database.
///
/// Use with `Task(executorPreference:)` or `withTaskExecutorPreference`. CPU-bound work here cannot hold up an actor, which on
/// Swift's shared pool it would.
public final class WorkerExecutor: TaskExecutor, Sendable {
    private struct State {
        var queue: [UnownedJob] = []
        var next = 0
        var isStopping = false
    }

    private let state = Mutex(State())
    private let tickets = Tickets()
    private let threads = Mutex<[RealTimeThread]>([])

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - threads: 1 makes it serial.
    ///   - niceness: 0...19; higher yields to everything else.
    public init(name: String, threads count: Int, niceness: Int32 = 0) {
        precondition(count >= 1, "a worker has at least one thread")
        let started = (1...count).map { number in
            RealTimeThread(name: count == 1 ? name : "\(name)-\(number)", request: .normal(niceness: niceness)) {
                [self] in
                while let job = take() { job.runSynchronously(on: asUnownedTaskExecutor()) }
            }
        }
        threads.withLock { $0 = started }
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.queue.append(job) }
        tickets.add()
    }

    public func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }

    /// Runs the jobs that wait, then ends the threads. Jobs enqueued afterwards never run.
    ///
    /// - Precondition: not called on one of the threads.
    public func stop() {
        let running = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        state.withLock { $0.isStopping = true }
        for _ in running { tickets.add() }
        for thread in running { thread.join() }
    }

    /// Waits for the next job; nil once stopped and empty.
    private func take() -> UnownedJob? {
        while true {
            tickets.take()
            let (job, isStopping): (UnownedJob?, Bool) = state.withLock { state in
                guard state.next < state.queue.count else { return (nil, state.isStopping) }
                let job = state.queue[state.next]
                state.next += 1
                if state.next == state.queue.count || state.next > 1024 {
                    state.queue.removeFirst(state.next)
                    state.next = 0
                }
                return (job, state.isStopping)
            }
            if let job { return job }
            if isStopping { return nil }
        }
    }
}

/// A counting semaphore: one ticket for each job.
private final class Tickets: @unchecked Sendable {
    // Why this is Sendable: the semaphore is made for many threads; its address never changes.
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func add() { sem_post(semaphore) }

    func take() {
        while sem_wait(semaphore) != 0 {}
    }
}
