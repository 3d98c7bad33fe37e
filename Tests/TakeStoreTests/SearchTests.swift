import Foundation
import GRDB
import Music
import Testing

@testable import TakeStore

@Suite struct SearchTests {
    /// Six takes, the last with a number of arrangements in two genres.
    private static func store() async throws -> (TakeStore, TemporaryFolder) {
        let folder = try TemporaryFolder()
        let store = try TakeStore(path: folder.file("continuo.sqlite"), logger: quiet)
        let minor = Phrase(
            notes: [note(62, 0, 960), note(65, 960, 480), note(69, 1440, 480), note(62, 1920, 960)], meter: .fourFour,
            tempo: Tempo(quartersPerMinute: 140)!, bars: 2)
        func take(_ keyboard: String, _ phrase: Phrase = Example.phrase) -> Take {
            var take = Example.take
            take.phrase = phrase
            take.origin.keyboard = keyboard
            return take
        }
        func day(_ number: Double) -> Date { Date(timeIntervalSince1970: 1_700_000_000 + number * 86_400) }
        let jazz = NewArrangement(Example.arrangement)
        var popular = Example.arrangement
        popular.accompaniment.genre = .pop
        _ = try await store.save([
            NewTake(take("MPK mini"), at: day(1)),
            NewTake(take("MPK mini", minor), at: day(2), marks: TakeMarks(tags: [try tag("ballad")])),
            NewTake(take("Tästatur"), at: day(3), marks: TakeMarks(rating: Rating(rawValue: 5))),
            NewTake(
                take("Tästatur", minor), at: day(4),
                marks: TakeMarks(tags: [try tag("ballad"), try tag("late night")], rating: Rating(rawValue: 2))),
            NewTake(take("console"), at: day(5), source: .imported, marks: TakeMarks(note: "Frère Jacques, slowly")),
            NewTake(take("MPK mini"), at: day(6), arrangements: [jazz, jazz, NewArrangement(popular)]),
        ])
        return (store, folder)
    }

    private static func date(_ day: Double) -> Date { Date(timeIntervalSince1970: 1_700_000_000 + day * 86_400) }

    @Test(
        arguments: [
            (TakeQuery(), [6, 5, 4, 3, 2, 1]),
            (TakeQuery(keyboard: "MPK mini"), [6, 2, 1]),
            (TakeQuery(keyboard: "MPK"), []),
            (TakeQuery(genre: .jazz), [6]),
            (TakeQuery(genre: .rock), []),
            (TakeQuery(tags: [TakeTag(rawValue: "ballad")!]), [4, 2]),
            (TakeQuery(tags: [TakeTag(rawValue: "Ballad")!, TakeTag(rawValue: "late night")!]), [4]),
            (TakeQuery(key: Key(tonic: 2, mode: .minor)), [4, 2]),
            (TakeQuery(saved: date(2)..<date(4)), [3, 2]),
            (TakeQuery(tempo: 90...100), [6, 5, 3, 1]),
            (TakeQuery(rating: Rating(rawValue: 3)), [3]),
            (TakeQuery(rating: Rating(rawValue: 0)), [4, 3]),
            (TakeQuery(source: .imported), [5]),
            (TakeQuery(isDeleted: true), []),
            (TakeQuery(words: "mpk"), [6, 2, 1]),
            (TakeQuery(words: "tast"), [4, 3]),
            (TakeQuery(words: "FRERE jac"), [5]),
            (TakeQuery(words: "ball late"), [4]),
            (TakeQuery(words: "d minor"), [4, 2]),
            (TakeQuery(words: "jazz"), [6]),
            (TakeQuery(words: "\"*( AND -mpk:"), []),
            (TakeQuery(words: "\"mpk\" *(-"), [6, 2, 1]),
            (TakeQuery(words: "mini", genre: .pop, tempo: 90...100), [6]),
            (TakeQuery(keyboard: "MPK mini", tags: [TakeTag(rawValue: "ballad")!]), [2]),
        ] as [(TakeQuery, [Int64])])
    func aQueryFindsWhatItAsksForNewestFirst(query: TakeQuery, expected: [Int64]) async throws {
        let (store, folder) = try await Self.store()
        #expect(try await store.takes(matching: query, limit: 10).map(\.id.rawValue) == expected)
        #expect(try folder.names.contains("continuo.sqlite"))
    }

    @Test(arguments: [
        TakeQuery(), TakeQuery(words: "m"), TakeQuery(tempo: 90...200), TakeQuery(tags: [TakeTag(rawValue: "ballad")!]),
    ])
    func pagesFollowOneAnotherWithoutGapOrRepetition(query: TakeQuery) async throws {
        let (store, folder) = try await Self.store()
        let whole = try await store.takes(matching: query, limit: 10)
        var pages: [TakeSummary] = []
        while let next = try await store.takes(matching: query, limit: 1, before: pages.last?.id).first {
            pages.append(next)
        }
        #expect(pages == whole)
        #expect(whole.count >= 2)
        #expect(try !folder.names.isEmpty)
    }

    @Test func wordsFollowWhatIsWrittenOnATake() async throws {
        let (store, folder) = try await Self.store()
        let id = TakeID(rawValue: 1)
        try await store.setNote("sunrise", of: id)
        try await store.tag(id, adding: [try tag("morning")])
        #expect(try await store.takes(matching: TakeQuery(words: "sunr morn"), limit: 9).map(\.id) == [id])
        try await store.setNote("", of: id)
        #expect(try await store.takes(matching: TakeQuery(words: "sunrise"), limit: 9).isEmpty)
        _ = try await store.save(Example.arrangement, of: id)
        #expect(try await store.takes(matching: TakeQuery(words: "jazz"), limit: 9).map(\.id.rawValue) == [6, 1])
        #expect(try !folder.names.isEmpty)
    }

    /// What SQLite means to do: no table is read from one end to the other, and nothing is sorted.
    @Test(arguments: [
        TakeQuery(), TakeQuery(isDeleted: true), TakeQuery(tags: [TakeTag(rawValue: "ballad")!]),
        TakeQuery(genre: .jazz), TakeQuery(genre: .jazz, tags: [TakeTag(rawValue: "ballad")!], tempo: 60...90),
        TakeQuery(keyboard: "MPK mini", key: Key(tonic: 0, mode: .major), rating: Rating(rawValue: 3)),
    ])
    func noSearchReadsAWholeTable(query: TakeQuery) async throws {
        let (store, folder) = try await Self.store()
        let plan = try await store.read("explain") { db in
            let search = try Search(query, limit: 50, before: nil, in: db)
            return try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + search.sql, arguments: search.arguments)
                .map { $0["detail"] as String }
        }
        // A subquery that only hands its rows on is called a scan too.
        let scans = plan.filter { $0.hasPrefix("SCAN") && !$0.hasPrefix("SCAN hit") }
        #expect(scans.isEmpty, "\(plan)")
        #expect(!plan.contains { $0.contains("TEMP B-TREE FOR ORDER BY") }, "\(plan)")
        #expect(plan.contains { $0.contains("SEARCH") })
        #expect(try !folder.names.isEmpty)
    }
}
