import DaemonConfiguration
import Glibc
import Installation
import Logging
import MIDI
import Music
import Playback
import RealTime
import Sequencer
import Transport

/// Silences the ports that a daemon played to when it crashed or was killed: nobody knows what it held there.
public struct PortRelease: Sendable {
    private let configuration: Configuration
    private let places: Places
    private let logger: Logger

    public init(configuration: Configuration, places: Places, logger: Logger) {
        self.configuration = configuration
        self.places = places
        self.logger = logger
    }

    /// Reads the list of ports, releases those that are still there, and removes the list. Nothing happens where there is none.
    ///
    /// - Throws: where a daemon runs that looks after its ports itself, or the sequencer cannot be used; the list stays then.
    public func run() throws {
        let socket = configuration.socket ?? places.socket
        guard HeldPorts(socket: socket).exists else { return }
        let lock: InstanceLock
        do {
            lock = try InstanceLock(socket: socket)
        } catch let error as DaemonError {
            throw DaemonError(
                "cannot release the ports: \(error.message)", advice: "\"continuo panic\" has that daemon silence them")
        }
        defer { lock.release() }
        // Read again: nobody else writes it from here on.
        var held = HeldPorts(socket: socket)
        if configuration.transport == .embedded {
            // Its ports ended with it.
            held.removeAll()
            return
        }
        LibraryComplaints.route { [logger] text in logger.debug("alsa: \(text)") }
        let transport = try ALSATransport()
        defer { transport.close() }
        Self.release(&held, on: transport, logger)
    }

    /// Where the daemon plays: the player's channel and those of the band, with some room.
    static let channels = [1, 2, 3, 4, 5, 6, 7, 10].map { Channel($0) }

    /// What every instrument understands: a note-off for each key, then the controls.
    static var messages: [MIDIMessage] {
        var everything = HeldNotes()
        for channel in channels {
            for number in 0..<128 { everything.press(channel, Pitch(number)) }
        }
        return Panic.messages(held: everything, channels: channels)
    }

    /// How many messages are sent before a pause: a program that listens has room for 200 unless it asks for more.
    static let portion = 64
    private static let pause: Int64 = 10_000_000

    /// Releases the ports of a list, and empties it.
    static func release(_ held: inout HeldPorts, on transport: any MIDITransport, _ logger: Logger) {
        let present = (try? transport.ports()) ?? []
        for port in held.ports {
            guard present.contains(where: { $0.isDestination && HeldPorts.Port($0) == port }) else {
                logger.notice("a port that was played to is gone", metadata: ["port": "\(port)"])
                continue
            }
            do {
                try transport.startPlaying(to: port.address)
            } catch {
                logger.error("\(error)")
                continue
            }
            for (index, message) in messages.enumerated() {
                if index > 0, index % portion == 0 { MonotonicClock.sleep(nanoseconds: pause) }
                transport.send(message, to: port.address)
            }
            transport.stopPlaying(to: port.address)
            logger.notice("released every note", metadata: ["port": "\(port)"])
        }
        held.removeAll()
    }
}
