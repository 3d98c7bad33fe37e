import Console
import ConsoleAPI
import FoundationEssentials
import Glibc
import Music
import Playback
import RealTime
import Transport

/// What monitoring is told.
extension Conductor {
    /// The timing that `status` shows; nil where nothing was measured yet.
    var timing: TimingReport? {
        let timings = transport.timings
        let report = TimingReport(
            thru: .init(timings.thru), lateness: .init(timings.lateness), generation: .init(tally.making.snapshot))
        return report == TimingReport() ? nil : report
    }

    func countRefusedReload() { tally.refusedReloads += 1 }

    /// Everything that is counted and measured, from the daemon's start on. Nothing in it tells who plays or what.
    func metrics() -> [Metric] {
        let counters = transport.counters
        let timings = transport.timings
        let uptime = Double((ContinuousClock.now - started) / .milliseconds(1)) / 1000
        let bands = tally.bands.sorted { ($0.key.genre, $0.key.accompanist) < ($1.key.genre, $1.key.accompanist) }
        return [
            Metric(
                "continuo_build_info", "The daemon's version and transport.", .gauge,
                [.init(1, .init("version", continuoVersion), .init("transport", transport.name))]),
            Metric("continuo_uptime_seconds", "Seconds since the daemon was ready.", .gauge, [.init(uptime)]),
            Metric(
                "continuo_state", "1 for the state that the player sees, 0 for the others.", .gauge,
                PlayerState.allCases.map { .init(session.state == $0 ? 1 : 0, .init("state", $0.rawValue)) }),
            Metric(
                "continuo_thru_latency_seconds",
                "From a key's time stamp to the end of sending it on to the port that sounds.", .init(timings.thru)),
            Metric(
                "continuo_playback_lateness_seconds", "By how much messages of the band were sent later than due.",
                .init(timings.lateness)),
            Metric(
                "continuo_generation_duration_seconds", "How long bands took to make.", .init(tally.making.snapshot)),
            Metric(
                "continuo_generations_total", "Bands that were made, those made ahead included.", .counter,
                bands.map { maker, count in
                    .init(Double(count), .init("genre", maker.genre), .init("accompanist", maker.accompanist))
                }),
            Metric("continuo_midi_received_total", "MIDI messages that arrived.", .counter, counters.received),
            Metric("continuo_midi_sent_total", "MIDI messages that were sent.", .counter, counters.sent),
            Metric(
                "continuo_midi_scheduled_total", "MIDI messages that were given a time to sound at.", .counter,
                counters.scheduled),
            Metric(
                "continuo_input_overruns_total", "Times that input came faster than it could be taken.", .counter,
                counters.overruns),
            Metric(
                "continuo_input_dropped_bytes_total", "Bytes of input that a keyboard's driver dropped.", .counter,
                lostBytes),
            Metric(
                "continuo_send_failures_total", "MIDI messages that could not be sent.", .counter,
                counters.sendFailures),
            Metric(
                "continuo_late_notes_total", "Notes that were left out because they were too late.", .counter,
                counters.late + tally.lateKeys),
            Metric("continuo_takes_stored_total", "Takes that were kept.", .counter, tally.takes),
            Metric(
                "continuo_takes_damaged_total", "Takes among them that lost input.", .counter, tally.damagedTakes),
            Metric("continuo_arrangements_stored_total", "Bands that were kept.", .counter, tally.arrangements),
            Metric(
                "continuo_store_failures_total", "Takes and bands that the disk did not take.", .counter,
                tally.failedWrites),
            Metric(
                "continuo_journal_lost_total", "Messages that the journal of what is played could not keep.", .counter,
                journal?.lost ?? 0),
            Metric(
                "continuo_reloads_total", "Configurations that were read again, by what came of it.", .counter,
                [
                    .init(Double(tally.reloads), .init("outcome", "applied")),
                    .init(Double(tally.refusedReloads), .init("outcome", "refused")),
                ]),
            Metric("continuo_suspends_total", "Times that the machine was suspended.", .counter, tally.suspends),
            Metric("continuo_keyboards", "Keyboards that are plugged in.", .gauge, desk.keyboards.count),
            Metric(
                "continuo_output_connected", "1 where the band has a port to play to.", .gauge, output == nil ? 0 : 1),
            Metric("continuo_problems", "How many sentences status tells as problems.", .gauge, problems.count),
        ]
    }
}

/// What the kernel and the disk say of the daemon; read without the conductor.
enum Surroundings {
    /// - Parameter journal: the folder of what was played; nil where none is kept.
    static func metrics(journal: String?, process: ProcessFigures = ProcessFigures()) -> [Metric] {
        [
            Metric(
                "continuo_journal_bytes", "Size of the journal of what was played.", .gauge,
                journal.map(size(of:)) ?? 0),
            Metric(
                "process_resident_memory_bytes", "Memory that is in use.", .gauge, process.residentBytes),
            Metric("process_virtual_memory_bytes", "Memory that is addressed.", .gauge, process.virtualBytes),
            Metric(
                "process_cpu_seconds_total", "Time on the processor.", .counter, [.init(process.processorSeconds)]),
            Metric(
                "process_start_time_seconds", "When the process began, since 1970.", .gauge,
                [.init(process.startTime)]),
            Metric("process_open_fds", "Open descriptors.", .gauge, process.openDescriptors),
            Metric("process_max_fds", "Descriptors that may be open.", .gauge, process.maximumDescriptors),
            Metric("process_threads", "Threads.", .gauge, process.threads),
        ]
    }

    private static func size(of folder: String) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.reduce(0) { sum, name in
            var found = stat()
            return stat("\(folder)/\(name)", &found) == 0 ? sum + Int(found.st_size) : sum
        }
    }
}

extension Metric.Histogram {
    /// In seconds.
    init(_ snapshot: DurationHistogram.Snapshot) {
        self.init(
            bounds: DurationHistogram.bounds.map { Double($0) / 1e9 }, counts: snapshot.counts,
            sum: Double(snapshot.sum) / 1e9)
    }
}
