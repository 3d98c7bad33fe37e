import ArgumentParser
import ConsoleAPI
import ContinuoClient
import Foundation

struct JobsWatch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Follow a job until it is over; by default the one that runs.",
        discussion: """
            On a terminal a bar shows how far it is; Control-C stops watching, not the job. Ends with 0 where the job is done, \
            70 where it failed, 75 where it was paused or cancelled.
            """)
    @Argument(help: "The job's number.") var job: Int64?
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print a line of JSON for each change.") var json = false

    func run() async throws {
        let watch = JobWatch(client: daemon.client, json: json)
        if let job { return try await watch.follow(job) }
        let list = try await daemon.ask { client throws(ClientError) in try await client.jobs() }
        let waiting = list.jobs.filter { !$0.state.isFinished && $0.state != .paused }
        guard let first = waiting.first(where: { $0.state != .queued }) ?? waiting.last else {
            throw fail("no job runs: name the one to watch", ExitReason.notNow)
        }
        try await watch.follow(first.id)
    }
}

/// Shows a job's way on standard output.
struct JobWatch {
    let client: ContinuoClient
    let json: Bool
    private let isTerminal = isatty(STDOUT_FILENO) != 0

    init(client: ContinuoClient, json: Bool) {
        self.client = client
        self.json = json
    }

    /// - Throws: the exit code where the job did not come to a good end.
    func follow(_ id: Int64) async throws {
        var shown = JobLine(isTerminal: isTerminal && !json)
        do {
            for try await job in summaries(of: id) where try show(job, &shown) { return }
            // The daemon ended; the job goes on with the next one.
            shown.end()
            throw fail("the daemon ended; job \(id) goes on when it runs again", ExitReason.unavailable)
        } catch let error as ClientError {
            shown.end()
            throw fail(error)
        }
    }

    /// How the job is, and then how it becomes; ends with the daemon.
    private func summaries(of id: Int64) -> AsyncThrowingStream<JobSummaryReport, any Error> {
        AsyncThrowingStream { [client] continuation in
            @Sendable func ask() async {
                do throws(ClientError) { continuation.yield(try await client.job(id).summary) } catch {
                    continuation.finish(throwing: error)
                }
            }
            let following = Task {
                do {
                    // Asked when the stream has begun: nothing that happens in between is missed.
                    for try await numbered in client.events(connected: { Task { await ask() } }) {
                        switch numbered.event {
                        case .job(let job) where job.id == id: continuation.yield(job)
                        case .lost: await ask()
                        default: continue
                        }
                    }
                    continuation.finish()
                } catch { continuation.finish(throwing: error) }
            }
            continuation.onTermination = { _ in following.cancel() }
        }
    }

    /// - Returns: whether the job is done.
    private func show(_ job: JobSummaryReport, _ shown: inout JobLine) throws -> Bool {
        if json { try printJSON(job) } else { shown.show(job) }
        switch job.state {
        case .done:
            shown.end()
            return true
        case .failed:
            shown.end()
            throw ExitReason.failedInside
        case .paused, .cancelled:
            shown.end()
            throw ExitReason.notNow
        case .queued, .preparing, .training, .evaluating, .releasing: return false
        }
    }
}

/// A job as a line: one that is rewritten on a terminal, one for each change elsewhere.
struct JobLine {
    let isTerminal: Bool
    private var lastState: JobState?
    private var lastTenth = -1
    private var told = 0
    private var isOpen = false

    init(isTerminal: Bool) { self.isTerminal = isTerminal }

    mutating func show(_ job: JobSummaryReport) {
        let warnings = job.progress?.warnings ?? []
        for warning in warnings where warning.step > told {
            write("\(isTerminal ? "\r\u{1B}[K" : "")step \(warning.step): \(warning.text)\n")
        }
        told = max(told, warnings.last?.step ?? 0)
        let tenth = job.progress.map { Int(10 * job.share($0)) } ?? -1
        if isTerminal {
            let reason = job.reason.isEmpty || job.state == .training ? "" : ": \(job.reason)"
            let text =
                job.state == .training
                ? Self.bar(job, columns: Screen.columns) : "job \(job.id) \(job.state.rawValue)\(reason)"
            // A state that is over stays to be read.
            write((lastState.map { $0 != job.state } ?? false ? "\n" : "\r\u{1B}[K") + text)
            isOpen = true
        } else if job.state != lastState || tenth != lastTenth {
            let reason = job.reason.isEmpty ? "" : ": \(job.reason)"
            let far = job.state == .training && !job.percent.isEmpty ? " \(job.percent)" : ""
            let left = job.left.isEmpty ? "" : ", about \(job.left) left"
            write("job \(job.id) \(job.state.rawValue)\(far)\(left)\(reason)\n")
        }
        lastState = job.state
        lastTenth = tenth
    }

    mutating func end() {
        if isOpen { write("\n") }
        isOpen = false
    }

    private func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

    /// `job 3 training [######------]  52%  step 520/1000  4.1 steps/s  about 2 min left`, in a line of so many columns.
    static func bar(_ job: JobSummaryReport, columns: Int) -> String {
        guard let progress = job.progress else { return "job \(job.id) training" }
        let head = "job \(job.id) training "
        var tail = " \(job.percent)  step \(progress.step)/\(progress.totalSteps)"
        tail += String(format: "  %.1f steps/s", progress.stepsPerSecond)
        if !job.left.isEmpty { tail += "  about \(job.left) left" }
        let room = min(40, columns - head.count - tail.count - 3)
        guard room >= 8 else {
            return String(
                (head + job.percent + (job.left.isEmpty ? "" : " \(job.left) left")).prefix(max(1, columns - 1)))
        }
        let full = Int(Double(room) * job.share(progress))
        return head + "[" + String(repeating: "#", count: full) + String(repeating: "-", count: room - full) + "]"
            + tail
    }
}
