import ArgumentParser
import ConsoleAPI
import ContinuoClient
import Foundation

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "Train genres in the background: begin, watch, pause, resume, cancel.",
        discussion: """
            The daemon trains one job at a time, evaluates the model and releases it. It does so when nothing else needs the \
            processor, and goes on by itself after a restart. "continuo train" does the first part by hand.
            """,
        subcommands: [
            JobsList.self, JobsShow.self, JobsStart.self, JobsPause.self, JobsResume.self, JobsCancel.self,
            JobsDelete.self, JobsWatch.self,
        ], defaultSubcommand: JobsList.self)
}

struct JobsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the jobs, newest first.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let list = try await daemon.ask { client throws(ClientError) in try await client.jobs() }
        if json { return try printJSON(list) }
        defer { for problem in list.problems { note(problem) } }
        guard !list.jobs.isEmpty else {
            return print("No jobs. \"continuo jobs start --genre waltz --data FOLDER\" begins one.")
        }
        var table = Table(head: ["job", "genre", "state", "since", "progress", "left", "data"], numbers: [0])
        table.rows = list.jobs.map { job in
            [
                "\(job.id)", job.genre, job.state.rawValue, local(job.changedAt), job.percent, job.left,
                URL(fileURLWithPath: job.data).lastPathComponent,
            ]
        }
        for line in table.lines { print(line) }
        for job in list.jobs where job.state == .failed { print("job \(job.id) failed: \(job.reason)") }
    }
}

struct JobsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what a job was asked for, and what happened.")
    @Argument(help: "The job's number.") var job: Int64
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let report = try await daemon.ask { client throws(ClientError) in try await client.job(job) }
        if json { return try printJSON(report) }
        let summary = report.summary
        let request = report.request
        print(Ink.bold("job \(summary.id): \(summary.genre), \(summary.state.rawValue)"))
        var rows = [("data", request.data)]
        for (name, value) in [("filter", request.filter), ("preset", request.preset), ("start", request.start)] {
            if let value { rows.append((name, value)) }
        }
        rows += request.settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        rows.append(("run", report.run))
        if let progress = summary.progress {
            rows.append(
                (
                    "step",
                    "\(progress.step) of \(progress.totalSteps) \(summary.left.isEmpty ? "" : "(\(summary.left) left)")"
                ))
        }
        let width = rows.map(\.0.count).max() ?? 0
        for (name, text) in rows {
            print("  " + Ink.quiet(name + String(repeating: " ", count: width - name.count + 2)) + text)
        }
        for warning in summary.progress?.warnings ?? [] {
            print("  " + Ink.red("step \(warning.step)") + "  \(warning.text)")
        }
        var table = Table(head: ["when", "state", "why"])
        table.rows = report.changes.map { [local($0.at), $0.state.rawValue, $0.reason] }
        for line in table.lines { print("  " + line) }
    }
}

/// A job that a command changes, and how it says what came of it.
struct JobNumber: ParsableArguments {
    @Argument(help: "The job's number.") var job: Int64
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false

    func change(_ step: JobStep, _ sentence: (JobSummaryReport) -> String) async throws {
        let report = try await daemon.ask { client throws(ClientError) in try await client.change(job: job, step) }
        if json { return try printJSON(report) }
        print(sentence(report.summary))
    }
}

struct JobsPause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Let a job write a checkpoint and wait, over restarts too.")
    @OptionGroup var number: JobNumber

    func run() async throws {
        try await number.change(.pause) { "job \($0.id) is paused; \"continuo jobs resume \($0.id)\" lets it go on" }
    }
}

struct JobsResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a paused job go on, or a failed one try again.")
    @OptionGroup var number: JobNumber

    func run() async throws {
        try await number.change(.resume) { job in
            job.state == .queued ? "job \(job.id) goes on when its turn comes" : "job \(job.id) goes on"
        }
    }
}

struct JobsCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "End a job for good; what it learned is removed.")
    @OptionGroup var number: JobNumber

    func run() async throws { try await number.change(.cancel) { "job \($0.id) is cancelled" } }
}

struct JobsDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Remove jobs that do not run, with their runs; released models stay.")
    @Argument(help: ArgumentHelp("The jobs' numbers.", valueName: "job")) var jobs: [Int64]
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        var gone: [JobSummaryReport] = []
        for job in jobs {
            let report = try await daemon.ask { client throws(ClientError) in try await client.deleteJob(job) }
            gone.append(report.summary)
            if !json { print("job \(job) is deleted") }
        }
        if json { try printJSON(JobListReport(jobs: gone)) }
    }
}

extension JobSummaryReport {
    /// `42%`; empty where nothing is known.
    var percent: String {
        guard let progress, progress.totalSteps > 0 else { return "" }
        return "\(Int(100 * share(progress)))%"
    }

    /// How much of the training is done, 0...1.
    func share(_ progress: JobProgressReport) -> Double {
        progress.totalSteps > 0 ? min(1, max(0, Double(progress.step) / Double(progress.totalSteps))) : 0
    }

    /// `3 h 05 min`; empty while nothing can be told.
    var left: String {
        guard state == .training, let seconds = progress?.secondsLeft else { return "" }
        return timeLeft(seconds)
    }
}

/// `40 s`, `12 min`, `3 h 05 min`.
func timeLeft(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0 else { return "" }
    if seconds < 90 { return "\(Int(seconds.rounded())) s" }
    let minutes = Int((min(seconds, 1e9) / 60).rounded())
    return minutes < 120 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60 < 10 ? "0" : "")\(minutes % 60) min"
}
