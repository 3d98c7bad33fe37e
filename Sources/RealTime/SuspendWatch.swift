import CSupport
import Glibc
import Synchronization

/// Tells that the machine was suspended and is awake again. Costs no wake-up while nothing happens.
///
/// The kernel tells when the wall clock jumps, which it does on every resume and whenever somebody sets it; the two are told apart
/// by the clock that counts through suspend.
public final class SuspendWatch: Sendable {
    /// Poll it for input, then ask `takeSlept`. It never becomes readable where the kernel cannot tell.
    public let descriptor: Int32

    private let clocks: @Sendable () -> (monotonic: Int64, boot: Int64)
    /// Time spent in suspend since the machine was started.
    private let known: Mutex<Int64>

    /// What is shorter is the hesitation between reading two clocks.
    static let shortest: Int64 = 100_000_000

    /// - Precondition: the process has a free file descriptor.
    public convenience init() {
        self.init { (csupport_monotonic_ns(), csupport_boottime_ns()) }
    }

    init(clocks: @escaping @Sendable () -> (monotonic: Int64, boot: Int64)) {
        let watch = csupport_clock_watch()
        descriptor = watch >= 0 ? watch : csupport_eventfd()
        precondition(descriptor >= 0, "no free file descriptor to watch the clock with (raise LimitNOFILE)")
        self.clocks = clocks
        let now = clocks()
        known = Mutex(now.boot - now.monotonic)
    }

    deinit { close(descriptor) }

    /// Makes the descriptor unreadable, and says how long the machine slept since the last call.
    ///
    /// - Returns: nanoseconds; nil where it did not, as after somebody set the clock.
    public func takeSlept() -> Int64? {
        _ = csupport_clock_watch_arm(descriptor)
        let now = clocks()
        return known.withLock { known in
            let slept = now.boot - now.monotonic - known
            guard slept >= SuspendWatch.shortest else { return nil }
            known += slept
            return slept
        }
    }
}
