import Foundation
import MIDI
import Music
import Testing

@testable import Journal

/// What the disk does to a journal.
@Suite struct BrokenDiskTests {
    let bench: Bench
    init() throws { bench = try Bench() }

    private func recalled() -> [Int] { bench.journal().recall(now: bench.now, within: .seconds(1 << 40)).pitches }

    @Test(arguments: [
        (ENOSPC, "make room on the disk"), (EROFS, "make the folder writable"), (EIO, "look at the system's log"),
    ])
    func aDiskThatRefusesIsSaidOnceAndCaughtUpWith(code: Int32, advice: String) {
        let journal = bench.journal()
        journal.play(60, on: bench)
        journal.flush()
        bench.fail(code)
        for pitch in 61..<64 {
            journal.play(pitch, on: bench)
            bench.pass(60)
            journal.flush()
        }
        let problem = journal.problem ?? ""
        #expect(problem.contains("cannot write what was played to \(bench.folder)") && problem.contains(advice))
        #expect(bench.reports.count == 1)
        bench.fail(0)
        bench.pass(60)
        journal.flush()
        #expect(journal.problem == nil)
        #expect(bench.reports.last == .recovered(lost: 0))
        journal.close()
        #expect(recalled() == [60, 61, 62, 63])
        #expect(bench.reports.count == 2, "\(bench.reports)")
    }

    @Test func aDiskThatRefusesForLongCostsTheOldestMessages() {
        let journal = bench.journal()
        bench.fail(ENOSPC)
        let played = JournalCore.patience + 100
        for _ in 0..<played / 2 { journal.play(60, on: bench) }
        journal.play(99, on: bench)
        bench.fail(0)
        bench.pass(60)
        journal.close()
        #expect(journal.lost == JournalCore.patience / 16)
        #expect(recalled().last == 99)
    }

    @Test func aFolderThatVanishesIsMadeAnew() throws {
        let journal = bench.journal()
        journal.play(60, on: bench)
        journal.flush()
        try FileManager.default.removeItem(atPath: bench.folder)
        journal.play(61, on: bench)
        bench.pass(1)
        journal.close()
        #expect(journal.problem == nil)
        #expect(recalled() == [61])
    }

    @Test func aPlaceThatCannotBeAFolderIsSaidAndWaitedFor() throws {
        let above = String(bench.folder.dropLast("/played".count))
        try Data().write(to: URL(fileURLWithPath: above))
        let journal = bench.journal()
        journal.play(60, on: bench)
        journal.flush()
        #expect(journal.problem?.contains("make the folder \(bench.folder)") == true)
        try FileManager.default.removeItem(atPath: above)
        journal.close()
        #expect(journal.problem == nil)
        #expect(recalled() == [60])
    }

    @Test func aFileThatIsNoSegmentIsSetAside() throws {
        try bench.write([UInt8](repeating: 0x5A, count: 500), to: "0000000003.played")
        let journal = bench.journal()
        journal.play(60, on: bench)
        journal.close()
        #expect(bench.names == ["0000000003.played.broken", "0000000004.played"])
        #expect(try bench.bytes("0000000003.played.broken") == [UInt8](repeating: 0x5A, count: 500))
        guard case .remark(let text) = bench.reports.first else { Issue.record("nothing was said"); return }
        #expect(text.contains("0000000003.played.broken") && text.contains("nothing of it is readable"))
    }

    @Test func aDamagedSegmentIsSetAsideAndReadAllTheSame() throws {
        let first = bench.journal()
        for pitch in 60..<70 { first.play(pitch, on: bench) }
        first.close()
        var bytes = try bench.bytes(bench.names[0])
        bytes[SegmentFormat.headerSize + 5 * SegmentFormat.recordSize + 9] ^= 0xFF
        try bench.write(bytes, to: bench.names[0])
        #expect(recalled() == [60, 61] + (63..<70))
        #expect(bench.names == ["0000000001.played.broken"])
    }

    @Test func aTornSegmentIsLeftAsItIs() throws {
        let first = bench.journal()
        for pitch in 60..<70 { first.play(pitch, on: bench) }
        first.close()
        let bytes = try bench.bytes(bench.names[0])
        try bench.write(bytes.dropLast(30), to: bench.names[0])
        let journal = bench.journal()
        #expect(journal.recall(now: bench.now, within: .seconds(60)).pitches == Array(60..<69))
        journal.play(99, on: bench)
        journal.close()
        #expect(try bench.bytes("0000000001.played") == bytes.dropLast(30))
        #expect(bench.names.count == 2)
    }

    @Test func aSecondJournalSaysSoAndWaitsForTheFirstOnesEnd() {
        let first = bench.journal()
        first.play(60, on: bench)
        first.flush()
        let second = bench.journal()
        second.play(61, on: bench)
        second.flush()
        #expect(second.problem?.contains("another program does already") == true)
        #expect(bench.names.count == 1)
        first.close()
        bench.pass(60)
        second.flush()
        #expect(second.problem == nil)
        second.close()
        #expect(recalled() == [60, 61])
    }
}
