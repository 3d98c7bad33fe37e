import ConsoleAPI
import Foundation

/// One call of `continuo`.
struct StageCommand: Hashable {
    var arguments: [String]
    /// Where its standard output is kept; nil beside its messages.
    var output: String?
}

extension TrainingJob.Stage {
    /// What is called for a stage, in this order; each must succeed.
    ///
    /// - Parameter run: the run's folder.
    func commands(for request: JobRequest, run: String) -> [StageCommand] {
        switch self {
        case .train:
            // An interrupted run is gone on with; in a new folder there is nothing to go on with.
            let isBegun = access("\(run)/configuration.json", F_OK) == 0
            return [
                StageCommand(
                    arguments: ["train"] + request.arguments + ["--run=\(run)"] + (isBegun ? ["--resume"] : []))
            ]
        case .evaluate:
            return [
                StageCommand(
                    arguments: ["evaluate", "bands", "--run=\(run)", "--json=\(run)/evaluation.json"],
                    output: "\(run)/evaluation.txt")
            ]
        case .release: return [StageCommand(arguments: ["models", "release", run])]
        }
    }

    /// Makes the folder that the commands work in.
    ///
    /// - Throws: in words where that cannot be.
    func prepare(run: String) throws(TrainingJobsError) {
        do {
            try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
        } catch {
            throw .init(.unavailable, "cannot write \(run): \(error.localizedDescription)")
        }
    }

    var state: JobState {
        switch self {
        case .train: .preparing
        case .evaluate: .evaluating
        case .release: .releasing
        }
    }

    var next: TrainingJob.Stage? {
        switch self {
        case .train: .evaluate
        case .evaluate: .release
        case .release: nil
        }
    }

    /// For sentences: "while training".
    var gerund: String {
        switch self {
        case .train: "training"
        case .evaluate: "evaluating"
        case .release: "releasing"
        }
    }
}

/// Finds the command line that does the work.
public enum ContinuoProgram {
    /// - Parameters:
    ///   - configured: a path; empty or nil looks beside this program, then in `PATH`.
    ///   - executable: this program's path.
    /// - Returns: nil where there is none.
    public static func find(configured: String?, executable: String, environment: [String: String]) -> String? {
        if let configured, !configured.isEmpty { return configured }
        let beside = executable.lastIndex(of: "/").map { String(executable[..<$0]) }
        let folders = (beside.map { [$0] } ?? []) + (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return folders.filter { $0.hasPrefix("/") }.map { "\($0)/continuo" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    /// The command line as this process finds it, and what a child of this process may know.
    public static func ofThisProcess(configured: String?) -> (path: String?, environment: [String: String]) {
        let environment = ProcessInfo.processInfo.environment
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (
            find(configured: configured, executable: executable, environment: environment),
            Self.environment(environment)
        )
    }

    /// What a child may know: everything but what systemd said to the daemon alone.
    public static func environment(_ own: [String: String]) -> [String: String] {
        own.filter { name, _ in
            ![
                "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES",
                "INVOCATION_ID",
            ]
            .contains(name)
        }
    }
}
