import ConsoleAPI
import ContinuoClient
import Foundation
import Testing

@testable import Console

@Suite(.serialized) struct LifeTests {
    @Test func onlyOwnerAndGroupMayUseTheSocket() async throws {
        try await withConsole { (_, _, client, _) async throws in
            let attributes = try FileManager.default.attributesOfItem(atPath: client.socketPath)
            #expect(attributes[.posixPermissions] as? Int == 0o660)
        }
    }

    @Test func aRunningRequestIsAnsweredBeforeTheConsoleEnds() async throws {
        try await withConsole { (server, daemon, client, _) async throws in
            daemon.gate.close()
            defer { daemon.gate.open() }
            let answer = Task { try await client.status() }
            #expect(await eventually { daemon.gate.arrivals == 1 })
            let stopping = Task { await server.stop(grace: .seconds(5)) }
            daemon.gate.open()
            #expect(try await answer.value.version == "0.1")
            await stopping.value
        }
    }

    @Test func aStopTakesNoLongerThanItsGrace() async throws {
        try await withConsole { (server, daemon, client, _) async throws in
            let listening = Task { await exchangeRaw(client, ["GET /v1/events HTTP/1.1\r\n\r\n"]) }
            let idle = Task { await exchangeRaw(client, []) }
            let began = ContinuousClock.now
            await server.stop(grace: .milliseconds(200))
            _ = await (listening.value, idle.value)
            #expect(ContinuousClock.now - began < .seconds(3))
            #expect(await eventually { !FileManager.default.fileExists(atPath: client.socketPath) })
        }
    }

    @Test func cancellingTheTaskIsANormalEnd() async throws {
        let path = FileManager.default.temporaryDirectory.path + "/continuo-\(UUID().uuidString.prefix(8)).sock"
        let server = ConsoleServer(ConsoleConfiguration(socketPath: path), control: FakeDaemon(), logger: quiet)
        let running = Task { try await server.run() }
        _ = await server.waitUntilReady()
        running.cancel()
        try await running.value
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aSocketOfADeadProcessIsReplacedAndOneInUseIsNot() async throws {
        try await withConsole { (_, _, client, _) async throws in
            let error = #expect(throws: ConsoleError.self) { try ListeningSocket.unix(path: client.socketPath) }
            #expect(error?.cause == "another daemon listens there")
            let stale = client.socketPath + "2"
            try ListeningSocket.unix(path: stale).close()
            #expect(FileManager.default.fileExists(atPath: stale))
            try ListeningSocket.unix(path: stale).close()
        }
    }

    @Test(arguments: ["/no/such/folder/c.sock", "/tmp/" + String(repeating: "x", count: 120)])
    func aPlaceThatCannotHoldASocketIsSaid(path: String) {
        let error = #expect(throws: ConsoleError.self) { try ListeningSocket.unix(path: path) }
        #expect(error?.description.hasPrefix("cannot listen on \(path): ") == true)
    }

    @Test func aDaemonThatDoesNotRunIsSaidWithWhatToDo() async {
        let client = ContinuoClient(socketPath: "/no/such.sock")
        let error = await #expect(throws: ClientError.self) { try await client.status() }
        #expect(
            error?.description
                == "cannot reach continuod at /no/such.sock: No such file or directory; is it running? (systemctl status continuod)"
        )
        await #expect(throws: ClientError.self) { for try await _ in client.events() {} }
    }

    @Test func theSocketIsLookedForInTheDocumentedOrder() {
        #expect(SocketPath.candidates(environment: [:]) == ["/run/continuo/continuo.sock"])
        #expect(
            SocketPath.candidates(environment: ["XDG_RUNTIME_DIR": "/run/user/7"])
                == ["/run/user/7/continuo/continuo.sock", "/run/continuo/continuo.sock"])
        #expect(SocketPath.candidates(environment: ["CONTINUO_SOCKET": "/a", "XDG_RUNTIME_DIR": "/b"]) == ["/a"])
        #expect(SocketPath.discover(environment: ["CONTINUO_SOCKET": "/no/such"]) == "/no/such")
    }
}
