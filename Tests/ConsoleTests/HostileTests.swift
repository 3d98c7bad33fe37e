import ConsoleAPI
import ContinuoClient
import Foundation
import Testing

@testable import Console

/// Clients that mean harm, on real sockets. Time limits are short here, so that the tests are.
@Suite(.serialized) struct HostileTests {
    private func withPort(
        _ configure: (inout ConsoleConfiguration) -> Void = { _ in },
        _ body: (FakeDaemon, ContinuoClient, UInt16) async throws -> Void
    ) async throws {
        try await withConsole(configure: {
            $0.port = 0
            $0.requestTimeout = .milliseconds(300)
            configure(&$0)
        }) { (_, daemon, client, port) async throws in try await body(daemon, client, try #require(port)) }
    }

    private func statuses(in answers: String) -> [String] {
        answers.matches(of: #/HTTP/1\.1 ([0-9]{3}) /#).map { String($0.1) }
    }

    /// Whether the player's own commands still get an answer.
    private func isAnswered(_ client: ContinuoClient) async -> Bool { (try? await client.status())?.state == .idle }

    @Test(arguments: [
        "GET /v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: " + String(repeating: "a", count: 2000),
        "POST /v1/actions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4000\r\n\r\n"
            + String(repeating: " ", count: 3000),
    ])
    func aRequestThatDripsIsGivenUp(request: String) async throws {
        try await withPort { _, client, port in
            let (answer, sent) = await onThread { () -> (String, Int) in
                guard let slow = RawClient(port: port) else { return ("", 0) }
                // The first part at once, then byte by byte: each byte comes well inside of any time limit for a byte.
                let bytes = Array(request.utf8)
                var sent = 60
                guard slow.send(Array(bytes[..<sent])) else { return ("", sent) }
                while sent < bytes.count, slow.send([bytes[sent]]) {
                    sent += 1
                    // Slow enough that a server that shares two processors with all other tests has its time too.
                    Thread.sleep(forTimeInterval: 0.05)
                }
                return (slow.readAll(), sent)
            }
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 408 "), "\(answer.prefix(80))")
            #expect(sent < request.utf8.count, "it was ended before it was through")
            #expect(await isAnswered(client))
        }
    }

    @Test func aListenerThatNeverReadsIsLetGo() async throws {
        try await withPort { daemon, client, port in
            let token = try await letIn(client, port: port)
            let deaf = try #require(RawClient(port: port, receiveBuffer: 4096))
            #expect(deaf.send("GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \(token)\r\n\r\n"))
            let head = await onThread { [descriptor = deaf.descriptor] in
                var buffer = [UInt8](repeating: 0, count: 512)
                return recv(descriptor, &buffer, buffer.count, 0)
            }
            #expect(head > 0)
            // More than all buffers on the way hold, and longer than an answer may take to be taken.
            let problem = ServerEvent.problem(
                APIError(status: 500, error: String(repeating: "x", count: 200_000), advice: ""))
            for _ in 0..<100 {
                daemon.tell(problem)
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(await isAnswered(client))
            try await Task.sleep(for: .milliseconds(500))
            let (count, code) = await onThread { [descriptor = deaf.descriptor] () -> (Int, Int32) in
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                var count = 0
                while true {
                    let read = recv(descriptor, &buffer, buffer.count, 0)
                    if read <= 0 { return (count, read == 0 ? 0 : errno) }
                    count += read
                }
            }
            #expect(code == 0 || code == ECONNRESET, "the connection was ended")
            #expect(count < 100 * 200_000, "what nobody took was not kept")
        }
    }

    @Test(arguments: [
        ("GET /", 414), ("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ", 431),
        ("POST /v1/takes HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1073741824\r\n\r\n", 413),
    ])
    func aGigabyteIsNotTakenIn(start: String, status: Int) async throws {
        try await withPort { _, client, port in
            let before = residentBytes()
            let (answer, sent, peak) = await onThread { () -> (String, Int, Int) in
                guard let client = RawClient(port: port), client.send(start) else { return ("", 0, 0) }
                let piece = [UInt8](repeating: 97, count: 1 << 16)
                var sent = 0
                var peak = 0
                // Many gigabytes, if it were taken.
                while sent < 64 << 30, client.send(piece) {
                    sent += piece.count
                    if sent % (1 << 22) == 0 { peak = max(peak, residentBytes()) }
                }
                return (client.readAll(), sent, max(peak, residentBytes()))
            }
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(80))")
            #expect(sent < 64 << 30, "the connection was ended on the way")
            #expect(peak - before < 64 << 20, "memory grew by \(peak - before) bytes")
            #expect(await isAnswered(client))
        }
    }

    @Test func thousandsOfConnectionsDoNotKeepThePlayerOut() async throws {
        var files = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        files.rlim_cur = files.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        try await withPort({ $0.maximumConnections = 8 }) { _, client, port in
            let held = await onThread { () -> Int in
                var clients: [RawClient] = []
                for _ in 0..<2000 { if let client = RawClient(port: port) { clients.append(client) } }
                return clients.count
            }
            #expect(held == 2000)
            #expect(await isAnswered(client))
            // And when they have gone, a browser is let in again.
            var token = ""
            for _ in 0..<200 where token.isEmpty {
                token = (try? await letIn(client, port: port)) ?? ""
                if token.isEmpty { try await Task.sleep(for: .milliseconds(50)) }
            }
            #expect(token.count == 43)
        }
    }

    @Test func thePortFullOfSleepersLeavesTheSocketFree() async throws {
        try await withPort({ $0.maximumConnections = 4 }) { _, client, port in
            let sleepers = (0..<8).compactMap { _ in RawClient(port: port) }
            #expect(sleepers.count == 8)
            for _ in 0..<5 { #expect(await isAnswered(client)) }
            withExtendedLifetime(sleepers) {}
        }
    }

    @Test func aHundredRequestsInOnePieceAreAnsweredInOrder() async throws {
        try await withPort { _, client, port in
            let token = try await letIn(client, port: port)
            let own = "Host: 127.0.0.1:\(port)\r\nAuthorization: Bearer \(token)\r\n"
            let requests = (0..<100).map { "GET /v1/takes/\($0 % 2 == 0 ? 1 : 99) HTTP/1.1\r\n\(own)\r\n" }
            let last = "GET /v1/status HTTP/1.1\r\n\(own)Connection: close\r\n\r\n"
            let answer = await exchangeRaw(client, [requests.joined() + last], port: port)
            let expected = (0..<100).map { $0 % 2 == 0 ? "200" : "404" } + ["200"]
            #expect(statuses(in: answer) == expected)
        }
    }

    /// Two readings of one length let a second request be smuggled past a proxy (RFC 9112, section 11.2).
    @Test(arguments: [
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "Transfer-Encoding: xchunked\r\n",
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding : chunked\r\n",
        "Content-Length: +4\r\n",
        "Content-Length: 4, 4\r\n", "Content-Length: 4\r\ncontent-length: 5\r\n", "Content-Length:\r\n",
        "Content-Length: 0x4\r\n",
        "Content-Length: 99999999999999999999\r\n",
    ])
    func aLengthThatCanBeReadTwiceEndsTheConnection(fields: String) async throws {
        try await withPort { _, client, port in
            let text =
                "POST /v1/actions HTTP/1.1\r\nHost: 127.0.0.1\r\n\(fields)\r\nffffffff\r\nGET /v1/status HTTP/1.1\r\n\r\n"
            let answer = await exchangeRaw(client, [text], port: port)
            #expect(statuses(in: answer).count == 1, "\(answer)")
            #expect(answer.hasPrefix("HTTP/1.1 400 ") || answer.hasPrefix("HTTP/1.1 411 "), "\(answer.prefix(80))")
        }
    }

    @Test func guessesOverThePortAreCounted() async throws {
        try await withPort { _, client, port in
            var statuses: [String] = []
            for guess in 0..<(ConsoleAccess.mistakesAMinute + 2) {
                let answer = await askOverPort(
                    client, port, "GET /v1/status", fields: "Cookie: continuo=guess-\(guess)\r\n")
                statuses.append(String(answer.dropFirst(9).prefix(3)))
            }
            #expect(statuses.prefix(ConsoleAccess.mistakesAMinute).allSatisfy { $0 == "401" })
            #expect(statuses.suffix(2) == ["429", "429"])
            #expect(await isAnswered(client), "the Unix socket is no guesser's")
        }
    }

    /// A comparison that ends at the first difference takes a millionth of the time where that is the first byte.
    @Test func aNearlyRightGuessTakesNoLonger() {
        let secret = [UInt8](repeating: 7, count: 1 << 19)
        var early = secret
        early[0] = 8
        var late = secret
        late[secret.count - 1] = 8
        func time(_ guess: [UInt8]) -> Duration {
            (0..<5).map { _ in ContinuousClock().measure { #expect(!ConsoleAccess.isEqual(secret, guess)) } }.min()
                ?? .zero
        }
        let (first, last) = (time(early), time(late))
        #expect(first * 5 > last && last * 5 > first, "\(first) and \(last)")
        #expect(ConsoleAccess.isEqual(secret, secret) && !ConsoleAccess.isEqual(secret, []))
    }
}
