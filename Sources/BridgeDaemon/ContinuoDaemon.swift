import Console
import ConsoleAPI
import Devices
import FoundationEssentials
import Glibc
import Installation
import Logging
import Music
import RealTime
import Sequencer
import TakeStore
import Transport

/// The daemon from start to end: wires everything, says when it is ready, ends when it is told to.
public struct ContinuoDaemon: Sendable {
    private let configuration: Configuration
    private let places: Places
    private let logger: Logger

    public init(configuration: Configuration, places: Places, logger: Logger) {
        self.configuration = configuration
        self.places = places
        self.logger = logger
    }

    /// Runs until `SIGTERM` or `SIGINT`.
    ///
    /// - Throws: what keeps the daemon from starting, in words for the user.
    public func run() async throws {
        let notifier = ServiceNotifier()
        let lock = try InstanceLock(socket: socketPath)
        defer { lock.release() }
        let (transport, monitor) = try openTransport()
        let store = try TakeStore(path: "\(configuration.stateFolder ?? places.state)/continuo.sqlite", logger: logger)
        let profiles = ProfileLibrary(folders: places.profiles)
        for error in profiles.errors { logger.warning("\(error); it is skipped") }

        let worker = WorkerExecutor(name: "accompany", threads: 1)
        let models = ModelFolders(places.models)
        let library = GenreLibrary(folders: models, logger: logger)
        let conductor = Conductor(
            executor: ConductorExecutor(name: "conductor"), transport: transport, monitor: monitor,
            configuration: configuration, genres: models.genres, library: library,
            worker: worker, profiles: profiles, store: store, notifier: notifier, logger: logger)
        await conductor.start()
        Task(executorPreference: worker) { [genre = configuration.genre] in await library.prepare(genre) }

        let server = ConsoleServer(
            ConsoleConfiguration(socketPath: socketPath, port: configuration.loopbackPort.map { UInt16($0) }),
            control: DaemonService(conductor: conductor, store: store), logger: logger)
        // Whichever comes first: it listens, or it ended because it cannot; its error is the reason then.
        let (outcomes, outcome) = AsyncStream.makeStream(of: Bool.self)
        let serving = Task {
            defer { outcome.yield(false) }
            try await server.run()
        }
        Task {
            _ = await server.waitUntilReady()
            outcome.yield(true)
        }
        var isServing = false
        for await isListening in outcomes {
            isServing = isListening
            break
        }
        guard isServing else {
            await conductor.stop()
            try await serving.value
            return
        }
        logger.notice(
            "ready", metadata: ["transport": "\(transport.name)", "socket": "\(socketPath)", "version": "\(continuoVersion)"])
        notifier.ready("listening")

        await Signals.firstOf([SIGTERM, SIGINT])
        logger.notice("stopping")
        notifier.stopping()
        await conductor.stop()
        await server.stop()
        _ = try? await serving.value
        store.close()
        logger.notice("stopped")
    }

    private var socketPath: String { configuration.socket ?? places.socket }

    private func openTransport() throws -> (any MIDITransport, any DeviceMonitor) {
        func embedded() -> (any MIDITransport, any DeviceMonitor) {
            let transport = EmbeddedTransport()
            // Who listens to the events hears the band on this port.
            _ = transport.addDestination("Listener", client: "Continuo console", isSynthesizer: true)
            return (transport, EmbeddedDeviceMonitor())
        }
        switch configuration.transport {
        case .embedded:
            return embedded()
        case .alsa:
            return try openSequencer()
        case .automatic:
            do {
                return try openSequencer()
            } catch {
                logger.notice("\(error); going on without: only the API plays and listens")
                return embedded()
            }
        }
    }

    private func openSequencer() throws(TransportError) -> (any MIDITransport, any DeviceMonitor) {
        LibraryComplaints.route { [logger] text in logger.debug("alsa: \(text)") }
        // The sequencer first: opening it loads the module that gives keyboards their ports.
        let transport = try ALSATransport()
        do throws(TransportError) {
            return (transport, try UdevMonitor())
        } catch {
            transport.close()
            throw error
        }
    }
}
