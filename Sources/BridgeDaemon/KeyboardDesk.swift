import Devices
import Logging
import MIDI
import Music
import Transport

/// The keyboards that are connected: who they are, which of their ports are heard, what their buttons mean.
///
/// Used on the conductor's thread alone. udev says who a keyboard is, the sequencer whether it is there; either may come first,
/// and they are joined by the card's number each time that something changes.
struct KeyboardDesk {
    struct Connected {
        var plugged: OutputChoice.Plugged
        var controls: ControlMap
        var normalizer = MessageNormalizer()

        var name: String { plugged.keyboard.productName }

        /// Which of the keyboard's ports an address is, counted from 1.
        func port(_ address: PortAddress) -> Int? {
            plugged.ports.firstIndex { $0.address == address }.map { $0 + 1 }
        }
    }

    private let profiles: ProfileLibrary
    private let logger: Logger
    /// By card number.
    private(set) var connected: [Int: Connected] = [:]

    init(profiles: ProfileLibrary, logger: Logger) {
        self.profiles = profiles
        self.logger = logger
    }

    /// What changed on a look around.
    struct Change {
        var came: [Connected] = []
        var went: [Connected] = []
    }

    /// Connects what is new and forgets what is gone.
    mutating func look(_ transport: any MIDITransport, _ monitor: any DeviceMonitor) -> Change {
        var change = Change()
        let ports: [PortInfo]
        let cards: [Keyboard]
        do {
            ports = try transport.ports()
            cards = try monitor.keyboards()
        } catch {
            logger.error("\(error)")
            return change
        }
        for (card, known) in connected {
            let present = cards.first { $0.card == card }
            let its = present?.ports(among: ports) ?? []
            // The same card number may be another keyboard by now.
            let isSame = present?.identity == known.plugged.keyboard.identity && its == known.plugged.ports
            if !isSame, let gone = forget(card: card) { change.went.append(gone) }
        }
        for keyboard in cards where connected[keyboard.card] == nil {
            let its = keyboard.ports(among: ports)
            guard its.contains(where: \.isSource) else { continue }
            if let new = connect(keyboard, its, transport) { change.came.append(new) }
        }
        return change
    }

    private mutating func connect(_ keyboard: Keyboard, _ ports: [PortInfo], _ transport: any MIDITransport) -> Connected? {
        let profile = profiles.profile(for: keyboard)
        do {
            for port in ports where port.isSource { try transport.listen(to: port.address) }
        } catch {
            logger.error("\(error)", metadata: ["device": "\(keyboard.productName)"])
            return nil
        }
        let new = Connected(
            plugged: .init(keyboard: keyboard, profile: profile, ports: ports), controls: ControlMap(profile))
        connected[keyboard.card] = new
        speak(profile?.handshake ?? [], to: new, transport)
        return new
    }

    /// Leaves a keyboard's own mode, as it is done before the daemon ends.
    func sayGoodbye(_ transport: any MIDITransport) {
        for keyboard in connected.values { speak(keyboard.plugged.profile?.goodbye ?? [], to: keyboard, transport) }
    }

    private func speak(_ messages: [[UInt8]], to keyboard: Connected, _ transport: any MIDITransport) {
        guard !messages.isEmpty else { return }
        let number = (keyboard.plugged.profile?.controlPort ?? 1) - 1
        guard keyboard.plugged.ports.indices.contains(number), keyboard.plugged.ports[number].isDestination else { return }
        let port = keyboard.plugged.ports[number].address
        do { try transport.startPlaying(to: port) } catch {
            logger.error("\(error)", metadata: ["device": "\(keyboard.name)"])
            return
        }
        for bytes in messages {
            if bytes.first == 0xF0 {
                transport.send(systemExclusive: bytes, to: port)
            } else if let status = bytes.first {
                let data = Array(bytes.dropFirst()) + [0, 0]
                transport.send(MIDIMessage(status: status, data1: data[0], data2: data[1]), to: port)
            }
        }
    }

    /// The keyboard that a port belongs to.
    func keyboard(of port: PortAddress) -> Connected? { connected.values.first { $0.port(port) != nil } }

    /// Forgets the keyboard that a port belonged to: the port is gone.
    mutating func portExited(_ port: PortAddress) -> Connected? {
        keyboard(of: port).flatMap { forget(card: $0.plugged.keyboard.card) }
    }

    private mutating func forget(card: Int) -> Connected? { connected.removeValue(forKey: card) }

    /// What a message of a keyboard is: a button's action, music (mended), or nothing.
    mutating func hear(_ event: TransportEvent) -> (keyboard: Connected, action: ControlAction?, music: [MIDIMessage])? {
        guard let card = keyboard(of: event.source)?.plugged.keyboard.card, var known = connected[card],
            let port = known.port(event.source)
        else { return nil }
        let action = known.controls.action(for: event, onPort: port)
        var music: [MIDIMessage] = []
        if let message = event.message, port == known.plugged.keysNumber, message.channel != nil,
            !known.controls.isControl(message, onPort: port)
        {
            music = known.normalizer.normalized(message)
        }
        connected[card] = known
        return (known, action, music)
    }

    /// Input was lost: what is held is no longer known.
    mutating func gap() {
        for card in connected.keys { connected[card]?.normalizer.releaseAll { _ in } }
    }

    /// Thru routes of every keyboard that makes no sound of its own.
    func routes(to output: OutputChoice?) -> [ThruRoute] {
        guard let output else { return [] }
        return connected.values.sorted { $0.plugged.keyboard.card < $1.plugged.keyboard.card }.compactMap { keyboard in
            guard keyboard.plugged.profile?.sounds != true, let keys = keyboard.plugged.keysPort, keys.isSource,
                keys.address != output.port.address
            else { return nil }
            return ThruRoute(
                source: keys.address, destination: output.port.address, channel: melodyChannel,
                swallowed: keyboard.controls.swallowed)
        }
    }
}

/// The player's channel on the synthesizer; the band never uses it.
let melodyChannel = Channel(1)

extension OutputChoice.Plugged {
    /// Which port carries the keys, counted from 1; a keyboard with fewer ports has them on its first.
    var keysNumber: Int {
        let number = profile?.keysPort ?? 1
        return ports.indices.contains(number - 1) ? number : 1
    }
}
