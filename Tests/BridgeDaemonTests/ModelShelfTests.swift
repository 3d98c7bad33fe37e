import Devices
import Foundation
import Generation
import Installation
import Logging
import MIDI
import Music
import TakeStore
import Testing
import Transport

@testable import BridgeDaemon
@testable import LiveSession

/// Releases of a user's own models, and the daemon's picking them up.
final class ModelShelfTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("continuo-\(UUID().uuidString)")
        .path
    private let shelf: ModelShelf
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private let phrase = Phrase(
        notes: (0..<16).map {
            NoteEvent(
                pitch: Pitch([60, 64, 67, 72][$0 % 4]), onset: .steps($0 * 12), length: .steps(12),
                velocity: .mezzoForte)
        }, meter: .fourFour, tempo: .moderate, bars: 4)

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        shelf = ModelShelf(folder, limit: 3)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func model(_ name: String, genre: Genre? = nil) throws -> [UInt8] {
        let bytes = [UInt8](try Data(contentsOf: Self.root.appendingPathComponent("models/pop.safetensors")))
        return try GenreModel.adding(notes: ["name": name], to: bytes, genre: genre)
    }

    private func nameInUse(_ genre: Genre = .pop) -> String? {
        ModelFolders([folder]).model(of: genre).model?.card.notes["name"]
    }

    @Test func aCardIsAddedAndTheWeightsStayTheSame() throws {
        let first = try GenreModel(bytes: model("first"))
        let second = try GenreModel(bytes: model("second \"quoted\"\nline", genre: Genre(rawValue: "ska")!))
        #expect(second.card.notes["name"] == "second \"quoted\"\nline")
        #expect(second.card.genre.rawValue == "ska")
        #expect(first.hash != second.hash)
        #expect(first.weightsHash == second.weightsHash)
    }

    @Test func aReleaseIsUsedAndEarlierOnesAreKeptUpToTheLimit() throws {
        for name in ["a", "b", "c", "d"] {
            _ = try shelf.install(model(name), card: "# \(name)\n")
            #expect(nameInUse() == name)
        }
        #expect(shelf.versions(of: .pop).map(\.number) == [2, 3, 4])
        #expect(shelf.versions(of: .pop).map(\.isInUse) == [false, false, true])
        #expect(ModelShelf.readableCard(beside: shelf.path(of: .pop)) == "# d\n")
        // Those that made older arrangements are found by their hash.
        #expect(ModelFolders([folder]).models(of: .pop).map { $0.card.notes["name"] } == ["d", "b", "c"])
    }

    @Test func aRollbackGoesBackStepByStepAndPastTheFirstToTheShippedOne() throws {
        for name in ["a", "b"] { _ = try shelf.install(model(name), card: name) }
        #expect(try shelf.rollBack(.pop)?.number == 1)
        #expect(nameInUse() == "a")
        #expect(try shelf.rollBack(.pop) == nil)
        #expect(nameInUse() == nil)
        #expect(throws: ShelfError.self) { try shelf.rollBack(.pop) }
        #expect(try shelf.rollBack(.pop, to: 2)?.number == 2)
        #expect(nameInUse() == "b")
        #expect(throws: ShelfError.self) { try shelf.rollBack(.pop, to: 9) }
        #expect(throws: ShelfError.self) { try shelf.rollBack(.jazz) }
        #expect(nameInUse() == "b")
    }

    @Test func aModelPutThereByHandBecomesAVersion() throws {
        try Data(model("by hand")).write(to: URL(fileURLWithPath: shelf.path(of: .pop)))
        #expect(try shelf.install(model("released"), card: "").number == 2)
        _ = try shelf.rollBack(.pop)
        #expect(nameInUse() == "by hand")
    }

    @Test(arguments: [0, 7, 1_000, 2_000_000])
    func aTruncatedFileIsRefusedAndNothingIsReplaced(length: Int) throws {
        _ = try shelf.install(model("a"), card: "")
        let broken = Array(try model("b").prefix(length))
        #expect(throws: ShelfError.self) { try shelf.install(broken, card: "") }
        #expect(nameInUse() == "a")
        #expect(shelf.versions(of: .pop).count == 1)
    }

    @Test func whatAnInterruptedReleaseLeavesDoesNotHideTheOldModel() throws {
        _ = try shelf.install(model("a"), card: "")
        // As a power failure leaves it: half a temporary file, and a version that was not taken into use.
        try Data(model("b").prefix(5_000)).write(to: URL(fileURLWithPath: shelf.path(of: .pop) + ".new"))
        try Data(model("b")).write(to: URL(fileURLWithPath: "\(folder)/versions/pop/2.safetensors"))
        #expect(nameInUse() == "a")
        #expect(shelf.versions(of: .pop).map(\.isInUse) == [true, false])
        #expect(try shelf.install(model("c"), card: "").number == 3)
        #expect(nameInUse() == "c")
    }

    /// The band makes variations ahead; those of the former model must not be heard after a release.
    @Test func theButtonAfterAReleaseIsAnsweredByTheNewModel() async throws {
        let first = try shelf.install(model("a"), card: "")
        let wire = WatchedTransport()
        _ = wire.inner.addDestination("Synth")
        let store = try TakeStore(path: "\(folder)/continuo.sqlite", logger: quiet)
        try await conducting(
            transport: wire, monitor: EmbeddedDeviceMonitor(), store: store, models: [folder]
        ) { conductor in
            var stored = await conductor.events().compactMap {
                if case .arrangementStored(let summary) = $0 { summary.modelHash } else { nil }
            }.makeAsyncIterator()
            var changes = await conductor.modelChanges().makeAsyncIterator()
            try await conductor.recordBar()
            #expect(await stored.next() == first.hash)
            try await eventually("the next variation is made ahead", within: .seconds(60)) {
                await conductor.session.ahead.contains { $0.genre == .pop && $0.arrangement != nil }
            }
            let second = try shelf.install(model("b"), card: "")
            _ = try await conductor.perform(.next)
            #expect(await stored.next() == second.hash)
            #expect(await changes.next() == .pop)
            _ = try shelf.rollBack(.pop, to: 0)
            _ = try await conductor.perform(.next)
            #expect(await stored.next() == "")
            #expect(await changes.next() == .pop)
            // A genre that nothing was known of, with nobody at the buttons.
            _ = try shelf.install(model("c", genre: Genre(rawValue: "ska")!), card: "")
            #expect(await changes.next()?.rawValue == "ska")
        }
    }

    @Test func anotherFileThanTheOneThatWasLookedAtIsNotTaken() throws {
        let first = try shelf.install(model("a"), card: "")
        let second = try shelf.install(model("b"), card: "")
        let error = #expect(throws: ShelfError.self) {
            try shelf.rollBack(.pop, to: 1, expecting: second.hash)
        }
        #expect(error?.isRefusal == true && error?.description.contains("version 1 is \(first.hash)") == true)
        #expect(nameInUse() == "b")
        #expect(try shelf.rollBack(.pop, to: 1, expecting: first.hash)?.number == 1)
        #expect(throws: ShelfError.self) { try shelf.rollBack(.pop, expecting: first.hash) }
        #expect(nameInUse() == "a")
    }

    @Test func theDaemonPlaysAReleasedModelWithTheNextBandAndKeepsItWhereANewFileIsBroken() async throws {
        let library = GenreLibrary(folders: ModelFolders([folder]), logger: Logger(label: "test"))
        func hash() async -> String {
            await library.accompany(phrase, genre: .pop, request: AccompanimentRequest(seed: 3)).provenance.modelHash
        }
        #expect(await hash() == "")
        let first = try shelf.install(model("a"), card: "")
        #expect(await hash() == first.hash)
        let second = try shelf.install(model("b"), card: "")
        #expect(await hash() == second.hash)
        try Data("no model".utf8).write(to: URL(fileURLWithPath: shelf.path(of: .pop)), options: .atomic)
        #expect(await hash() == second.hash)
        let problem = try #require(await library.voice(of: .pop).problem)
        #expect(problem.hasSuffix("the model that was read before plays on"))
        _ = try shelf.rollBack(.pop, to: 1)
        #expect(await hash() == first.hash)
        #expect(await library.voice(of: .pop).problem == nil)
        _ = try shelf.rollBack(.pop, to: 0)
        #expect(await hash() == "")
    }
}
