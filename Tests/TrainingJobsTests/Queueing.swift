import ConsoleAPI
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import TrainingJobs

extension FakeTrainer {
    var request: JobRequest { JobRequest(genre: "waltz", data: data) }
}

/// What a queue told.
final class Told: Sendable {
    private let lines = Mutex<[(text: String, job: TrainingJob?)]>([])

    func hear(_ report: TrainingQueue.Report) {
        switch report {
        case .changed(let job): add("\(job.id) \(job.state.rawValue)", job)
        case .problem(let text): add("problem: \(text)", nil)
        case .remark(let text): add("remark: \(text)", nil)
        }
    }

    private func add(_ text: String, _ job: TrainingJob?) { lines.withLock { $0.append((text, job)) } }

    /// Without what is said twice in a row.
    var states: [String] {
        lines.withLock { $0.map(\.text) }.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }
    var progress: [JobProgressReport] { lines.withLock { $0.compactMap { $0.job?.progress } } }
}

/// A queue that works with the fake program, and is gone with its thread when the body is over.
func withQueue(
    _ fake: FakeTrainer, adjust: (inout TrainingQueue.Settings) -> Void = { _ in },
    _ body: (TrainingQueue, Told) async throws -> Void
) async throws {
    var settings = TrainingQueue.Settings(
        folder: fake.jobs, program: fake.path, environment: ["PATH": "/usr/bin:/bin"])
    settings.limits.freeBytes = 0
    // So that a busy machine runs the tests in time.
    settings.yields = false
    settings.period = .milliseconds(20)
    settings.patience = .seconds(10)
    settings.doubt = .milliseconds(50)
    adjust(&settings)
    let told = Told()
    let queue = TrainingQueue(settings) { told.hear($0) }
    await queue.start()
    do {
        try await body(queue, told)
    } catch {
        await queue.stop()
        queue.executor.stop()
        throw error
    }
    await queue.stop()
    queue.executor.stop()
}

/// Waits for a condition.
func eventually(
    _ what: String, within limit: Duration = .seconds(60), _ condition: () async throws -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    try #require(try await condition(), "\(what) within \(limit)", sourceLocation: sourceLocation)
}

extension TrainingQueue {
    func state(_ id: Int64) throws -> JobState { try job(id).state }
}

/// A job that trains, and is held there where the fake program is told so.
func training(_ request: JobRequest, _ queue: TrainingQueue) async throws -> Int64 {
    let id = try await queue.create(request).id
    try await eventually("it trains") { try await queue.state(id) == .training }
    return id
}
