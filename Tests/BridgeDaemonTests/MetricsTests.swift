import ConsoleAPI
import ContinuoClient
import Foundation
import Glibc
import Music
import TestSupport
import Testing

@testable import BridgeDaemon

/// What monitoring reads of a daemon that was played.
@Suite(.serialized, .timeLimit(.minutes(1))) struct MetricsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func whatHappenedIsCountedAndMeasured() async throws {
        let daemon = try await DaemonProcess.ready(in: folder)
        let start = try ExpositionReader(try await daemon.client.metrics())
        #expect(start.value("continuo_takes_stored_total") == 0)
        #expect(start.value("continuo_state", ["state": "idle"]) == 1)
        #expect(start.value("continuo_build_info", ["version": continuoVersion, "transport": "embedded"]) == 1)
        #expect(try await daemon.client.status().timing == nil)

        let events = try await EventLog(daemon.client)
        try await daemon.recordTake(bars: 1, following: events)
        try await eventually("the band plays") { events.bandNoteOns >= 20 && !events.arrangements.isEmpty }
        try folder.write("[band]\ntemperature = 7\n", to: "continuo.toml")
        daemon.signal(SIGHUP)
        try await eventually("the bad file is refused") { daemon.logText.contains("stays as it was") }
        try folder.write("[band]\ntemperature = 0.5\n", to: "continuo.toml")
        daemon.signal(SIGHUP)
        try await eventually("the good one holds") { daemon.logText.contains("was read again") }

        // What is played goes to the disk once a second.
        try await eventually("what was played is on the disk") {
            guard let text = try? await daemon.client.metrics(), let read = try? ExpositionReader(text) else {
                return false
            }
            return read.value("continuo_journal_bytes") ?? 0 > 0
        }

        let text = try await daemon.client.metrics()
        let read = try ExpositionReader(text)
        #expect(read.value("continuo_takes_stored_total") == 1)
        #expect(read.value("continuo_takes_damaged_total") == 0)
        #expect(read.value("continuo_reloads_total", ["outcome": "applied"]) == 1)
        #expect(read.value("continuo_reloads_total", ["outcome": "refused"]) == 1)
        #expect(read.value("continuo_state", ["state": "playing"]) == 1)
        #expect(read.value("continuo_output_connected") == 1)
        let bands = read.samples.filter { $0.name == "continuo_generations_total" }
        #expect(bands.contains { $0.labels["genre"] == "pop" && $0.value >= 1 })
        #expect(
            bands.reduce(0) { $0 + $1.value } == read.value("continuo_generation_duration_seconds_count"),
            "each band was measured")
        let late = try #require(read.value("continuo_playback_lateness_seconds_count"))
        #expect(late >= 20)
        #expect(try #require(read.value("continuo_midi_sent_total")) >= late)
        for (figure, range) in [
            ("process_resident_memory_bytes", 1_000_000.0...4e9), ("process_threads", 3...200),
            ("process_open_fds", 5...500), ("process_cpu_seconds_total", 0.001...600),
            ("continuo_uptime_seconds", 0...600), ("continuo_journal_bytes", 1...1e6),
        ] {
            #expect(range.contains(try #require(read.value(figure))), "\(figure)")
        }
        let age = Date().timeIntervalSince1970 - (try #require(read.value("process_start_time_seconds")))
        #expect((-2...600).contains(age))
        // Nothing that tells who plays or where.
        for secret in ["console\"", folder.path, NSUserName() + "\""] { #expect(!text.contains(secret), "\(secret)") }

        let timing = try #require(try await daemon.client.status().timing)
        let lateness = try #require(timing.lateness)
        #expect(lateness.p50 <= lateness.p99 && lateness.p99 <= lateness.longest && lateness.count >= Int(late))
        #expect(timing.generation != nil && timing.thru == nil)
    }

    @Test func theFiguresOfAProcessAreReadWhateverItIsCalled() throws {
        try folder.write(
            "4711 (a ) b (c) R 1 1 1 0 -1 4194560 1 2 3 4 250 50 0 0 20 0 17 0 9000 123456789 321 0\n", to: "stat")
        try folder.write(
            "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 4096                 files\n",
            to: "limits")
        try folder.write("cpu 1 2 3\nbtime 1700000000\n", to: "boot")
        for descriptor in ["0", "1", "2"] { try folder.write("", to: "fd/\(descriptor)") }
        let figures = ProcessFigures(root: folder.path, statistics: "\(folder.path)/boot")
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        #expect(figures.processorSeconds == 300 / ticks)
        #expect(figures.threads == 17 && figures.virtualBytes == 123_456_789)
        #expect(figures.residentBytes == 321 * Int(sysconf(Int32(_SC_PAGESIZE))))
        #expect(figures.startTime == 1_700_000_000 + 9000 / ticks)
        #expect(figures.openDescriptors == 3 && figures.maximumDescriptors == 1024)
    }
}
