import ConsoleAPI
import ContinuoClient
import Foundation
import Glibc
import Testing

/// Two daemons that share one folder of takes, each with a socket of its own. (One socket for both is refused: `DaemonTests`.)
@Suite(.serialized, .timeLimit(.minutes(1))) struct TwoDaemonsTests {
    @Test func bothKeepTheirTakesAndTheSecondSaysThatTheJournalIsTaken() async throws {
        let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
        let first = try await DaemonProcess.ready(in: folder)
        let second = try DaemonProcess(in: other, state: "\(folder.path)/state")
        try await eventually("the second answers") { (try? await second.client.status()) != nil }
        let (firstEvents, secondEvents) = (try await EventLog(first.client), try await EventLog(second.client))
        async let one: Void = first.recordTake(bars: 1, following: firstEvents)
        async let two: Void = second.recordTake(bars: 1, following: secondEvents)
        _ = try await (one, two)
        try await eventually("both takes are kept") { firstEvents.takes.count == 1 && secondEvents.takes.count == 1 }
        let names = [firstEvents.takes[0].id, secondEvents.takes[0].id]
        #expect(names[0] != names[1])
        for client in [first.client, second.client] {
            #expect(Set(try await client.takes(TakeListRequest()).map(\.id)) == Set(names))
        }
        #expect(try await first.client.status().problems.isEmpty)
        let problems = try await second.client.status().problems
        #expect(problems.count == 1 && problems[0].contains("another program does already"), "\(problems)")
        for daemon in [first, second] {
            daemon.signal(SIGTERM)
            #expect(try await daemon.end() == 0)
        }
    }
}
