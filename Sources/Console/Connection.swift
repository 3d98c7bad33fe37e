import ConsoleAPI
import FlyingSocks
import FoundationEssentials
import Glibc

/// Serves one connection: requests one after the other, each inside its time and size.
struct Connection {
    let socket: AsyncSocket
    /// The names that are answered to; nil on the Unix socket, where files' rights decide.
    let hosts: AllowedHosts?
    let configuration: ConsoleConfiguration
    let router: Router
    let hub: EventHub
    let activity: Activity

    func serve() async {
        var parser = HTTPRequestParser(limits: configuration.limits)
        while !activity.isDraining {
            let request: HTTPRequest
            do {
                guard let next = try await read(&parser) else { return }
                request = next
            } catch let error as APIError {
                // What follows on this connection cannot be told apart any more.
                await turnAway(error)
                return
            } catch { return }
            activity.began()
            defer { activity.ended() }
            let response = isAllowed(request) ? await router.respond(to: request) : .error(foreign)
            let closes = !request.keepsAlive || activity.isDraining
            do {
                if case .events(let after) = response.body {
                    activity.ended()
                    defer { activity.began() }
                    return try await stream(response, after: after)
                }
                try await send(response, closes: closes)
            } catch { return }
            if closes { return }
        }
    }

    /// Answers with an error and ends the connection in a way that lets the answer arrive: closing while bytes of the request
    /// are unread would take it back.
    func turnAway(_ error: APIError) async {
        guard (try? await send(.error(error), closes: true)) != nil else { return }
        shutdown(socket.socket.file.rawValue, Int32(SHUT_WR))
        _ = try? await withDeadline(.seconds(1)) {
            while !(try await socket.read(atMost: 4096)).isEmpty {}
        }
    }

    /// Waits for a request as long as a quiet connection may last; once it has begun it must come quickly.
    private func read(_ parser: inout HTTPRequestParser) async throws -> HTTPRequest? {
        if let request = try parser.next() { return request }
        if parser.isEmpty {
            guard let first = try await withDeadline(configuration.idleTimeout, { try await socket.read(atMost: 4096) })
            else {
                return nil
            }
            parser.append(first)
        }
        let end = ContinuousClock.now + configuration.requestTimeout
        while true {
            if let request = try parser.next() { return request }
            let left = ContinuousClock.now.duration(to: end)
            guard let more = try await withDeadline(left, { try await socket.read(atMost: 4096) }) else {
                throw APIError(status: 408, error: "the request did not arrive in time")
            }
            parser.append(more)
        }
    }

    /// A web page of another site must not reach the port through the player's browser.
    private func isAllowed(_ request: HTTPRequest) -> Bool {
        hosts?.allow(host: request.headers["host"], origin: request.headers["origin"]) ?? true
    }

    private var foreign: APIError {
        APIError(
            status: 403, error: "this console does not answer to that name",
            advice: "open the address that \"continuo console\" prints; a proxy's name goes into names under [console]")
    }

    private func send(_ response: HTTPResponse, closes: Bool) async throws {
        var bytes = response.head(closes: closes)
        if case .bytes(let body) = response.body { bytes += body }
        try await write(bytes)
    }

    private func write(_ bytes: [UInt8]) async throws {
        let data = Data(bytes)
        guard try await withDeadline(configuration.requestTimeout, { try await socket.write(data) }) != nil else {
            throw SocketError.disconnected
        }
    }

    /// Server-sent events (WHATWG HTML, section 9.2) until the client goes or the console ends.
    private func stream(_ response: HTTPResponse, after: UInt64?) async throws {
        // The length is unknown, so the end of the connection is the end of the body.
        try await write(response.head(closes: true))
        var position = if let after { after + 1 } else { await hub.position }
        try await write(Array(": \(after == nil ? "from now on" : "resumed")\nid: \(position - 1)\n\n".utf8))
        while case .events(let events, let lost, let next) = await hub.events(from: position) {
            var text = events.isEmpty && lost == 0 ? ": still here\n\n" : ""
            if lost > 0 { text += try frame(NumberedEvent(id: (events.first?.id ?? next) - 1, event: .lost(lost))) }
            for event in events { text += try frame(event) }
            try await write(Array(text.utf8))
            position = next
        }
    }

    private func frame(_ event: NumberedEvent) throws -> String {
        let json = String(decoding: try APICoding.encode(event.event), as: UTF8.self)
        return "id: \(event.id)\nevent: \(event.event.type)\ndata: \(json)\n\n"
    }
}

/// Runs an operation for so long and no longer.
///
/// - Returns: nil when time ran out; the operation was cancelled then.
func withDeadline<T: Sendable>(_ limit: Duration, _ operation: @escaping @Sendable () async throws -> T) async throws
    -> T?
{
    try await withThrowingTaskGroup(of: T?.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
    }
}
