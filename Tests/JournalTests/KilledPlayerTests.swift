import Foundation
import Music
import RealTime
import Testing

@testable import Journal

/// A real program that is killed while it plays.
@Suite struct KilledPlayerTests {
    @Test func aKilledProgramLosesAtMostItsLastSecond() throws {
        let folder = try TemporaryFolder()
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let player = Process()
        player.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent()
            .appendingPathComponent("journal-player")
        player.arguments = ["\(folder.path)/played"]
        let pipe = Pipe()
        player.standardOutput = pipe
        try player.run()
        // On a busy machine a program takes its time to begin. The thread itself waits: a task that slept would come back when the
        // other tests let it, minutes later, and the pipe is full by then.
        let played = "\(folder.path)/played"
        for _ in 0..<200 {
            let sizes = (try? FileManager.default.contentsOfDirectory(atPath: played))?.map {
                (try? FileManager.default.attributesOfItem(atPath: "\(played)/\($0)")[.size] as? Int) ?? 0
            }
            if sizes?.contains(where: { $0 > 64 }) == true { break }
            MonotonicClock.sleep(nanoseconds: 100_000_000)
        }
        MonotonicClock.sleep(nanoseconds: 2_400_000_000)
        kill(player.processIdentifier, SIGKILL)
        player.waitUntilExit()

        let counts = try #require(try pipe.fileHandleForReading.readToEnd())
        let appended = counts.count / 8
        let journal = PlayedJournal(folder: played)
        let now = Instant(nanoseconds: MonotonicClock.nanoseconds)
        let recalled = journal.recall(now: now, within: .seconds(60))
        let newest = try #require(recalled.last)
        let age = (now - newest.time).seconds
        print("of \(appended) messages \(appended - recalled.count) were lost; the newest was \(age) s old")
        #expect(appended > 200)
        // A second, the disk's own time to sync, and the hesitation of a machine that runs all other tests.
        #expect(age < 5)
        // Nothing is missing before the newest.
        #expect(recalled.pitches == (0..<(recalled.count + 1) / 2).map { $0 % 128 })
        #expect(recalled.allSatisfy { $0.keyboard == "Played by a program" })
    }
}
