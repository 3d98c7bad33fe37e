import ConsoleAPI
import ContinuoClient
import Foundation
import Glibc
import MIDI
import Music
import Synchronization
import TestSupport
import Testing

@testable import BridgeDaemon

/// SIGKILL at random moments while it is played: what was acknowledged is there afterwards, and nothing goes on sounding.
@Suite(.timeLimit(.minutes(30))) struct KilledDaemonTests {
    /// How many daemons live side by side, each killed again and again.
    private static let lanes = 5

    @Test func nothingThatWasAcknowledgedIsLostAndNothingHangs() async throws {
        let kills = longCount(50, full: 500)
        let totals = try await withThrowingTaskGroup(of: (takes: Int, playing: Int).self) { group in
            for lane in 0..<Self.lanes {
                group.addTask {
                    try await self.kill(kills / Self.lanes, seed: UInt64(lane) + UInt64.random(in: 0..<1 << 32) << 8)
                }
            }
            return try await group.reduce((0, 0)) { ($0.0 + $1.takes, $0.1 + $1.playing) }
        }
        // Else the moments would prove nothing.
        #expect(totals.0 >= kills / 2, "takes were acknowledged")
        #expect(totals.1 >= kills / 10, "a band was playing when it was killed")
    }

    private func kill(_ count: Int, seed: UInt64) async throws -> (takes: Int, playing: Int) {
        let folder = try TemporaryFolder()
        var random = SeededGenerator(seed: seed)
        var acknowledged: Set<Int64> = []
        var playing = 0
        for round in 1...count {
            let daemon = try await DaemonProcess.ready(in: folder)
            let status = try await daemon.client.status()
            #expect(status.problems.isEmpty, "seed \(seed), round \(round)")
            #expect(Set(try await ids(daemon.client)).isSuperset(of: acknowledged), "seed \(seed), round \(round)")
            // What the daemon before held on this list was let go; what this one plays to is on it from now on.
            #expect(HeldPorts(socket: "\(folder.path)/c.sock").ports.map(\.portName) == ["Listener"])

            let events = try await EventLog(daemon.client)
            let player = Task { await play(on: daemon.client, until: { !daemon.isRunning }) }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...2_000, using: &random)))
            if events.hanging > 0 { playing += 1 }
            daemon.signal(SIGKILL)
            #expect(try await daemon.end() == -SIGKILL)
            acknowledged.formUnion(await player.value)
            await events.finish()
            acknowledged.formUnion(events.takes.map(\.id))
        }
        let last = try await DaemonProcess.ready(in: folder)
        let kept = try await ids(last.client)
        #expect(Set(kept).isSuperset(of: acknowledged), "seed \(seed)")
        for id in kept { #expect(try await last.client.take(id).performance.count > 0, "take \(id), seed \(seed)") }
        // What a clean end leaves: no list, so that nothing is released that another program plays by then.
        last.signal(SIGTERM)
        #expect(try await last.end() == 0)
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/c.sock.ports"))
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/state")
        #expect(!files.contains { $0.contains("broken") })
        return (acknowledged.count, playing)
    }

    /// Everything that a player does, as fast as it is answered.
    ///
    /// - Returns: takes that an answer named: those too are acknowledged.
    private func play(on client: ContinuoClient, until isOver: () -> Bool) async -> Set<Int64> {
        var named: Set<Int64> = []
        do {
            try await client.perform(.tempo(Tempo(quartersPerMinute: 400)!))
            while !isOver() {
                try await client.perform(.record)
                try await client.inject(
                    (0..<4).flatMap { index in
                        let pitch = Pitch(60 + 2 * index)
                        let onset = Double(index) * 0.02
                        return [
                            InputMessage(.noteOn(Channel(1), pitch, Velocity(90)), delay: onset),
                            InputMessage(.noteOff(Channel(1), pitch), delay: onset + 0.015),
                        ]
                    })
                try await Task.sleep(for: .milliseconds(100))
                named.formUnion([try await client.perform(.record).takeID].compactMap { $0 })
                // The band comes in at the next bar line, which is at most 0.6 s away.
                try await Task.sleep(for: .milliseconds(900))
                named.formUnion([try await client.perform(.next).takeID].compactMap { $0 })
                named.formUnion([try await client.perform(.stop).takeID].compactMap { $0 })
            }
        } catch {}  // its daemon was killed
        return named
    }

    private func ids(_ client: ContinuoClient) async throws -> [Int64] {
        var found: [Int64] = []
        var before: Int64?
        while true {
            let page = try await client.takes(TakeListRequest(limit: TakeListRequest.largestPage, before: before))
            found += page.map(\.id)
            guard page.count == TakeListRequest.largestPage else { return found }
            before = page.last?.id
        }
    }
}
