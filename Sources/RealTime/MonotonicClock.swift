import CSupport

/// The kernel's monotonic clock: what timers, ALSA queues and this package count in.
public enum MonotonicClock {
    /// Nanoseconds since some moment before the program started.
    public static var nanoseconds: Int64 { csupport_monotonic_ns() }
}
