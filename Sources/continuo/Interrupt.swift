import Foundation

/// Set by Control-C and by `SIGTERM`: the command ends what it does in good order.
final class Interrupt: Sendable {
    init() {
        signal(SIGINT) { _ in interrupted = 1 }
        signal(SIGTERM) { _ in interrupted = 1 }
    }
    var isRequested: Bool { interrupted != 0 }
}

/// Written by the signal handler alone and read by the commands; a signal handler may touch nothing else.
nonisolated(unsafe) private var interrupted: sig_atomic_t = 0
