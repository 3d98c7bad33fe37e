import Controls
import Logging
import MIDI
import Music
import Transport

/// What keyboards are sent: handshake, lights and goodbye, and the question who they are.
extension KeyboardDesk {
    /// How long a keyboard is left alone after its handshake: what it is sent before it has changed its mode is lost.
    static let wakingTime = Nanoseconds.milliseconds(100)

    /// Whether any keyboard has lights.
    var hasLights: Bool { connected.values.contains { $0.isTrusted && !$0.lights.isEmpty } }

    /// Shows a state, and which buttons are on, on every keyboard that has lights for it.
    mutating func show(_ state: LightState, buttonsOn: Set<ControlAction>, _ transport: any MIDITransport) {
        shown = (state, buttonsOn)
        for card in connected.keys.sorted() { light(card, transport) }
    }

    /// When `pass` has something to do; nil while nothing blinks, wakes or is asked.
    var nextDeadline: Instant? {
        connected.values.flatMap { keyboard in
            [keyboard.wakesUntil ?? keyboard.lights.nextDeadline, keyboard.inquiry?.end].compactMap { $0 }
        }.min()
    }

    /// Lets time pass: blinks, lights what has woken up, and awaits no answer for ever.
    mutating func pass(to now: Instant, _ transport: any MIDITransport) {
        for card in connected.keys.sorted() {
            if let inquiry = connected[card]?.inquiry, inquiry.end <= now {
                connected[card]?.inquiry = nil
                leave(inquiry.port, card)
            }
            if let end = connected[card]?.wakesUntil, end <= now { connected[card]?.wakesUntil = nil }
            light(card, transport)
        }
    }

    /// Sends a keyboard its handshake; its lights follow once it has woken up.
    mutating func wake(_ card: Int, _ transport: any MIDITransport) {
        guard let known = connected[card], known.isTrusted, known.controlPort?.isDestination == true else { return }
        let handshake = known.plugged.profile?.handshake ?? []
        speak(handshake, to: known, transport)
        connected[card]?.lights.forget()
        if !handshake.isEmpty, !known.lights.isEmpty {
            connected[card]?.wakesUntil = transport.now() + KeyboardDesk.wakingTime
        }
        light(card, transport)
    }

    /// Wakes every keyboard again, as after a suspend, in which they lose their mode without being unplugged.
    mutating func wakeAll(except cards: Set<Int> = [], _ transport: any MIDITransport) {
        for card in connected.keys.sorted() where !cards.contains(card) { wake(card, transport) }
    }

    /// Shows everything anew on a port that was told to end all notes: lights may be among them.
    mutating func refresh(on port: PortAddress, _ transport: any MIDITransport) {
        for (card, keyboard) in connected where keyboard.controlPort?.address == port {
            connected[card]?.lights.forget()
            light(card, transport)
        }
    }

    /// Puts the lights out and leaves the keyboards' own mode, as it is done before the daemon ends.
    mutating func sayGoodbye(_ transport: any MIDITransport) {
        shown = nil
        let present = (try? transport.ports()) ?? []
        for card in connected.keys.sorted() {
            // Its port may be gone, and the number another's, before anybody was told.
            guard var known = connected[card], known.isTrusted, let port = known.controlPort, present.contains(port)
            else { continue }
            speak(known.lights.putOut() + (known.plugged.profile?.goodbye ?? []), to: known, transport)
            connected[card] = known
        }
    }

    /// Has a keyboard's lights show what they are to show now.
    private mutating func light(_ card: Int, _ transport: any MIDITransport) {
        guard let shown, var known = connected[card], known.isTrusted, !known.lights.isEmpty, known.wakesUntil == nil,
            known.controlPort?.isDestination == true
        else { return }
        let messages =
            known.lights.show(buttonsOn: shown.buttonsOn) + known.lights.show(shown.state, at: transport.now())
        if !speak(messages, to: known, transport) {
            known.lights.forget()
            known.wakesUntil = transport.now() + KeyboardDesk.secondTry
        }
        connected[card] = known
    }

    /// When a port that could not be opened is tried again.
    static let secondTry = Nanoseconds.seconds(5)

