import ConsoleAPI
import Foundation
import TestSupport
import Testing

@testable import TrainingJobs

struct JobRequestTests {
    private let fake: FakeTrainer

    init() throws { fake = try FakeTrainer() }

    @Test func settingsBecomeArgumentsThatAreNoOtherOptions() throws {
        let request = JobRequest(
            genre: "waltz", data: fake.data, filter: "-tag:Folk", preset: "evening", start: "jazz",
            settings: ["leaning": "-1.5", "batch": "16", "mix": "leadsheets=3,lieder=1"])
        try request.validate()
        #expect(
            request.arguments == [
                "--genre=waltz", "--data=\(fake.data)", "--filter=-tag:Folk", "--preset=evening", "--start=jazz",
                "--batch=16", "--leaning=-1.5", "--mix=leadsheets=3,lieder=1",
            ])
    }

    @Test(
        arguments: [
            ("Waltz!", nil, nil, [:], "no genre's name"), ("waltz", "songs", nil, [:], "no absolute path"),
            ("waltz", "/nowhere/songs", nil, [:], "the daemon cannot read /nowhere/songs: No such file"),
            ("waltz", "/etc", nil, [:], "no pieces.jsonl"),
            ("waltz", nil, "/nowhere/m.safetensors", [:], "start: the daemon cannot read"),
            ("waltz", nil, "/etc", [:], "is a folder"), ("waltz", nil, nil, ["dance": "1"], "\"dance\" is no setting"),
            ("waltz", nil, nil, ["output": "/etc/passwd"], "\"output\" is no setting"),
            ("waltz", nil, nil, ["batch": "many"], "batch: \"many\" is no whole number"),
            ("waltz", nil, nil, ["rate": "nan"], "rate: \"nan\" is no number"),
            ("waltz", nil, nil, ["teacher": "a\nb"], "on one line"),
            ("waltz", nil, nil, ["batch": "-1"], "no whole number"),
        ] as [(String, String?, String?, [String: String], String)])
    func whatIsWrongIsSaid(
        genre: String, data: String?, start: String?, settings: [String: String], words: String
    ) throws {
        let request = JobRequest(genre: genre, data: data ?? fake.data, start: start, settings: settings)
        let error = #expect(throws: TrainingJobsError.self) { try request.validate() }
        #expect(error?.kind == .invalid)
        #expect(error?.message.contains(words) == true, "\(error.map(String.init(describing:)) ?? "")")
    }

    @Test func aJobIsRefusedWhereTheDiskHasTooLittleFree() async throws {
        try await withQueue(fake, adjust: { $0.limits.freeBytes = .max / 2 }) { queue, _ in
            let error = await #expect(throws: TrainingJobsError.self) { try await queue.create(fake.request) }
            #expect(error?.kind == .unavailable)
            #expect(error?.message.contains("free, and a training job needs") == true)
            #expect(await queue.list().isEmpty)
        }
        #expect(!fake.exists("jobs/1"))
    }

    @Test func aJobThatCannotBeWrittenIsNotAcknowledged() async throws {
        try fake.write("", to: "hold-train")
        try await withQueue(fake) { queue, _ in
            let id = try await queue.create(fake.request).id
            try await eventually("it trains") { try await queue.state(id) == .training }
            try FileManager.default.createDirectory(
                atPath: "\(fake.jobs)/1/job.json.new/x", withIntermediateDirectories: true)
            await #expect(throws: TrainingJobsError.self) { try await queue.pause(id) }
            #expect(try await queue.state(id) == .training, "what was refused did not happen")
            fake.remove("jobs/1/job.json.new")
            #expect(try await queue.pause(id).state == .paused)
        }
    }

    @Test func aChangeThatCannotBeWrittenYetIsWrittenLater() async throws {
        try fake.write("", to: "hold-train")
        try await withQueue(fake) { queue, told in
            let id = try await queue.create(fake.request).id
            try await eventually("it trains") { try await queue.state(id) == .training }
            try FileManager.default.createDirectory(
                atPath: "\(fake.jobs)/1/job.json.new/x", withIntermediateDirectories: true)
            fake.remove("hold-train")
            try await eventually("it is done") { try await queue.state(id) == .done }
            #expect(told.states.contains { $0.contains("it is tried again") })
            #expect(fake.exists("jobs/1/run/checkpoint.safetensors"), "the disk still says that it trains")
            fake.remove("jobs/1/job.json.new")
            try await eventually("it is written") {
                JobStore(folder: fake.jobs).load().jobs.first?.state == .done
            }
            try await eventually("it is cleared") { !fake.exists("jobs/1/run/checkpoint.safetensors") }
        }
    }

    @Test func theProgramIsLookedForBesideTheDaemonFirst() {
        let beside = ContinuoProgram.find(
            configured: nil, executable: "\(fake.folder)/continuod", environment: ["PATH": "/usr/bin"])
        #expect(beside == fake.path)
        #expect(ContinuoProgram.find(configured: "/x/y", executable: "", environment: [:]) == "/x/y")
        #expect(ContinuoProgram.find(configured: nil, executable: "/x/continuod", environment: ["PATH": ":/x"]) == nil)
        #expect(
            ContinuoProgram.find(
                configured: nil, executable: "/x/continuod", environment: ["PATH": "/x:\(fake.folder)"])
                == fake.path)
        #expect(ContinuoProgram.environment(["HOME": "/", "NOTIFY_SOCKET": "@x"]) == ["HOME": "/"])
    }
}
