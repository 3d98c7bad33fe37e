import Glibc
import RealTime
import Synchronization
import Testing

@Suite struct ThreadTests {
    @Test func aRaisedSignalIsReadableUntilItIsCleared() {
        let signal = EventSignal()
        #expect(!isReadable(signal.descriptor))
        signal.raise()
        signal.raise()
        #expect(isReadable(signal.descriptor))
        #expect(signal.clear())
        #expect(!isReadable(signal.descriptor))
        #expect(!signal.clear())
    }

    @Test func aThreadRunsItsBodyOnceAndCanBeJoinedTwice() {
        let runs = Atomic<Int>(0)
        let thread = RealTimeThread(name: "counted", request: .normal(niceness: 0)) {
            runs.add(1, ordering: .relaxed)
        }
        thread.join()
        thread.join()
        #expect(runs.load(ordering: .relaxed) == 1)
        #expect(thread.scheduling == .normal(niceness: 0, reason: ""))
    }

    @Test func whatTheThreadReportsIsWhatTheKernelDoes() {
        let policy = Atomic<Int32>(-1)
        let thread = RealTimeThread(name: "urgent") {
            // The flag RESET_ON_FORK is reported along with the policy.
            policy.store(sched_getscheduler(0) & 0xFF, ordering: .releasing)
        }
        thread.join()
        switch thread.scheduling {
        case .realTime(let priority):
            #expect(priority == 60)
            #expect(policy.load(ordering: .acquiring) == SCHED_FIFO)
        case .normal(_, let reason):
            #expect(reason.contains("LimitRTPRIO=60") || reason.contains("refused"))
            #expect(policy.load(ordering: .acquiring) == SCHED_OTHER)
        }
    }

    @Test func anImpossiblePriorityIsExplainedAndTheThreadStillRuns() {
        let ran = Atomic<Bool>(false)
        let thread = RealTimeThread(name: "impossible", request: .realTime(priority: 1000)) {
            ran.store(true, ordering: .releasing)
        }
        thread.join()
        let hasRun = ran.load(ordering: .acquiring)
        #expect(hasRun)
        #expect(thread.scheduling.description.hasPrefix("normal: priority 1000 "))
    }

    private func isReadable(_ descriptor: Int32) -> Bool {
        var descriptor = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 1
    }
}
