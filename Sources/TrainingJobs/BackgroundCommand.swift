import ConsoleAPI
import Foundation

/// One call of the command line that somebody waits for, so it runs beside other programs as their equal; real-time threads go first.
public enum BackgroundCommand {
    /// Runs it on a thread of its own.
    ///
    /// - Parameters:
    ///   - program: an absolute path.
    ///   - messages: file for what it says; its end is the reason of a failure.
    ///   - limit: seconds until it is killed.
    /// - Throws: `TrainingJobsError` with its own words where it does not end with exit code 0.
    public static func run(
        _ program: String, _ arguments: [String], environment: [String: String], messages: String, limit: Double
    ) async throws {
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            // The child ends with the thread that started it, so this one stays until it has ended.
            DetachedThread.run {
                done.resume(
                    with: Result {
                        try wait(program, arguments, environment: environment, messages: messages, limit: limit)
                    })
            }
        }
    }

    private static func wait(
        _ program: String, _ arguments: [String], environment: [String: String], messages: String, limit: Double
    ) throws(TrainingJobsError) {
        let start = Messages.size(messages)
        let child = try BackgroundProcess(
            program, arguments, environment: environment, output: nil, messages: messages, signal: SIGKILL,
            yields: false
        )
        defer { if let ending = child.ending { close(ending) } }
        let deadline = ContinuousClock.now + .seconds(limit)
        var isLate = false
        while true {
            switch child.reap() {
            case .exit(0): return
            case .exit, .signal:
                let words = isLate ? "it took longer than \(Int(limit)) s" : Messages.reason(in: messages, from: start)
                throw .init(.failed, words.isEmpty ? "\(program) ended without a word" : words)
            case nil:
                if !isLate, ContinuousClock.now > deadline {
                    isLate = true
                    child.signal(SIGKILL)
                }
                if let ending = child.ending {
                    var descriptor = pollfd(fd: ending, events: Int16(POLLIN), revents: 0)
                    poll(&descriptor, 1, 200)
                } else {
                    usleep(50_000)
                }
            }
        }
    }
}
