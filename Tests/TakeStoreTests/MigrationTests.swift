import Foundation
import GRDB
import Music
import Testing

@testable import TakeStore

@Suite struct MigrationTests {
    let folder: TemporaryFolder
    let path: String
    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("continuo.sqlite")
    }

    @Test func everyOlderSchemaIsTested() {
        #expect(Schema.migrator.migrations.dropLast() == OldStore.versions[...])
    }

    @Test(arguments: OldStore.versions)
    func takesOfAnOlderStoreAreReadWhole(version: String) async throws {
        try OldStore.write(version, to: path)
        let store = try TakeStore(path: path, logger: quiet)
        #expect(store.setAside == nil)
        var expected = Example.take
        expected.origin = Take.Origin(keyboard: "Keys", trigger: "record")
        if version.hasPrefix("1 ") { expected.pedal = [] }
        let read = try #require(try await store.take(id: TakeID(rawValue: 2)))
        #expect(read.take == expected)
        #expect(read.savedAt == Date(timeIntervalSince1970: 1_700_000_000.123))
        #expect(read.marks == TakeMarks() && read.source == .played && read.deletedAt == nil)
        // What could not be read before cannot be read now, and is listed all the same.
        let error = await #expect(throws: TakeStoreError.self) { _ = try await store.take(id: TakeID(rawValue: 3)) }
        #expect(error?.kind == .damagedRecord)
    }

    @Test(arguments: OldStore.versions)
    func takesOfAnOlderStoreAreListedAndFound(version: String) async throws {
        try OldStore.write(version, to: path)
        let store = try TakeStore(path: path, logger: quiet)
        let list = try await store.takes(limit: 10)
        #expect(list.map(\.id.rawValue) == [3, 2, 1])
        #expect(list.map(\.arrangementCount) == [0, 2, 0])
        #expect(list.map(\.source) == [.imported, .played, .played])
        #expect(list.map(\.key) == [nil, Example.phrase.key, Example.phrase.key])
        let found = try await store.takes(matching: TakeQuery(words: "jazz keys", genre: .pop), limit: 10)
        #expect(found.map(\.id.rawValue) == [2])
    }

    @Test(arguments: OldStore.versions)
    func arrangementsOfAnOlderStoreAreReadAndSaidToHaveNoRequest(version: String) async throws {
        try OldStore.write(version, to: path)
        let store = try TakeStore(path: path, logger: quiet)
        let list = try await store.arrangements(of: TakeID(rawValue: 2))
        #expect(list.map(\.genre) == [.jazz, .pop])
        let read = try #require(try await store.arrangement(id: ArrangementID(rawValue: 1)))
        var expected = Example.arrangement
        if !version.hasPrefix("1 "), !version.hasPrefix("2 ") {
            expected.accompaniment.groove.touches[.bass] = .init(late: 3.5, accents: [.downbeat: 4])
        }
        #expect(read.arrangement == expected)
        #expect(read.parameters == ["locked": "bass"])
        #expect(read.recipe == nil && read.keptBand == nil && read.heard == nil)
        let hash = expected.accompaniment.provenance.modelHash
        #expect(read.regeneration(instructionSet: "avx2", models: [hash]) == .requestNotKept)
    }

    @Test(arguments: OldStore.versions)
    func anOlderStoreIsSoundAndGoesOn(version: String) async throws {
        try OldStore.write(version, to: path)
        let store = try TakeStore(path: path, logger: quiet)
        let saved = try await store.save(Example.take)
        #expect(saved.id.rawValue == 4)
        try await store.rate(TakeID(rawValue: 1), Rating(rawValue: 5))
        #expect(try await store.take(id: TakeID(rawValue: 1))?.marks.rating == Rating(rawValue: 5))
        let complaints = try await store.read("check") { db in
            try String.fetchAll(db, sql: "PRAGMA integrity_check")
                + Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map(\.description)
        }
        #expect(complaints == ["ok"])
    }

    @Test func aMigrationThatFailsLeavesTheOlderStoreAsItWas() async throws {
        try OldStore.write(OldStore.versions[2], to: path)
        // Something of the next step's name is in the way.
        try await DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE takeTag (x)") }
        #expect(throws: TakeStoreError.self) { try TakeStore(path: path, logger: quiet) }
        let queue = try DatabaseQueue(path: path)
        let (steps, takes) = try await queue.read { db in
            (
                try String.fetchAll(db, sql: "SELECT identifier FROM grdb_migrations ORDER BY identifier"),
                try Int.fetchOne(db, sql: "SELECT count(*) FROM take")
            )
        }
        #expect(steps == OldStore.versions && takes == 3)
        #expect(try folder.names.allSatisfy { !$0.contains("broken") })
    }
}
