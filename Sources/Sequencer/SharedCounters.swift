import Synchronization
import Transport

/// What the threads count.
final class SharedCounters: Sendable {
    let received = Atomic<Int>(0)
    let sent = Atomic<Int>(0)
    let scheduled = Atomic<Int>(0)
    let overruns = Atomic<Int>(0)
    let sendFailures = Atomic<Int>(0)

    var snapshot: TransportCounters {
        var counters = TransportCounters()
        counters.received = received.load(ordering: .relaxed)
        counters.sent = sent.load(ordering: .relaxed)
        counters.scheduled = scheduled.load(ordering: .relaxed)
        counters.overruns = overruns.load(ordering: .relaxed)
        counters.sendFailures = sendFailures.load(ordering: .relaxed)
        return counters
    }
}
