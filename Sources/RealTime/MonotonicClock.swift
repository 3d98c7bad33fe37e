import CSupport
import Glibc

/// The kernel's monotonic clock: what timers, ALSA queues and this package count in.
public enum MonotonicClock {
    /// Nanoseconds since some moment before the program started.
    public static var nanoseconds: Int64 { csupport_monotonic_ns() }

    /// Holds the calling thread up for a moment; a signal may end it early.
    public static func sleep(nanoseconds: Int64) {
        var length = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        nanosleep(&length, nil)
    }
}
