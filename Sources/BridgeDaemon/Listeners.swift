import ConsoleAPI
import Synchronization

/// Everyone who follows what happens. A listener that falls behind loses the oldest events.
final class Listeners: Sendable {
    private let state = Mutex((next: 0, continuations: [Int: AsyncStream<ServerEvent>.Continuation]()))
    private static let patience = 4096

    func stream() -> AsyncStream<ServerEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ServerEvent.self, bufferingPolicy: .bufferingNewest(Self.patience))
        let number = state.withLock { state in
            state.next += 1
            state.continuations[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { state in _ = state.continuations.removeValue(forKey: number) }
        }
        return stream
    }

    func publish(_ event: ServerEvent) {
        let current = state.withLock { Array($0.continuations.values) }
        for continuation in current { continuation.yield(event) }
    }

    func finish() {
        let current = state.withLock { Array($0.continuations.values) }
        for continuation in current { continuation.finish() }
    }
}
