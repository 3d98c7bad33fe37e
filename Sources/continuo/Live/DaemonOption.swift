import ArgumentParser
import ConsoleAPI
import ContinuoClient
import Foundation

/// Where the daemon is.
struct DaemonOption: ParsableArguments {
    @Option(help: "The daemon's socket; by default $CONTINUO_SOCKET, else the usual places.", completion: .file())
    var socket: String?

    var client: ContinuoClient {
        socket.map { ContinuoClient(socketPath: $0) }
            ?? ContinuoClient(environment: ProcessInfo.processInfo.environment)
    }

    /// Asks the daemon, or ends the command with what to do.
    func ask<T>(_ question: (ContinuoClient) async throws(ClientError) -> T) async throws -> T {
        do {
            return try await question(client)
        } catch {
            throw fail(error)
        }
    }
}
