import Glibc

/// The clocks that a journal reads. Tests bring their own.
struct JournalClock: Sendable {
    /// Counts while the machine is awake; nobody sets it.
    var monotonic: @Sendable () -> Int64
    /// The same with the times of suspend: nobody sets it either. What a record's time is counted in.
    var boot: @Sendable () -> Int64
    /// Nanoseconds since 1970, as the machine believes; may be set forwards and backwards.
    var wall: @Sendable () -> Int64

    static let system = JournalClock(
        monotonic: { nanoseconds(CLOCK_MONOTONIC) }, boot: { nanoseconds(CLOCK_BOOTTIME) },
        wall: { nanoseconds(CLOCK_REALTIME) })

    private static func nanoseconds(_ clock: Int32) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    var anchor: ClockAnchor { ClockAnchor(boot: boot(), wall: wall()) }
}

/// Which wall time a moment of the boot clock was.
struct ClockAnchor: Hashable, Sendable {
    var boot: Int64
    var wall: Int64

    /// What is added to boot time to get wall time.
    var offset: Int64 { wall &- boot }
}
