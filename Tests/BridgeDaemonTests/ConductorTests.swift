import DaemonConfiguration
import ConsoleAPI
import Controls
import Devices
import Generation
import Installation
import MIDI
import Music
import RealTime
import Synchronization
import TakeStore
import Testing
import Transport

@testable import BridgeDaemon

/// The conductor on a transport that tests look into.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ConductorTests {
    private let folder: TemporaryFolder
    private let wire = WatchedTransport()
    private let monitor = EmbeddedDeviceMonitor()
    private let store: TakeStore

    init() throws {
        folder = try TemporaryFolder()
        store = try TakeStore(path: "\(folder.path)/continuo.sqlite", logger: quiet)
    }

    /// Runs a conductor for the length of a test.
    private func conduct(
        _ configuration: Configuration = Configuration(), profiles: [DeviceProfile] = [],
        _ body: (Conductor) async throws -> Void
    ) async throws {
        try await conducting(
            transport: wire, monitor: monitor, store: store, configuration: configuration, profiles: profiles, body)
    }

    private let melody = MIDIMessage.programChange(
        Channel(1), ArrangerStyle.pop.instrumentation(seed: 1).melody)

    @Test func theMelodyGetsTheGenresSoundWhenTheOutputOpens() async throws {
        _ = wire.inner.addDestination("Synth")
        try await conduct { _ in
            try await eventually("the program is sent") { wire.sent == [melody] }
        }
    }

    @Test func anOutputThatComesBackGetsTheSoundAgain() async throws {
        let synth = wire.inner.addDestination("Synth")
        try await conduct { conductor in
            try await eventually("the program is sent") { wire.sent == [melody] }
            wire.inner.removePort(synth)
            try await eventually("the output is missed") { await conductor.status().output == nil }
            _ = wire.inner.addDestination("Synth")
            try await eventually("the program is sent again") { wire.sent == [melody, melody] }
            #expect(await conductor.status().problems.isEmpty)
        }
    }

    @Test func withoutAnOutputTheStatusSaysSo() async throws {
        try await conduct { conductor in
            let problems = await conductor.status().problems
            #expect(problems.count == 1 && problems[0].hasPrefix("the band has no port to play to"))
        }
    }

    @Test func aConfiguredOutputThatIsAbsentIsNamed() async throws {
        _ = wire.inner.addDestination("Synth")
        var configuration = Configuration()
        configuration.output = "Roland"
        try await conduct(configuration) { conductor in
            let status = await conductor.status()
            #expect(status.output == nil)
            #expect(status.problems.count == 1 && status.problems[0].contains("'Roland' is not there"))
            _ = wire.inner.addDestination("Midi In", client: "Roland JV")
            try await eventually("the problem is gone") { await conductor.status().problems.isEmpty }
        }
    }

    @Test func anUnknownGenreIsSaidAndPopIsPlayed() async throws {
        _ = wire.inner.addDestination("Synth")
        var configuration = Configuration()
        configuration.genre = Genre(rawValue: "polka")!
        try await conduct(configuration) { conductor in
            let status = await conductor.status()
            #expect(status.genre == "pop")
            #expect(status.problems.count == 1 && status.problems[0].contains("there is no genre 'polka'"))
            await #expect(throws: APIError.self) { try await conductor.perform(.genre(Genre(rawValue: "polka")!)) }
        }
    }

    @Test func aStoreThatFailsIsReportedAndTheBandPlays() async throws {
        _ = wire.inner.addDestination("Synth")
        store.close()
        try await conduct { conductor in
            try await conductor.recordBar()
            try await eventually("the failure is reported") { await !conductor.status().problems.isEmpty }
            #expect(await conductor.status().problems[0].contains("cannot save"))
            try await eventually("the band plays") { wire.scheduled > 10 }
        }
    }

    @Test func listenersHearOfTheEndOfEveryNoteThatIsTakenBack() async throws {
        _ = wire.inner.addDestination("Synth")
        let notes = NoteCount()
        try await conduct { conductor in
            let stream = await conductor.events()
            let following = Task {
                for await event in stream {
                    guard case .bandNote(let note) = event else { continue }
                    notes.add(isOn: note.velocity > 0)
                }
            }
            try await conductor.recordBar()
            try await eventually("the band plays") { notes.ons > 10 }
            _ = try await conductor.perform(.panic)
            await conductor.stop()
            await following.value
            #expect(notes.ons == notes.offs)
        }
    }

    @Test func playStopsTheBandOnAKeyboardWithoutAStopButton() async throws {
        _ = wire.inner.addDestination("Synth")
        let keys = wire.inner.addSource("Keys", card: 1)
        monitor.plug(
            Keyboard(card: 1, usb: USBIdentity(vendor: 1, product: 2), serial: nil, path: "", productName: "K"))
        var profile = DeviceProfile.generic
        profile.usb = [USBIdentity(vendor: 1, product: 2)]
        profile.buttons = [ControlBinding(.play, .control(Channel(1), 115))]
        try await conduct(profiles: [profile]) { conductor in
            try await conductor.recordBar()
            try await eventually("the band plays") { await conductor.status().state == .playing }
            try await eventually("it is heard") { wire.scheduled > 10 }
            wire.inner.inject(.controlChange(Channel(1), 115, 127), from: keys)
            try await eventually("the band stops") { await conductor.status().state == .stopped }
        }
    }

    @Test func panicForgetsWhatTheConsoleWasToPlay() async throws {
        _ = wire.inner.addDestination("Synth")
        try await conduct { conductor in
            try await conductor.inject([
                InputMessage(.noteOn(Channel(3), Pitch(60), Velocity(80))),
                InputMessage(.noteOn(Channel(3), Pitch(62), Velocity(80)), delay: 0.2),
            ])
            _ = try await conductor.perform(.panic)
            try await Task.sleep(for: .milliseconds(250))
            let notes = wire.sent.filter { $0.status & 0xE0 == 0x80 }
            #expect(notes.first == .noteOn(Channel(1), Pitch(60), Velocity(80)))
            #expect(notes.contains(.noteOff(Channel(1), Pitch(60))))
            #expect(!notes.contains { $0.data1 == 62 })
        }
    }

    @Test func tooManyWaitingNotesAreRefused() async throws {
        try await conduct { conductor in
            let many = Array(
                repeating: InputMessage(.noteOff(Channel(1), Pitch(60)), delay: 100),
                count: InputRequest.maximumMessages)
            for _ in 0..<16 { try await conductor.inject(many) }
            await #expect(throws: APIError.self) { try await conductor.inject(many) }
        }
    }

    @Test func afterItsEndAConductorRefusesEverything() async throws {
        try await conduct { conductor in
            await conductor.stop()
            await #expect(throws: APIError.self) { try await conductor.perform(.record) }
            await #expect(throws: APIError.self) { try await conductor.inject([]) }
        }
    }
}

