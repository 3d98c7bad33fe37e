import Foundation
import MIDI
import Music
import Testing

@testable import Journal

/// What the player wants gone.
@Suite struct ForgetTests {
    let bench: Bench
    init() throws { bench = try Bench() }

    private func recalled() -> [Int] { bench.journal().recall(now: bench.now, within: .seconds(1 << 40)).pitches }

    /// Whether a keyboard's name is anywhere on the disk.
    private func isOnDisk(_ name: String) throws -> Bool {
        try bench.names.contains { try Data(bench.bytes($0)).range(of: Data(name.utf8)) != nil }
    }

    @Test func everythingGoesFromDiskAndMemory() throws {
        let former = bench.journal()
        former.play(60, keyboard: "Secret One", on: bench)
        former.close()
        let journal = bench.journal()
        journal.play(61, keyboard: "Secret Two", on: bench)
        journal.flush()
        journal.play(62, keyboard: "Secret Three", on: bench)
        #expect(try isOnDisk("Secret One") && isOnDisk("Secret Two"))
        #expect(try journal.forget() == 3)
        #expect(bench.names.isEmpty)
        journal.play(63, on: bench)
        journal.close()
        #expect(recalled() == [63])
    }

    @Test func aBoundaryCutsTheSegmentThatLiesAcrossIt() throws {
        let journal = bench.journal()
        journal.play(60, keyboard: "Public", on: bench)
        bench.pass(10)
        let boundary = bench.date
        journal.play(61, keyboard: "Secret", on: bench)
        journal.flush()
        bench.pass(10)
        journal.play(62, keyboard: "Secret", on: bench)
        #expect(try isOnDisk("Secret"))
        #expect(try journal.forget(since: boundary) == 2)
        #expect(try !isOnDisk("Secret") && isOnDisk("Public"))
        journal.play(63, on: bench)
        journal.close()
        #expect(recalled() == [60, 63])
        #expect(bench.names.allSatisfy { !$0.hasSuffix(".tmp") })
    }

    @Test func whatLiesBeforeTheBoundaryIsNotTouched() throws {
        let former = bench.journal()
        former.play(60, on: bench)
        former.close()
        let bytes = try bench.bytes(bench.names[0])
        bench.pass(10)
        let journal = bench.journal()
        #expect(try journal.forget(since: bench.date) == 0)
        #expect(try bench.bytes(bench.names[0]) == bytes)
    }

    @Test func brokenFilesAreForgottenToo() throws {
        try bench.write(Array("Secret".utf8) + [UInt8](repeating: 1, count: 200), to: "0000000003.played")
        let journal = bench.journal()
        journal.flush()
        #expect(bench.names == ["0000000003.played.broken"])
        #expect(try journal.forget() == 0)
        #expect(bench.names.isEmpty)
    }

    @Test func theBytesAreOverwrittenWhereTheyLay() throws {
        let former = bench.journal()
        former.play(60, keyboard: "Secret", on: bench)
        former.close()
        // A second name for the same bytes shows what became of them.
        try FileManager.default.linkItem(
            atPath: "\(bench.folder)/\(bench.names[0])", toPath: "\(bench.folder)/witness")
        try bench.journal().forget()
        #expect(try bench.bytes("witness").count > 64)
        #expect(try bench.bytes("witness").allSatisfy { $0 == 0 })
    }

    @Test func forgettingThatFailsIsNotCalledDone() throws {
        let journal = bench.journal()
        journal.play(60, on: bench)
        journal.flush()
        bench.pass(5)
        let boundary = bench.date
        journal.play(61, on: bench)
        journal.flush()
        bench.fail(ENOSPC)
        let error = #expect(throws: JournalError.self) { try journal.forget(since: boundary) }
        #expect(error?.description.contains("make room on the disk") == true)
        bench.fail(0)
        #expect(try journal.forget(since: boundary) == 1)
        journal.close()
        #expect(recalled() == [60])
    }
}
