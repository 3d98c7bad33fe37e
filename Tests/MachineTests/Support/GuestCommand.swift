import VirtualKeyboard

/// How a command in the guest ended.
struct CommandResult: Equatable, Sendable {
    /// The exit status; 128 + the signal if one ended it.
    var status: Int32
    var output: [UInt8]
    var errorOutput: [UInt8]

    var text: String { String(decoding: output, as: UTF8.self) }
    var errorText: String { String(decoding: errorOutput, as: UTF8.self) }
}

/// A command that runs in the guest, with what it has written so far.
final class GuestCommand: Sendable {
    struct Progress: Sendable {
        var output: [UInt8] = []
        var errorOutput: [UInt8] = []
        /// How it ended; nil while it runs.
        var ending: Ending?

        /// The complete lines of its standard output.
        var lines: [Substring] {
            let end = output.lastIndex(of: UInt8(ascii: "\n")) ?? output.startIndex
            return String(decoding: output[..<end], as: UTF8.self).split(separator: "\n")
        }
    }

    enum Ending: Equatable, Sendable {
        case exited(Int32)
        case lostMachine
    }

    /// The shell text.
    let script: String
    let progress = Watched(Progress())
    private let sendSignal: @Sendable (UInt8) -> Void

    init(_ script: String, sendSignal: @escaping @Sendable (UInt8) -> Void) {
        self.script = script
        self.sendSignal = sendSignal
    }

    var isRunning: Bool { progress.value.ending == nil }

    /// Sends a signal to the command and to all processes that it has started.
    func signal(_ number: Int32) { sendSignal(UInt8(number)) }

    /// Waits for the end.
    ///
    /// - Returns: nil when the limit has passed, or the machine is lost.
    func result(within limit: Duration) async -> CommandResult? {
        await progress.wait(atMost: limit) { progress -> CommandResult?? in
            switch progress.ending {
            case nil: nil
            case .lostMachine: .some(nil)
            case .exited(let status):
                CommandResult(status: status, output: progress.output, errorOutput: progress.errorOutput)
            }
        } ?? nil
    }
}
