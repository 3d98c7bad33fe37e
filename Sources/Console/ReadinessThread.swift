import ConsoleAPI
import FlyingSocks
import Glibc
import Synchronization

/// Tells tasks when their sockets can be read or written: one thread in poll(2).
///
/// It stands in for FlyingSocks' own pool, which removes a descriptor from epoll after it has resumed the task: a task that
/// closes at once then leaves a stale entry, and the next connection with that number is never woken. Here nothing is kept
/// between two waits, and with at most some dozens of connections poll(2) costs nothing.
final class ReadinessThread: AsyncSocketPool {
    private struct Waiter {
        var descriptor: Int32
        var events: Int16
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var waiters: [UInt64: Waiter] = [:]
        /// Waits that were cancelled before they began.
        var cancelled: Set<UInt64> = []
        var nextID: UInt64 = 0
        var isOver = false
    }

    private let state = Mutex(State())
    /// A pipe: a byte in its end wakes the thread.
    private let wakeRead: Int32
    private let wakeWrite: Int32

    init() throws(ConsoleError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw ConsoleError(
                action: "start the console", cause: "pipe: \(String(cString: strerror(errno)))", advice: "")
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (wakeRead, wakeWrite) = (ends[0], ends[1])
    }

    deinit {
        close(wakeRead)
        close(wakeWrite)
    }

    func prepare() async throws {}

    /// Serves waits until the task is cancelled; every wait ends with it.
    func run() async throws {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                DetachedThread.run {
                    self.loop()
                    continuation.resume()
                }
            }
        } onCancel: {
            state.withLock { $0.isOver = true }
            poke()
        }
        throw CancellationError()
    }

    func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
        let mask = Int16(events.contains(.read) ? POLLIN : 0) | Int16(events.contains(.write) ? POLLOUT : 0)
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let begins = state.withLock { state in
                    guard !state.isOver, !state.cancelled.contains(id) else { return false }
                    state.waiters[id] = Waiter(
                        descriptor: socket.file.rawValue, events: mask, continuation: continuation)
                    return true
                }
                if begins { poke() } else { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: id)
                if waiter == nil { state.cancelled.insert(id) }
                return waiter
            }
            waiter?.continuation.resume(throwing: CancellationError())
            poke()
        }
    }

    private func poke() {
        // A full pipe wakes the thread just as well.
        var byte: UInt8 = 1
        _ = write(wakeWrite, &byte, 1)
    }

    private func loop() {
        while !state.withLock({ $0.isOver }) {
            let waiters = state.withLock { $0.waiters }
            let ids = Array(waiters.keys)
            var polled = ids.map { id in
                pollfd(fd: waiters[id]?.descriptor ?? -1, events: waiters[id]?.events ?? 0, revents: 0)
            }
            polled.append(pollfd(fd: wakeRead, events: Int16(POLLIN), revents: 0))
            guard Glibc.poll(&polled, nfds_t(polled.count), -1) >= 0 || errno == EINTR else { break }
            if polled[ids.count].revents != 0 {
                var bytes = [UInt8](repeating: 0, count: 256)
                _ = read(wakeRead, &bytes, bytes.count)
            }
            // Whoever was cancelled meanwhile is no longer in the list.
            let ready = state.withLock { state in
                zip(ids, polled).filter { $0.1.revents != 0 }.compactMap { state.waiters.removeValue(forKey: $0.0) }
            }
            for waiter in ready { waiter.continuation.resume() }
        }
        let rest = state.withLock { state in
            state.isOver = true
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in rest.values { waiter.continuation.resume(throwing: CancellationError()) }
    }
}
