import Foundation
import GRDB
import Music
import Testing

@testable import TakeStore

@Suite struct TakeStoreTests {
    let folder: TemporaryFolder
    let path: String
    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("state/continuo.sqlite")
    }

    @Test func aTakeComesBackAsItWasAfterReopening() async throws {
        let store = try TakeStore(path: path, logger: quiet)
        let saved = try await store.save(Example.take, at: Date(timeIntervalSince1970: 1_700_000_000.123))
        store.close()
        let again = try TakeStore(path: path, logger: quiet)
        #expect(try await again.take(id: saved.id) == saved)
        #expect(saved.take == Example.take)
        #expect(again.setAside == nil)
    }

    @Test func anArrangementComesBackNoteForNote() async throws {
        let store = try TakeStore(path: path, logger: quiet)
        let take = try await store.save(Example.take)
        let saved = try await store.save(Example.arrangement, of: take.id, parameters: ["locked": "bass,drums"])
        store.close()
        let read = try await TakeStore(path: path, logger: quiet).arrangement(id: saved.id)
        #expect(read == saved)
        #expect(read?.arrangement == Example.arrangement)
        #expect(read?.parameters == ["locked": "bass,drums"])
    }

    @Test func aGrooveComesBackWithAccentsAndTiming() async throws {
        let store = try TakeStore(path: path, logger: quiet)
        let take = try await store.save(Example.take)
        var arrangement = Example.arrangement
        arrangement.accompaniment.groove = Groove(swing: 0.62).played(as: .jazz)
        let saved = try await store.save(arrangement, of: take.id)
        #expect(try await store.arrangement(id: saved.id)?.arrangement == arrangement)
    }

    @Test func anArrangementFromBeforeAccentsPlaysWithItsSwingAlone() async throws {
        let store = try TakeStore(path: path, logger: quiet)
        let take = try await store.save(Example.take)
        var arrangement = Example.arrangement
        arrangement.accompaniment.groove = Groove(swing: 0.62).played(as: .jazz)
        let saved = try await store.save(arrangement, of: take.id)
        store.close()
        let queue = try DatabaseQueue(path: path)
        try await queue.write { db in
            try db.execute(sql: "ALTER TABLE arrangement DROP COLUMN touches")
            try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier LIKE '3 %'")
        }
        try queue.close()
        let read = try await TakeStore(path: path, logger: quiet).arrangement(id: saved.id)
        #expect(read?.arrangement.accompaniment.groove == Groove(swing: 0.62))
    }

    @Test func takesAreListedNewestFirstPageByPage() async throws {
        let store = try TakeStore(path: path, logger: quiet)
        for _ in 0..<5 { _ = try await store.save(Example.take) }
        _ = try await store.save(Example.arrangement, of: TakeID(rawValue: 4))
        let page = try await store.takes(limit: 2)
        #expect(page.map(\.id.rawValue) == [5, 4])
        #expect(page.map(\.arrangementCount) == [0, 1])
        #expect(page.map(\.noteCount) == [3, 3])
        #expect(page[0].meter == .sixEight && page[0].bars == 2 && page[0].isDamaged)
        #expect(try await store.takes(limit: 10, before: TakeID(rawValue: 4)).map(\.id.rawValue) == [3, 2, 1])
        #expect(try await store.takes(limit: -1).isEmpty)
    }

    @Test func arrangementsAreListedInTheOrderOfTheirMaking() async throws {
        let store = try TakeStore(path: path, logger: quiet)
        let take = try await store.save(Example.take)
        for _ in 0..<3 { _ = try await store.save(Example.arrangement, of: take.id) }
        let list = try await store.arrangements(of: take.id)
        #expect(list.map(\.id.rawValue) == [1, 2, 3])
        #expect(list.first?.provenance == Example.arrangement.accompaniment.provenance)
        #expect(try await store.arrangements(of: TakeID(rawValue: 99)).isEmpty)
    }

    @Test func whatDoesNotExistIsNil() async throws {
        let store = try TakeStore(path: path, logger: quiet)
        #expect(try await store.take(id: TakeID(rawValue: 1)) == nil)
        #expect(try await store.arrangement(id: ArrangementID(rawValue: 1)) == nil)
    }

    @Test func anArrangementNeedsItsTake() async throws {
        let store = try TakeStore(path: path, logger: quiet)
        let error = await #expect(throws: TakeStoreError.self) {
            _ = try await store.save(Example.arrangement, of: TakeID(rawValue: 7))
        }
        #expect(error?.kind == .noSuchTake)
    }

    @Test func commitsReachTheDiskBeforeTheyAreAcknowledged() async throws {
        let store = try TakeStore(path: path, logger: quiet)
        let settings = try await store.read("look") { db in
            [
                try String.fetchOne(db, sql: "PRAGMA journal_mode"), try String.fetchOne(db, sql: "PRAGMA synchronous"),
                try String.fetchOne(db, sql: "PRAGMA foreign_keys"),
            ]
        }
        #expect(settings == ["wal", "2", "1"])
    }

    @Test func anAcknowledgedTakeIsSeenByAnotherProcessWithoutClosing() async throws {
        let store = try TakeStore(path: path, logger: quiet)
        let saved = try await store.save(Example.take)
        // What lies on the disk at this moment, as after a crash.
        let copy = folder.file("crash.sqlite")
        for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix) }
        #expect(try await TakeStore(path: copy, logger: quiet).take(id: saved.id) == saved)
        store.close()
    }
}
