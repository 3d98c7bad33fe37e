import ConsoleAPI
import ContinuoClient
import Foundation
import Glibc
import MIDI
import Music
import Synchronization
import Testing

/// A folder that is gone when the test is over.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("cd-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws {
        let file = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }
}

/// The built daemon as a child process with the embedded transport and places of its own.
final class DaemonProcess: Sendable {
    let client: ContinuoClient
    private let process: Process
    private let log: String
    private let folder: TemporaryFolder

    /// - Parameter wrapper: a program with arguments that ends by becoming the program behind it: `["unshare", "-Urm"]`.
    init(
        in folder: TemporaryFolder, configuration: String = "", state: String? = nil, through wrapper: [String] = []
    ) throws {
        self.folder = folder
        try folder.write(configuration, to: "continuo.toml")
        log = "\(folder.path)/log-\(UUID().uuidString.prefix(4))"
        try folder.write("", to: String(log.dropFirst(folder.path.utf8.count + 1)))
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        process = Process()
        let program = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("continuod")
        process.executableURL = wrapper.isEmpty ? program : URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            (wrapper.isEmpty ? [] : wrapper + [program.path]) + [
                "--transport", "embedded", "--config", "\(folder.path)/continuo.toml", "--socket",
                "\(folder.path)/c.sock",
                "--state", state ?? "\(folder.path)/state",
            ]
        process.environment = ["HOME": folder.path, "PATH": "/usr/bin:/bin"]
        process.standardError = FileHandle(forWritingAtPath: log)
        process.standardOutput = FileHandle.nullDevice
        client = ContinuoClient(socketPath: "\(folder.path)/c.sock")
        try process.run()
    }

    deinit {
        if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    /// A daemon that answers.
    static func ready(
        in folder: TemporaryFolder, configuration: String = "", through wrapper: [String] = []
    ) async throws -> DaemonProcess {
        let daemon = try DaemonProcess(in: folder, configuration: configuration, through: wrapper)
        try await eventually("the daemon answers") { (try? await daemon.client.status()) != nil }
        return daemon
    }

    var identifier: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var logText: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    func signal(_ number: Int32) { Glibc.kill(process.processIdentifier, number) }

    /// - Returns: the exit status; for a signal its negative number.
    func end(within limit: Duration = .seconds(10)) async throws -> Int32 {
        try await eventually("the daemon ends", within: limit) { !process.isRunning }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    /// Records a melody of quarter notes at 400 a minute (a bar lasts 0.6 s), from the first note to the second press.
    func recordTake(bars: Int, following events: EventLog) async throws {
        try await client.perform(.tempo(Tempo(quartersPerMinute: 400)!))
        try await client.perform(.record)
        let before = events.count { $0.isKey }
        let melody = [60, 62, 64, 65, 67, 65, 64, 62]
        let messages = (0..<bars * 4).flatMap { index in
            let pitch = Pitch(melody[index % melody.count])
            let onset = 0.02 + Double(index) * 0.15
            return [
                InputMessage(.noteOn(Channel(1), pitch, Velocity(90)), delay: onset),
                InputMessage(.noteOff(Channel(1), pitch), delay: onset + 0.12),
            ]
        }
        try await client.inject(messages)
        try await eventually("the melody is heard") { events.count { $0.isKey } == before + messages.count }
        try await client.perform(.record)
    }
}

/// Follows a daemon's events.
final class EventLog: Sendable {
    private let state = Mutex((events: [ServerEvent](), isConnected: false))
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(_ client: ContinuoClient) async throws {
        let following = Task { [weak self] in
            let stream = client.events(connected: { [weak self] in self?.connected() })
            do {
                for try await event in stream { self?.add(event.event) }
            } catch {}
        }
        task.withLock { $0 = following }
        try await eventually("events are followed") { state.withLock { $0.isConnected } }
    }

    deinit { task.withLock { $0 }?.cancel() }

    /// Waits until the daemon has closed the stream.
    func finish() async { await task.withLock { $0 }?.value }

    private func connected() { state.withLock { $0.isConnected = true } }
    private func add(_ event: ServerEvent) { state.withLock { $0.events.append(event) } }

    var events: [ServerEvent] { state.withLock { $0.events } }
    func count(_ isWanted: (ServerEvent) -> Bool) -> Int { events.count { isWanted($0) } }

    var arrangements: [ArrangementSummaryReport] {
        events.compactMap { if case .arrangementStored(let summary) = $0 { summary } else { nil } }
    }
    var takes: [TakeSummaryReport] {
        events.compactMap { if case .takeStored(let summary) = $0 { summary } else { nil } }
    }
    var bandNotes: [ServerEvent.LiveNote] {
        events.compactMap { if case .bandNote(let note) = $0 { note } else { nil } }
    }
    var bandNoteOns: Int { bandNotes.count { $0.velocity > 0 } }

    /// Notes of the band that began and did not end.
    var hanging: Int {
        var open: [String: Int] = [:]
        for note in bandNotes {
            let key = "\(note.source) \(note.pitch)"
            open[key] = note.velocity > 0 ? 1 : 0
        }
        return open.values.reduce(0, +)
    }
}

extension ServerEvent {
    var isKey: Bool { if case .noteIn = self { true } else { false } }
}

/// Waits for a condition.
func eventually(
    _ what: String, within limit: Duration = .seconds(10), _ condition: () async -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    try #require(await condition(), "\(what) within \(limit)", sourceLocation: sourceLocation)
}
