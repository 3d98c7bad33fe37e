import Foundation
import GRDB
import Music
import Testing

@testable import TakeStore

@Suite struct MarkTests {
    let store: TakeStore
    let folder: TemporaryFolder
    init() throws {
        folder = try TemporaryFolder()
        store = try TakeStore(path: folder.file("continuo.sqlite"), logger: quiet)
    }

    @Test func tagsRatingAndNoteComeBack() async throws {
        let id = try await store.save(Example.take).id
        let (ballad, slow, old) = (try tag("Ballad"), try tag("very  slow"), try tag("old"))
        try await store.tag(id, adding: [ballad, old])
        try await store.tag(id, adding: [ballad, slow], removing: [old])
        try await store.rate(id, Rating(rawValue: 0))
        try await store.setNote("for Änne", of: id)
        let read = try #require(try await store.take(id: id))
        #expect(read.marks == TakeMarks(tags: [ballad, slow], rating: Rating(rawValue: 0), note: "for Änne"))
        #expect(read.take == Example.take)
        let line = try #require(try await store.takes(limit: 1).first)
        #expect(line.tags == [ballad, slow] && line.rating == Rating(rawValue: 0))
        try await store.rate(id, nil)
        #expect(try await store.take(id: id)?.marks.rating == nil)
        #expect(try await store.tags().map(\.tag) == [ballad, slow])
    }

    @Test(arguments: [("  Late   Night ", "late night"), ("ÄRGER", "ärger"), ("A\u{30A}", "å")])
    func aTagIsKeptInOneForm(written: String, kept: String) throws {
        #expect(try tag(written).rawValue == kept)
    }

    @Test(arguments: ["", "   ", "a,b", "a\nb", String(repeating: "x", count: 65)])
    func whatIsNoTagIsRefused(text: String) {
        #expect(TakeTag(rawValue: text) == nil)
    }

    @Test func marksOfATakeThatDoesNotExistAreRefused() async throws {
        let absent = TakeID(rawValue: 9)
        let calls: [@Sendable (TakeStore) async throws -> Void] = [
            { try await $0.rate(absent, nil) }, { try await $0.setNote("", of: absent) }, { try await $0.tag(absent) },
            { try await $0.delete(absent) }, { try await $0.restore(absent) }, { try await $0.purge(absent) },
        ]
        for call in calls {
            let error = await #expect(throws: TakeStoreError.self) { try await call(store) }
            #expect(error?.kind == .noSuchTake)
        }
    }

    @Test func aDeletedTakeIsOutOfSightUntilItIsRestored() async throws {
        let first = try await store.save(Example.take).id
        let second = try await store.save(Example.take).id
        let arrangement = try await store.save(Example.arrangement, of: second)
        let before = try await store.take(id: second)
        let time = Date(timeIntervalSince1970: 1_700_000_000)
        try await store.delete(second, at: time)
        #expect(try await store.takes(limit: 9).map(\.id) == [first])
        #expect(try await store.takes(matching: TakeQuery(genre: .jazz), limit: 9).isEmpty)
        #expect(try await store.takes(matching: TakeQuery(isDeleted: true), limit: 9).map(\.deletedAt) == [time])
        #expect(try await store.take(id: second)?.deletedAt == time)
        // Deleting twice does not make it younger.
        try await store.delete(second, at: time + 60)
        #expect(try await store.take(id: second)?.deletedAt == time)
        try await store.restore(second)
        #expect(try await store.take(id: second) == before)
        #expect(try await store.arrangement(id: arrangement.id) == arrangement)
        #expect(try await store.takes(limit: 9).map(\.id) == [second, first])
    }

    @Test func whatIsPurgedIsGoneWithAllThatBelongedToIt() async throws {
        let kept = try await store.save(Example.take).id
        let old = try await store.save(Example.take).id
        let young = try await store.save(Example.take).id
        let arrangement = try await store.save(Example.arrangement, of: old)
        try await store.tag(old, adding: [try tag("x")])
        try await store.delete(old, at: Date(timeIntervalSince1970: 1000))
        try await store.delete(young, at: Date(timeIntervalSince1970: 2000))
        #expect(try await store.purge(deletedBefore: Date(timeIntervalSince1970: 2000)) == 1)
        #expect(try await store.take(id: old) == nil)
        #expect(try await store.arrangement(id: arrangement.id) == nil)
        #expect(try await store.tags().isEmpty)
        #expect(try await store.takes(matching: TakeQuery(isDeleted: true), limit: 9).map(\.id) == [young])
        try await store.purge(young)
        let rows = try await store.read("count") { db in
            try ["take", "takeCard", "takeText", "takeTag", "arrangement", "arrangementPart"].map {
                try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)")
            }
        }
        #expect(rows == [1, 1, 1, 0, 0, 0])
        let next = try await store.save(Example.take).id
        #expect(next > young && kept < old)
    }

    @Test func manyTakesAreSavedAtOnceOrNotAtAll() async throws {
        let new = NewTake(
            Example.take, at: Date(timeIntervalSince1970: 1_600_000_000), source: .imported,
            marks: TakeMarks(tags: [try tag("folk")], rating: Rating(rawValue: 4), note: "from a folder"),
            arrangements: [NewArrangement(Example.arrangement, recipe: Example.recipe)])
        let ids = try await store.save([new, NewTake(Example.take)])
        #expect(ids.map(\.rawValue) == [1, 2])
        let read = try #require(try await store.take(id: ids[0]))
        #expect(read.marks == new.marks && read.source == .imported && read.savedAt == new.time)
        #expect(try await store.arrangement(id: ArrangementID(rawValue: 1))?.recipe == Example.recipe)
        try await store.database.write { try $0.execute(sql: "PRAGMA max_page_count = 1") }
        let many = [NewTake](repeating: new, count: 200)
        let error = await #expect(throws: TakeStoreError.self) { _ = try await store.save(many) }
        #expect(error?.kind == .diskFull)
        #expect(try await store.takes(limit: 9).count == 2)
    }
}

func tag(_ text: String) throws -> TakeTag { try #require(TakeTag(rawValue: text)) }
