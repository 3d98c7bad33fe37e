import ConsoleAPI
import FlyingSocks
import FoundationEssentials
import Glibc
import Logging
import Synchronization

/// Where and within which limits the console listens.
public struct ConsoleConfiguration: Hashable, Sendable {
    /// The Unix socket; its folder must exist.
    public var socketPath: String
    /// A port of TCP; nil listens on the Unix socket alone.
    public var port: UInt16?
    /// Who can reach that port.
    public var reach = Reach.machine
    /// Names under which a proxy asks for the page, beside this machine's own.
    public var names: [String] = []
    public var limits = HTTPLimits()
    /// Over ports, and as many again over the Unix socket.
    public var maximumConnections = 64
    /// How long a connection may be open without a request.
    public var idleTimeout: Duration = .seconds(60)
    /// How long a request may take to arrive, and an answer to be taken.
    public var requestTimeout: Duration = .seconds(10)
    /// How often a quiet event stream shows that it lives.
    public var keepAlive: Duration = .seconds(15)
    /// How many events can be read again after a lost connection.
    public var backlog = 1024
    /// Where the tokens of browsers are kept over a restart; nil keeps them in memory.
    public var tokenFile: String?
    /// Whether `/metrics` is answered over the port without a token.
    public var metricsAreOpen = false

    public enum Reach: Hashable, Sendable {
        /// Programs on this machine: 127.0.0.1.
        case machine
        /// Whoever reaches one of its IPv4 addresses.
        case network
        /// Whoever reaches this IPv4 address, and programs on this machine.
        case address(String)
    }

    public init(socketPath: String, port: UInt16? = nil) {
        self.socketPath = socketPath
        self.port = port
    }
}

/// The HTTP/JSON interface of the daemon: one API for the page, the command line and the tests.
///
/// Sockets come from FlyingSocks; the HTTP layer is our own, since it is what sets the limits.
public final class ConsoleServer: Sendable {
    private let configuration: ConsoleConfiguration
    private let control: any DaemonControl
    private let pages: ConsolePages
    private let access: ConsoleAccess
    /// The port that is open, once it is.
    private let openPort = Mutex<UInt16?>(nil)
    private let logger: Logger
    private let hub: EventHub
    private let activity = Activity()
    private let serving = Mutex<Task<Void, any Error>?>(nil)
    private let ready: AsyncStream<UInt16?>
    private let announce: AsyncStream<UInt16?>.Continuation

    public init(
        _ configuration: ConsoleConfiguration, control: any DaemonControl, pages: ConsolePages = .none, logger: Logger
    ) {
        self.configuration = configuration
        self.control = control
        self.pages = pages
        access = ConsoleAccess(file: configuration.tokenFile)
        self.logger = logger
        hub = EventHub(
            capacity: configuration.backlog, firstID: UInt64(max(1, Date().timeIntervalSince1970 * 1000)))
        (ready, announce) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Listens and answers until `stop` is called or the task is cancelled; both are a normal end and throw nothing. Called once.
    ///
    /// Writing to a client that went away must not kill the process, so SIGPIPE is ignored from here on.
    ///
    /// - Throws: `ConsoleError` where it cannot listen.
    public func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let unix = try ListeningSocket.unix(path: configuration.socketPath)
        var listeners = [(socket: unix, isLocal: true)]
        var port: UInt16?
        if let wanted = configuration.port {
            do {
                for address in configuration.reach.listened {
                    let tcp = try ListeningSocket.tcp(address, port: port ?? wanted)
                    if case .ip4(_, let actual) = try tcp.sockname() { port = actual }
                    listeners.append((tcp, false))
                }
            } catch {
                close(listeners.map(\.socket))
                throw error
            }
        }
        defer { close(listeners.map(\.socket)) }
        logger.info(
            "console listens",
            metadata: ["socket": "\(configuration.socketPath)", "port": "\(port.map { "\($0)" } ?? "none")"])
        let task = Task { [listeners] in try await serve(listeners) }
        serving.withLock { $0 = task }
        openPort.withLock { $0 = port }
        announce.yield(port)
        do {
            try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        } catch {
            if !task.isCancelled { throw error }
        }
    }

    /// Waits until connections are accepted.
    ///
    /// - Returns: the port of 127.0.0.1; nil where only the Unix socket listens. For one caller.
    public func waitUntilReady() async -> UInt16? {
        for await port in ready { return port }
        return nil
    }

