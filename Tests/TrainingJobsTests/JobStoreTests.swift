import ConsoleAPI
import Foundation
import TestSupport
import Testing

@testable import TrainingJobs

struct JobStoreTests {
    private let fake: FakeTrainer
    private let store: JobStore

    init() throws {
        fake = try FakeTrainer()
        store = JobStore(folder: fake.jobs)
    }

    private func add(_ state: JobState = .queued, at seconds: Double = 0) throws -> TrainingJob {
        let moment = Date(timeIntervalSince1970: 1_700_000_000 + seconds)
        var job = TrainingJob(id: try store.makeFolder(), request: fake.request, at: moment)
        if state != .queued { job.become(state, at: moment, reason: "a \"reason\"") }
        try store.save(job)
        return job
    }

    @Test func everyJobIsReadAsItWasWritten() throws {
        let jobs = try JobState.allCases.map { try add($0) }
        #expect(store.load().jobs == jobs)
        #expect(store.load().problems.isEmpty)
    }

    @Test func aNumberIsNeverUsedTwice() throws {
        #expect(try add().id == 1)
        #expect(try add().id == 2)
        try store.remove(2)
        #expect(try add().id == 3)
    }

    @Test(arguments: ["", "{", "{}", "[1]", "{\"id\": 1, \"changes\": [], \"stage\": \"train\"}", "\u{0}\u{0}\u{0}"])
    func aBrokenFileIsSetAsideAndNamedAndStopsNoOtherJob(text: String) throws {
        _ = try add()
        let other = try add()
        try fake.write(text, to: "jobs/1/job.json")
        for _ in 1...2 {
            let found = store.load()
            #expect(found.jobs == [other])
            #expect(found.problems.count == 1 && found.problems[0].contains("/jobs/1/job.broken"))
        }
        #expect(fake.read("jobs/1/job.broken") == text)
    }

    @Test func aJobInAnotherJobsFolderIsSetAside() throws {
        _ = try add()
        _ = try add()
        try fake.write(fake.read("jobs/1/job.json"), to: "jobs/2/job.json")
        #expect(store.load().jobs.map(\.id) == [1])
        #expect(store.load().problems.count == 1)
    }

    @Test func aFolderThatWasNeverAcknowledgedIsForgotten() throws {
        try fake.write("{\"id\"", to: "jobs/7/job.json.new")
        #expect(store.load().jobs.isEmpty && store.load().problems.isEmpty)
        #expect(!fake.exists("jobs/7"))
    }

    @Test func whatCannotBeWrittenLeavesTheOldState() throws {
        let job = try add()
        // A folder where the new file would be written: the write fails however much space there is, and for root too.
        try FileManager.default.createDirectory(
            atPath: "\(fake.jobs)/1/job.json.new/x", withIntermediateDirectories: true)
        var paused = job
        paused.become(.paused, at: job.createdAt)
        let error = #expect(throws: TrainingJobsError.self) { try store.save(paused) }
        #expect(error?.message.contains("cannot write") == true)
        #expect(store.load().jobs == [job])
    }

    @Test func finishedJobsBeyondTheLimitsAreTheOldest() throws {
        var jobs: [TrainingJob] = []
        for (index, state) in [JobState.done, .failed, .paused, .cancelled, .done].enumerated() {
            jobs.append(try add(state, at: Double(index)))
            try fake.write(String(repeating: "x", count: 40_000), to: "jobs/\(index + 1)/run/model.safetensors")
        }
        var limits = TrainingLimits()
        #expect(store.superfluous(among: jobs, limits).isEmpty)
        limits.finishedJobs = 2
        #expect(store.superfluous(among: jobs, limits) == [1, 2])
        limits.finishedJobs = 20
        limits.finishedBytes = [2, 4, 5].map { store.size(of: $0) }.reduce(0, +)
        #expect(store.superfluous(among: jobs, limits) == [1])
        limits.finishedBytes = 1
        #expect(store.superfluous(among: jobs, limits) == [1, 2, 4], "the last one stays")
    }

    @Test func changesAreBoundedAndTheFirstStays() throws {
        var job = try add()
        for index in 1...500 {
            job.become(.paused, at: job.createdAt.addingTimeInterval(Double(index)))
        }
        #expect(job.changes.count == TrainingJob.mostChanges)
        #expect(job.changes[0].state == .queued && job.changedAt.timeIntervalSince(job.createdAt) == 500)
    }
}
