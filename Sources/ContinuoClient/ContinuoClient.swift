import ConsoleAPI
import Glibc

/// Talks with the daemon over its Unix socket: one call a route.
///
/// Every call opens a connection of its own and blocks a thread outside of Swift's pool, never the caller's.
public struct ContinuoClient: Sendable {
    public let socketPath: String
    /// Seconds that an answer may take.
    public var timeout = 10

    public init(socketPath: String) { self.socketPath = socketPath }

    /// - Parameter environment: where `$CONTINUO_SOCKET` and `$XDG_RUNTIME_DIR` are looked up.
    public init(environment: [String: String]) { self.init(socketPath: SocketPath.discover(environment: environment)) }

    public func status() async throws(ClientError) -> StatusReport { try await get("/v1/status") }

    /// What monitoring reads, in Prometheus' text format.
    public func metrics() async throws(ClientError) -> String {
        String(decoding: try await call("GET", "/metrics", body: nil), as: UTF8.self)
    }

    @discardableResult
    public func perform(_ action: ActionRequest) async throws(ClientError) -> ActionReport {
        try await post("/v1/actions", action)
    }

    /// Plays messages as if they came from a keyboard.
    @discardableResult
    public func inject(_ messages: [InputMessage]) async throws(ClientError) -> InputReport {
        try await post("/v1/input", InputRequest(messages: messages))
    }

    /// A ticket that lets one browser into the console.
    public func consoleTicket() async throws(ClientError) -> ConsoleTicketReport {
        try await post("/v1/console/tickets", EmptyRequest())
    }

    /// Every keyboard that is plugged in.
    public func devices() async throws(ClientError) -> [DeviceReport] {
        let list: DeviceListReport = try await get("/v1/devices")
        return list.devices
    }

    /// Lets a keyboard's unconfirmed buttons act, or not any more.
    @discardableResult
    public func consent(_ isGiven: Bool, device id: String) async throws(ClientError) -> DeviceReport {
        try await post("/v1/devices/\(id)/\(isGiven ? "accept" : "refuse")", EmptyRequest())
    }

    /// How far learning is.
    public func learning() async throws(ClientError) -> LearningReport { try await get("/v1/learn") }

    /// Begins to learn a keyboard's buttons.
    @discardableResult
    public func learn(_ request: LearnRequest) async throws(ClientError) -> LearningReport {
        try await post("/v1/learn", request)
    }

    /// Asks for the button of an action; takes the one that was recognised before.
    @discardableResult
    public func learnAsk(_ action: String) async throws(ClientError) -> LearningReport {
        try await post("/v1/learn/ask", LearnQuestion(action: action))
    }

    /// Writes what was learned and uses it from now on.
    @discardableResult
    public func learnKeep() async throws(ClientError) -> LearningReport {
        try await post("/v1/learn/keep", EmptyRequest())
    }

    @discardableResult
    public func learnCancel() async throws(ClientError) -> LearningReport {
        try await post("/v1/learn/cancel", EmptyRequest())
    }

    /// Takes the last profile that was written back.
    @discardableResult
    public func learnUndo() async throws(ClientError) -> LearningReport {
        try await post("/v1/learn/undo", EmptyRequest())
    }

    /// Sets a stored take on the desk and lets the band play it.
    ///
    /// - Parameter arrangement: one of the take's arrangements; nil lets its newest play, or makes one.
    @discardableResult
    public func play(take id: Int64, arrangement: Int64? = nil) async throws(ClientError) -> ActionReport {
        try await post("/v1/takes/\(id)/play", PlayRequest(arrangement: arrangement))
    }

