import Synchronization
import VirtualKeyboard

/// A synthesizer in the guest that writes down what it is told to play; see `Tests/Machine/guest/synthrec.c`.
final class Synth: Sendable {
    /// A MIDI message that the synthesizer was sent.
    struct Heard: Equatable, Sendable {
        /// When the kernel delivered it, since the synthesizer was started.
        var time: Duration
        var bytes: [UInt8]
    }

    /// Its address in the sequencer, such as `128:0`.
    let address: String
    private let command: GuestCommand

    fileprivate init(address: String, command: GuestCommand) {
        self.address = address
        self.command = command
    }

    /// What was read of the output so far; a long test would otherwise read it again at each message.
    private let parsed = Mutex((bytes: 0, heard: [Heard]()))

    /// Everything heard until now, in order.
    var heard: [Heard] { heard(in: command.progress.value) }

    /// Waits until what was heard satisfies a condition.
    ///
    /// - Returns: everything heard by then, also when the limit has passed: the test asserts on it.
    func heard(within limit: Duration = Machine.patience, until isEnough: ([Heard]) -> Bool) async -> [Heard] {
        await command.progress.wait(atMost: limit) { progress -> [Heard]? in
            let heard = heard(in: progress)
            return isEnough(heard) ? heard : nil
        } ?? heard
    }

    /// The ports that were connected to it and are still, as addresses.
    var sources: [String] {
        command.progress.value.lines.reduce(into: []) { sources, line in
            let words = line.split(separator: " ")
            guard words.count == 3 else { return }
            if words[1] == "subscribed" { sources.append(String(words[2])) }
            if words[1] == "unsubscribed" { sources.removeAll { $0 == words[2] } }
        }
    }

    /// How often the kernel had to drop events for want of room.
    var overruns: Int { command.progress.value.lines.count { $0.hasSuffix(" overrun") } }

    /// Unplugs the synthesizer: its port disappears from the sequencer.
    func stop() { command.signal(15) }

    private func heard(in progress: GuestCommand.Progress) -> [Heard] {
        parsed.withLock { state in
            while let end = progress.output.dropFirst(state.bytes).firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: progress.output[state.bytes..<end], as: UTF8.self)
                state.bytes = end + 1
                Self.read(line, into: &state.heard)
            }
            return state.heard
        }
    }

    private static func read(_ line: String, into heard: inout [Heard]) {
        let words = line.split(separator: " ")
        guard let nanoseconds = words.first.flatMap({ Int64($0) }) else { return }
        let bytes = words.dropFirst().compactMap { $0.count == 2 ? UInt8($0, radix: 16) : nil }
        guard let first = bytes.first, bytes.count == words.count - 1 else { return }
        if first < 0x80 || first == 0xF7, !heard.isEmpty {
            heard[heard.count - 1].bytes += bytes  // a SysEx goes on
        } else {
            heard.append(Heard(time: .nanoseconds(nanoseconds), bytes: bytes))
        }
    }
}

extension Machine {
    /// Starts a synthesizer and waits until its port is there.
    func startSynth(named name: String = "Test Synth") async throws -> Synth {
        let command = start("exec synthrec '\(name)'")
        let address = await command.progress.wait(atMost: Self.patience) { progress -> String?? in
            if progress.ending != nil { return .some(nil) }
            return progress.lines.first?.split(separator: " ").last.map { .some(String($0)) }
        }
        guard let address = address ?? nil else {
            throw MachineError.neverHappened(
                "synthrec is ready: \(String(decoding: command.progress.value.errorOutput, as: UTF8.self))",
                limit: Self.patience)
        }
        return Synth(address: address, command: command)
    }
}
