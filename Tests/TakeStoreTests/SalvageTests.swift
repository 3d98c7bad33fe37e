import Foundation
import GRDB
import Music
import Testing

@testable import TakeStore

@Suite struct SalvageTests {
    let folder: TemporaryFolder
    let path: String
    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("continuo.sqlite")
    }

    /// Takes of some length, each named by its number, every fifth with an arrangement and marks; the last one deleted.
    private func fill(_ count: Int) async throws {
        let store = try TakeStore(path: path, logger: quiet)
        _ = try await store.save((1...count).map { Self.new($0) })
        try await store.delete(TakeID(rawValue: Int64(count)))
        store.close()
    }

    private static func new(_ number: Int) -> NewTake {
        var take = Example.take
        take.performance = Array(repeating: Example.take.performance[0], count: 60)
        take.origin.keyboard = "Keys \(number)"
        guard number % 5 == 0 else { return NewTake(take, at: Date(timeIntervalSince1970: 1_700_000_000)) }
        return NewTake(
            take, at: Date(timeIntervalSince1970: 1_700_000_000),
            marks: TakeMarks(tags: [TakeTag(rawValue: "five")!], rating: Rating(rawValue: 5), note: "note \(number)"),
            arrangements: [NewArrangement(Example.arrangement, recipe: Example.recipe)])
    }

    /// Breaks the file, opens it, and holds the new store against the report.
    private func open(_ breaking: (inout Data) -> Void) async throws -> (TakeStore, TakeStore.SetAside) {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        breaking(&bytes)
        try bytes.write(to: URL(fileURLWithPath: path))
        let store = try TakeStore(path: path, logger: quiet)
        let report = try #require(store.setAside)
        #expect(try Data(contentsOf: URL(fileURLWithPath: report.path)) == bytes)
        #expect(try folder.names.allSatisfy { !$0.hasSuffix(".new") && !$0.hasSuffix(".salvage") })
        let live = try await store.takes(limit: 10_000)
        let deleted = try await store.takes(matching: TakeQuery(isDeleted: true), limit: 10_000)
        #expect(live.count + deleted.count == report.salvaged.takes)
        for summary in live + deleted {
            let read = try #require(try await store.take(id: summary.id))
            #expect(read.take == Self.new(Int(summary.id.rawValue)).take)
        }
        let arrangements = (live + deleted).reduce(0) { $0 + $1.arrangementCount }
        #expect(arrangements == report.salvaged.arrangements)
        return (store, report)
    }

    @Test func aDestroyedHeaderCostsNothing() async throws {
        try await fill(100)
        let (store, report) = try await open { $0.replaceSubrange(0..<100, with: Data(repeating: 0xA5, count: 100)) }
        #expect(report.salvaged == .init(takes: 100, arrangements: 20))
        #expect(report.description.contains("100 takes and 20 arrangements were saved"))
        #expect(try await store.arrangement(id: ArrangementID(rawValue: 1))?.recipe == Example.recipe)
        let marks = try await store.take(id: TakeID(rawValue: 5))?.marks
        #expect(marks == Self.new(5).marks)
        #expect(try await store.take(id: TakeID(rawValue: 100))?.deletedAt != nil)
        #expect(try await store.takes(matching: TakeQuery(words: "five jazz"), limit: 100).count == 19)
        #expect(try await store.save(Example.take).id.rawValue == 101)
    }

    @Test func aDestroyedFirstPageCostsNothing() async throws {
        try await fill(100)
        let (_, report) = try await open { $0.replaceSubrange(0..<4096, with: Data(repeating: 0xA5, count: 4096)) }
        #expect(report.salvaged.takes == 100 && report.salvaged.arrangements == 20)
    }

    @Test func aFileCutInTheMiddleGivesWhatIsBeforeTheCut() async throws {
        try await fill(400)
        let (store, report) = try await open { $0.removeLast($0.count / 2) }
        #expect(report.salvaged.takes > 0 && report.salvaged.takes < 400)
        #expect(report.description.contains("could not be read"))
        #expect(try await store.save(Example.take).id.rawValue > 0)
    }

    /// A page of rubbish at some places of the file.
    @Test func aPageOfRubbishCostsWhatWasOnIt() async throws {
        try await fill(200)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let pages = whole.count / 4096
        var saved: [Int] = []
        for page in stride(from: 1, to: pages, by: max(1, pages / longCount(3, full: 200))) {
            for name in try folder.names { try FileManager.default.removeItem(atPath: folder.file(name)) }
            try whole.write(to: URL(fileURLWithPath: path))
            let (store, report) = try await open {
                $0.replaceSubrange(page * 4096..<(page + 1) * 4096, with: Data(repeating: 0x5A, count: 4096))
            }
            store.close()
            saved.append(report.salvaged.takes)
        }
        print("of 200 takes were saved, by the place of the page of \(pages): \(saved)")
        // One page in the midst of the rows is the ordinary case; a page that leads to many others costs many.
        #expect(saved.sorted()[saved.count / 2] >= 190)
    }

    @Test(arguments: OldStore.versions)
    func aBrokenOlderStoreIsSalvagedToo(version: String) async throws {
        try OldStore.write(version, to: path)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes.replaceSubrange(0..<16, with: Data(count: 16))
        try bytes.write(to: URL(fileURLWithPath: path))
        let store = try TakeStore(path: path, logger: quiet)
        // One of its three takes could not be read before either.
        #expect(store.setAside?.salvaged == .init(takes: 2, arrangements: 2, lostTakes: 1))
        #expect(try await store.takes(limit: 9).map(\.arrangementCount) == [2, 0])
    }

    @Test func anInterruptedReplacementIsFinished() async throws {
        try await fill(5)
        let new = BrokenFile.replacement(of: path)
        // The broken file had been renamed, the new one not yet.
        try FileManager.default.moveItem(atPath: path, toPath: new)
        let store = try TakeStore(path: path, logger: quiet)
        #expect(try await store.takes(limit: 9).count == 4)
        #expect(try !folder.names.contains("continuo.sqlite.new"))
    }

    @Test func rubbishGivesNothingAndIsKept() async throws {
        try Data(repeating: 0x41, count: 50_000).write(to: URL(fileURLWithPath: path))
        let (_, report) = try await open { _ in }
        #expect(report.description.hasSuffix("nothing could be read of the broken one"))
    }
}
