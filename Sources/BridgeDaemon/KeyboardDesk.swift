import Controls
import DaemonConfiguration
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
        var controls: ControlReader
        var normalizer = MessageNormalizer()
        var settings = Configuration.KeyboardSettings()
        /// As a person knows it: its product's name, with a number where there is another of that name.
        var name: String
        /// How its profile was found; nil for a keyboard that nobody has described.
        var match: ProfileMatch?
        /// Whether the control port may be sent what the profile says: it fits so surely, or the player has said that it does.
        var isTrusted = false
        var lights: Lights
        /// Until when the keyboard is left to wake up before it is shown anything; nil once it may be.
        var wakesUntil: Instant?
        /// The question who it is, while its answer is awaited; it is asked once.
        var inquiry: PendingInquiry?
        var wasAsked = false
        /// What it said of itself.
        var answer: DeviceInquiry?

        /// Whether nothing that it sends is music: pads and faders without a key, unless the player says otherwise.
        var isControl: Bool { settings.isControl ?? (plugged.profile?.keyCount == 0) }
        var source: Session.Source { .init(number: plugged.keyboard.card, name: name, role: settings.role) }

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

    var profiles: ProfileLibrary
    /// Profiles whose unconfirmed buttons the player has agreed to.
    var accepted: Set<String> = []
    /// By what names a keyboard (`KeyboardSelector`).
    private var settings: [String: Configuration.KeyboardSettings]
    /// How controls are read where a keyboard's own settings say nothing.
    private(set) var controls: ControlReader.Settings
    private var inputs: NamedInputs
    private var roster = KeyboardRoster()
    let logger: Logger
    /// By card number.
    var connected: [Int: Connected] = [:]
    /// Names in the configuration that fit several keyboards, in sentences.
    private(set) var problems: [String] = []
    /// Ports that were played to for a question that is over; whoever uses none of them for anything else closes them.
    var left: Set<PortAddress> = []
    /// What the keyboards' lights show.
    var shown: (state: LightState, buttonsOn: Set<ControlAction>)?
    /// Ports of keyboards that are being unplugged: they exit one after another, and what is left is not a keyboard that came.
    private var leaving: [Int: Set<PortAddress>] = [:]

    init(
        profiles: ProfileLibrary, settings: [String: Configuration.KeyboardSettings] = [:], inputs: [String] = [],
        controls: ControlReader.Settings = .init(), logger: Logger
    ) {
        self.controls = controls
        self.profiles = profiles
        self.settings = settings
        self.inputs = NamedInputs(inputs)
        self.logger = logger
    }

    /// Other settings hold from now on; the next look around gives them to the keyboards.
    ///
    /// - Returns: what the keyboards hold that are read in another way now, with its end.
    mutating func adopt(
        settings: [String: Configuration.KeyboardSettings], inputs names: [String], controls: ControlReader.Settings
    ) -> [(keyboard: Connected, music: [MIDIMessage])] {
        if names != inputs.names { inputs = NamedInputs(names) }
        self.settings = settings
        // With nothing to assign no look would take the old ones away.
        let hasLost = settings.isEmpty && connected.values.contains { $0.settings != .init() }
        guard controls != self.controls || hasLost else { return [] }
        self.controls = controls
        return connected.keys.sorted().compactMap { card in
            guard let known = connected[card] else { return nil }
            let music = release(card)
            if hasLost { connected[card]?.settings = .init() }
            readControls(card)
            return music.isEmpty ? nil : (known, music)
        }
    }

    /// What changed on a look around.
    struct Change {
        var came: [Connected] = []
        var went: [Connected] = []
        /// Keyboards that became something else, with the end of what they held.
        var changed: [(keyboard: Connected, music: [MIDIMessage])] = []
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
        let plugged = self.plugged(ports, cards)
        let names = roster.names(of: plugged.map(\.keyboard))
        for (card, known) in connected {
            let present = plugged.first { $0.keyboard.card == card }
            // udev forgets a card a moment after another took its number; the sequencer knows what is there.
            if present == nil, known.plugged.ports.allSatisfy(ports.contains) { continue }
            let its = present?.ports ?? []
            // The same card number may be another keyboard by now.
            let isSame = present?.keyboard.identity == known.plugged.keyboard.identity
            if isSame, its == known.plugged.ports { continue }
            if isSame, known.plugged.ports.allSatisfy(its.contains) {
                if let changed = extend(card, with: its, transport) { change.changed.append(changed) }
            } else if let gone = forget(card: card) {
                change.went.append(gone)
            }
        }
        var came: [Int] = []
        for (keyboard, its) in plugged where connected[keyboard.card] == nil {
            if let remnant = leaving[keyboard.card], !its.isEmpty, its.allSatisfy({ remnant.contains($0.address) }) {
                continue
            }
            leaving[keyboard.card] = nil
            guard its.contains(where: \.isSource) else { continue }
            let name = names[keyboard.card] ?? keyboard.productName
            if connect(keyboard, its, called: name, transport) { came.append(keyboard.card) }
        }
        leaving = leaving.filter { entry in plugged.contains { $0.keyboard.card == entry.key } }
        change.changed += assignSettings().filter { !came.contains($0.keyboard.plugged.keyboard.card) }
        change.came = came.compactMap { connected[$0] }
        return change
    }

    /// What is plugged in, with its ports: cards, and the ports that the player named.
    private mutating func plugged(
        _ ports: [PortInfo], _ cards: [Keyboard]
    ) -> [(keyboard: Keyboard, ports: [PortInfo])] {
        let named = inputs.keyboards(among: ports) { card in
            cards.contains { $0.card == card && profiles.match(for: $0, portNames: [], inquiry: nil)?.basis == .usb }
        }
        let taken = Set(named.flatMap { $0.ports.map(\.address) })
        let others = ports.filter { !taken.contains($0.address) }
        return cards.map { ($0, $0.ports(among: others)) } + named
    }

    /// Gives each keyboard the settings that mean it.
    ///
    /// - Returns: those that got others, with the end of what they held under the old ones.
    private mutating func assignSettings() -> [(keyboard: Connected, music: [MIDIMessage])] {
        guard !settings.isEmpty else { return [] }
        let keyboards = connected.values.map(\.plugged.keyboard)
        let assigned = KeyboardSelector.assign(Array(settings.keys), among: keyboards)
        let problems = assigned.refused.sorted { $0.key < $1.key }.map { name, fitting in
            let each = fitting.map { keyboard in
                let called = connected[keyboard.card]?.name ?? keyboard.productName
                let others = keyboards.filter { $0.card != keyboard.card }
                let telling = KeyboardSelector.telling(keyboard, from: others)
                return telling.map { "\(called) is \"\($0)\"" }
                    ?? "\(called) has neither serial number nor place of its own"
            }
            return
                "[keyboard.\"\(name)\"] fits \(fitting.count) keyboards that are plugged in, so none of them gets its settings: \(each.joined(separator: ", ")); name the one that you mean by what stands in quotes"
        }
        for problem in problems where !self.problems.contains(problem) { logger.warning("\(problem)") }
        self.problems = problems
        return connected.keys.sorted().compactMap { card in
            guard let known = connected[card] else { return nil }
            let wanted = assigned.names[card].flatMap { settings[$0] } ?? .init()
            guard wanted != known.settings else { return nil }
            let music = release(card)
            connected[card]?.settings = wanted
            readControls(card)
            return (known, music)
        }
    }

    /// Ends what a keyboard holds.
    mutating func release(_ card: Int) -> [MIDIMessage] {
        let semitones = connected[card]?.settings.transposition ?? 0
        var music: [MIDIMessage] = []
        connected[card]?.normalizer.releaseAll { held in
            if let moved = held.transposed(by: semitones) { music.append(moved) }
        }
        return music
    }

    /// A keyboard's ports come one after another: listens to those that are new.
    ///
    /// - Returns: the keyboard, if it is taken for another with these ports, with the end of what it held.
    private mutating func extend(
        _ card: Int, with ports: [PortInfo], _ transport: any MIDITransport
    ) -> (keyboard: Connected, music: [MIDIMessage])? {
        guard var known = connected[card] else { return nil }
        let new = ports.filter { !known.plugged.ports.contains($0) }
        do {
            for port in new where port.isSource { try transport.listen(to: port.address) }
        } catch {
            logger.error("\(error)", metadata: ["device": "\(known.name)"])
            return nil
        }
        known.plugged.ports = ports
        known.controls.place(among: known.plugged.portNames)
        connected[card] = known
        let changed = recognize(card, transport)
        if changed == nil, let control = known.controlPort, new.contains(control) { wake(card, transport) }
        ask(card, transport)
        return changed
    }

    /// - Returns: whether it can be heard.
    private mutating func connect(
        _ keyboard: Keyboard, _ ports: [PortInfo], called name: String, _ transport: any MIDITransport
    ) -> Bool {
        let match = profiles.match(for: keyboard, portNames: ports.map(\.portName), inquiry: nil)
        let profile = match?.profile
        do {
            for port in ports where port.isSource { try transport.listen(to: port.address) }
        } catch {
            logger.error("\(error)", metadata: ["device": "\(keyboard.productName)"])
            return false
        }
        var new = Connected(
            plugged: .init(keyboard: keyboard, profile: profile, ports: ports), controls: ControlReader(nil),
            name: name, match: match, lights: Lights(profile ?? .generic))
        // Known by its numbers: there is nothing to ask.
        new.wasAsked = match?.basis == .usb
        new.isTrusted = isTrusted(match)
        connected[keyboard.card] = new
        readControls(keyboard.card)
        wake(keyboard.card, transport)
        ask(keyboard.card, transport)
        return true
    }

    /// Those that are connected, by card number.
    var keyboards: [Connected] { connected.values.sorted { $0.plugged.keyboard.card < $1.plugged.keyboard.card } }

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

    /// What was heard of a keyboard: presses of its buttons, and music (mended), each with its time.
    struct Heard {
        var keyboard: Connected
        var presses: [OneButton.Press]
        var music: [ControlReader.Played]
    }

    /// What a message of a keyboard is.
    mutating func hear(_ event: TransportEvent, state: PlayerState) -> Heard? {
        guard let known = keyboard(of: event.source), let port = known.port(event.source) else { return nil }
        let card = known.plugged.keyboard.card
        let heard = connected[card]?.controls.hear(event, onPort: port, state: state) ?? .init()
        return mended(heard, card)
    }

    /// Time has passed: what waited whether it is a press or music is decided.
    mutating func passControls(to now: Instant) -> [Heard] {
        connected.keys.sorted().compactMap { card in
            guard let due = connected[card]?.controls.nextDeadline, due <= now,
                let heard = connected[card]?.controls.pass(to: now)
            else { return nil }
            return mended(heard, card)
        }
    }

    /// When `passControls` has something to do.
    var controlDeadline: Instant? { connected.values.compactMap(\.controls.nextDeadline).min() }

    private mutating func mended(_ heard: ControlReader.Heard, _ card: Int) -> Heard? {
        guard let known = connected[card] else { return nil }
        var music: [ControlReader.Played] = []
        for played in known.isControl ? [] : heard.played {
            connected[card]?.normalizer.normalize(played.message) { mended in
                if let moved = mended.transposed(by: known.settings.transposition) {
                    music.append(.init(moved, at: played.time))
                }
            }
        }
        return Heard(keyboard: known, presses: heard.actions, music: music)
    }

    /// Input was lost: what is held is no longer known.
    ///
    /// - Returns: the keyboards that held notes, with a note-off for each.
    mutating func gap() -> [(keyboard: Connected, music: [MIDIMessage])] {
        connected.keys.sorted().compactMap { card in
            guard let known = connected[card] else { return nil }
            connected[card]?.controls.reset()
            let music = release(card)
            return music.isEmpty ? nil : (known, music)
        }
    }

    /// Thru routes of every keyboard that makes no sound of its own.
    ///
    /// - Parameter withheld: what does not go thru from a keyboard besides its own buttons.
    func routes(to output: OutputChoice?, withholding withheld: (Connected) -> [SwallowedMessage] = { _ in [] })
        -> [ThruRoute]
    {
        guard let output else { return [] }
        let routes = keyboards.compactMap { keyboard -> ThruRoute? in
            guard keyboard.plugged.profile?.sounds != true, !keyboard.isControl,
                let keys = keyboard.plugged.keysPort, keys.isSource, keys.address != output.port.address
            else { return nil }
            return ThruRoute(
                source: keys.address, destination: output.port.address, channel: melodyChannel,
                swallowed: keyboard.controls.swallowed + withheld(keyboard),
                transpose: keyboard.settings.transposition,
                gesture: keyboard.controls.gesture)
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
