/// Why a machine test can't go on. The description is the report that a reader of a failed test gets.
enum MachineError: Error, CustomStringConvertible {
    case noImage(String)
    case neverReady(mode: String, seconds: Int, console: String)
    case ended(during: String, console: String)
    case tooSlow(String, limit: Duration, soFar: String)
    case failed(String, CommandResult)
    case neverHappened(String, limit: Duration)

    var description: String {
        switch self {
        case .noImage(let path):
            "no guest at \(path): run Tests/Machine/build-image, or set CONTINUO_MACHINE_IMAGE to its output"
        case .neverReady(let mode, let seconds, let console):
            "the \(mode) guest was not ready in \(seconds) s; the end of its console:\n\(console)"
        case .ended(let during, let console):
            "the machine ended during: \(during)\nThe end of its console:\n\(console)"
        case .tooSlow(let script, let limit, let soFar):
            "not done in \(limit): \(script)\nIts output so far:\n\(soFar)"
        case .failed(let script, let result):
            "exit status \(result.status): \(script)\n\(result.text)\(result.errorText)"
        case .neverHappened(let what, let limit):
            "did not happen in \(limit): \(what)"
        }
    }
}
