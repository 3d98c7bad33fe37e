import RealTime
import Synchronization

/// The thread of an embedded transport: sleeps until the next scheduled message is due, then has it sounded.
final class OutputThread: Sendable {
    private let wake = EventSignal()
    private let isStopping = Atomic<Bool>(false)
    private let thread = Mutex<RealTimeThread?>(nil)

    /// - Parameter soundDue: sounds what is due and returns the monotonic time of what comes next.
    func start(_ soundDue: @escaping @Sendable () -> Int64?) {
        let started = RealTimeThread(name: "midi-out") { [wake, self] in
            let alarm = Alarm()
            while !isStopping.load(ordering: .acquiring) {
                alarm.wait(until: soundDue(), orReadable: wake.descriptor)
                wake.clear()
            }
        }
        thread.withLock { $0 = started }
    }

    /// Something new was scheduled.
    func reconsider() { wake.raise() }

    var impairments: [String] {
        guard case .normal(_, let reason)? = thread.withLock({ $0?.scheduling }) else { return [] }
        return ["the output thread runs at normal priority: \(reason)"]
    }

    /// Lets the thread end by itself.
    func abandon() {
        isStopping.store(true, ordering: .releasing)
        wake.raise()
    }

    func stop() {
        abandon()
        thread.withLock { $0 }?.join()
    }
}
