import Foundation
import MIDI
import Music
import Testing

@testable import Journal

@Suite struct PlayedJournalTests {
    let bench: Bench
    init() throws { bench = try Bench() }

    private func recalled() -> [Int] { bench.journal().recall(now: bench.now, within: .seconds(1 << 40)).pitches }

    // MARK: writing

    @Test func folderAndFilesAreForTheUserAlone() throws {
        let journal = bench.journal()
        journal.play(60, on: bench)
        journal.flush()
        let files = FileManager.default
        func mode(_ path: String) throws -> Int? { try files.attributesOfItem(atPath: path)[.posixPermissions] as? Int }
        #expect(try mode(bench.folder) == 0o700)
        #expect(bench.names.count == 1)
        #expect(try mode("\(bench.folder)/\(bench.names[0])") == 0o600)
    }

    @Test func silenceWritesNothing() {
        let journal = bench.journal()
        journal.flush()
        bench.pass(7200)
        journal.flush()
        #expect(bench.syncCount == 0 && bench.names.isEmpty)
    }

    @Test func aNoteIsSyncedByItselfAndTheDiskIsLeftAloneForASecondThen() async throws {
        let journal = bench.journal()
        bench.pass(2)
        journal.play(60, on: bench)
        try await eventually("it is synced") { bench.syncCount == 1 }
        for pitch in 61..<90 { journal.play(pitch, on: bench) }
        // The bench's clock stands still, so the second never passes.
        try await Task.sleep(for: .milliseconds(50))
        #expect(bench.syncCount == 1)
        bench.pass(1)
        journal.flush()
        #expect(bench.syncCount == 2)
    }

    @Test func closingWritesWhatWaits() {
        let journal = bench.journal()
        journal.play(60, on: bench)
        journal.close()
        journal.play(61, on: bench)
        journal.close()
        #expect(recalled() == [60])
    }

    @Test func aFullSegmentIsFollowedByAnother() throws {
        let journal = bench.journal(limits: JournalLimits(segmentBytes: 1024))
        for pitch in 0..<100 { journal.play(pitch, on: bench) }
        journal.close()
        #expect(bench.names.count == 6)
        #expect(try bench.names.allSatisfy { try bench.bytes($0).count <= 1024 + SegmentFormat.recordSize })
        #expect(recalled() == Array(0..<100))
    }

    @Test func anOldSegmentIsFollowedByAnother() {
        let journal = bench.journal()
        journal.play(60, on: bench)
        journal.flush()
        bench.pass(3601)
        journal.play(61, on: bench)
        journal.close()
        #expect(bench.names.count == 2)
        #expect(recalled() == [60, 61])
    }

    @Test func nothingIsKeptWhilePaused() {
        let journal = bench.journal()
        journal.play(60, on: bench)
        journal.isPaused = true
        journal.play(61, on: bench)
        journal.isPaused = false
        journal.play(62, on: bench)
        journal.close()
        #expect(recalled() == [60, 62])
    }

    // MARK: limits

    @Test func whatIsTooOldGoesWhenTheJournalIsOpened() {
        for pitch in 60..<63 {
            let journal = bench.journal()
            journal.play(pitch, on: bench)
            journal.close()
            bench.pass(10 * 3600)
        }
        #expect(recalled() == [61, 62])
    }

    @Test func whatIsTooOldGoesWhileTheJournalIsOpen() {
        let journal = bench.journal(limits: JournalLimits(keep: .seconds(600)))
        journal.play(60, on: bench)
        journal.flush()
        bench.pass(700)
        journal.play(61, on: bench)
        journal.flush()
        #expect(bench.names.count == 1)
        bench.pass(700)
        journal.flush()
        #expect(bench.names.isEmpty, "in silence too")
        journal.play(62, on: bench)
        journal.close()
        #expect(recalled() == [62])
    }

    @Test func theOldestSegmentsGoWhereThereIsTooMuch() {
        let limits = JournalLimits(mostBytes: 4096, segmentBytes: 1024)
        let journal = bench.journal(limits: limits)
        for pitch in 0..<128 {
            journal.play(pitch, on: bench)
            journal.flush()
        }
        journal.close()
        #expect(bench.diskBytes <= 4096 + 1024 + SegmentFormat.recordSize)
        #expect(recalled() == Array((128 - recalled().count)..<128))
        #expect(recalled().count > 60)
    }

    @Test func keepingNothingLeavesNothing() {
        let first = bench.journal()
        first.play(60, on: bench)
        first.close()
        let journal = bench.journal(limits: JournalLimits(keep: .zero))
        journal.play(61, on: bench)
        journal.close()
        #expect(bench.names.isEmpty)
    }

    @Test func aJournalThatNeverKeepsMakesNoFolder() {
        let journal = bench.journal(limits: JournalLimits(keep: .zero))
        journal.play(61, on: bench)
        journal.close()
        #expect(!FileManager.default.fileExists(atPath: bench.folder))
    }

    @Test func aFileFromTheFutureDoesNotStayForEver() {
        bench.setWallClock(ahead: 1_000_000)
        let journal = bench.journal()
        journal.play(60, on: bench)
        journal.close()
        bench.setWallClock(ahead: -1_000_000)
        let next = bench.journal()
        next.flush()
        #expect(bench.names.count == 1)
        bench.pass(25 * 3600)
        next.flush()
        #expect(bench.names.isEmpty)
    }
}
