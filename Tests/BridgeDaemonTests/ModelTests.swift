import ConsoleAPI
import ContinuoClient
import Foundation
import Generation
import Installation
import Music
import TestSupport
import Testing

/// The genres' models over the whole daemon's API, with shelves that others change too.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ModelTests {
    private let folder: TemporaryFolder
    private let shelf: ModelShelf
    private static let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("models/pop.safetensors")
    private let waltz = Genre(rawValue: "waltz")!

    init() throws {
        folder = try TemporaryFolder()
        shelf = ModelShelf("\(folder.path)/.local/state/continuo/models")
    }

    private func model(_ name: String, _ genre: Genre = .pop) throws -> [UInt8] {
        let notes = ["name": name, "metrics": "score 1.050 (people 0.970), semitoneClash 0.020", "released": "2026"]
        return try GenreModel.adding(notes: notes, to: [UInt8](try Data(contentsOf: Self.shipped)), genre: genre)
    }

    private func refusal(_ question: () async throws -> ModelReport) async -> APIError? {
        do {
            _ = try await question()
            return nil
        } catch {
            if case .refused(let refusal) = error as? ClientError { return refusal }
            return nil
        }
    }

    @Test func whatOthersReleaseAndRollBackIsToldAndShown() async throws {
        let daemon = try await DaemonProcess.ready(in: folder)
        let client = daemon.client
        let events = try await EventLog(client)
        #expect(try await client.models().models.map(\.summary.genre) == ["jazz", "pop", "rock", "symphony"])
        let before = try await client.model(of: .pop)
        #expect(before.summary.origin == .shipped && before.history.isEmpty && before.summary.version == nil)

        // As "continuo models release" does in another process.
        let first = try shelf.install(model("a"), card: "# a\n")
        let second = try shelf.install(model("b"), card: "# b\n")
        try await eventually("both are told", within: .seconds(60)) { events.models.last?.hash == second.hash }
        let own = try await client.model(of: .pop)
        #expect(own.summary.origin == .own && own.summary.version == 2 && own.summary.released == "2026")
        #expect(own.summary == events.models.last)
        #expect(own.readable == "# b\n" && own.card["name"] == "b")
        #expect(own.history.map(\.hash) == [first.hash, second.hash])
        #expect(own.metrics.map(\.name) == ["semitoneClash", "score"])
        #expect(own.metrics.last?.value == 1.05 && own.metrics.last?.people.count == 2)

        let other = await refusal {
            try await client.rollBack(.pop, RollbackRequest(version: 1, hash: second.hash))
        }
        #expect(other?.status == 409 && other?.error.contains(first.hash) == true)
        #expect(try await client.rollBack(.pop, RollbackRequest(hash: first.hash)).summary.version == 1)
        #expect(try await client.rollBack(.pop, RollbackRequest(version: 0)).summary.origin == .shipped)
        try await eventually("that is told", within: .seconds(60)) { events.models.last == before.summary }
    }

    @Test func whatCannotBeIsRefusedInWords() async throws {
        let daemon = try await DaemonProcess.ready(in: folder)
        let client = daemon.client
        let unknown = await refusal { try await client.model(of: waltz) }
        #expect(unknown?.status == 404 && unknown?.advice == "there are: jazz, pop, rock, symphony")
        #expect(await refusal { try await client.rollBack(waltz, RollbackRequest()) }?.status == 404)
        let none = await refusal { try await client.rollBack(.pop, RollbackRequest()) }
        #expect(none?.status == 409 && none?.error.contains("there is no model of your own") == true)
        #expect(await refusal { try await client.rollBack(.pop, RollbackRequest(version: -1)) }?.status == 400)
        #expect(await refusal { try await client.release(.pop, ReleaseRequest(job: 7)) }?.status == 404)
        _ = try shelf.install(model("a"), card: "")
        let missing = await refusal { try await client.rollBack(.pop, RollbackRequest(version: 9)) }
        #expect(missing?.status == 409 && missing?.error.hasSuffix("there are 1, and 0 for the shipped model") == true)
        // What plays no more is still there to go back to.
        _ = try shelf.install(model("w", waltz), card: "")
        #expect(try await client.rollBack(waltz, RollbackRequest()).summary.origin == .arranger)
        #expect(try await client.model(of: waltz).history.map(\.isInUse) == [false])
        #expect(try await client.rollBack(waltz, RollbackRequest(version: 1)).summary.origin == .own)
    }

    @Test func aJobThatMissedAGateIsReleasedByHandAndPlays() async throws {
        let fake = try FakeTrainer()
        let bytes = try model("trained", waltz)
        try Data(bytes).write(to: URL(fileURLWithPath: "\(fake.folder)/model"))
        let weights = try GenreModel(bytes: bytes).weightsHash
        func evaluation(_ weights: String) -> String {
            """
            {"genre": "waltz", "weights": "\(weights)", "mean": {"score": 0.5}, "references": {}, "floors": {}, "beside": {},
             "gates": [{"level": "must", "title": "SCORE", "value": 0.5, "bound": ">= 0.75", "passed": false}]}
            """
        }
        try fake.write(evaluation("0"), to: "evaluation")
        try fake.write("continuo: it misses SCORE\n", to: "fail-release")
        let daemon = try await DaemonProcess.ready(
            in: folder, configuration: "[training]\nprogram = \"\(fake.path)\"\nfree_megabytes = 0\n")
        let client = daemon.client
        let job = try await client.create(JobRequest(genre: "waltz", data: fake.data))
        // A genre of its own is known with its first model.
        let early = await refusal { try await client.release(waltz, ReleaseRequest(job: 1)) }
        #expect(early?.status == 409)
        try await eventually("it fails", within: .seconds(60)) {
            (try? await client.job(1).summary.state) == .failed
        }
        let stale = await refusal { try await client.release(waltz, ReleaseRequest(job: 1, force: true)) }
        #expect(stale?.status == 409 && stale?.error == "the evaluation is of another model or genre")
        try Data(evaluation(weights).utf8).write(to: URL(fileURLWithPath: "\(job.run)/evaluation.json"))
        let missed = await refusal { try await client.release(waltz, ReleaseRequest(job: 1)) }
        #expect(missed?.error == "waltz is not released: it misses SCORE 0.500 (>= 0.75)")
        #expect(await refusal { try await client.release(.pop, ReleaseRequest(job: 1, force: true)) }?.status == 400)
        let other = await refusal {
            try await client.release(waltz, ReleaseRequest(job: 1, force: true, hash: weights))
        }
        #expect(other?.status == 409 && other?.error.hasSuffix("not \(weights)") == true)

        let events = try await EventLog(client)
        let released = try await client.release(waltz, ReleaseRequest(job: 1, force: true))
        #expect(released.summary.origin == .own && released.card["gates"]?.hasPrefix("released with --force") == true)
        #expect(released.metrics.map(\.value) == [0.5])
        try await eventually("that is told", within: .seconds(60)) { events.models == [released.summary] }
        let after = try await client.job(1)
        #expect(after.summary.state == .done && after.summary.reason == "released by hand")
        #expect(try await client.perform(.genre(waltz)).message.contains("waltz"))
    }
}

extension EventLog {
    /// Each model that was told.
    fileprivate var models: [ModelSummaryReport] {
        events.compactMap { if case .model(let model) = $0 { model } else { nil } }
    }
}
