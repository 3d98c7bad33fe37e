import Foundation
import TestSupport
import Testing

@testable import TrainingJobs

@Suite(.timeLimit(.minutes(3))) struct TrainingQueueTests {
    private let fake: FakeTrainer

    init() throws { fake = try FakeTrainer() }

    @Test func aJobGoesThroughEveryStateToItsRelease() async throws {
        try fake.write("", to: "hold-train")
        try await withQueue(fake) { queue, told in
            let id = try await training(fake.request, queue)
            try await eventually("its progress is known") { try await queue.job(id).progress?.step == 40 }
            fake.remove("hold-train")
            try await eventually("it is done") { try await queue.state(id) == .done }
            let job = try await queue.job(id)
            #expect(
                job.changes.map(\.state) == [.queued, .preparing, .training, .evaluating, .releasing, .done])
            #expect(zip(job.changes, job.changes.dropFirst()).allSatisfy { $0.at <= $1.at })
            #expect(told.states == job.changes.map { "\(id) \($0.state.rawValue)" })
            #expect(told.progress.contains { $0.step == 40 && $0.secondsLeft == 12 && $0.warnings[0].step == 3 })
        }
        #expect(fake.stages == ["train", "evaluate bands", "models release"])
        #expect(fake.calls[0] == "train --genre=waltz --data=/songs.jsonl --run=/jobs/1/run")
        #expect(fake.read("released") == "\(fake.jobs)/1/run\n")
        #expect(fake.read("jobs/1/run/evaluation.txt") == "the table\n")
        #expect(fake.read("jobs/1/run/model.safetensors") == "model\n")
        #expect(!fake.exists("jobs/1/run/checkpoint.safetensors"), "only going on would need it")
    }

    @Test func oneJobRunsAtATimeAndTheOldestIsNext() async throws {
        try fake.write("", to: "hold-train")
        try await withQueue(fake) { queue, _ in
            var ids: [Int64] = []
            for _ in 1...3 { ids.append(try await queue.create(fake.request).id) }
            #expect(ids == [1, 2, 3])
            try await eventually("the first one trains") { try await queue.state(1) == .training }
            #expect(await queue.list().map(\.state) == [.queued, .queued, .training])
            fake.remove("hold-train")
            try await eventually("all are done") { await queue.list().allSatisfy { $0.state == .done } }
        }
        let runs = fake.calls.filter { $0.hasPrefix("train") }.map { $0.split(separator: "/").dropLast().last ?? "" }
        #expect(runs == ["1", "2", "3"])
        #expect(
            fake.stages.chunks(of: 3).allSatisfy {
                $0 == ["train", "evaluate bands", "models release"]
            })
    }

    @Test func aChildYieldsToEverythingAndInheritsNothing() async throws {
        try await withQueue(fake, adjust: { $0.yields = true }) { queue, _ in
            // What a daemon ignores and blocks, and a file that it forgot to close at exec.
            let before = signal(SIGUSR1, SIG_IGN)
            let open = dup(0)
            defer {
                close(open)
                signal(SIGUSR1, before)
            }
            let id = try await queue.create(fake.request).id
            try await eventually("it is done") { try await queue.state(id) == .done }
        }
        let fields = fake.read("stat").split(separator: ")").last!.split(separator: " ")
        #expect(fields[16] == "19", "niceness, proc(5) field 19")
        #expect(["3", "5"].contains(fields[38]), "SCHED_BATCH or SCHED_IDLE, proc(5) field 41")
        let status = fake.read("status").split(separator: "\n")
        #expect(
            status.contains {
                $0.hasPrefix("SigBlk:") && $0.hasSuffix(" 0000000000000000") || $0.hasSuffix("\t0000000000000000")
            })
        #expect(
            status.contains {
                $0.hasPrefix("SigIgn:") && $0.hasSuffix(" 0000000000000000") || $0.hasSuffix("\t0000000000000000")
            })
        // Its three, the shell's script, and the folder that lists them.
        #expect(Int(fake.read("descriptors").dropLast()) == 5)
    }

    @Test func aPausedJobLeavesItsCheckpointAndGoesOnFromIt() async throws {
        try fake.write("", to: "hold-train")
        try await withQueue(fake) { queue, _ in
            let id = try await training(fake.request, queue)
            #expect(try await queue.pause(id).state == .paused)
            try await eventually("it has written") { fake.exists("jobs/1/run/checkpoint.safetensors") }
            #expect(try await queue.pause(id).changes.count == 4, "paused twice is paused once")
            try await Task.sleep(for: .milliseconds(100))
            #expect(fake.stages == ["train"])
            fake.remove("hold-train")
            _ = try await queue.resume(id)
            try await eventually("it is done") { try await queue.state(id) == .done }
            #expect(
                try await queue.job(id).changes.map(\.state)
                    == [
                        .queued, .preparing, .training, .paused, .queued, .preparing, .training, .evaluating,
                        .releasing, .done,
                    ])
        }
        #expect(fake.calls[1].hasSuffix("--run=/jobs/1/run --resume"))
    }

    @Test func aJobThatIsPausedWhileItIsEvaluatedIsNotTrainedAgain() async throws {
        try fake.write("", to: "hold-evaluate")
        try await withQueue(fake) { queue, _ in
            let id = try await queue.create(fake.request).id
            try await eventually("it is evaluated") { fake.stages.last == "evaluate bands" }
            _ = try await queue.pause(id)
            fake.remove("hold-evaluate")
            _ = try await queue.resume(id)
            try await eventually("it is done") { try await queue.state(id) == .done }
        }
        #expect(
            fake.stages == [
                "train", "evaluate bands", "evaluate bands", "models release",
            ])
    }

    @Test func aJobThatWaitsIsPausedAndCancelledWithoutEverRunning() async throws {
        try fake.write("", to: "hold-train")
        try await withQueue(fake) { queue, _ in
            for _ in 1...3 { _ = try await queue.create(fake.request) }
            #expect(try await queue.pause(2).state == .paused)
            #expect(try await queue.cancel(3).state == .cancelled)
            fake.remove("hold-train")
            try await eventually("the first is done") { try await queue.state(1) == .done }
            #expect(await queue.list().map(\.state) == [.cancelled, .paused, .done])
        }
        #expect(!fake.exists("jobs/3/run"))
    }

    @Test func aCancelledJobEndsAndLosesItsLargeFiles() async throws {
        try fake.write("", to: "hold-train")
        try await withQueue(fake) { queue, _ in
            let id = try await training(fake.request, queue)
            try fake.write("a sound", to: "jobs/1/run/checkpoints/20/sample.wav")
            try fake.write("step\n", to: "jobs/1/run/losses.csv")
            #expect(try await queue.cancel(id).state == .cancelled)
            try await eventually("it has ended") { try await queue.job(id).child == nil }
            #expect(!fake.exists("jobs/1/run/checkpoint.safetensors"))
            #expect(!fake.exists("jobs/1/run/checkpoints/20/sample.wav"))
            #expect(fake.exists("jobs/1/run/losses.csv"))
            let error = await #expect(throws: TrainingJobsError.self) { try await queue.resume(id) }
            #expect(error?.kind == .notNow)
            #expect(try await queue.delete(id).state == .cancelled)
            #expect(!fake.exists("jobs/1"))
        }
    }

    @Test func aTrainerThatDoesNotEndIsKilled() async throws {
        try fake.write("", to: "hold-train")
        try fake.write("", to: "stubborn")
        try await withQueue(fake, adjust: { $0.patience = .milliseconds(100) }) { queue, told in
            let id = try await training(fake.request, queue)
            _ = try await queue.pause(id)
            try await eventually("it has ended") { try await queue.job(id).child == nil }
            #expect(try await queue.state(id) == .paused)
            #expect(told.states.contains { $0.contains("was killed; its last checkpoint stays") })
        }
    }

    @Test(arguments: [
        ("train", "reading\ncontinuo: songs.jsonl: line 7 is no song\n", "songs.jsonl: line 7 is no song"),
        ("evaluate", "", "it ended with code 65 and said nothing"),
        (
            "release", "Error: Missing expected argument\nUsage: continuo models\nSee 'continuo --help'\n",
            "Missing expected argument"
        ),
    ])
    func aFailureSaysItsReason(stage: String, words: String, reason: String) async throws {
        try fake.write(words, to: "fail-\(stage)")
        try await withQueue(fake) { queue, _ in
            let id = try await queue.create(fake.request).id
            try await eventually("it fails") { try await queue.state(id) == .failed }
            #expect(try await queue.job(id).reason == reason)
            // Tried again where it failed, not from the beginning.
            fake.remove("fail-\(stage)")
            _ = try await queue.resume(id)
            try await eventually("it is done") { try await queue.state(id) == .done }
        }
        #expect(fake.stages.count { $0 == "train" } == (stage == "train" ? 2 : 1))
    }

    @Test func aTrainerThatTheSystemKillsFailsInWords() async throws {
        try fake.write("", to: "hold-train")
        try await withQueue(fake) { queue, _ in
            let id = try await training(fake.request, queue)
            kill(try #require(await queue.running?.process.process), SIGKILL)
            try await eventually("it fails") { try await queue.state(id) == .failed }
            #expect(try await queue.job(id).reason.contains("where memory runs out"))
        }
    }

    @Test func aTrainerThatSomebodyElseInterruptsIsPaused() async throws {
        try fake.write("", to: "hold-train")
        try await withQueue(fake) { queue, _ in
            let id = try await training(fake.request, queue)
            kill(try #require(await queue.running?.process.process), SIGTERM)
            try await eventually("it is paused") { try await queue.state(id) == .paused }
            #expect(try await queue.job(id).reason == "it was interrupted from outside")
        }
    }

    @Test func aJobGoesOnByItselfAfterTheDaemonEndedAndAPausedOneDoesNot() async throws {
        try fake.write("", to: "hold-train")
        try await withQueue(fake) { queue, _ in
            _ = try await queue.create(fake.request)
            try await eventually("it trains") { try await queue.state(1) == .training }
            _ = try await queue.pause(1)
            _ = try await queue.create(fake.request)
            try await eventually("the second trains") { try await queue.state(2) == .training }
        }
        #expect(fake.exists("jobs/2/run/checkpoint.safetensors"), "the daemon waited for it")
        fake.remove("hold-train")
        try await withQueue(fake) { queue, _ in
            try await eventually("the second is done") { try await queue.state(2) == .done }
            #expect(try await queue.state(1) == .paused)
            #expect(try await queue.job(2).changes.contains { $0.reason == "goes on after the daemon was restarted" })
        }
        #expect(fake.calls[2].hasSuffix("--run=/jobs/2/run --resume"))
    }

    @Test func aChildEndsWithTheThreadThatStartedItAndNoSecondOneRunsBesideIt() async throws {
        try fake.write("", to: "hold-train")
        var settings = TrainingQueue.Settings(
            folder: fake.jobs, program: fake.path, environment: ["PATH": "/usr/bin:/bin"])
        settings.limits.freeBytes = 0
        settings.yields = false
        settings.period = .milliseconds(20)
        let killed = TrainingQueue(settings) { _ in }
        await killed.start()
        _ = try await killed.create(fake.request)
        try await eventually("it trains") { try await killed.state(1) == .training }
        let child = try #require(await killed.running?.process.process)
        // As when the daemon is killed: the thread is gone, nothing is told to anybody.
        killed.executor.stop()
        try await eventually("it ends with its checkpoint") {
            KnownProcess.start(of: child) == nil && fake.exists("jobs/1/run/checkpoint.safetensors")
        }
        fake.remove("hold-train")
        try await withQueue(fake) { queue, _ in
            try await eventually("it is done") { try await queue.state(1) == .done }
        }
        #expect(fake.calls[1].hasSuffix("--resume"))
    }

    @Test func aLeftoverThatLivesIsEndedBeforeItsJobGoesOn() async throws {
        try fake.write("", to: "hold-train")
        try fake.write("", to: "stubborn")
        var settings = TrainingQueue.Settings(
            folder: fake.jobs, program: fake.path, environment: ["PATH": "/usr/bin:/bin"])
        settings.limits.freeBytes = 0
        settings.yields = false
        settings.period = .milliseconds(20)
        let killed = TrainingQueue(settings) { _ in }
        await killed.start()
        _ = try await killed.create(fake.request)
        try await eventually("it trains") { try await killed.state(1) == .training }
        let child = try #require(await killed.running?.process.process)
        killed.executor.stop()
        fake.remove("stubborn")
        #expect(KnownProcess.start(of: child) != nil && fake.stages == ["train"])
        try await withQueue(fake, adjust: { $0.patience = .milliseconds(300) }) { queue, _ in
            fake.remove("hold-train")
            try await eventually("it is done") { try await queue.state(1) == .done }
            #expect(KnownProcess.start(of: child) == nil)
        }
    }
}

extension Array {
    fileprivate func chunks(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
