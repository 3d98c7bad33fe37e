import MIDI
import Music
import Testing

@testable import Journal

/// What was played before a restart, on the clock after it.
@Suite struct RecallTests {
    let bench: Bench
    init() throws { bench = try Bench() }

    private func session(_ body: (PlayedJournal) -> Void) {
        let journal = bench.journal()
        body(journal)
        journal.close()
    }

    /// How many seconds ago each message was played.
    private func ages(within seconds: Int = 3600) -> [Double] {
        let journal = bench.journal()
        return journal.recall(now: bench.now, within: .seconds(seconds)).map { (bench.now - $0.time).seconds }
    }

    @Test func everythingComesBackWithItsKeyboardInOrder() {
        session { journal in
            journal.play(60, on: bench)
            bench.pass(0.5)
            journal.play(62, keyboard: "Oxygen 49", on: bench)
            journal.append(message: .controlChange(Channel(1), 64, 127), keyboard: "Keys", at: bench.now)
        }
        bench.pass(10)
        let journal = bench.journal()
        let played = journal.recall(now: bench.now, within: .seconds(60))
        #expect(played.map(\.message.status) == [0x90, 0x80, 0x90, 0x80, 0xB0])
        #expect(played.map(\.keyboard) == ["Keys", "Keys", "Oxygen 49", "Oxygen 49", "Keys"])
        #expect(played.map { (bench.now - $0.time).seconds } == [10.5, 10.5, 10, 10, 10])
    }

    @Test func instantsLieBeforeTheStartOfANewTransport() {
        session { $0.play(60, on: bench) }
        bench.pass(30)
        let journal = bench.journal()
        let now = Instant(nanoseconds: 2_000_000_000)
        #expect(
            journal.recall(now: now, within: .seconds(60)).map(\.time)
                == [-28, -28].map { Instant.zero + .seconds($0) })
    }

    @Test func onlyTheAskedTimeComesBack() {
        session { journal in
            for pitch in 60..<70 {
                journal.play(pitch, on: bench)
                bench.pass(10)
            }
        }
        let journal = bench.journal()
        #expect(journal.recall(now: bench.now, within: .seconds(30)).pitches == [67, 68, 69])
        #expect(journal.recall(now: bench.now, within: .seconds(1 << 60)).pitches.count == 10)
    }

    @Test func theTimeOfASuspendCounts() {
        session { journal in
            journal.play(60, on: bench)
            bench.suspend(600)
            journal.play(62, on: bench)
        }
        #expect(ages() == [600, 600, 0, 0])
    }

    @Test func aClockSetForwardWhilePlayingMovesNothing() {
        session { journal in
            journal.play(60, on: bench)
            journal.flush()
            bench.setWallClock(ahead: 1_000_000)
            bench.pass(2)
            journal.play(62, on: bench)
        }
        bench.pass(1)
        #expect(ages() == [3, 3, 1, 1])
    }

    @Test func aClockSetBackBetweenSessionsKeepsOrderAndDistances() {
        session { journal in
            journal.play(60, on: bench)
            bench.pass(4)
            journal.play(61, on: bench)
        }
        bench.setWallClock(ahead: -86_400)
        bench.pass(3)
        session { journal in
            journal.play(70, on: bench)
            bench.pass(1)
            journal.play(71, on: bench)
        }
        bench.pass(5)
        let journal = bench.journal()
        let played = journal.recall(now: bench.now, within: .seconds(3600))
        #expect(played.pitches == [60, 61, 70, 71])
        // The first session ends where the second begins: nobody knows how long the break was.
        #expect(played.map { (bench.now - $0.time).seconds } == [10, 10, 6, 6, 6, 6, 5, 5])
    }

    @Test func whatThisSessionAppendsIsNotRecalled() {
        let journal = bench.journal()
        journal.play(60, on: bench)
        journal.flush()
        #expect(bench.names.count == 1)
        #expect(journal.recall(now: bench.now, within: .seconds(60)).isEmpty)
    }

    @Test func aMessageThatWasWrittenTwiceComesBackOnce() throws {
        session { $0.play(60, on: bench) }
        let name = try #require(bench.names.first)
        let bytes = try bench.bytes(name)
        try bench.write(bytes + bytes.suffix(2 * SegmentFormat.recordSize), to: name)
        #expect(bench.journal().recall(now: bench.now, within: .seconds(60)).pitches == [60])
    }
}
