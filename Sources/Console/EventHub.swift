import ConsoleAPI

/// Numbers events, keeps the last ones, and lets every listener read at its own pace.
///
/// Listeners pull: there is one bounded backlog and no queue a listener, so that a slow one costs nothing and is told how
/// many events it missed.
actor EventHub {
    /// What a listener gets at a time.
    enum Batch: Equatable {
        /// `lost` were dropped before the first of these; the list may be empty, to keep the connection alive.
        case events([NumberedEvent], lost: Int, next: UInt64)
        /// Nothing will come any more.
        case end
    }

    private let capacity: Int
    private var backlog: [NumberedEvent] = []
    private var nextID: UInt64
    private var isFinished = false
    private var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    private var nextWaiter: UInt64 = 0

    /// - Parameter firstID: above every number of earlier runs, so that a listener notices what it missed while the daemon was down.
    init(capacity: Int, firstID: UInt64) {
        self.capacity = capacity
        nextID = firstID
    }

    /// The number that the next event will have.
    var position: UInt64 { nextID }

    func append(_ event: ServerEvent) {
        guard !isFinished else { return }
        backlog.append(NumberedEvent(id: nextID, event: event))
        nextID += 1
        // Dropping an eighth at a time keeps the cost of moving the rest small.
        if backlog.count >= capacity + capacity / 8 + 1 { backlog.removeFirst(backlog.count - capacity) }
        wake()
    }

    /// Lets all listeners go.
    func finish() {
        isFinished = true
        wake()
    }

    /// Wakes all listeners though nothing happened.
    func wake() {
        let all = waiting.values
        waiting = [:]
        for continuation in all { continuation.resume() }
    }

    /// The events from `position` on; waits for the first one, or for `wake`.
    func events(from position: UInt64) async -> Batch {
        if position >= nextID, !isFinished, !Task.isCancelled { await sleep() }
        if backlog.last.map({ $0.id >= position }) == true, let oldest = backlog.first?.id {
            let first = max(oldest, position)
            return .events(Array(backlog[Int(first - oldest)...]), lost: Int(clamping: first - position), next: nextID)
        }
        if isFinished || Task.isCancelled { return .end }
        return .events([], lost: Int(clamping: nextID - min(position, nextID)), next: nextID)
    }

    private func sleep() async {
        let waiter = nextWaiter
        nextWaiter += 1
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled || isFinished { continuation.resume() } else { waiting[waiter] = continuation }
            }
        } onCancel: {
            Task { await self.wake(waiter) }
        }
    }

    private func wake(_ waiter: UInt64) { waiting.removeValue(forKey: waiter)?.resume() }
}
