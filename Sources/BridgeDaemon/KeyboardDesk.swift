import Controls
import Devices
import LiveSession
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
        var settings = Configuration.KeyboardSettings()

        var name: String { plugged.keyboard.productName }
        var source: Session.Source { .init(number: plugged.keyboard.card, name: name, role: settings.role) }

        /// Whether it has a Stop button as far as is known: one that nobody has described may send Stop by the generic protocols.
        var hasStop: Bool { plugged.profile.map { $0.buttons.contains { $0.action == .stop } } ?? true }

        /// The port of the buttons; nil while it is not there.
        var controlPort: PortInfo? {
            let number = plugged.profile.map { $0.controlPort.number(among: plugged.portNames) } ?? 1
            return number.flatMap { plugged.ports.indices.contains($0 - 1) ? plugged.ports[$0 - 1] : nil }
        }

        /// Which of the keyboard's ports an address is, counted from 1.
        func port(_ address: PortAddress) -> Int? {
            plugged.ports.firstIndex { $0.address == address }.map { $0 + 1 }
        }
    }

    private let profiles: ProfileLibrary
    /// By a part of the keyboard's name.
    private let settings: [String: Configuration.KeyboardSettings]
    private let logger: Logger
    /// By card number.
    private(set) var connected: [Int: Connected] = [:]
    /// Ports of keyboards that are being unplugged: they exit one after another, and what is left is not a keyboard that came.
    private var leaving: [Int: Set<PortAddress>] = [:]

    init(
        profiles: ProfileLibrary, settings: [String: Configuration.KeyboardSettings] = [:], logger: Logger
    ) {
        self.profiles = profiles
        self.settings = settings
        self.logger = logger
    }

    /// What changed on a look around.
    struct Change {
        var came: [Connected] = []
        var went: [Connected] = []
    }

    /// Connects what is new and forgets what is gone.
    ///
    /// - Parameters:
    ///   - ports: every port there is now.
    ///   - cards: every keyboard that is plugged in now.
    mutating func look(
        ports: [PortInfo], cards: [Keyboard], _ transport: any MIDITransport
    ) -> Change {
        var change = Change()
        for (card, known) in connected {
            let present = cards.first { $0.card == card }
            let its = present?.ports(among: ports) ?? []
            // The same card number may be another keyboard by now.
            let isSame = present?.identity == known.plugged.keyboard.identity
            if isSame, its == known.plugged.ports { continue }
            if isSame, known.plugged.ports.allSatisfy(its.contains) {
                extend(card, with: its, transport)
            } else if let gone = forget(card: card) {
                change.went.append(gone)
            }
        }
        for keyboard in cards where connected[keyboard.card] == nil {
            let its = keyboard.ports(among: ports)
            if let remnant = leaving[keyboard.card], !its.isEmpty, its.allSatisfy({ remnant.contains($0.address) }) {
                continue
            }
            leaving[keyboard.card] = nil
            guard its.contains(where: \.isSource) else { continue }
            if let new = connect(keyboard, its, transport) { change.came.append(new) }
        }
        leaving = leaving.filter { entry in cards.contains { $0.card == entry.key } }
        return change
    }

    /// A keyboard's ports come one after another: listens to those that are new.
    private mutating func extend(_ card: Int, with ports: [PortInfo], _ transport: any MIDITransport) {
        guard var known = connected[card] else { return }
        let new = ports.filter { !known.plugged.ports.contains($0) }
        do {
            for port in new where port.isSource { try transport.listen(to: port.address) }
        } catch {
            logger.error("\(error)", metadata: ["device": "\(known.name)"])
            return
        }
        known.plugged.ports = ports
        known.controls.place(among: known.plugged.portNames)
        connected[card] = known
        if let control = known.controlPort, new.contains(control) {
            speak(known.plugged.profile?.handshake ?? [], to: known, transport)
        }
    }

    private mutating func connect(_ keyboard: Keyboard, _ ports: [PortInfo], _ transport: any MIDITransport)
        -> Connected?
    {
        let profile = profiles.profile(for: keyboard)
        do {
            for port in ports where port.isSource { try transport.listen(to: port.address) }
        } catch {
            logger.error("\(error)", metadata: ["device": "\(keyboard.productName)"])
            return nil
        }
        // The longest name that fits says most.
        let named = settings.keys.filter { keyboard.productName.contains($0) }.max { ($0.count, $0) < ($1.count, $1) }
        var new = Connected(
            plugged: .init(keyboard: keyboard, profile: profile, ports: ports), controls: ControlMap(profile),
            settings: named.flatMap { settings[$0] } ?? .init())
        new.controls.place(among: new.plugged.portNames)
        connected[keyboard.card] = new
        speak(profile?.handshake ?? [], to: new, transport)
        return new
    }

    /// Leaves a keyboard's own mode, as it is done before the daemon ends.
    func sayGoodbye(_ transport: any MIDITransport) {
        for keyboard in connected.values { speak(keyboard.plugged.profile?.goodbye ?? [], to: keyboard, transport) }
    }

    private func speak(_ messages: [[UInt8]], to keyboard: Connected, _ transport: any MIDITransport) {
        guard !messages.isEmpty, let control = keyboard.controlPort, control.isDestination else { return }
        let port = control.address
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
    ///
    /// - Returns: the keyboard, on the first of its ports that exits; nil for the others and for ports of others.
    mutating func portExited(_ port: PortAddress) -> Connected? {
        for card in leaving.keys { leaving[card]?.remove(port) }
        guard let gone = keyboard(of: port) else { return nil }
        leaving[gone.plugged.keyboard.card] = Set(gone.plugged.ports.map(\.address)).subtracting([port])
        return forget(card: gone.plugged.keyboard.card)
    }

    private mutating func forget(card: Int) -> Connected? { connected.removeValue(forKey: card) }

    /// What a message of a keyboard is: a button's action, music (mended), or nothing.
    mutating func hear(_ event: TransportEvent) -> (keyboard: Connected, action: ControlAction?, music: [MIDIMessage])?
    {
        guard let known = keyboard(of: event.source), let port = known.port(event.source) else { return nil }
        let card = known.plugged.keyboard.card
        let action = connected[card]?.controls.action(for: event, onPort: port)
        var music: [MIDIMessage] = []
        if let message = event.message, port == known.plugged.keysNumber, message.channel != nil,
            !known.controls.isControl(message, onPort: port)
        {
            let semitones = known.settings.transposition
            connected[card]?.normalizer.normalize(message) { mended in
                if let moved = mended.transposed(by: semitones) { music.append(moved) }
            }
        }
        return (known, action, music)
    }

    /// Input was lost: what is held is no longer known.
    ///
    /// - Returns: the keyboards that held notes, with a note-off for each.
    mutating func gap() -> [(keyboard: Connected, music: [MIDIMessage])] {
        connected.keys.sorted().compactMap { card in
            guard let known = connected[card] else { return nil }
            var music: [MIDIMessage] = []
            connected[card]?.normalizer.releaseAll { music.append($0) }
            return music.isEmpty ? nil : (known, music)
        }
    }

    /// Thru routes of every keyboard that makes no sound of its own.
    func routes(to output: OutputChoice?) -> [ThruRoute] {
        guard let output else { return [] }
        let keyboards = connected.values.sorted { $0.plugged.keyboard.card < $1.plugged.keyboard.card }
        let routes = keyboards.compactMap { keyboard -> ThruRoute? in
            guard keyboard.plugged.profile?.sounds != true, let keys = keyboard.plugged.keysPort, keys.isSource,
                keys.address != output.port.address
            else { return nil }
            return ThruRoute(
                source: keys.address, destination: output.port.address, channel: melodyChannel,
                swallowed: keyboard.controls.swallowed, transpose: keyboard.settings.transposition)
        }
        return Array(routes.prefix(ThruTable.limit))
    }
}

/// The player's channel on the synthesizer; the band never uses it.
let melodyChannel = Channel(1)

extension OutputChoice.Plugged {
    /// Which port carries the keys, counted from 1; a keyboard with fewer ports has them on its first.
    var keysNumber: Int {
        profile?.keysPort.number(among: portNames) ?? 1
    }

    var portNames: [String] { ports.map(\.portName) }
}
