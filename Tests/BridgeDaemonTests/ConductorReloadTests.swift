import ConsoleAPI
import DaemonConfiguration
import Devices
import MIDI
import Music
import RealTime
import TakeStore
import Testing
import Transport

@testable import BridgeDaemon

/// Another configuration while the conductor runs.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ConductorReloadTests {
    private let folder: TemporaryFolder
    private let wire = WatchedTransport()
    private let monitor = EmbeddedDeviceMonitor()
    private let store: TakeStore

    init() throws {
        folder = try TemporaryFolder()
        store = try TakeStore(path: "\(folder.path)/continuo.sqlite", logger: quiet)
    }

    private func conduct(
        _ configuration: Configuration = Configuration(), _ body: (Conductor) async throws -> Void
    ) async throws {
        try await conducting(transport: wire, monitor: monitor, store: store, configuration: configuration, body)
    }

    @Test func theBandMovesToTheNewPort() async throws {
        _ = wire.inner.addDestination("First")
        let second = wire.inner.addDestination("Second")
        var configuration = Configuration()
        configuration.output = "First"
        try await conduct(configuration) { conductor in
            #expect(await conductor.output?.port.portName == "First")
            configuration.output = "Second"
            await conductor.reload(configuration)
            #expect(await conductor.output?.port.address == second)
            configuration.output = "Third"
            await conductor.reload(configuration)
            #expect(await conductor.output == nil)
            #expect(await conductor.status().problems.contains { $0.contains("'Third' is not there") })
        }
    }

    @Test func whatThePlayerSetByHandStaysWhereTheFileSaysWhatItSaid() async throws {
        var configuration = Configuration()
        try await conduct(configuration) { conductor in
            _ = try await conductor.perform(.genre(.jazz))
            _ = try await conductor.perform(.tempo(Tempo(quartersPerMinute: 90)!))
            configuration.temperature = 0.9
            await conductor.reload(configuration)
            #expect(await conductor.status().genre == "jazz")
            #expect(await conductor.session.settings.temperature == 0.9)
            #expect(await conductor.session.tempo?.quartersPerMinute == 90)
            configuration.tempo = Tempo(quartersPerMinute: 120)
            configuration.genre = .pop
            await conductor.reload(configuration)
            #expect(await conductor.session.tempo?.quartersPerMinute == 120)
            #expect(await conductor.status().genre == "jazz", "the file says pop as it did")
        }
    }

    @Test func anUnknownGenreChangesNoGenreAndTheRestHolds() async throws {
        var configuration = Configuration()
        try await conduct(configuration) { conductor in
            configuration.genre = Genre(rawValue: "polka")!
            configuration.meter = .threeFour
            await conductor.reload(configuration)
            #expect(await conductor.status().genre == "pop")
            #expect(await conductor.session.meter == .threeFour)
        }
    }

    @Test func listeningFollowsTheFile() async throws {
        var configuration = Configuration()
        try await conduct(configuration) { conductor in
            configuration.listens = false
            await conductor.reload(configuration)
            #expect(await !conductor.session.listens)
            configuration.listens = true
            await conductor.reload(configuration)
            #expect(await conductor.session.listens)
        }
    }

    @Test func whatHoldsFromTheNextStartIsNamedAndNotTaken() async throws {
        var configuration = Configuration()
        configuration.loopbackPort = 8080
        configuration.journalAge = .zero
        configuration.transport = .alsa
        #expect(
            configuration.keysThatWait(since: Configuration()) == [
                "kind under [transport]", "port under [console]", "journal_hours under [capture]",
            ])
        try await conduct { conductor in
            await conductor.reload(configuration)
            #expect(await conductor.configuration == Configuration())
        }
    }
}
