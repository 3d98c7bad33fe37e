import Synchronization

/// Counts what is being done, so that a stop can wait for it.
final class Activity: Sendable {
    private struct State {
        /// Over ports, and over the Unix socket: whoever fills the ports must not keep the player's own commands out.
        var connections = [0, 0]
        var requests = 0
        /// Connections that are told at this moment that there are too many.
        var beingTurnedAway = 0
        /// All that there was no room for.
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
    func admit(limit: Int, isLocal: Bool) -> Bool {
        state.withLock {
            guard $0.connections[isLocal ? 1 : 0] < limit else {
                $0.turnedAway += 1
                return false
            }
            $0.connections[isLocal ? 1 : 0] += 1
            return true
        }
    }

    /// - Returns: false when so many are being told already that the next ones are closed without a word.
    func turnAway(limit: Int) -> Bool {
        state.withLock {
            guard $0.beingTurnedAway < limit else { return false }
            $0.beingTurnedAway += 1
            return true
        }
    }

    func wasTurnedAway() { state.withLock { $0.beingTurnedAway -= 1 } }

    func left(isLocal: Bool) { state.withLock { $0.connections[isLocal ? 1 : 0] -= 1 } }

    var metrics: [Metric] {
        let (connections, turnedAway) = state.withLock { ($0.connections.reduce(0, +), $0.turnedAway) }
        return [
            Metric("continuo_api_connections", "Connections to the API that are open.", .gauge, connections),
            Metric(
                "continuo_api_turned_away_total", "Connections that were turned away because there were too many.",
                .counter, turnedAway),
        ]
    }
}
