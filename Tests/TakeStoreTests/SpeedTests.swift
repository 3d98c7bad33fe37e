import Foundation
import GRDB
import Music
import Testing

@testable import TakeStore

/// Ten times what a person is to wait at most, in a build that is not made for speed on a machine that does other things too; the
/// figures themselves are the benchmark's (`take-store-benchmark`).
@Suite(.serialized) struct SpeedTests {
    private static let limit = Duration.milliseconds(200)
    private static let count = longCount(20_000, full: 100_000)

    /// Copies of one take under other names, with other tempi, keyboards, tags and genres.
    private static func store() async throws -> (TakeStore, TemporaryFolder) {
        let folder = try TemporaryFolder()
        let store = try TakeStore(path: folder.file("continuo.sqlite"), logger: quiet)
        _ = try await store.save(NewTake(Example.take, arrangements: [NewArrangement(Example.arrangement)]))
        try await store.database.write { db in
            func copy(_ table: String, _ columns: [String: String], where condition: String = "1") throws {
                let names = try db.columns(in: table).map(\.name)
                let values = names.map { columns[$0] ?? "\(table).\($0)" }
                try db.execute(
                    sql: """
                        WITH RECURSIVE number(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM number WHERE n < \(count))
                        INSERT INTO \(table) (\(names.joined(separator: ", ")))
                        SELECT \(values.joined(separator: ", ")) FROM number CROSS JOIN \(table) WHERE \(condition)
                        """)
            }
            try copy("take", ["id": "n"])
            try copy(
                "takeCard",
                ["id": "n", "tempo": "60 + n % 120", "keyboard": "'Keys ' || n % 8", "savedAt": "takeCard.savedAt + n"])
            try copy(
                "arrangement", ["id": "n", "takeID": "n", "genre": "CASE n % 4 WHEN 0 THEN 'jazz' ELSE 'pop' END"])
            try copy("arrangementPart", ["arrangementID": "n"])
            try db.execute(
                sql: """
                    INSERT INTO takeTag SELECT 'common', id FROM take WHERE id % 2 = 0;
                    INSERT INTO takeTag SELECT 'rare', id FROM take WHERE id % 1000 = 0;
                    INSERT INTO takeText (rowid, words) SELECT id, keyboard || ' ' || key FROM takeCard WHERE id > 1
                    """)
        }
        return (store, folder)
    }

    @Test func listSearchAndOpenAreQuickAmongManyTakes() async throws {
        let (store, folder) = try await Self.store()
        let queries = [
            TakeQuery(), TakeQuery(keyboard: "Keys 3"), TakeQuery(keyboard: "nobody's"), TakeQuery(genre: .jazz),
            TakeQuery(genre: .rock), TakeQuery(tags: [try tag("common")]), TakeQuery(tags: [try tag("rare")]),
            TakeQuery(tempo: 300...400), TakeQuery(rating: Rating(rawValue: 1)), TakeQuery(words: "key"),
            TakeQuery(words: "keys 3"), TakeQuery(words: "zither"), TakeQuery(isDeleted: true),
            TakeQuery(genre: .jazz, tags: [try tag("common")], tempo: 300...400),
        ]
        let clock = ContinuousClock()
        // The quickest of some: other tests run at the same time, and what they take is no cost of the store.
        func quickest(_ body: (Int) async throws -> Void) async throws -> Duration {
            var best = Duration.seconds(1000)
            let patience = clock.now + .seconds(20)
            var step = 0
            while step < 7 || best >= Self.limit && clock.now < patience {
                best = min(best, try await clock.measure { try await body(step % 5) })
                step += 1
            }
            return best
        }
        for query in queries {
            let time = try await quickest { step in
                let before = step % 2 == 0 ? nil : TakeID(rawValue: Int64(Self.count / 5 * step))
                _ = try await store.takes(matching: query, limit: 50, before: before)
            }
            #expect(time < Self.limit, "\(query)")
        }
        let opening = try await quickest { step in
            let id = TakeID(rawValue: Int64(1 + Self.count / 5 * step))
            let take = try #require(try await store.take(id: id))
            let list = try await store.arrangements(of: take.id)
            _ = try #require(try await store.arrangement(id: list[0].id))
        }
        #expect(opening < Self.limit)
        #expect(try await store.takes(matching: TakeQuery(tags: [try tag("rare")]), limit: 9).count == 9)
        #expect(try !folder.names.isEmpty)
    }
}
