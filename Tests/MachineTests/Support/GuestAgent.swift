import Foundation
import VirtualKeyboard

/// The test's end of the line to the agent, which runs commands in the guest.
final class GuestAgent: Sendable {
    enum State: Equatable, Sendable {
        case booting, ready, gone
    }

    let state = Watched(State.booting)
    private struct Commands {
        var running: [UInt32: GuestCommand] = [:]
        var lastRequest: UInt32 = 0
    }
    private let commands = Watched(Commands())
    private let connection: CInt

    /// Talks over a connected stream socket, which it then owns.
    init(connection: CInt) {
        self.connection = connection
        Thread { self.serve() }.start()
    }

    /// Starts a shell command.
    func start(_ script: String) -> GuestCommand {
        begin(script, .run, Array(script.utf8))
    }

    /// Writes a file; the command ends when it is written.
    func write(_ bytes: [UInt8], to path: String) -> GuestCommand {
        begin("write \(path)", .write, Array(path.utf8) + [0] + bytes)
    }

    /// The commands that have not ended.
    var running: [GuestCommand] { Array(commands.value.running.values) }

    /// Ends the connection. The guest then powers itself off, if it still can.
    func close() {
        shutdown(connection, CInt(SHUT_RDWR))
    }

    private func begin(_ description: String, _ kind: AgentFrame.Kind, _ payload: [UInt8]) -> GuestCommand {
        commands.update { commands in
            commands.lastRequest += 1
            let request = commands.lastRequest
            let command = GuestCommand(description) { [self] signal in
                send(AgentFrame(kind: .kill, request: request, payload: [signal]))
            }
            commands.running[request] = command
            if state.value == .gone {
                command.progress.update { $0.ending = .lostMachine }
                commands.running[request] = nil
            } else {
                send(AgentFrame(kind: kind, request: request, payload: payload))
            }
            return command
        }
    }

    private func send(_ frame: AgentFrame) {
        var rest = frame.rawBytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(connection, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }  // the reading thread notices that the guest is gone
            rest = rest.dropFirst(count)
        }
    }

    private func serve() {
        var buffer: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(connection, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            buffer += piece[..<count]
            while let frame = AgentFrame.next(from: &buffer) { take(frame) }
        }
        let lost = commands.update { commands in
            state.update { $0 = .gone }
            defer { commands.running = [:] }
            return Array(commands.running.values)
        }
        for command in lost { command.progress.update { $0.ending = .lostMachine } }
        Foundation.close(connection)
    }

    private func take(_ frame: AgentFrame) {
        if frame.kind == .hello {
            state.update { $0 = .ready }
            return
        }
        guard let command = commands.value.running[frame.request] else { return }
        switch frame.kind {
        case .output:
            command.progress.update { $0.output += frame.payload }
        case .errorOutput:
            command.progress.update { $0.errorOutput += frame.payload }
        case .end:
            let status = frame.payload.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            command.progress.update { $0.ending = .exited(Int32(bitPattern: status)) }
            commands.update { $0.running[frame.request] = nil }
        case .hello, .run, .kill, .write:
            break
        }
    }
}