/// An embedded transport that the conductor takes for a sequencer, with a record of what is sent to it.
final class WatchedTransport: MIDITransport {
    let inner = EmbeddedTransport()
    private let record = Mutex((sent: [MIDIMessage](), scheduled: 0))

    /// Messages sent by themselves, on any port.
    var sent: [MIDIMessage] { record.withLock { $0.sent } }
    /// How many messages were taken to be played later.
    var scheduled: Int { record.withLock { $0.scheduled } }

    let name = "watched"
    var eventDescriptor: Int32 { inner.eventDescriptor }
    var impairments: [String] { inner.impairments.filter { _ in false } }
    var counters: TransportCounters { inner.counters }
    var timings: TransportTimings { inner.timings }
    func now() -> Instant { inner.now() }
    func nextEvent() -> TransportEvent? { inner.nextEvent() }
    func ports() throws(TransportError) -> [PortInfo] { try inner.ports() }
    func listen(to source: PortAddress) throws(TransportError) { try inner.listen(to: source) }
    func stopListening(to source: PortAddress) { inner.stopListening(to: source) }
    func startPlaying(to destination: PortAddress) throws(TransportError) { try inner.startPlaying(to: destination) }
    func stopPlaying(to destination: PortAddress) { inner.stopPlaying(to: destination) }
    func setThru(_ routes: [ThruRoute]) { inner.setThru(routes) }
    func send(_ message: MIDIMessage, to destination: PortAddress) {
        record.withLock { $0.sent.append(message) }
        inner.send(message, to: destination)
    }
    func tell(_ message: MIDIMessage, to destination: PortAddress) {
        record.withLock { $0.sent.append(message) }
        inner.tell(message, to: destination)
    }
    func send(systemExclusive bytes: [UInt8], to destination: PortAddress) {
        inner.send(systemExclusive: bytes, to: destination)
    }
    func announce(_ message: MIDIMessage) { inner.announce(message) }
    func schedule(_ messages: [ScheduledMessage]) -> Int {
        let taken = inner.schedule(messages)
        record.withLock { $0.scheduled += taken }
        return taken
    }
    func silence(_ destination: PortAddress?, thru: Bool) { inner.silence(destination, thru: thru) }
    func close() { inner.close() }
}

private final class NoteCount: Sendable {
    private let counts = Mutex((ons: 0, offs: 0))
    var ons: Int { counts.withLock { $0.ons } }
    var offs: Int { counts.withLock { $0.offs } }
    func add(isOn: Bool) { counts.withLock { if isOn { $0.ons += 1 } else { $0.offs += 1 } } }
}
