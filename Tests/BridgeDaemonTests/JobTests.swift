import ConsoleAPI
import ContinuoClient
import Foundation
import Glibc
import TestSupport
import Testing

/// Training jobs in the whole daemon, with a program that only seems to train.
@Suite(.serialized, .timeLimit(.minutes(5))) struct JobTests {
    private let folder: TemporaryFolder
    private let fake: FakeTrainer
    private let configuration: String

    init() throws {
        folder = try TemporaryFolder()
        fake = try FakeTrainer()
        configuration = "[training]\nprogram = \"\(fake.path)\"\nfree_megabytes = 0\n"
    }

    private var request: JobRequest { JobRequest(genre: "waltz", data: fake.data, settings: ["batch": "16"]) }

    @Test func aJobIsTrainedAndReleasedAndItsWayIsTold() async throws {
        let daemon = try await DaemonProcess.ready(in: folder, configuration: configuration)
        let events = try await EventLog(daemon.client)
        let job = try await daemon.client.create(request)
        #expect(job.request == request)
        try await eventually("it is done", within: .seconds(60)) { await state(1, daemon) == .done }
        try await eventually("that is told", within: .seconds(60)) { events.jobStates.last == .done }
        #expect(events.jobStates.filter { $0 != .training } == [.queued, .preparing, .evaluating, .releasing, .done])
        #expect(fake.calls[0].hasSuffix("--batch=16 --run=\(folder.path)/state/training/1/run"))
        #expect(try await daemon.client.jobs().jobs.map(\.state) == [.done])
    }

    @Test func aKilledDaemonsJobEndsWithACheckpointAndGoesOnWithTheNextOne() async throws {
        try fake.write("", to: "hold-train")
        let first = try await DaemonProcess.ready(in: folder, configuration: configuration)
        for _ in 1...3 { _ = try await first.client.create(request) }
        _ = try await first.client.change(job: 2, .pause)
        try await eventually("it trains", within: .seconds(60)) { await state(1, first) == .training }
        let trainer = try #require(trainerProcess)
        first.signal(SIGKILL)
        #expect(try await first.end() == -SIGKILL)
        try await eventually("the trainer ends", within: .seconds(60)) { kill(trainer, 0) != 0 }
        #expect(try String(contentsOfFile: "\(run(1))/checkpoint.safetensors", encoding: .utf8) == "stopped\n")

        fake.remove("hold-train")
        let second = try await DaemonProcess.ready(in: folder, configuration: configuration)
        try await eventually("all that may go on are done", within: .seconds(60)) {
            (try? await second.client.jobs().jobs.map(\.state)) == [.done, .paused, .done]
        }
        #expect(fake.calls.filter { $0.hasPrefix("train") }.map { $0.hasSuffix("--resume") } == [false, true, false])
        _ = try await second.client.change(job: 2, .resume)
        try await eventually("so is the paused one", within: .seconds(60)) { await state(2, second) == .done }
    }

    @Test func aStoppedDaemonWaitsForTheCheckpointAndEndsInTime() async throws {
        try fake.write("", to: "hold-train")
        let daemon = try await DaemonProcess.ready(in: folder, configuration: configuration)
        _ = try await daemon.client.create(request)
        try await eventually("it trains", within: .seconds(60)) { await state(1, daemon) == .training }
        daemon.signal(SIGTERM)
        #expect(try await daemon.end(within: .seconds(4)) == 0)
        #expect(FileManager.default.fileExists(atPath: "\(run(1))/checkpoint.safetensors"))
        fake.remove("hold-train")
        let next = try await DaemonProcess.ready(in: folder, configuration: configuration)
        try await eventually("it goes on", within: .seconds(60)) { await state(1, next) == .done }
    }

    @Test func aBrokenJobIsNamedAndTheDaemonLives() async throws {
        try folder.write("nothing", to: "state/training/1/job.json")
        let daemon = try await DaemonProcess.ready(in: folder, configuration: configuration)
        let problems = try await daemon.client.jobs().problems
        #expect(problems.count == 1 && problems[0].contains("training/1/job.broken"))
        #expect(try await daemon.client.status().problems == problems)
        #expect(try await daemon.client.create(request).summary.id == 2)
    }

    @Test func whatCannotBeIsRefusedInWords() async throws {
        let daemon = try await DaemonProcess.ready(
            in: folder, configuration: "[training]\nprogram = \"\(fake.path)\"\nfree_megabytes = 1000000\n")
        func refusal(_ request: JobRequest) async -> APIError? {
            do {
                _ = try await daemon.client.create(request)
                return nil
            } catch {
                if case .refused(let refusal) = error { return refusal }
                return nil
            }
        }
        var wrong = request
        wrong.data = "/nowhere"
        #expect(await refusal(wrong)?.status == 400)
        wrong = request
        wrong.start = "polka"
        #expect(await refusal(wrong)?.error == "start: there is no model for \"polka\" to begin with")
        wrong = request
        wrong.settings = ["run": "/etc"]
        #expect(await refusal(wrong)?.error == "settings: \"run\" is no setting of a job")
        let full = await refusal(request)
        #expect(full?.status == 503 && full?.error.contains("free, and a training job needs") == true)
        await #expect(throws: ClientError.self) { try await daemon.client.change(job: 7, .pause) }
    }

    private func state(_ id: Int64, _ daemon: DaemonProcess) async -> JobState? {
        try? await daemon.client.job(id).summary.state
    }

    private func run(_ id: Int) -> String { "\(folder.path)/state/training/\(id)/run" }

    /// The process of the fake program that runs.
    private var trainerProcess: Int32? {
        let text = (try? String(contentsOfFile: "\(fake.folder)/stat", encoding: .utf8)) ?? ""
        return text.split(separator: " ").first.flatMap { Int32($0) }
    }
}

extension EventLog {
    /// Each state that was told, once.
    fileprivate var jobStates: [JobState] {
        events.compactMap { if case .job(let job) = $0 { job.state } else { nil } }.reduce(into: []) {
            if $0.last != $1 { $0.append($1) }
        }
    }
}
