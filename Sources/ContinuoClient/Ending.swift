import Glibc
import Synchronization

/// Ends a thread that waits for bytes, from any other one.
final class Ending: Sendable {
    private struct State {
        var descriptor: Int32?
        var isOver = false
    }

    private let state = Mutex(State())

    var isOver: Bool { state.withLock { $0.isOver } }

    /// - Returns: false where the end came first.
    func watch(_ descriptor: Int32) -> Bool {
        state.withLock {
            $0.descriptor = descriptor
            return !$0.isOver
        }
    }

    /// Called before the descriptor is closed, so that its number is never used for another file.
    func forget() { state.withLock { $0.descriptor = nil } }

    func end() {
        state.withLock {
            $0.isOver = true
            if let descriptor = $0.descriptor { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }
}