    /// Sends messages to a keyboard's control port.
    ///
    /// - Returns: whether it could be opened.
    @discardableResult
    private func speak(_ messages: [[UInt8]], to keyboard: Connected, _ transport: any MIDITransport) -> Bool {
        guard let control = keyboard.controlPort, control.isDestination else { return true }
        return speak(messages, to: control.address, of: keyboard, transport)
    }

    @discardableResult
    private func speak(
        _ messages: [[UInt8]], to port: PortAddress, of keyboard: Connected, _ transport: any MIDITransport
    ) -> Bool {
        guard !messages.isEmpty else { return true }
        do { try transport.startPlaying(to: port) } catch {
            logger.error("\(error)", metadata: ["device": "\(keyboard.name)"])
            return false
        }
        for bytes in messages {
            if bytes.first == 0xF0 {
                transport.send(systemExclusive: bytes, to: port)
            } else if let status = bytes.first {
                let data = Array(bytes.dropFirst()) + [0, 0]
                transport.tell(MIDIMessage(status: status, data1: data[0], data2: data[1]), to: port)
            }
        }
        return true
    }

    // MARK: - Who it is

    /// Asks a keyboard that is not known by its USB numbers who it is, once.
    mutating func ask(_ card: Int, _ transport: any MIDITransport) {
        guard let known = connected[card], !known.wasAsked else { return }
        let control = known.controlPort.flatMap { $0.isDestination ? $0 : nil }
        // Nothing to ask it on yet: its ports come one after another.
        guard let port = control ?? known.plugged.ports.first(where: \.isDestination) else { return }
        connected[card]?.wasAsked = true
        connected[card]?.inquiry = PendingInquiry(at: transport.now(), on: port.address)
        speak([DeviceInquiry.question], to: port.address, of: known, transport)
    }

    /// Notes that a port was played to for the question alone, unless the keyboard is sent more there.
    private mutating func leave(_ port: PortAddress, _ card: Int) {
        guard let known = connected[card], !(known.isTrusted && known.controlPort?.address == port) else { return }
        left.insert(port)
    }

    /// Hears what may be the answer.
    ///
    /// - Returns: the keyboard as it is known from now on, with the end of what it held; nil where nothing new was said.
    mutating func hearAnswer(
        _ event: TransportEvent, _ transport: any MIDITransport
    ) -> (keyboard: Connected, music: [MIDIMessage])? {
        guard let known = keyboard(of: event.source), let inquiry = known.inquiry, let port = known.port(event.source)
        else { return nil }
        let card = known.plugged.keyboard.card
        guard let answer = connected[card]?.inquiry?.hear(event, onPort: port) else { return nil }
        connected[card]?.inquiry = nil
        connected[card]?.answer = answer
        defer { leave(inquiry.port, card) }
        return recognize(card, transport)
    }

    /// Looks anew who a keyboard is, with its ports and its answer.
    ///
    /// - Parameter forgets: whether a keyboard that was known may become an unknown one.
    /// - Returns: the keyboard, if it is taken for another now, with the end of what it held.
    mutating func recognize(
        _ card: Int, _ transport: any MIDITransport, forgets: Bool = false
    ) -> (keyboard: Connected, music: [MIDIMessage])? {
        guard let known = connected[card] else { return nil }
        let match = profiles.match(
            for: known.plugged.keyboard, portNames: known.plugged.portNames, inquiry: known.answer)
        guard forgets || match != nil else { return nil }
        connected[card]?.match = match
        let isTrusted = isTrusted(match)
        guard match?.profile != known.plugged.profile || isTrusted != known.isTrusted else { return nil }
        let music = release(card)
        if known.isTrusted, var former = connected[card] {
            speak(former.lights.putOut() + (former.plugged.profile?.goodbye ?? []), to: former, transport)
        }
        connected[card]?.plugged.profile = match?.profile
        connected[card]?.isTrusted = isTrusted
        connected[card]?.lights = Lights(match?.profile ?? .generic)
        connected[card]?.wakesUntil = nil
        readControls(card)
        wake(card, transport)
        return connected[card].map { ($0, music) }
    }
}
