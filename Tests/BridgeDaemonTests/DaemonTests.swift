import DaemonConfiguration
import ConsoleAPI
import ContinuoClient
import Foundation
import Glibc
import Music
import Testing

/// The whole daemon as a process of its own, over its socket.
@Suite(.serialized, .timeLimit(.minutes(2))) struct DaemonTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func aMelodyIsAnsweredByABandThatStopsWithoutHangingNotes() async throws {
        let daemon = try await DaemonProcess.ready(in: folder)
        let events = try await EventLog(daemon.client)
        try await daemon.recordTake(bars: 2, following: events)
        try await eventually("an arrangement is stored") { !events.arrangements.isEmpty }

        let take = try #require(events.takes.first)
        #expect(take.bars == 2 && take.noteCount == 8 && take.keyboard == "console" && !take.isDamaged)
        let arrangement = try await daemon.client.arrangement(events.arrangements[0].id)
        #expect(arrangement.parts.values.count { !$0.notes.isEmpty } >= 4)
        #expect(arrangement.tempo == 400 && arrangement.bars == 2)
        #expect(
            try await daemon.client.midiFile(arrangement: events.arrangements[0].id, straight: false).starts(
                with: Array("MThd".utf8)))

        try await eventually("the band plays") { events.bandNoteOns >= 20 }
        #expect(try await daemon.client.status().state == .playing)
        let answer = try await daemon.client.perform(.stop)
        // Close to a bar line its rest is handed out at once, and the band counts as stopped already.
        let sentences = ["the band ends at the bar line; press Stop again to stop it now", "stopped"]
        #expect(sentences.contains(answer.message))
        try await eventually("the band stops") { events.hanging == 0 && events.events.contains { $0.isStopped } }
        let status = try await daemon.client.status()
        #expect(status.state == .stopped && status.problems.isEmpty)
        #expect(status.lastTakeID == take.id && status.lastArrangementID == events.arrangements[0].id)
    }

    @Test func aTerminatedDaemonKeepsTheTakeAndReleasesEveryNote() async throws {
        let daemon = try await DaemonProcess.ready(in: folder)
        let events = try await EventLog(daemon.client)
        try await daemon.recordTake(bars: 1, following: events)
        try await eventually("the band plays") { events.bandNoteOns >= 10 }
        // A second take is under way.
        try await daemon.client.perform(.record)
        try await daemon.client.inject([InputMessage(.noteOn(Channel(1), Pitch(60), Velocity(80)))])
        try await eventually("it is recorded") { (try? await daemon.client.status().state) == .recording }

        daemon.signal(SIGTERM)
        #expect(try await daemon.end(within: .seconds(2)) == 0)
        await events.finish()
        #expect(events.hanging == 0)
        #expect(daemon.logText.contains("stopped"))

        let next = try await DaemonProcess.ready(in: folder)
        #expect(try await next.client.takes(TakeListRequest()).count == 2)
    }

    @Test func aSecondDaemonOnTheSameSocketIsRefused() async throws {
        let first = try await DaemonProcess.ready(in: folder)
        let second = try DaemonProcess(in: folder)
        #expect(try await second.end() == 70)
        #expect(second.logText.contains("another continuod serves \(folder.path)/c.sock (stop it first"))
        #expect(try await first.client.status().state == .idle)
    }

    @Test func aBrokenDatabaseIsSetAsideAndReported() async throws {
        try folder.write(String(repeating: "this is no database ", count: 500), to: "state/continuo.sqlite")
        let daemon = try await DaemonProcess.ready(in: folder)
        let problems = try await daemon.client.status().problems
        #expect(problems.count == 1 && problems[0].hasPrefix("the take store was broken"))
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/state")
        #expect(files.contains { $0.hasPrefix("continuo.sqlite.broken-") })
        #expect(try await daemon.client.takes(TakeListRequest()).isEmpty)
    }

    @Test func aWrongConfigurationIsNamedWithItsLine() async throws {
        let daemon = try DaemonProcess(in: folder, configuration: "[capture]\ntempo = \"fast\"\n")
        #expect(try await daemon.end() == 78)
        #expect(daemon.logText == "continuod: \(folder.path)/continuo.toml:2: tempo is a number\n")
    }

    @Test func theConfigurationIsReadAgainOnAHangUpAndABadOneChangesNothing() async throws {
        let daemon = try await DaemonProcess.ready(in: folder, configuration: "[band]\ngenre = \"jazz\"\n")
        #expect(try await daemon.client.status().genre == "jazz")
        try folder.write("[band]\ngenre = \"rock\"\ntemperature = 7\n", to: "continuo.toml")
        daemon.signal(SIGHUP)
        try await eventually("it says what is wrong") {
            daemon.logText.contains(
                "\(folder.path)/continuo.toml:3: temperature lies between 0 and 1; the configuration stays")
        }
        #expect(try await daemon.client.status().genre == "jazz")
        try folder.write(
            "[band]\ngenre = \"symphony\"\n[log]\nlevel = \"warning\"\n[console]\nport = 9\n", to: "continuo.toml")
        try folder.write("[band]\ngenre = \"rock\"\n", to: "continuo.toml.d/mine.toml")
        daemon.signal(SIGHUP)
        try await eventually("the new one holds") { (try? await daemon.client.status().genre) == "rock" }
        #expect(daemon.isRunning)
        daemon.signal(SIGTERM)
        #expect(try await daemon.end() == 0)
        #expect(
            !daemon.logText.contains("info: stopped") && !daemon.logText.contains("notice: stopped"), "it logs less now"
        )
    }

    @Test func aStateFolderThatCannotBeMadeIsSaid() async throws {
        try folder.write("a file", to: "file")
        let daemon = try DaemonProcess(in: folder, state: "\(folder.path)/file/state")
        #expect(try await daemon.end() == 70)
        #expect(daemon.logText.contains("cannot open the take store \(folder.path)/file/state/continuo.sqlite"))
    }

    @Test func aPortThatIsTakenIsSaid() async throws {
        let holder = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(holder) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(holder, pointer, length)
                listen(holder, 1)
                getsockname(holder, pointer, &length)
            }
            return UInt16(bigEndian: $0.pointee.sin_port)
        }
        let daemon = try DaemonProcess(in: folder, configuration: "[console]\nport = \(port)\n")
        #expect(try await daemon.end() == 70)
        #expect(daemon.logText.contains("\(port)"))
        #expect(!daemon.logText.contains("notice: ready"))
    }

    @Test func anIdleDaemonSleeps() async throws {
        let daemon = try await DaemonProcess.ready(in: folder)
        // Reading the model takes its time after the start; a daemon that woke periodically would never have a quiet second.
        let deadline = ContinuousClock.now + .seconds(20)
        var before: [String: Int] = [:]
        var after = try wakeUps(of: daemon)
        #expect(after.keys.contains("conductor"))
        repeat {
            before = after
            try await Task.sleep(for: .seconds(1))
            after = try wakeUps(of: daemon)
        } while (after["conductor"] != before["conductor"] || after["accompany"] != before["accompany"])
            && ContinuousClock.now < deadline
        #expect(after["conductor"] == before["conductor"])
        #expect(after["accompany"] == before["accompany"])
    }

    /// How often each thread went to sleep so far.
    private func wakeUps(of daemon: DaemonProcess) throws -> [String: Int] {
        let threads = "/proc/\(daemon.identifier)/task"
        var counts: [String: Int] = [:]
        for thread in try FileManager.default.contentsOfDirectory(atPath: threads) {
            let name = try String(contentsOfFile: "\(threads)/\(thread)/comm", encoding: .utf8)
            let status = try String(contentsOfFile: "\(threads)/\(thread)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches") }
            counts[String(name.dropLast()), default: 0] += line.flatMap { Int($0.split(separator: "\t")[1]) } ?? 0
        }
        return counts
    }
}

extension ServerEvent {
    fileprivate var isStopped: Bool { if case .state(let report) = self { report.state == .stopped } else { false } }
}
