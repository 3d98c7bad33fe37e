import ConsoleAPI
import Foundation
import TrainingJobs

/// Lets a genre be trained, or not.
final class Trainer {
    let name: String
    private let folder: String
    private let queue: TrainingQueue
    private let program: String
    private let data: String?
    private var plain: Process?
    private var job: Int64?

    /// - Parameter data: what a real trainer learns from; nil lets this program work in its place.
    init(data: String?) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("beside-training-\(getpid())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        program =
            data == nil
            ? own : URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("continuo").path
        name = data == nil ? "work on every core in the trainer's place" : "continuo train"
        self.data = data.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
        if data == nil { try Data("{}\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/songs.jsonl")) }
        var settings = TrainingQueue.Settings(
            folder: "\(folder)/jobs", program: program, environment: ProcessInfo.processInfo.environment)
        settings.limits.freeBytes = 0
        queue = TrainingQueue(settings) { report in
            if case .problem(let problem) = report { say(problem) }
        }
    }

    func arrange(_ condition: Condition) async throws {
        switch condition {
        case .alone:
            // Killed: it may have inherited blocked signals.
            if let plain { kill(plain.processIdentifier, SIGKILL) }
            plain?.waitUntilExit()
            plain = nil
            if let job, try await queue.job(job).state.isRunning { _ = try await queue.pause(job) }
            while let job, try await queue.isBusy(job) { try await Task.sleep(for: .milliseconds(20)) }
            try await Task.sleep(for: .milliseconds(200))
        case .job:
            if let job {
                _ = try await queue.resume(job)
            } else {
                await queue.start()
                let request = JobRequest(
                    genre: "waltz", data: data ?? "\(folder)/songs.jsonl", settings: ["steps": "1000000"])
                job = try await queue.create(request).id
            }
            // On a machine that is busy otherwise it may get no time at all, and that is how it is meant.
            let patience = ContinuousClock.now + .seconds(20)
            while let job, ContinuousClock.now < patience {
                let now = try await queue.job(job)
                guard now.state != .failed else { throw TrainingJobsError(.failed, now.reason) }
                if now.state == .training { break }
                try await Task.sleep(for: .milliseconds(20))
            }
            try await Task.sleep(for: .milliseconds(500))
        case .ordinary:
            let process = Process()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments =
                data.map { data in
                    ["train", "--genre=waltz", "--data=\(data)", "--steps=1000000", "--run=\(folder)/plain"]
                        + (FileManager.default.fileExists(atPath: "\(folder)/plain") ? ["--resume"] : [])
                } ?? ["work"]
            process.standardError = FileHandle.nullDevice
            try process.run()
            plain = process
            let progress = "\(folder)/plain/losses.csv"
            while data != nil, !FileManager.default.fileExists(atPath: progress) {
                try await Task.sleep(for: .milliseconds(20))
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    func end() async {
        await queue.stop()
        queue.executor.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }
}

/// What a trainer does to a machine: arithmetic on every core, over more memory than the caches hold.
enum Work {
    /// As `continuo train`, as far as a job sees it; never returns.
    static func seemToTrain(_ arguments: [String]) -> Never {
        let run = arguments.compactMap { $0.hasPrefix("--run=") ? String($0.dropFirst(6)) : nil }.first ?? "."
        let text = "{\"phase\":\"training\",\"step\":1,\"totalSteps\":9,\"stepsPerSecond\":1}"
        try? FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
        try? Data(text.utf8).write(to: URL(fileURLWithPath: "\(run)/progress.json"), options: .atomic)
        signal(SIGINT) { _ in _exit(0) }
        forever()
    }

    static func forever() -> Never {
        let parent = getppid()
        for _ in 1..<max(1, ProcessInfo.processInfo.activeProcessorCount) { Thread.detachNewThread { spin(parent) } }
        spin(parent)
    }

    /// Until the process that wanted it is gone.
    private static func spin(_ parent: pid_t) -> Never {
        let count = 4 << 20
        let numbers = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
        numbers.initialize(repeating: 1)
        while true {
            if getppid() != parent { _exit(0) }
            for index in numbers.indices { numbers[index] = numbers[index] * 0.999 + 0.001 }
        }
    }
}