    /// Follows what happens until the task is cancelled, the stream is dropped, or the daemon ends (then it finishes without error).
    ///
    /// - Parameter after: the last event that was seen, to be told what came since; nil begins now.
    /// - Parameter connected: called once when the daemon has answered: nothing that happens from then on is missed.
    public func events(
        after: UInt64? = nil, connected: @escaping @Sendable () -> Void = {}
    ) -> AsyncThrowingStream<NumberedEvent, any Error> {
        let path = socketPath
        let seconds = timeout
        return AsyncThrowingStream { continuation in
            let ending = Ending()
            continuation.onTermination = { _ in ending.end() }
            DetachedThread.run {
                do throws(ClientError) {
                    try follow(path, after, seconds, ending, connected) { continuation.yield($0) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
        }
    }

    func get<T: Decodable & Sendable>(_ target: String) async throws(ClientError) -> T {
        try decoded(try await call("GET", target, body: nil))
    }

    func post<T: Decodable & Sendable>(_ target: String, _ body: some Encodable) async throws(ClientError) -> T {
        let bytes: [UInt8]
        do {
            bytes = try APICoding.encode(body)
        } catch { throw .refused(.badRequest("the request cannot be written as JSON: \(error)")) }
        return try decoded(try await call("POST", target, body: bytes))
    }

    func decoded<T: Decodable>(_ bytes: [UInt8]) throws(ClientError) -> T {
        do {
            return try APICoding.decode(T.self, from: bytes)
        } catch { throw .broken(path: socketPath, cause: "its answer is not understood: \(error.error)") }
    }

    /// - Parameter type: the body's media type.
    func call(
        _ method: String, _ target: String, body: [UInt8]?, type: String = "application/json"
    ) async throws(ClientError) -> [UInt8] {
        let path = socketPath
        let seconds = timeout
        let result: Result<[UInt8], ClientError> = await withCheckedContinuation { continuation in
            DetachedThread.run {
                do throws(ClientError) {
                    continuation.resume(returning: .success(try exchange(path, seconds, method, target, body, type)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}

private func request(
    _ method: String, _ target: String, _ body: [UInt8]?, _ type: String = "", _ extra: String = ""
) -> [UInt8] {
    var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(extra)"
    if let body { head += "Content-Type: \(type)\r\nContent-Length: \(body.count)\r\n" }
    return Array((head + "\r\n").utf8) + (body ?? [])
}

private func head(of connection: borrowing UnixConnection, _ path: String) throws(ClientError) -> HTTPAnswer {
    var bytes: [UInt8] = []
    while true {
        do {
            if let answer = try HTTPAnswer(head: bytes) { return answer }
        } catch { throw .broken(path: path, cause: "its answer is no HTTP") }
        let more = try connection.receive()
        guard !more.isEmpty else { throw .broken(path: path, cause: "it closed the connection") }
        bytes += more
    }
}

private func exchange(
    _ path: String, _ timeout: Int, _ method: String, _ target: String, _ body: [UInt8]?, _ type: String
) throws(ClientError) -> [UInt8] {
    let connection = try UnixConnection(path: path, timeout: timeout)
    try connection.send(request(method, target, body, type))
    let answer = try head(of: connection, path)
    return try wholeBody(of: answer, connection, path)
}

private func wholeBody(
    of answer: HTTPAnswer, _ connection: borrowing UnixConnection, _ path: String
) throws(ClientError) -> [UInt8] {
    var body = answer.body
    let length = answer.headers["content-length"].flatMap { Int($0) } ?? 0
    while body.count < length {
        let more = try connection.receive()
        guard !more.isEmpty else { throw .broken(path: path, cause: "its answer was cut off") }
        body += more
    }
    guard (200..<300).contains(answer.status) else {
        var error =
            (try? APICoding.decode(APIError.self, from: body))
            ?? APIError(status: 0, error: "it answered \(answer.status)")
        error.status = answer.status
        throw .refused(error)
    }
    return body
}

private func follow(
    _ path: String, _ after: UInt64?, _ timeout: Int, _ ending: Ending, _ connected: () -> Void,
    _ yield: (NumberedEvent) -> Void
) throws(ClientError) {
    // The daemon shows every 15 seconds that it lives; after three times that it is gone.
    let connection = try UnixConnection(path: path, timeout: max(timeout, 45))
    guard ending.watch(connection.descriptor) else { return }
    defer { ending.forget() }
    try connection.send(request("GET", "/v1/events", nil, "", after.map { "Last-Event-ID: \($0)\r\n" } ?? ""))
    let answer = try head(of: connection, path)
    guard answer.status == 200 else {
        _ = try wholeBody(of: answer, connection, path)
        return
    }
    var reader = EventReader()
    var isConnected = false
    var bytes = answer.body[...]
    while !ending.isOver {
        for event in reader.read(bytes) { yield(event) }
        if !isConnected, !bytes.isEmpty {
            isConnected = true
            connected()
        }
        bytes = try connection.receive()
        if bytes.isEmpty { return }
    }
}
