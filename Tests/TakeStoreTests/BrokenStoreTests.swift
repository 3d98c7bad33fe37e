import Foundation
import GRDB
import Music
import Testing

@testable import TakeStore

@Suite struct BrokenStoreTests {
    let folder: TemporaryFolder
    let path: String
    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("continuo.sqlite")
    }

    @Test func aFileThatIsNoDatabaseIsKeptUnderAnotherName() async throws {
        let rubbish = Data("this is not a database, but it is long enough to look at closely".utf8) + Data(count: 4096)
        try rubbish.write(to: URL(fileURLWithPath: path))
        let store = try TakeStore(path: path, logger: quiet)
        let report = try #require(store.setAside)
        #expect(report.path.hasPrefix(path + ".broken-"))
        #expect(report.description.contains(report.path))
        #expect(try Data(contentsOf: URL(fileURLWithPath: report.path)) == rubbish)
        let saved = try await store.save(Example.take)
        #expect(saved.id.rawValue == 1)
    }

    @Test func aDatabaseWithAPageOverwrittenIsSetAside() async throws {
        let store = try TakeStore(path: path, logger: quiet)
        for _ in 0..<50 { _ = try await store.save(Example.take) }
        store.close()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes.replaceSubrange(4096..<12288, with: Data(repeating: 0xA5, count: 8192))
        try bytes.write(to: URL(fileURLWithPath: path))
        let fresh = try TakeStore(path: path, logger: quiet)
        let report = try #require(fresh.setAside)
        let kept = try Data(contentsOf: URL(fileURLWithPath: report.path))
        #expect(kept == bytes)
        #expect(try await fresh.takes(limit: 100).count == report.salvaged.takes)
    }

    @Test func aSecondBrokenFileDoesNotReplaceTheFirst() throws {
        let now = Date(timeIntervalSince1970: 1_700_000_000)
        try Data([1]).write(to: URL(fileURLWithPath: path))
        let first = try BrokenFile.setAside(path, now: now)
        try Data([2]).write(to: URL(fileURLWithPath: path))
        let second = try BrokenFile.setAside(path, now: now)
        #expect(first != second)
        #expect(try Data(contentsOf: URL(fileURLWithPath: first)) == Data([1]))
        #expect(try Data(contentsOf: URL(fileURLWithPath: second)) == Data([2]))
    }

    @Test func aNewerSchemaIsRefusedAndLeftAlone() throws {
        let store = try TakeStore(path: path, logger: quiet)
        try store.database.write {
            try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('2 something of the future')")
        }
        store.close()
        let error = #expect(throws: TakeStoreError.self) { try TakeStore(path: path, logger: quiet) }
        #expect(error?.kind == .newerSchema)
        #expect(error?.description.contains("written by a newer version of Continuo") == true)
        #expect(try folder.names.allSatisfy { !$0.contains("broken") })
    }

    @Test func aDatabaseOfAnotherProgramIsRefusedAndLeftAlone() throws {
        try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE recipes (cake TEXT)") }
        let error = #expect(throws: TakeStoreError.self) { try TakeStore(path: path, logger: quiet) }
        #expect(error?.kind == .foreign)
        #expect(try folder.names.allSatisfy { !$0.contains("broken") })
    }

    @Test func aFullDiskIsSaidAndTheStoreLivesOn() async throws {
        let store = try TakeStore(path: path, logger: quiet)
        let first = try await store.save(Example.take)
        try await store.database.write { try $0.execute(sql: "PRAGMA max_page_count = 1") }
        let error = await #expect(throws: TakeStoreError.self) { _ = try await store.save(Example.longTake) }
        #expect(error?.kind == .diskFull)
        #expect(error?.description.contains("make room on the disk") == true)
        #expect(try await store.take(id: first.id) == first)
    }

    @Test func aReadOnlyStoreIsSaid() async throws {
        let store = try TakeStore(path: path, logger: quiet)
        try await store.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = 1") }
        let error = await #expect(throws: TakeStoreError.self) { _ = try await store.save(Example.take) }
        #expect(error?.kind == .readOnly)
        #expect(error?.advice.contains("writable") == true)
    }

    @Test(.enabled(if: geteuid() != 0, "root may write to any folder"))
    func aReadOnlyFolderIsSaid() throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
        let error = #expect(throws: TakeStoreError.self) { try TakeStore(path: path, logger: quiet) }
        #expect(error?.kind == .readOnly)
    }

    @Test func aPlaceThatCannotBeAFolderIsSaid() throws {
        try Data().write(to: URL(fileURLWithPath: folder.file("plain")))
        let error = #expect(throws: TakeStoreError.self) {
            try TakeStore(path: folder.file("plain/continuo.sqlite"), logger: quiet)
        }
        #expect(error?.kind == .cannotOpen)
        #expect(error?.description.contains("plain") == true)
    }

    @Test func oneDamagedRecordDoesNotHideTheOthers() async throws {
        let store = try TakeStore(path: path, logger: quiet)
        let first = try await store.save(Example.take)
        let second = try await store.save(Example.take)
        try await store.database.write { try $0.execute(sql: "UPDATE take SET notes = x'4E' WHERE id = 1") }
        let error = await #expect(throws: TakeStoreError.self) { _ = try await store.take(id: first.id) }
        #expect(error?.kind == .damagedRecord)
        #expect(try await store.take(id: second.id) == second)
    }
}
