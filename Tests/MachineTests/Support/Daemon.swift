import ConsoleAPI
import Music
import Foundation
import Synchronization

/// The real daemon in a guest, asked and followed through its API.
final class Daemon: Sendable {
    let machine: Machine
    let socket: String
    /// Runs as long as the daemon serves it.
    private let stream: GuestCommand
    private let decoded = Mutex((bytes: 0, events: [ServerEvent]()))

    /// Follows the daemon that serves a socket.
    init(on machine: Machine, socket: String) async throws {
        self.machine = machine
        self.socket = socket
        try await machine.eventually("the daemon answers on \(socket)") {
            try await machine.run("api \(socket) GET /v1/status").status == 0 ? true : nil
        }
        // The band's single notes would be many, and are judged by what arrives.
        stream = machine.start(
            """
            api \(socket) GET /v1/events | \
            awk '/^data/ && !/"type":"bandNote"/ { print substr($0, 7); fflush() } /^:/ { print "{}"; fflush() }'
            """)
        guard await stream.progress.wait(atMost: Machine.patience, for: { $0.lines.first }) != nil else {
            throw MachineError.neverHappened("the daemon tells its events", limit: Machine.patience)
        }
    }

    /// A moment among the events.
    struct Mark: Sendable { fileprivate var count: Int }

    /// What happens from now on.
    var now: Mark { Mark(count: events.count) }

    /// What happened since the daemon is followed, the band's notes left out.
    var events: [ServerEvent] { decode(stream.progress.value) }

    /// What happened since a moment.
    func events(since mark: Mark) -> ArraySlice<ServerEvent> { events.dropFirst(mark.count) }

    private func decode(_ progress: GuestCommand.Progress) -> [ServerEvent] {
        decoded.withLock { state in
            while let end = progress.output.dropFirst(state.bytes).firstIndex(of: UInt8(ascii: "\n")) {
                let line = progress.output[state.bytes..<end]
                state.bytes = end + 1
                if let event = try? APICoding.decode(ServerEvent.self, from: Array(line)) { state.events.append(event) }
            }
            return state.events
        }
    }

    /// Waits for an event.
    ///
    /// - Throws: ``MachineError/neverHappened(_:limit:)``, with what happened instead.
    @discardableResult
    func event<Found>(
        _ what: String, since mark: Mark, within limit: Duration = Machine.patience, _ find: (ServerEvent) -> Found?
    ) async throws -> Found {
        var next = mark.count
        let found = await stream.progress.wait(atMost: limit) { progress -> Found? in
            for event in decode(progress).dropFirst(next) {
                next += 1
                if let found = find(event) { return found }
            }
            return nil
        }
        guard let found else {
            let instead = events.dropFirst(mark.count).map { "\($0)" }.joined(separator: "\n")
            throw MachineError.neverHappened("\(what); instead:\n\(instead)", limit: limit)
        }
        return found
    }

    /// Waits until the player's state becomes this one.
    func becomes(_ state: PlayerState, since mark: Mark) async throws {
        try await event("the daemon's state becomes \(state.rawValue)", since: mark) { event in
            if case .state(let report) = event, report.state == state { true } else { nil }
        }
    }

    /// Waits until the daemon has connected a keyboard.
    @discardableResult
    func knows(_ name: String, since mark: Mark) async throws -> KeyboardReport {
        try await event("the daemon connects \(name)", since: mark) { event in
            if case .deviceCame(let keyboard) = event, keyboard.name == name { keyboard } else { nil }
        }
    }

    /// Waits until so many keys were pressed.
    func hears(_ keys: Int, since mark: Mark) async throws {
        var count = 0
        try await event("\(keys) keys are heard", since: mark) { event in
            if case .noteIn(let note) = event, note.velocity > 0 { count += 1 }
            return count == keys ? true : nil
        }
    }

    /// Waits until a take is on the disk.
    func keepsTake(since mark: Mark) async throws -> TakeSummaryReport {
        try await event("a take is kept", since: mark) { if case .takeStored(let take) = $0 { take } else { nil } }
    }

    /// Waits until an arrangement is on the disk, and fetches it with its notes.
    func keepsArrangement(since mark: Mark) async throws -> ArrangementReport {
        let id = try await event("an arrangement is kept", since: mark) { event in
            if case .arrangementStored(let summary) = event { summary.id } else { nil }
        }
        return try await get("/v1/arrangements/\(id)")
    }

    func status() async throws -> StatusReport { try await get("/v1/status") }

    func take(_ id: Int64) async throws -> TakeReport { try await get("/v1/takes/\(id)") }

    func perform(_ action: ActionRequest) async throws {
        let json = String(decoding: try APICoding.encode(action), as: UTF8.self)
        try await machine.succeed("api \(socket) POST /v1/actions '\(json)'")
    }

    private func get<Report: Decodable>(_ path: String) async throws -> Report {
        try APICoding.decode(Report.self, from: Array(try await machine.succeed("api \(socket) GET \(path)").utf8))
    }
}

extension Machine {
    /// Starts the daemon in a guest without systemd, with a state of its own.
    ///
    /// - Parameters:
    ///   - name: tells the folders of several daemons apart.
    ///   - tempo: of the takes, in quarter notes a minute.
    ///   - settings: what else the configuration says; its first lines belong to `[capture]`.
    ///   - isArranged: has the arranger play. A genre model lives on vector instructions; here its answer takes up to 20 s.
    func startDaemon(_ name: String, tempo: Int, settings: String = "", isArranged: Bool = false) async throws -> Daemon
    {
        let folder = "/tmp/daemon-\(name)"
        try await write(
            "[capture]\ntempo = \(tempo)\n\(settings)\n[log]\nlevel = \"debug\"\n", to: "\(folder)/continuo.toml")
        let program =
            isArranged
            ? "busybox unshare -m sh -c 'mount -t tmpfs none /usr/share/continuo/models; exec continuod \"$@\"' continuod"
            : "continuod"
        _ = start(
            """
            export XDG_CONFIG_HOME=\(folder)
            exec \(program) --config \(folder)/continuo.toml --transport alsa --socket \(folder)/continuo.sock \
            --state \(folder)/state >/var/log/continuod.log 2>&1
            """)
        return try await Daemon(on: self, socket: "\(folder)/continuo.sock")
    }
}
