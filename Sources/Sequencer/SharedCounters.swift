import RealTime
import Synchronization
import Transport

/// What the threads count.
final class SharedCounters: Sendable {
    let received = Atomic<Int>(0)
    let sent = Atomic<Int>(0)
    let scheduled = Atomic<Int>(0)
    let overruns = Atomic<Int>(0)
    let sendFailures = Atomic<Int>(0)
    /// From the kernel's time stamp to the end of sending on.
    let thru = DurationHistogram()
    /// By how much the kernel's queue sent later than was asked for.
    let lateness = DurationHistogram()

    var snapshot: TransportCounters {
        var counters = TransportCounters()
        counters.received = received.load(ordering: .relaxed)
        counters.sent = sent.load(ordering: .relaxed)
        counters.scheduled = scheduled.load(ordering: .relaxed)
        counters.overruns = overruns.load(ordering: .relaxed)
        counters.sendFailures = sendFailures.load(ordering: .relaxed)
        return counters
    }

    var timings: TransportTimings { TransportTimings(thru: thru.snapshot, lateness: lateness.snapshot) }
}
