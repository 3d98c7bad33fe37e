import ConsoleAPI
import ContinuoClient
import Foundation
import Testing

@testable import Console

@Suite(.serialized) struct LimitTests {
    @Test(arguments: [
        ("GET /" + String(repeating: "a", count: 5000) + " HTTP/1.1\r\n\r\n", 414),
        ("GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 17_000) + "\r\n\r\n", 431),
        ("GET / HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 65) + "\r\n", 431),
        ("POST /v1/actions HTTP/1.1\r\nContent-Length: 1048577\r\n\r\n", 413),
        ("POST /v1/actions HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST /v1/actions HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        ("POST /v1/actions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        ("POST /v1/actions HTTP/1.1\r\nExpect: 100-continue\r\n\r\n", 417),
        ("POST /v1/actions HTTP/1.1\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", 415),
        ("GET / HTTP/2.0\r\n\r\n", 505), ("nonsense\r\n\r\n", 400), ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n folded: x\r\n\r\n", 400), ("get / HTTP/1.1\r\n\r\n", 400),
    ])
    func requestsBeyondTheLimitsAreAnsweredAndEndTheConnection(request: String, status: Int) async throws {
        try await withConsole { (_, _, client, _) async throws in
            let answer = await exchangeRaw(client, [request])
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(100))")
            #expect(answer.contains("Connection: close"))
        }
    }

    @Test func twoRequestsInOnePieceGetTwoAnswersInOrder() async throws {
        try await withConsole { (_, _, client, _) async throws in
            let answer = await exchangeRaw(
                client, ["GET /v1/takes/1 HTTP/1.1\r\n\r\nGET /v1/takes/99 HTTP/1.1\r\nConnection: close\r\n\r\n"])
            let statuses = answer.split(separator: "\n").filter { $0.hasPrefix("HTTP/1.1") }
            #expect(statuses.map { $0.prefix(12) } == ["HTTP/1.1 200", "HTTP/1.1 404"])
        }
    }

    @Test func aRequestThatNeverEndsIsGivenUp() async throws {
        try await withConsole(configure: { $0.requestTimeout = .milliseconds(50) }) { (_, _, client, _) async throws in
            let answer = await exchangeRaw(client, ["GET /v1/status HTT"])
            #expect(answer.hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test func aConnectionThatAsksNothingIsClosed() async throws {
        try await withConsole(configure: { $0.idleTimeout = .milliseconds(50) }) { (_, _, client, _) async throws in
            #expect(await exchangeRaw(client, []) == "")
        }
    }

    @Test func moreConnectionsThanAllowedAreTurnedAway() async throws {
        try await withConsole(configure: { $0.maximumConnections = 2 }) { (_, daemon, client, _) async throws in
            daemon.gate.close()
            defer { daemon.gate.open() }
            let first = Task { try await client.status() }
            let second = Task { try await client.status() }
            #expect(await eventually { daemon.gate.arrivals == 2 })
            let error = await #expect(throws: ClientError.self) { try await client.takes(TakeListRequest()) }
            guard case .refused(let refusal)? = error else {
                Issue.record("not refused: \(error as Any)")
                return
            }
            #expect(refusal.status == 503)
            daemon.gate.open()
            #expect(try await first.value == second.value)
            #expect(try await client.takes(TakeListRequest(limit: 1)).count == 1)
        }
    }

    @Test func aPageOfAnotherSiteCannotReachTheLoopbackPort() async throws {
        try await withConsole(configure: { $0.port = 0 }) { (_, _, client, port) async throws in
            let port = try #require(port)
            let token = try await letIn(client, port: port)
            func ask(_ fields: String) async -> String {
                let own = "Connection: close\r\nAuthorization: Bearer \(token)\r\n"
                return String(
                    await exchangeRaw(client, ["GET /v1/takes HTTP/1.1\r\n\(own)\(fields)\r\n"], port: port).prefix(12))
            }
            #expect(await ask("Host: 127.0.0.1:\(port)\r\n") == "HTTP/1.1 200")
            #expect(await ask("Host: localhost:\(port)\r\nOrigin: http://localhost:\(port)\r\n") == "HTTP/1.1 200")
            #expect(await ask("Host: evil.example\r\n") == "HTTP/1.1 403")
            #expect(await ask("Host: 127.0.0.1\r\nOrigin: http://evil.example\r\n") == "HTTP/1.1 403")
            #expect(await ask("") == "HTTP/1.1 403")
        }
    }

    @Test func aRequestIsReadHoweverItsBytesAreCut() throws {
        let text = "POST /a?x=1&y HTTP/1.1\r\nContent-Length: 3\r\nX: y\r\n\r\nabcGET /b HTTP/1.0\r\n\r\n"
        var parser = HTTPRequestParser(limits: HTTPLimits())
        var requests: [HTTPRequest] = []
        for byte in text.utf8 {
            parser.append([byte])
            while let request = try parser.next() { requests.append(request) }
        }
        #expect(requests.map(\.path) == ["/a", "/b"])
        #expect(requests.first?.body == Array("abc".utf8))
        #expect(requests.first?.query == ["x": "1", "y": ""])
        #expect(requests.map(\.keepsAlive) == [true, false])
        #expect(parser.isEmpty)
    }

    @Test func anyChangedByteIsReadOrRefusedButNeverCrashes() {
        let bytes = Array("POST /v1/actions?x=1 HTTP/1.1\r\nContent-Length: 2\r\nHost: a\r\n\r\n{}".utf8)
        var outcomes: Set<Int> = []
        for index in bytes.indices {
            for value in [0, 9, 10, 13, 32, 48, 58, 65, 127, 128, 255] as [UInt8] {
                var changed = bytes
                changed[index] = value
                var parser = HTTPRequestParser(limits: HTTPLimits())
                parser.append(changed)
                do throws(APIError) {
                    outcomes.insert(try parser.next() == nil ? 0 : 200)
                } catch { outcomes.insert(error.status) }
            }
        }
        #expect(outcomes.isSubset(of: [0, 200, 400, 505, 413]))
        #expect(outcomes.isSuperset(of: [0, 200, 400]))
    }
}
