import Synchronization

/// Counts what is being done, so that a stop can wait for it.
final class Activity: Sendable {
    private struct State {
        var connections = 0
        var requests = 0
        var turnedAway = 0
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
            guard $0.connections < limit else {
                $0.turnedAway += 1
                return false
            }
            $0.connections += 1
            return true
        }
    }

    var metrics: [Metric] {
        let (connections, turnedAway) = state.withLock { ($0.connections, $0.turnedAway) }
        return [
            Metric("continuo_api_connections", "Connections to the API that are open.", .gauge, connections),
            Metric(
                "continuo_api_turned_away_total", "Connections that were turned away because there were too many.",
                .counter, turnedAway),
        ]
    }

    func left() { state.withLock { $0.connections -= 1 } }
}
