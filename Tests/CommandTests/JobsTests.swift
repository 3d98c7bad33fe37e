import ConsoleAPI
import ContinuoClient
import Foundation
import TestSupport
import Testing
import TrainingJobs

/// `continuo jobs` with a real daemon and a program that only seems to train.
@Suite(.timeLimit(.minutes(5))) struct JobsTests {
    @Test func aJobIsBegunWatchedPausedResumedAndDeleted() async throws {
        try await withDaemon { fake, run in
            #expect(try await run(["jobs"]).text.hasPrefix("No jobs."))
            #expect(try await run(["jobs", "watch"]).code == 75)
            try fake.write("", to: "hold-train")
            let begun = try await run([
                "jobs", "start", "--genre", "waltz", "--data", fake.data, "--filter=-tag:Folk", "--steps", "20",
                "--set",
                "leaning=-1.5",
            ])
            #expect(begun.code == 0, "\(begun.error)")
            #expect(begun.text == "job 1 begins; \"continuo jobs watch 1\" shows how far it is\n")
            #expect(
                try await run(["jobs", "start", "--genre", "polka", "--data", fake.data]).text.hasPrefix("job 2 waits"))
            #expect(fake.calls[0].contains("--filter=-tag:Folk --leaning=-1.5 --steps=20"))

            async let watched = run(["jobs", "watch"])
            try await eventually("it trains") { try await run(["jobs"]).text.contains("training") }
            let list = try await run(["jobs", "list"])
            #expect(
                list.text.contains("40%") && list.text.contains("12 s") && list.text.contains("polka"), "\(list.text)")
            let shown = try await run(["jobs", "show", "1"])
            #expect(shown.text.contains("40 of 100 (12 s left)") && shown.text.contains("the discriminator wins"))
            #expect(shown.text.contains("leaning  -1.5") || shown.text.contains("leaning"), "\(shown.text)")
            #expect(try await run(["jobs", "show", "1", "--json"]).text.contains("\"leaning\":\"-1.5\""))

            #expect(try await run(["jobs", "delete", "1"]).code == 75)
            #expect(try await run(["jobs", "pause", "1"]).text.hasPrefix("job 1 is paused"))
            let seen = try await watched
            #expect(seen.code == 75, "\(seen.error)")
            #expect(seen.text.contains("job 1 training 40%, about 12 s left") && seen.text.contains("step 3: the disc"))
            #expect(seen.text.hasSuffix("job 1 paused\n"), "\(seen.text)")

            fake.remove("hold-train")
            #expect(try await run(["jobs", "resume", "1"]).code == 0)
            let last = try await run(["jobs", "watch", "1", "--json"])
            #expect(last.code == 0, "\(last.error)")
            #expect(last.text.split(separator: "\n").last?.contains("\"state\":\"done\"") == true)
            #expect(try await run(["jobs", "watch", "2"]).text.hasSuffix("job 2 done\n"))
            #expect(try await run(["jobs", "delete", "1", "2"]).text == "job 1 is deleted\njob 2 is deleted\n")
            #expect(try await run(["jobs", "show", "1"]).code == 66)
        }
    }

    @Test func failuresAndWrongWishesAreSaid() async throws {
        try await withDaemon { fake, run in
            try fake.write("continuo: the filter leaves no song\n", to: "fail-train")
            let watched = try await run(["jobs", "start", "--genre", "waltz", "--data", fake.data, "--watch"])
            #expect(watched.code == 70)
            #expect(watched.text.contains("job 1 failed: the filter leaves no song"), "\(watched.text)")
            #expect(try await run(["jobs"]).text.contains("job 1 failed: the filter leaves no song"))
            let wrong = try await run(["jobs", "start", "--genre", "waltz", "--data", fake.data, "--set", "dance=1"])
            #expect(wrong.code == 65 && wrong.error.contains("\"dance\" is no setting of a job"))
            let absent = try await run(["jobs", "start", "--genre", "waltz", "--data", "nowhere/songs"])
            #expect(absent.code == 65 && absent.error.contains("the daemon cannot read /"), "\(absent.error)")
            #expect(try await run(["jobs", "cancel", "1"]).code == 75)
            #expect(try await run(["jobs", "pause", "9"]).code == 66)
        }
    }

    /// An option that the trainer gains must be allowed, or withheld, on purpose: add it to `TrainingSetting`.
    @Test func everyOptionOfTheTrainerIsKnownToTheJobs() async throws {
        let help = try await Program("continuo").run(["train", "--help"]).text
        let options = Set(
            help.split(separator: "\n").compactMap { line -> String? in
                let words = line.split(separator: " ")
                guard line.hasPrefix("  -"), let word = words.first(where: { $0.hasPrefix("--") }) else { return nil }
                return String(word.dropFirst(2))
            })
        #expect(options.contains("adversarial-steps"))
        let members: Set<String> = ["genre", "data", "filter", "preset", "start"]
        let known = members.union(TrainingSetting.all.keys).union(TrainingSetting.withheld)
        #expect(options.subtracting(known) == [])
    }

    /// Runs a daemon for a test; it ends with it.
    private func withDaemon(
        _ body: (FakeTrainer, @Sendable @escaping ([String]) async throws -> Program.Outcome) async throws -> Void
    ) async throws {
        let folder = try Folder()
        let fake = try FakeTrainer()
        let file = try folder.write(
            "c.toml", Array("[training]\nprogram = \"\(fake.path)\"\nfree_megabytes = 0\n".utf8))
        let continuo = try Program("continuo")
        try await CommandTests.withDaemon(in: folder, ["--config", file]) { socket in
            try await body(fake) {
                try await continuo.run($0 + ["--socket", socket], environment: ["CONTINUO_SOCKET": socket])
            }
        }
    }

    private func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
        let limit = ContinuousClock.now + .seconds(60)
        while try await !condition() {
            try #require(ContinuousClock.now < limit, "\(what)")
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
