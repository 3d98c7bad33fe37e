import ConsoleAPI
import ContinuoClient
import Foundation
import Glibc
import MIDI
import Music
import Testing

/// SIGSTOP for ten seconds while the band plays, as a debugger or a frozen container does.
@Suite(.timeLimit(.minutes(2))) struct StoppedDaemonTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func whatItMissedIsNotMadeUpForAndTheBandGoesOn() async throws {
        let daemon = try await DaemonProcess.ready(in: folder)
        let events = try await EventLog(daemon.client)
        try await daemon.recordTake(bars: 2, following: events)
        try await eventually("the band plays", within: .seconds(30)) { events.bandNoteOns >= 60 }
        // Keys of a program that plays ahead: they are due while nobody can play them.
        let waiting = 40
        try await daemon.client.inject(
            (0..<waiting).flatMap { index in
                let onset = 2 + Double(index) * 0.1
                return [
                    InputMessage(.noteOn(Channel(1), Pitch(40 + index), Velocity(90)), delay: onset),
                    InputMessage(.noteOff(Channel(1), Pitch(40 + index)), delay: onset + 0.05),
                ]
            })
        let usual = Self.densest(events.bandNotes)
        let before = events.bandNotes.count
        let keys = events.count { $0.isKey }

        daemon.signal(SIGSTOP)
        try await Task.sleep(for: .seconds(10))
        daemon.signal(SIGCONT)
        try await eventually("the band goes on", within: .seconds(20)) {
            events.bandNotes.dropFirst(before).count { $0.velocity > 0 } >= 30
        }

        // At this tempo ten seconds hold hundreds of notes: a burst would be many times what is usual.
        let after = Array(events.bandNotes.dropFirst(before))
        #expect(Self.densest(after) <= 2 * usual + 8, "usual \(usual), afterwards \(Self.densest(after))")
        #expect(events.count { $0.isKey && $0.begins } == keys / 2, "no key sounds seconds late")
        let status = try await daemon.client.status()
        #expect(status.state == .playing && status.problems.isEmpty)
        #expect(status.counters["late notes", default: 0] >= waiting)

        try await daemon.client.perform(.stop)
        try await daemon.client.perform(.stop)
        try await eventually("it is silent") { events.hanging == 0 }
        daemon.signal(SIGTERM)
        #expect(try await daemon.end() == 0)
    }

    /// The most notes that begin within a quarter of a second.
    private static func densest(_ notes: [ServerEvent.LiveNote]) -> Int {
        let onsets = notes.filter { $0.velocity > 0 }.map(\.time)
        return onsets.map { onset in onsets.count { $0 >= onset && $0 < onset + 0.25 } }.max() ?? 0
    }
}

extension ServerEvent {
    /// Whether a key is struck.
    var begins: Bool { if case .noteIn(let note) = self { note.velocity > 0 } else { false } }
}
