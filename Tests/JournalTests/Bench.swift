import Foundation
import MIDI
import Music
import Synchronization
import Testing

@testable import Journal

/// A folder that is gone when the test is over.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("jo-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A journal's folder, clock and disk, all in the test's hand.
final class Bench: Sendable {
    private let home: TemporaryFolder
    var folder: String { "\(home.path)/state/played" }

    /// The instants of messages that are appended count from here.
    private let times = Mutex((awake: Int64(5_000_000_000_000), suspended: Int64(0), wall: Bench.epoch))
    private let failure = Atomic<Int32>(0)
    private let syncs = Atomic<Int>(0)
    private let told = Mutex([PlayedJournal.Report]())

    static let epoch: Int64 = 1_800_000_000_000_000_000

    init() throws { home = try TemporaryFolder() }

    func journal(limits: JournalLimits = JournalLimits()) -> PlayedJournal {
        let calls = FileCalls(
            write: { [self] descriptor, bytes in
                let code = failure.load(ordering: .acquiring)
                guard code != 0 else { return FileCalls.system.write(descriptor, bytes) }
                // A disk that fills up takes a part before it refuses.
                if bytes.count > 30 {
                    return FileCalls.system.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes.prefix(30)))
                }
                errno = code
                return -1
            },
            sync: { [self] descriptor in
                syncs.add(1, ordering: .relaxed)
                return FileCalls.system.sync(descriptor)
            })
        let clock = JournalClock(
            monotonic: { [self] in times.withLock { $0.awake } },
            boot: { [self] in times.withLock { $0.awake + $0.suspended } },
            wall: { [self] in times.withLock { $0.wall } })
        return PlayedJournal(folder: folder, limits: limits, clock: clock, calls: calls) { [self] report in
            told.withLock { $0.append(report) }
        }
    }

    // MARK: time

    /// The transport's clock began with the machine's.
    var now: Instant { Instant(nanoseconds: times.withLock { $0.awake }) }
    var date: Date { Date(timeIntervalSince1970: Double(times.withLock { $0.wall }) / 1e9) }

    func pass(_ seconds: Double) {
        times.withLock {
            $0.awake += Int64(seconds * 1e9)
            $0.wall += Int64(seconds * 1e9)
        }
    }

    func suspend(_ seconds: Double) {
        times.withLock {
            $0.suspended += Int64(seconds * 1e9)
            $0.wall += Int64(seconds * 1e9)
        }
    }

    func setWallClock(ahead seconds: Double) { times.withLock { $0.wall += Int64(seconds * 1e9) } }

    // MARK: the disk

    /// From now on writing fails with this errno; 0 ends that.
    func fail(_ code: Int32) { failure.store(code, ordering: .releasing) }
    var syncCount: Int { syncs.load(ordering: .relaxed) }
    var reports: [PlayedJournal.Report] { told.withLock { $0 } }

    var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().filter { $0 != "lock" }
    }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }

    var diskBytes: Int { names.reduce(0) { $0 + ((try? bytes($1).count) ?? 0) } }
}

extension PlayedJournal {
    /// A key pressed and let go at once.
    func play(_ pitch: Int, keyboard: String = "Keys", on bench: Bench) {
        append(message: .noteOn(Channel(1), Pitch(pitch), .mezzoForte), keyboard: keyboard, at: bench.now)
        append(message: .noteOff(Channel(1), Pitch(pitch)), keyboard: keyboard, at: bench.now)
    }
}

extension [PlayedMessage] {
    var pitches: [Int] { filter { $0.message.status == 0x90 }.map { Int($0.message.data1) } }
}

/// Waits for a condition.
func eventually(
    _ what: String, within limit: Duration = .seconds(10), _ condition: () throws -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    try #require(try condition(), "\(what) within \(limit)", sourceLocation: sourceLocation)
}
