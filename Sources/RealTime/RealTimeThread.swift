import CSupport
import Glibc
import Synchronization

/// A named thread that runs one function, at real-time priority where the system allows it.
///
/// Asks for `SCHED_FIFO | SCHED_RESET_ON_FORK` and a timer slack of 1 ns. Where real time is not permitted the thread runs
/// all the same, at normal priority, and `scheduling` says why.
public final class RealTimeThread: Sendable {
    /// How a thread was scheduled.
    public enum Scheduling: Hashable, Sendable, CustomStringConvertible {
        /// `SCHED_FIFO` at a priority.
        case realTime(priority: Int32)
        /// Normal, with the niceness it runs at; `reason` is empty where nothing better was asked for.
        case normal(niceness: Int32, reason: String)

        public var description: String {
            switch self {
            case .realTime(let priority): "real time, priority \(priority)"
            case .normal(let niceness, ""): "normal, niceness \(niceness)"
            case .normal(_, let reason): "normal: \(reason)"
            }
        }
    }

    /// What a thread asks for.
    public enum Request: Hashable, Sendable {
        case realTime(priority: Int32)
        case normal(niceness: Int32)
    }

    public let name: String
    public let scheduling: Scheduling
    private let thread: pthread_t
    private let isJoined = Atomic<Bool>(false)

    /// Starts the thread and returns once it runs with its final scheduling.
    ///
    /// - Parameters:
    ///   - name: up to 15 bytes are shown by `ps -L` and debuggers.
    ///   - request: priority 60 by default, as `LimitRTPRIO=` of the unit allows.
    ///   - body: runs on the thread; `join` waits for its return.
    /// - Precondition: the process may start another thread.
    public init(name: String, request: Request = .realTime(priority: 60), body: @escaping @Sendable () -> Void) {
        self.name = name
        let start = Start(name: name, request: request, body: body)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(start)
        let code = pthread_create(&thread, nil, { threadMain($0) }, context.toOpaque())
        precondition(code == 0, "cannot start the thread \(name): errno \(code) (raise LimitNPROC or TasksMax)")
        self.thread = thread
        scheduling = start.waitUntilRunning()
    }

    /// Waits until the thread's function has returned. Joining twice is no error.
    ///
    /// - Precondition: not called on the thread itself.
    public func join() {
        precondition(pthread_equal(thread, pthread_self()) == 0, "a thread cannot wait for its own end")
        if !isJoined.exchange(true, ordering: .acquiringAndReleasing) { pthread_join(thread, nil) }
    }

    deinit {
        if !isJoined.load(ordering: .acquiring) { pthread_detach(thread) }
    }
}

private func threadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
    start.run()
    return nil
}

/// What the new thread needs, and the place where it reports that it runs.
private final class Start: Sendable {
    let name: String
    let request: RealTimeThread.Request
    let body: @Sendable () -> Void
    private let report = Mutex<RealTimeThread.Scheduling?>(nil)
    private let running = EventSignal()

    init(name: String, request: RealTimeThread.Request, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.request = request
        self.body = body
    }

    func run() {
        _ = csupport_set_thread_name(name)
        let result = apply()
        report.withLock { $0 = result }
        running.raise()
        body()
    }

    func waitUntilRunning() -> RealTimeThread.Scheduling {
        var poll = pollfd(fd: running.descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            if let result = report.withLock({ $0 }) { return result }
            _ = Glibc.poll(&poll, 1, -1)
        }
    }

    private func apply() -> RealTimeThread.Scheduling {
        switch request {
        case .normal(let niceness):
            let code = niceness == 0 ? 0 : csupport_set_niceness(niceness)
            let reason = code == 0 ? "" : "niceness \(niceness) was refused: \(String(cString: strerror(-code)))"
            return .normal(niceness: csupport_niceness(), reason: reason)
        case .realTime(let priority):
            _ = csupport_set_timer_slack(1)
            let code = csupport_become_real_time(priority)
            if code == 0 { return .realTime(priority: priority) }
            let advice =
                code == -EPERM
                ? "priority \(priority) is not permitted (set LimitRTPRIO=\(priority) in the unit, or rtprio in limits.conf)"
                : "priority \(priority) was refused: \(String(cString: strerror(-code)))"
            return .normal(niceness: csupport_niceness(), reason: advice)
        }
    }
}
