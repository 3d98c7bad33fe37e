import Synchronization

/// A value that several tasks and threads change and that a test waits on: for a condition, never for a time.
package final class Watched<Value: Sendable>: Sendable {
    private struct State {
        var value: Value
        var version: UInt64 = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    package init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    package var value: Value { state.withLock { $0.value } }

    /// Changes the value and wakes who waits.
    @discardableResult
    package func update<Result: Sendable>(_ change: (inout Value) throws -> sending Result) rethrows -> Result {
        let (result, waiters) = try state.withLock { state in
            let result = try change(&state.value)
            state.version += 1
            defer { state.waiters = [] }
            return (result, state.waiters)
        }
        for waiter in waiters { waiter.resume() }
        return result
    }

    /// Waits until `find` finds something in the value.
    ///
    /// - Returns: what was found; nil when the limit has passed or the task was cancelled.
    package func wait<Found>(atMost limit: Duration, for find: (Value) -> Found?) async -> Found? {
        let deadline = ContinuousClock.now + limit
        let alarm = Task {
            try? await Task.sleep(until: deadline, clock: .continuous)
            self.update { _ in }
        }
        defer { alarm.cancel() }
        while true {
            let (value, version) = state.withLock { ($0.value, $0.version) }
            if let found = find(value) { return found }
            if ContinuousClock.now >= deadline || Task.isCancelled { return nil }
            await change(since: version)
        }
    }

    private func change(since version: UInt64) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let hasChanged = state.withLock { state in
                    if state.version == version && !Task.isCancelled {
                        state.waiters.append(waiter)
                        return false
                    }
                    return true
                }
                if hasChanged { waiter.resume() }
            }
        } onCancel: {
            update { _ in }
        }
    }
}
