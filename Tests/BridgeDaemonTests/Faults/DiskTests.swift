import ConsoleAPI
import ContinuoClient
import Foundation
import GRDB
import Glibc
import Music
import Testing

/// A disk that is full, read-only, slow or broken while the daemon plays: on a file system of its own, in a mount namespace.
@Suite(.serialized, .timeLimit(.minutes(2))) struct DiskTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Lets the daemon's state lie on a file system in memory.
    private func mounting(_ options: String) -> [String] {
        [
            "unshare", "-Urm", "sh", "-c",
            "mkdir -p \(folder.path)/state && mount -t tmpfs -o \(options) tmpfs \(folder.path)/state && exec \"$@\"",
            "sh",
        ]
    }

    /// The daemon's state as it sees it.
    private func state(of daemon: DaemonProcess) -> String { "/proc/\(daemon.identifier)/root\(folder.path)/state" }

    @Test(.enabled(if: Namespaces.areAllowed, "mount namespaces are not allowed here"))
    func aFullDiskIsSaidTheBandPlaysAndWhatWaitedIsKeptOnceThereIsRoom() async throws {
        let daemon = try await DaemonProcess.ready(in: folder, through: mounting("size=16m"))
        let events = try await EventLog(daemon.client)
        try await daemon.recordTake(bars: 1, following: events)
        try await eventually("the first take is kept") { events.takes.count == 1 }

        let filler = "\(state(of: daemon))/filler"
        let file = open(filler, O_CREAT | O_WRONLY, 0o600)
        try #require(file >= 0)
        let page = [UInt8](repeating: 1, count: 4096)
        while write(file, page, page.count) > 0 {}
        #expect(errno == ENOSPC)
        close(file)

        let sounded = events.bandNoteOns
        try await daemon.recordTake(bars: 1, following: events)
        try await eventually("it is said") {
            (try? await daemon.client.status().problems.contains { $0.contains("cannot save") }) == true
        }
        try await eventually("the band plays all the same") { events.bandNoteOns >= sounded + 10 }
        #expect(try await daemon.client.takes(TakeListRequest()).count == 1)

        #expect(unlink(filler) == 0)
        try await eventually("the take that waited is kept", within: .seconds(30)) { events.takes.count == 2 }
        // In a namespace real time is not allowed, which is a problem of its own.
        try await eventually("nothing is wrong with the disk any more", within: .seconds(30)) {
            let problems = (try? await daemon.client.status().problems) ?? ["cannot"]
            return !problems.contains { $0.contains("cannot") }
        }
        let takes = try await daemon.client.takes(TakeListRequest())
        #expect(takes.count == 2)
        try await eventually("its band too", within: .seconds(30)) {
            (try? await daemon.client.take(takes[0].id).arrangements.isEmpty) == false
        }
        daemon.signal(SIGTERM)
        #expect(try await daemon.end() == 0)
    }

    @Test(.enabled(if: Namespaces.areAllowed, "mount namespaces are not allowed here"))
    func aReadOnlyDiskIsSaidInASentence() async throws {
        let daemon = try DaemonProcess(in: folder, through: mounting("ro,size=1m"))
        #expect(try await daemon.end() == 70)
        #expect(daemon.logText.contains("cannot open the take store \(folder.path)/state/continuo.sqlite"))
        #expect(daemon.logText.split(separator: "\n").count <= 3, "\(daemon.logText)")
    }

    @Test func aDiskThatAnswersLateHoldsNothingUpAndTheTakeIsKept() async throws {
        let daemon = try await DaemonProcess.ready(in: folder)
        let events = try await EventLog(daemon.client)
        // Another program (a backup) keeps the database to itself: each write waits, as on a disk that takes seconds.
        var settings = GRDB.Configuration()
        settings.allowsUnsafeTransactions = true
        let backup = try DatabaseQueue(path: "\(folder.path)/state/continuo.sqlite", configuration: settings)
        try await backup.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
        try await daemon.recordTake(bars: 1, following: events)
        try await eventually("the band plays") { events.bandNoteOns >= 30 }
        let start = ContinuousClock.now
        _ = try await daemon.client.status()
        #expect(ContinuousClock.now - start < .seconds(2))
        #expect(events.takes.isEmpty)
        try await backup.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        try await eventually("the take is kept", within: .seconds(30)) { events.takes.count == 1 }
        try await eventually("its band too", within: .seconds(30)) { !events.arrangements.isEmpty }
        try await eventually("all is well") { (try? await daemon.client.status().problems) == [] }
    }

    @Test func aDatabaseThatIsOverwrittenWhileItIsUsedEndsNothing() async throws {
        let daemon = try await DaemonProcess.ready(in: folder)
        let events = try await EventLog(daemon.client)
        try await daemon.recordTake(bars: 1, following: events)
        try await eventually("the first take is kept") { events.takes.count == 1 }
        let rubbish = Data(repeating: 0x5A, count: 65_536)
        for name in ["continuo.sqlite", "continuo.sqlite-wal"] {
            let path = "\(folder.path)/state/\(name)"
            guard let file = FileHandle(forWritingAtPath: path) else { continue }
            try file.write(contentsOf: rubbish)
            try file.close()
        }
        let sounded = events.bandNoteOns
        try await daemon.recordTake(bars: 1, following: events)
        try await eventually("the band plays") { events.bandNoteOns >= sounded + 10 }
        #expect(daemon.isRunning)
        // A clean end could write the database anew from memory.
        daemon.signal(SIGKILL)
        _ = try await daemon.end()

        let next = try await DaemonProcess.ready(in: folder)
        let problems = try await next.client.status().problems
        #expect(problems.contains { $0.hasPrefix("the take store was broken") }, "\(problems)")
        let again = try await EventLog(next.client)
        try await next.recordTake(bars: 1, following: again)
        try await eventually("takes are kept in the new one") { again.takes.count == 1 }
    }
}

/// Mount namespaces, where the kernel and its guards let a test have one.
enum Namespaces {
    static let areAllowed: Bool = run(["unshare", "-Urm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]) == 0

    private static func run(_ arguments: [String]) -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return -1 }
        process.waitUntilExit()
        return process.terminationStatus
    }
}
