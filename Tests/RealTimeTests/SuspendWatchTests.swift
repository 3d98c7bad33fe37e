import Glibc
import Synchronization
import Testing

@testable import RealTime

@Suite struct SuspendWatchTests {
    /// Clocks in the test's hand.
    private final class Clocks: Sendable {
        private let state = Mutex((monotonic: Int64(1_000), suspended: Int64(5_000_000_000)))
        var now: (monotonic: Int64, boot: Int64) {
            state.withLock { ($0.monotonic, $0.monotonic + $0.suspended) }
        }
        func pass(_ nanoseconds: Int64) { state.withLock { $0.monotonic += nanoseconds } }
        func suspend(_ nanoseconds: Int64) { state.withLock { $0.suspended += nanoseconds } }
    }

    @Test func aSuspendIsToldOnceWithItsLength() {
        let clocks = Clocks()
        let watch = SuspendWatch { clocks.now }
        #expect(watch.takeSlept() == nil)
        clocks.suspend(3_600_000_000_000)
        clocks.pass(40)
        #expect(watch.takeSlept() == 3_600_000_000_000)
        #expect(watch.takeSlept() == nil)
    }

    @Test func aClockThatWasSetIsNoSuspend() {
        let clocks = Clocks()
        let watch = SuspendWatch { clocks.now }
        clocks.pass(86_400_000_000_000)
        clocks.suspend(2_000_000)  // read a little later than the other clock
        #expect(watch.takeSlept() == nil)
    }

    @Test func theRealOneIsQuietWhileNothingHappens() {
        let watch = SuspendWatch()
        var polled = pollfd(fd: watch.descriptor, events: Int16(POLLIN), revents: 0)
        #expect(poll(&polled, 1, 20) == 0)
        #expect(watch.takeSlept() == nil)
        #expect(poll(&polled, 1, 0) == 0)
    }
}
