import Foundation
import Music
import Testing

@testable import TakeStore

/// A real program that is killed while it saves, runs out of room, or may not write.
@Suite struct KilledKeeperTests {
    let folder: TemporaryFolder
    let path: String
    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("continuo.sqlite")
    }

    /// Holds the store against everything that was said to be on the disk.
    private func check(_ acknowledged: [Acknowledged]) async throws {
        let store = try TakeStore(path: path, logger: quiet)
        #expect(store.setAside == nil)
        for one in acknowledged {
            let read = try #require(try await store.take(id: TakeID(rawValue: one.take)))
            #expect(read.take.origin.keyboard == "\(one.number)")
            #expect(read.take.performance.count == 20 + one.number % 400)
            #expect(read.take.performance.allSatisfy { $0.length == Nanoseconds(Int64(one.number)) })
            #expect(read.marks.rating?.rawValue == one.number % 6)
            let answer = try #require(try await store.arrangement(id: ArrangementID(rawValue: one.arrangement)))
            #expect(answer.takeID == read.id)
            #expect(answer.arrangement.phrase == read.take.phrase)
        }
        store.close()
    }

    @Test func nothingThatWasAcknowledgedIsLostWhenTheProgramIsKilled() async throws {
        var all: [Acknowledged] = []
        for _ in 0..<longCount(4, full: 200) {
            let keeper = try Keeper("save", path)
            let first = try keeper.waitForWord()
            usleep(.random(in: 0..<150_000))
            keeper.kill()
            let round = try keeper.lines(after: first).compactMap(Acknowledged.init)
            try await check(round)
            all += round
        }
        try await check(all)
        print("\(all.count) takes were acknowledged before the program was killed, and all are there")
        #expect(!all.isEmpty)
        #expect(Set(all.map(\.take)).count == all.count)
    }

    @Test(arguments: [60_000, 200_000, 400_000])
    func aDiskThatTakesNoMoreIsSaidAndSavingGoesOnOnceThereIsRoom(size: Int) async throws {
        let lines = try Keeper("limited", path, "\(size)").lines()
        let refusals = lines.filter { !$0.hasPrefix("saved") }
        #expect(refusals.count == 1)
        #expect(refusals.first?.hasPrefix("cannot ") == true)
        #expect(refusals.first?.contains("is full, over a quota or failing") == true)
        let acknowledged = lines.compactMap(Acknowledged.init)
        #expect(acknowledged.count >= 3)
        #expect(lines.suffix(3).allSatisfy { $0.hasPrefix("saved") })
        try await check(acknowledged)
    }

    @Test func aFolderThatMayNotBeWrittenIsSaidWithWhatToDo() throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
        let lines = try Keeper("nobody", path).lines()
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("cannot open the take store \(path): ") == true)
        #expect(lines.first?.contains("make the folder writable for this user") == true)
    }

    @Test func aStoreOfAnotherUserIsSaidAndLeftAlone() async throws {
        let store = try TakeStore(path: path, logger: quiet)
        let saved = try await store.save(Example.take)
        store.close()
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.path)
        try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
        let lines = try Keeper("nobody", path).lines()
        #expect(lines.count == 1)
        #expect(lines.first?.contains("writable for this user") == true)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(try await TakeStore(path: path, logger: quiet).take(id: saved.id) == saved)
    }
}
