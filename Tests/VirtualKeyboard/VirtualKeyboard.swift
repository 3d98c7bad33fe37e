import Foundation
import Synchronization

/// A USB MIDI keyboard that exists only in this process, plugged into a machine that QEMU emulates.
///
/// The other end of its connection is a `usb-redir` device of QEMU. To the kernel inside it is an ordinary keyboard on an
/// ordinary xHCI port: it can be plugged and unplugged at any time, also as another model.
package final class VirtualKeyboard: Sendable {
    /// A MIDI message that the computer has sent to the keyboard, with the time at which it arrived on this side.
    package struct Received: Equatable, Sendable {
        package let port: Int
        package let bytes: [UInt8]
        package let instant: ContinuousClock.Instant
    }

    package enum Failure: Error, Equatable {
        /// The other side didn't answer within the limit, or is gone.
        case noAnswer(to: String)
        /// It is plugged in already.
        case isPlugged
        /// It isn't plugged in.
        case isUnplugged
    }

    private enum Phase {
        case greeting
        case unplugged
        case plugged(RedirectedKeyboard)
        case unplugging
        case closed
    }

    /// How long to wait for what should come at once. A busy machine emulates slowly, and only a failure costs the time.
    package static let patience = Duration.seconds(45)

    private let connection: CInt
    private let phase = Watched(Phase.greeting)
    private let log = Watched<[Received]>([])

    /// Serves a keyboard on a connected stream socket, which it then owns. It isn't plugged in yet.
    package init(connection: CInt) {
        self.connection = connection
        write([.hello])
        Thread { self.serve() }.start()
    }

    /// Everything that was received since the last ``plug(_:)`` or ``forget()``, in order.
    package var received: [Received] { log.value }

    /// Forgets what was received.
    package func forget() { log.update { $0 = [] } }

    /// Waits until what was received satisfies a condition.
    ///
    /// - Returns: everything received by then, also when the limit has passed: the test asserts on it.
    package func received(
        within limit: Duration = patience, until isEnough: ([Received]) -> Bool
    ) async -> [Received] {
        await log.wait(atMost: limit) { isEnough($0) ? $0 : nil } ?? log.value
    }

    /// Plugs the keyboard in. The computer needs a moment to find it.
    package func plug(_ model: KeyboardModel) async throws {
        if isPlugged { throw Failure.isPlugged }
        try await becomeUnplugged()
        forget()
        phase.update { phase in
            let keyboard = RedirectedKeyboard(model)
            phase = .plugged(keyboard)
            write(keyboard.plugPackets)
        }
    }

    /// Pulls the cable. What was played and not fetched yet is lost, as with a real keyboard.
    ///
    /// Returns when the USB controller has noticed; the software in the computer may need longer.
    package func unplug() async throws {
        try phase.update { phase in
            guard case .plugged = phase else { throw Failure.isUnplugged }
            phase = .unplugging
            write([USBRedirPacket(.deviceDisconnect)])
        }
        try await becomeUnplugged()
    }

    private func becomeUnplugged() async throws {
        let isUnplugged = await phase.wait(atMost: Self.patience) { phase -> Bool? in
            switch phase {
            case .unplugged: true
            case .closed: false
            case .greeting, .plugged, .unplugging: nil
            }
        }
        guard isUnplugged == true else { throw Failure.noAnswer(to: "the USB cable") }
    }

    /// Whether the cable is in.
    package var isPlugged: Bool {
        if case .plugged = phase.value { true } else { false }
    }

    /// Whether the computer has switched on the mode of a keyboard that has one, and not off again.
    package var isInMode: Bool {
        if case .plugged(let keyboard) = phase.value { keyboard.isInMode } else { false }
    }

    /// Presses a button of the keyboard and lets it go.
    package func press(_ button: KeyboardFamily.Button) {
        play(button.messages, port: button.port)
    }

    /// Plays MIDI messages, each complete and with its status byte. Played together, they travel together.
    ///
    /// While nothing in the computer listens they wait. A keyboard that isn't plugged in plays nothing.
    package func play(_ messages: [UInt8]..., port: Int = 0) {
        play(messages, port: port)
    }

    package func play(_ messages: [[UInt8]], port: Int = 0) {
        phase.update { phase in
            guard case .plugged(var keyboard) = phase else { return }
            write(keyboard.play(messages, port: port))
            phase = .plugged(keyboard)
        }
    }

    /// Ends the connection. The keyboard can't be used any more.
    package func close() {
        phase.update { phase in
            if case .closed = phase { return }  // the descriptor may be another's by now
            shutdown(connection, CInt(SHUT_RDWR))
        }
    }

    // MARK: The connection

    /// Reads packets until the other side, or ``close()``, ends the connection.
    private func serve() {
        var parser = USBRedirParser()
        var bytes = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(connection, &bytes, bytes.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0, let packets = try? parser.packets(in: bytes[..<count]) else { break }
            for packet in packets { handle(packet) }
        }
        phase.update { $0 = .closed }
        Foundation.close(connection)
    }

    private func handle(_ packet: USBRedirPacket) {
        let instant = ContinuousClock.now
        let messages = phase.update { phase -> [RedirectedKeyboard.PortMessage] in
            switch (phase, packet.kind) {
            case (.greeting, .hello), (.unplugging, .disconnectAcknowledged):
                phase = .unplugged
            case (.plugged(var keyboard), _):
                let outcome = keyboard.handle(packet)
                phase = .plugged(keyboard)
                write(outcome.replies)
                return outcome.messages
            default:
                break
            }
            return []
        }
        if messages.isEmpty { return }
        log.update { log in
            log += messages.map { Received(port: $0.port, bytes: $0.bytes, instant: instant) }
        }
    }

    /// Sends packets. When the other side is gone they go nowhere; the reading thread notices that.
    private func write(_ packets: [USBRedirPacket]) {
        var rest = packets.flatMap(\.rawBytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
