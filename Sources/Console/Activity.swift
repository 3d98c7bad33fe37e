import Synchronization

/// Counts what is being done, so that a stop can wait for it.
final class Activity: Sendable {
    private struct State {
        var connections = 0
        var requests = 0
        var isDraining = false
    }

    private let state = Mutex(State())

    var isDraining: Bool { state.withLock { $0.isDraining } }
    var requests: Int { state.withLock { $0.requests } }

    func drain() { state.withLock { $0.isDraining = true } }
    func began() { state.withLock { $0.requests += 1 } }
    func ended() { state.withLock { $0.requests -= 1 } }

    /// - Returns: false when there are as many connections as there may be.
    func admit(limit: Int) -> Bool {
        state.withLock {
            guard $0.connections < limit else { return false }
            $0.connections += 1
            return true
        }
    }

    func left() { state.withLock { $0.connections -= 1 } }
}
