import ConsoleAPI
import Foundation
import Testing

@testable import Console

/// The console for other machines of the network.
@Suite(.serialized) struct SharingTests {
    @Test(
        arguments: [
            ("127.0.0.1:8765", nil, true), ("localhost:1", "http://localhost:1", true), ("[::1]:9", nil, true),
            ("192.168.1.5:8765", "http://192.168.1.5:8765", true), ("MUSIC.example", "https://music.example", true),
            ("192.168.1.6:8765", nil, false), ("evil.example", nil, false), ("", nil, false), (nil, nil, false),
            ("127.0.0.1.evil.example", nil, false), ("[::1].evil.example", nil, false),
            ("music.example.evil", nil, false),
            ("localhost:1", "http://localhost:2", false), ("localhost:1", "null", false),
            ("music.example", "https://evil.example", false), ("localhost:1", "http://localhost:1.evil.example", false),
            ("localhost:1", "ftp://localhost:1", false),
        ] as [(String?, String?, Bool)])
    func namesThatOthersCanGiveAreNotAnswered(host: String?, origin: String?, isAllowed: Bool) {
        let hosts = AllowedHosts(names: ["music.example"], local: "192.168.1.5", isShared: true)
        #expect(hosts.allow(host: host, origin: origin) == isAllowed)
    }

    @Test func theMachinesOwnNameCountsWhereItIsSharedAlone() {
        var bytes = [CChar](repeating: 0, count: 256)
        gethostname(&bytes, 255)
        let name = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let shared = AllowedHosts(names: [], local: nil, isShared: true)
        let own = AllowedHosts(names: [], local: nil, isShared: false)
        #expect(shared.allow(host: "\(name):80", origin: nil) && shared.allow(host: "\(name).local", origin: nil))
        #expect(own.allow(host: name, origin: nil) == (name == "localhost"))
    }

    @Test func aTicketNamesTheAddressesOfTheNetwork() async throws {
        try await withConsole(configure: {
            $0.port = 0
            $0.reach = .network
            $0.names = ["music.example"]
        }) { (_, _, client, port) async throws in
            let port = try #require(port)
            let report = try await client.consoleTicket()
            #expect(report.shared.last == "https://music.example/")
            #expect(report.shared.count == MachineAddresses.reachable.count + 1)
            #expect(report.sharedLinks.last == "https://music.example/#ticket=\(report.ticket)")
            // A browser behind a proxy with TLS: its token goes back encrypted alone.
            let body = "{\"ticket\":\"\(report.ticket)\"}"
            let answer = await exchangeRaw(
                client,
                [
                    "POST /v1/console/session HTTP/1.1\r\nHost: music.example\r\nOrigin: https://music.example\r\n"
                        + "Connection: close\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                        + body
                ], port: port)
            #expect(answer.hasPrefix("HTTP/1.1 201 ") && answer.contains("; Secure\r\n"), "\(answer)")
        }
        try await withConsole(configure: { $0.port = 0 }) { (_, _, client, _) async throws in
            let report = try await client.consoleTicket()
            #expect(report.shared.isEmpty && report.sharedLinks.isEmpty)
        }
    }

    @Test func anAddressThatIsNotThereIsSaidSo() async throws {
        let server = ConsoleServer(
            {
                var configuration = ConsoleConfiguration(
                    socketPath: FileManager.default.temporaryDirectory.path + "/s-\(UUID().uuidString.prefix(8))",
                    port: 0)
                // Of the block for documentation (RFC 5737): no machine has it.
                configuration.reach = .address("192.0.2.1")
                return configuration
            }(), control: FakeDaemon(), logger: quiet)
        let error = await #expect(throws: ConsoleError.self) { try await server.run() }
        #expect(error?.advice == "this machine does not have that address now", "\(error as Any)")
    }

    @Test func aStrangersGuessesDoNotLockThePlayerOut() throws {
        let access = ConsoleAccess(file: nil)
        let now = ContinuousClock.now
        let ticket = access.ticket(now: now)
        for _ in 0..<ConsoleAccess.mistakesAMinute {
            #expect(throws: APIError.self) { try access.admit(ticket: "guess", from: "192.168.1.66", now: now) }
        }
        let error = #expect(throws: APIError.self) { try access.admit(ticket: ticket, from: "192.168.1.66", now: now) }
        #expect(error?.status == 429)
        let token = try access.admit(ticket: ticket, from: "192.168.1.7", now: now)
        #expect(token.count == 43)
    }
}
