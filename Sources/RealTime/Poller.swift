import CSupport
import Glibc

/// Waits for input on a handful of descriptors and for one point in time. For use by one thread.
struct Poller: ~Copyable {
    private let epoll: Int32
    private let timer: Int32

    /// - Precondition: the process has two free file descriptors.
    init() {
        epoll = csupport_epoll()
        timer = csupport_timerfd()
        precondition(epoll >= 0 && timer >= 0, "no free file descriptor to poll with (raise LimitNOFILE)")
        let added = csupport_epoll_add(epoll, timer)
        precondition(added == 0, "a new timer can be watched")
    }

    deinit {
        close(timer)
        close(epoll)
    }

    /// - Returns: 0, or the negative errno (`-EEXIST`: watched already; `-EPERM`: not a descriptor that can be polled).
    func watch(_ descriptor: Int32) -> Int32 { csupport_epoll_add(epoll, descriptor) }

    func unwatch(_ descriptor: Int32) { _ = csupport_epoll_remove(epoll, descriptor) }

    /// Sets the point in monotonic time at which `wait` returns at the latest; nil for none.
    func setDeadline(_ nanoseconds: Int64?) {
        _ = csupport_timerfd_set(timer, nanoseconds.map { max(1, $0) } ?? 0)
    }

    /// Waits, then names each ready descriptor. The deadline is not named: it only ends the wait.
    func wait(_ body: (Int32) -> Void) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 16) { ready in
            let count = csupport_epoll_wait(epoll, ready.baseAddress, -1)
            guard count > 0 else { return }
            for index in 0..<Int(count) {
                if ready[index] == timer {
                    var expirations: UInt64 = 0
                    _ = read(timer, &expirations, 8)
                } else {
                    body(ready[index])
                }
            }
        }
    }
}
