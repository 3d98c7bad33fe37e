import ConsoleAPI
import ContinuoClient
import Foundation
import Testing

@testable import Console

/// Who is let in over the port.
@Suite(.serialized) struct AccessTests {
    private func withPort(_ body: (ContinuoClient, UInt16) async throws -> Void) async throws {
        try await withConsole(configure: { $0.port = 0 }) { (_, _, client, port) async throws in
            try await body(client, try #require(port))
        }
    }

    @Test func withoutATokenNothingIsToldOrDone() async throws {
        try await withPort { client, port async throws in
            for line in ["GET /v1/status", "GET /v1/events", "GET /v1/takes/1", "DELETE /v1/takes/1"] {
                let answer = await askOverPort(client, port, line)
                #expect(answer.hasPrefix("HTTP/1.1 401 Unauthorized\r\n"), "\(line)")
                #expect(answer.contains("continuo console"), "it says what to do")
            }
            let act = await askOverPort(client, port, "POST /v1/actions", body: "{\"action\":\"record\"}")
            #expect(act.hasPrefix("HTTP/1.1 401 "))
            let status = try await client.status()
            #expect(status.state == .idle, "the Unix socket needs none")
        }
    }

    @Test func aTicketLetsOneBrowserInOnce() async throws {
        try await withPort { client, port in
            let report = try await client.consoleTicket()
            #expect(report.address == "http://127.0.0.1:\(port)/" && report.minutes == 10)
            #expect(report.link == "\(report.address)#ticket=\(report.ticket)")
            let body = "{\"ticket\":\"\(report.ticket)\"}"
            let answer = await askOverPort(client, port, "POST /v1/console/session", body: body)
            #expect(answer.hasPrefix("HTTP/1.1 201 Created\r\n"))
            #expect(answer.contains("; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000\r\n"))
            let token = answer.split(separator: "continuo=")[1].prefix { $0 != ";" }
            #expect(token.count == 43 && token != report.ticket[...])
            for field in ["Cookie: other=1; continuo=\(token)\r\n", "Authorization: Bearer \(token)\r\n"] {
                #expect(await askOverPort(client, port, "GET /v1/status", fields: field).hasPrefix("HTTP/1.1 200 "))
            }
            let again = await askOverPort(client, port, "POST /v1/console/session", body: body)
            #expect(again.hasPrefix("HTTP/1.1 403 ") && again.contains("was used"))
        }
    }

    @Test func ticketsAreGivenOnTheSocketAlone() async throws {
        try await withPort { client, port in
            let token = try await letIn(client, port: port)
            let answer = await askOverPort(
                client, port, "POST /v1/console/tickets", fields: "Authorization: Bearer \(token)\r\n", body: "{}")
            #expect(answer.hasPrefix("HTTP/1.1 403 "))
        }
        try await withConsole { (_, _, client, _) async throws in
            let error = await #expect(throws: ClientError.self) { try await client.consoleTicket() }
            guard case .refused(let refusal)? = error else {
                Issue.record("\(error as Any)")
                return
            }
            #expect(refusal.status == 409 && refusal.advice.contains("[console]"))
        }
    }

    @Test func guessesAreCountedAndThenNotLookedAt() throws {
        let access = ConsoleAccess(file: nil)
        let now = ContinuousClock.now
        let ticket = access.ticket(now: now)
        for _ in 0..<ConsoleAccess.mistakesAMinute {
            let error = #expect(throws: APIError.self) { try access.admit(ticket: "guess", now: now) }
            #expect(error?.status == 403)
        }
        let error = #expect(throws: APIError.self) { try access.admit(ticket: ticket, now: now) }
        #expect(error?.status == 429)
        let token = try access.admit(ticket: ticket, now: now + .seconds(61))
        #expect(!token.isEmpty)
    }

    @Test func aTicketIsTooOldAfterTenMinutes() {
        let access = ConsoleAccess(file: nil)
        let now = ContinuousClock.now
        let ticket = access.ticket(now: now)
        #expect(throws: APIError.self) { try access.admit(ticket: ticket, now: now + .seconds(601)) }
    }

    @Test func tokensSurviveARestartInAFileOfTheOwnerAlone() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ca-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("tokens.json").path
        let access = ConsoleAccess(file: file)
        let token = try access.admit(ticket: access.ticket())
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        func request(_ token: String) -> HTTPRequest {
            HTTPRequest(
                method: "GET", path: "/", query: [:], headers: ["cookie": "continuo=\(token)"], keepsAlive: false)
        }
        let restarted = ConsoleAccess(file: file)
        try restarted.check(request(token))
        for wrong in ["", "x", String(token.dropLast()), token + "x", String(token.reversed())] {
            #expect(throws: APIError.self, "\(wrong)") { try restarted.check(request(wrong)) }
        }
        try Data("[{".utf8).write(to: URL(fileURLWithPath: file))
        #expect(throws: APIError.self) { try ConsoleAccess(file: file).check(request(token)) }
    }
}