    /// Ends event streams at once, lets running requests finish, then ends `run`.
    ///
    /// - Parameter grace: how long requests may still take.
    public func stop(grace: Duration = .seconds(1)) async {
        activity.drain()
        await hub.finish()
        let end = ContinuousClock.now + grace
        while activity.requests > 0, ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(5)) }
        serving.withLock { $0 }?.cancel()
    }

    private func close(_ sockets: [Socket]) {
        for socket in sockets { try? socket.close() }
        unlink(configuration.socketPath)
        announce.finish()
    }

    private func serve(_ listeners: [(socket: Socket, isLocal: Bool)]) async throws {
        let pool = try ReadinessThread()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await pool.run() }
            group.addTask { [hub, control] in
                for await event in await control.events() { await hub.append(event) }
                // The daemon may end its events before the console ends.
                try await Task.sleep(for: .seconds(Int32.max))
            }
            group.addTask { [hub, keepAlive = configuration.keepAlive] in
                while true {
                    try await Task.sleep(for: keepAlive)
                    await hub.wake()
                }
            }
            for listener in listeners {
                let socket = try AsyncSocket(socket: listener.socket, pool: pool)
                group.addTask { try await self.accept(on: socket, isLocal: listener.isLocal) }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func accept(on listener: AsyncSocket, isLocal: Bool) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            var isRefused = false
            while !Task.isCancelled {
                let socket: AsyncSocket
                do {
                    socket = try await listener.accept()
                } catch let error as SocketError {
                    // Too many open files, or a client that gave up while waiting: neither ends the console.
                    try Task.checkCancellation()
                    // Said once until it goes well again: it may go on for long.
                    if !isRefused {
                        self.logger.warning("cannot accept a connection", metadata: ["error": "\(error)"])
                    }
                    isRefused = true
                    try await Task.sleep(for: .milliseconds(100))
                    continue
                }
                isRefused = false
                _ = fcntl(socket.socket.file.rawValue, F_SETFD, FD_CLOEXEC)
                group.addTask { await self.handle(socket, isLocal: isLocal) }
            }
        }
    }

    private func handle(_ socket: AsyncSocket, isLocal: Bool) async {
        defer { try? socket.close() }
        var router = Router(
            control: control, logger: logger, pages: pages, access: access, isLocalSocket: isLocal,
            metricsAreOpen: configuration.metricsAreOpen, activity: activity)
        if let port = openPort.withLock({ $0 }) {
            router.address = "http://127.0.0.1:\(port)/"
            router.sharedAddresses =
                configuration.reach.reachable.map { "http://\($0):\(port)/" }
                + configuration.names.map { "https://\($0)/" }
        }
        var hosts: AllowedHosts?
        if !isLocal {
            var local: String?
            if case .ip4(let address, _)? = try? socket.socket.sockname() { local = address }
            if case .ip4(let address, _)? = try? socket.socket.remotePeer() { router.peer = address }
            hosts = AllowedHosts(
                names: configuration.names, local: local, isShared: configuration.reach != .machine)
        }
        let connection = Connection(
            socket: socket, hosts: hosts, configuration: configuration, router: router, hub: hub, activity: activity)
        guard activity.admit(limit: configuration.maximumConnections, isLocal: isLocal) else {
            // Politeness has its limit too: thousands of them at once must not keep this thread busy.
            guard activity.turnAway(limit: configuration.maximumConnections) else { return }
            defer { activity.wasTurnedAway() }
            let error = APIError(status: 503, error: "too many connections", advice: "close some and try again")
            return await connection.turnAway(error)
        }
        defer { activity.left(isLocal: isLocal) }
        await connection.serve()
    }
}

extension ConsoleConfiguration.Reach {
    /// The addresses to listen on.
    fileprivate var listened: [String] {
        switch self {
        case .machine: ["127.0.0.1"]
        case .network: ["0.0.0.0"]
        case .address(let address): address == "127.0.0.1" ? [address] : ["127.0.0.1", address]
        }
    }

    /// The addresses under which other machines find the console now.
    fileprivate var reachable: [String] {
        switch self {
        case .machine: []
        case .network: MachineAddresses.reachable
        case .address(let address): [address]
        }
    }
}
