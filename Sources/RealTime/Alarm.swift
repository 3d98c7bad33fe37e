import CSupport
import Glibc

/// Sleeps until a point in time or until a descriptor has input, whichever comes first. For use by one thread.
public struct Alarm: ~Copyable {
    private let timer: Int32

    /// - Precondition: the process has a free file descriptor.
    public init() {
        timer = csupport_timerfd()
        precondition(timer >= 0, "no free file descriptor for a timer (raise LimitNOFILE)")
    }

    deinit { close(timer) }

    /// Waits. A signal may end the wait early.
    ///
    /// - Parameters:
    ///   - nanoseconds: a time of `MonotonicClock`; nil waits for the descriptors alone.
    ///   - output: a descriptor that also ends the wait when it takes output; -1 for none.
    public func wait(until nanoseconds: Int64?, orReadable input: Int32, orWritable output: Int32 = -1) {
        _ = csupport_timerfd_set(timer, nanoseconds.map { max(1, $0) } ?? 0)
        var polled = (
            pollfd(fd: timer, events: Int16(POLLIN), revents: 0), pollfd(fd: input, events: Int16(POLLIN), revents: 0),
            pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
        )
        withUnsafeMutableBytes(of: &polled) { bytes in
            // A tuple of equal structs lies in memory like an array of them.
            _ = poll(bytes.baseAddress?.assumingMemoryBound(to: pollfd.self), 3, -1)
        }
    }
}
