import Foundation
import GRDB
import Music
import Testing

@testable import TakeStore

@Suite struct PedalTests {
    private static func span(_ down: Int64, _ up: Int64) -> PedalSpan {
        PedalSpan(down: Instant(nanoseconds: down), up: Instant(nanoseconds: up))
    }

    @Test(arguments: [
        [], [span(0, 1)], [span(-5, -5), span(-1, 90), span(80, 100)], [span(.min + 1, -1), span(.max - 1, .max)],
    ])
    func thePedalComesBack(spans: [PedalSpan]) throws {
        #expect(try PedalCoding.decode(PedalCoding.encode(spans)) == spans)
    }

    @Test func theWrittenFormIsTheDocumentedOne() {
        #expect(PedalCoding.encode([]) == [0x53, 1, 0])
        #expect(PedalCoding.encode([Self.span(1, 131), Self.span(130, 130)]) == [0x53, 1, 2, 2, 0x82, 1, 1, 0])
    }

    @Test func bytesCutOffAnywhereAreNoticed() {
        let bytes = PedalCoding.encode(Example.take.pedal)
        for end in bytes.indices {
            #expect(throws: NoteCoding.Failure.self) { try PedalCoding.decode(bytes[..<end]) }
        }
    }

    @Test(
        arguments: [
            ([0x50, 1, 0], "another kind"), ([0x53, 2, 0], "version 2"), ([0x53, 1, 0, 9], "too many"),
            ([0x53, 1, 3, 1, 1, 1], "cut off"),
            ([0x53, 1, 1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], "past all time"),
        ] as [([UInt8], String)])
    func bytesThatAreNoPedalAreRefusedWithTheReason(bytes: [UInt8], reason: String) {
        let failure = #expect(throws: NoteCoding.Failure.self) { try PedalCoding.decode(bytes) }
        #expect(failure?.description.contains(reason) == true)
    }

    @Test func aStoreOfBeforeThePedalIsOpenedWithItsTakes() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("continuo.sqlite")
        let old = try DatabaseQueue(path: path)
        try Schema.migrator.migrate(old, upTo: "1 takes and arrangements")
        try await old.write { db in
            try db.execute(
                sql: """
                    INSERT INTO take (savedAt, keyboard, trigger, damaged, meter, tempo, bars, noteCount, notes,
                        performance, anchor, anchorTick, anchorTempo)
                    VALUES (1700000000123, 'Keys', 'record', 0, '6/8', 93.25, 2, 3, ?, ?, 12340000000, 40, 93.25)
                    """,
                arguments: [
                    Data(NoteCoding.encode(Example.take.phrase.notes)),
                    Data(NoteCoding.encode(Example.take.performance)),
                ])
        }
        try old.close()

        let store = try TakeStore(path: path, logger: quiet)
        #expect(store.setAside == nil)
        let read = try #require(try await store.take(id: TakeID(rawValue: 1)))
        #expect(read.take.pedal.isEmpty)
        #expect(read.take.performance == Example.take.performance)
        #expect(read.take.phrase == Example.take.phrase)
        let saved = try await store.save(Example.take)
        #expect(saved.id.rawValue == 2)
        #expect(try await store.take(id: saved.id)?.take.pedal == Example.take.pedal)
    }

    @Test func aDamagedPedalIsSaid() async throws {
        let folder = try TemporaryFolder()
        let store = try TakeStore(path: folder.file("continuo.sqlite"), logger: quiet)
        let saved = try await store.save(Example.take)
        try await store.database.write { try $0.execute(sql: "UPDATE take SET pedal = x'53'") }
        let error = await #expect(throws: TakeStoreError.self) { _ = try await store.take(id: saved.id) }
        #expect(error?.kind == .damagedRecord)
    }
}
