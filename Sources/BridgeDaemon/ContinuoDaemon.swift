import Console
import ConsoleAPI
import DaemonConfiguration
import Devices
import FoundationEssentials
import Glibc
import Installation
import Journal
import Logging
import ModelLibrary
import Music
import RealTime
import Sequencer
import TakeLibrary
import TakeStore
import Transport

/// The daemon from start to end: wires everything, says when it is ready, ends when it is told to.
public struct ContinuoDaemon: Sendable {
    private let configuration: Configuration
    private let reread: @Sendable () throws -> Configuration
    private let places: Places
    private let logger: Logger

    /// - Parameter reread: reads the configuration again, on `SIGHUP`.
    public init(
        configuration: Configuration, places: Places, logger: Logger,
        reread: @escaping @Sendable () throws -> Configuration
    ) {
        self.reread = reread
        self.configuration = configuration
        self.places = places
        self.logger = logger
    }

    /// Runs until `SIGTERM` or `SIGINT`; reads the configuration again on `SIGHUP`.
    ///
    /// - Throws: what keeps the daemon from starting or serving, in words for the user.
    public func run() async throws {
        // Until it is ready, a wish to read the configuration again is granted by what it reads now.
        signal(SIGHUP, SIG_IGN)
        let notifier = ServiceNotifier()
        let lock = try InstanceLock(socket: socketPath)
        defer { lock.release() }
        let store = try TakeStore(path: "\(configuration.stateFolder ?? places.state)/continuo.sqlite", logger: logger)
        defer { store.close() }
        let month = Double(TakeListRequest.daysToRestore) * 86_400
        do {
            let gone = try await store.purge(deletedBefore: Date(timeIntervalSinceNow: -month))
            if gone > 0 {
                logger.notice("takes that were deleted a month ago are gone", metadata: ["takes": "\(gone)"])
            }
        } catch { logger.error("\(error)") }
        let (transport, monitor) = try openTransport()
        let folder = "\(configuration.stateFolder ?? places.state)/played"
        let limits = JournalLimits(
            keep: .nanoseconds(configuration.journalAge.count), mostBytes: configuration.journalBytes)
        let journal = PlayedJournal(folder: folder, limits: limits) { [logger] report in
            switch report {
            case .problem(let problem): logger.error("\(problem)")
            case .recovered(let lost):
                logger.notice("what is played is kept on the disk again", metadata: ["lost": "\(lost)"])
            case .remark(let remark): logger.notice("\(remark)")
            }
        }
        let models = ModelFolders(places.models)
        // A folder that is not there cannot be watched; where it cannot be made, a release says why.
        try? FileManager.default.createDirectory(atPath: models.paths[0], withIntermediateDirectories: true)
        let conductor = Conductor(
            executor: ConductorExecutor(name: "conductor"), transport: transport, monitor: monitor,
            configuration: configuration, genres: models.genres,
            library: GenreLibrary(folders: models, logger: logger),
            worker: WorkerExecutor(name: "accompany", threads: 1), profiles: ProfileLibrary(folders: places.profiles),
            store: store, journal: journal,
            learningPlaces: LearningPlaces(
                profiles: places.profiles, state: configuration.stateFolder ?? places.state),
            // Without a sequencer it could not be played to.
            synthSocket: transport is EmbeddedTransport ? nil : places.synthSocket.map { SynthSocket(path: $0) },
            notifier: notifier,
            logger: logger)
        defer { conductor.executor.stop() }
        await conductor.holdPorts(HeldPorts(socket: socketPath))
        await conductor.start()

        let jobs = JobDesk(configuration: configuration, places: places, logger: logger) { event in
            await conductor.publish(event)
        }
        defer { jobs.end() }
        await jobs.start()
        let shelf = ModelDesk(ModelLibrary(models), jobs: jobs)
        defer { shelf.end() }
        let changes = await conductor.modelChanges()
        let telling = Task { await shelf.tell(changes) { await conductor.publish($0) } }

        var console = ConsoleConfiguration(
            socketPath: socketPath, port: configuration.loopbackPort.map { UInt16($0) })
        console.reach =
            switch configuration.consoleReach {
            case .machine: .machine
            case .network: .network
            case .address(let address): .address(address)
            }
        console.names = configuration.consoleNames
        console.metricsAreOpen = configuration.metricsAreOpen
        console.tokenFile = "\(configuration.stateFolder ?? places.state)/console-tokens.json"
        let server = ConsoleServer(
            console,
            control: DaemonService(
                conductor: conductor, library: TakeLibrary(store: store, models: models), desk: jobs, shelf: shelf,
                sounds: AudioDesk(
                    folder: "\(configuration.stateFolder ?? places.state)/audio",
                    program: configuration.training.program),
                teacher: LessonDesk(
                    places: places, folder: "\(configuration.stateFolder ?? places.state)/lesson",
                    configured: configuration.training.program)),
            // Over the Unix socket no browser comes.
            pages: configuration.loopbackPort == nil ? .none : ConsolePages(folders: places.console),
            logger: logger)
        let (endings, ending) = AsyncStream.makeStream(of: Void.self)
        let serving = Task {
            defer { ending.yield() }
            try await server.run()
        }
        let signals = Task {
            await Signals.firstOf([SIGTERM, SIGINT])
            logger.notice("stopping")
            ending.yield()
        }
        let reloads = Task { await Signals.each(of: [SIGHUP]) { _ in await reload(conductor, notifier) } }
        let announcing = Task {
            let port = await server.waitUntilReady()
            // A console that cannot have its port of 127.0.0.1 is not ready; `serving` ends with the reason.
            guard !Task.isCancelled, configuration.loopbackPort == nil || port != nil else { return }
            logger.notice(
                "ready",
                metadata: [
                    "transport": "\(transport.name)", "socket": "\(socketPath)", "version": "\(continuoVersion)",
                ])
            notifier.ready("listening")
        }
        for await _ in endings { break }

        notifier.stopping()
        announcing.cancel()
        signals.cancel()
        reloads.cancel()
        // The band falls silent first; a trainer may take a moment for its checkpoint.
        await conductor.stop()
        await jobs.stop()
        await telling.value
        await server.stop()
        try await serving.value
        logger.notice("stopped")
    }

    /// - Returns: true; a configuration that cannot be used changes nothing.
    private func reload(_ conductor: Conductor, _ notifier: ServiceNotifier) async -> Bool {
        notifier.reloading()
        do {
            await conductor.reload(try reread())
            logger.notice("the configuration was read again")
        } catch {
            logger.error("\(error); the configuration stays as it was")
            await conductor.countRefusedReload()
        }
        notifier.ready("listening")
        return true
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
