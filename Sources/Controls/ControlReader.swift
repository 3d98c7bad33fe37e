import MIDI
import Music
import Transport

/// Turns what one keyboard sends into actions and music.
///
/// In this order: the profile's buttons; MIDI Machine Control of any device; Mackie Control beside the keys; Start,
/// Continue and Stop; pedals; the two highest black keys. A control change that none of them knows is never guessed: it is music.
///
/// - A button acts when it is pressed, not when it is released. The same message again within `bounce` is a bounce, and the
///   same action by another message within `echo` the same press: many keyboards send a control change, MMC and Start at once.
/// - A button that alternates 127 and 0 without its profile saying so acts at every second press, never twice at one.
/// - A weakly sourced button (or any button of a profile that is not trusted) does not act and stays music; `suggestions`
///   tells which of them were pressed.
/// - Start and Stop of the generic protocols act only while the port sends no clock: beside a clock they are a sequencer's
///   or a style's, which the player started for its own sake. Start comes before the first clock, so that the very first
///   one acts; to wait for a clock would hold up everybody's Play. A profile that names them is believed in any case.
///
/// A value without a clock: `pass` is called when `nextDeadline` is reached.
public struct ControlReader: Sendable {
    /// What the player chose.
    public struct Settings: Hashable, Sendable {
        /// `auto`: on keyboards without transport.
        public enum Choice: String, Hashable, Sendable, CaseIterable { case auto, on, off }
        /// What keys struck together do.
        public enum Gesture: String, Hashable, Sendable, CaseIterable {
            /// On keyboards without transport the two highest black keys are Play.
            case auto
            /// They are on every keyboard.
            case on
            /// They are, and the lowest key with one of the next twelve is everything else.
            case full
            case off
        }
        /// Whether keys struck together are buttons.
        public var gesture: Gesture
        /// Whether the soft and the sostenuto pedal are switches.
        public var pedals: Choice
        /// Whether the sustain pedal is one too.
        public var sustainSwitch: Bool

        public init(gesture: Gesture = .auto, pedals: Choice = .auto, sustainSwitch: Bool = false) {
            self.gesture = gesture
            self.pedals = pedals
            self.sustainSwitch = sustainSwitch
        }
    }

    /// A message that is music, and when it was played.
    public struct Played: Hashable, Sendable {
        public var message: MIDIMessage
        public var time: Instant

        public init(_ message: MIDIMessage, at time: Instant) {
            self.message = message
            self.time = time
        }
    }

    /// What was heard: actions with the time of their press, and the messages that are music, in their order.
    public struct Heard: Hashable, Sendable {
        public var actions: [OneButton.Press] = []
        public var played: [Played] = []
        public var music: [MIDIMessage] { played.map(\.message) }

        public init(actions: [OneButton.Press] = [], played: [Played] = []) {
            self.actions = actions
            self.played = played
        }

        static func += (heard: inout Heard, more: Heard) {
            heard.actions += more.actions
            heard.played += more.played
        }
    }

    public let profile: DeviceProfile
    public let settings: Settings
    /// Which of the keyboard's ports carries the keys, and which the buttons, counted from 1; 0 where it is not there.
    public private(set) var keysPort = 1
    public private(set) var controlPort = 1
    /// Unconfirmed buttons that were pressed, each once, in the order in which they were heard.
    public private(set) var suggestions: [ControlBinding] = []
    private let bindings: [ControlBinding]
    /// What the profile's own buttons do here, without the generic protocols.
    private let ownActions: Set<ControlAction>
    private let unconfirmed: [ControlBinding]
    private let pedals: Set<UInt8>
    /// The pair of keys that is Play here, as the thru route has to know it; nil where there is none.
    public let gesture: KeyGesture?
    /// The same at work.
    private var keys: KeyGesture?
    /// The first key of a pair, and what came behind it, while its partner may follow.
    private var withheld: [Played] = []
    /// A Stop of the generic protocols was heard.
    private var heardStop = false

    private struct Switch {
        var pedal = PedalSwitch()
        var button = OneButton()
    }
    private var switches: [ControlTrigger: Switch] = [:]
    private var lastPress: [ControlAction: (time: Instant, trigger: ControlTrigger)] = [:]
    private var lastClock: [Int: Instant] = [:]
    /// A system exclusive message that is still arriving, for each port.
    private var arriving: [Int: [UInt8]] = [:]

    /// Two equal messages closer than this are one press.
    public static let bounce = Nanoseconds.milliseconds(30)
    /// Two messages with one action closer than this are one press.
    public static let echo = Nanoseconds.milliseconds(100)
    /// A clock that was silent so long has stopped: twice the distance of two clocks at 20 quarters a minute.
    public static let clockSilence = Nanoseconds.milliseconds(250)
    /// So much later than the window a first key is let go: what was played within it may come that late.
    public static let patience = Nanoseconds.milliseconds(20)
    /// Longer system exclusive messages are no button.
    private static let exclusiveLimit = 256

    /// - Parameters:
    ///   - profile: nil for a keyboard that nobody has described.
    ///   - trusts: false where it is not certain that the profile is this keyboard's.
    public init(_ profile: DeviceProfile?, trusts: Bool = true, settings: Settings = .init()) {
        self.profile = profile ?? .generic
        self.settings = settings
        let buttons = profile?.buttons ?? []
        let own = trusts ? buttons.filter(\.isConfirmed) : []
        unconfirmed = buttons.filter { !own.contains($0) }
        // What the profile says of a message wins over the generic protocols.
        let generic = DeviceProfile.generic.buttons.filter { button in
            (own.isEmpty || button.place == .anyPort) && !own.contains { $0.trigger == button.trigger }
        }
        bindings = own + generic
        ownActions = Set(own.map(\.action))
        let hasTransport = !ownActions.isDisjoint(with: [.record, .play, .stop, .oneButton])
        var pedals: Set<UInt8> = []
        if settings.pedals == .on || settings.pedals == .auto && !hasTransport { pedals = [66, 67] }
        if settings.sustainSwitch { pedals.insert(64) }
        self.pedals = pedals
        let hasKeys = profile?.keyCount != 0
        let isGestured = [.on, .full].contains(settings.gesture) || settings.gesture == .auto && !hasTransport
        gesture =
            hasKeys && isGestured ? KeyGesture(keyCount: profile?.keyCount, isFull: settings.gesture == .full) : nil
        keys = gesture
    }

    /// Whether the keyboard has a Stop button, as far as is known; without one, Play while the band plays is Stop.
    public var hasStop: Bool { heardStop || ownActions.contains(.stop) }

    /// Finds the profile's ports among those that are there; they come one after another.
    public mutating func place(among names: [String]) {
        keysPort = profile.keysPort.number(among: names) ?? 1
        // A control port that is not there yet is none of the others.
        controlPort = profile.controlPort.number(among: names) ?? 0
    }

    /// What must not go thru from the port of the keys.
    public var swallowed: [SwallowedMessage] {
        bindings.filter { isHeard($0, on: keysPort) }.compactMap(\.trigger.swallowed)
            + pedals.sorted().flatMap { number in
                (0..<16).map { SwallowedMessage(status: 0xB0 | $0, data1: number) }
            }
    }

    /// What starts the band here, in plain words, the nearest at hand first; empty where nothing is known to.
    public var instructions: [String] {
        var lines: [String] = []
        if ownActions.contains(.play) { lines.append("press Play to hear the band with what you just played") }
        if ownActions.contains(.record) { lines.append("press Record, play, and press Record again") }
        if gesture != nil { lines.append("strike the two highest black keys together, and nothing else") }
        if settings.gesture == .full, gesture != nil {
            lines.append("strike the lowest key and the next C together to record, with the D to stop")
        }
        if ownActions.contains(.oneButton) { lines.append("press the button that you taught; hold it to record") }
        for (number, name) in [(UInt8(67), "soft"), (66, "sostenuto"), (64, "sustain")] where pedals.contains(number) {
            lines.append("press the \(name) pedal; hold it for half a second to record")
        }
        if profile.id == DeviceProfile.generic.id {
            lines.append(
                "press Start or Play, if it sends MIDI Start, MIDI Machine Control or, beside the keys, Mackie Control")
        }
        return lines
    }

    /// Whether a message is a control, pressed or released: such a message is never music.
    public func isControl(_ message: MIDIMessage, onPort port: Int) -> Bool {
        isPedal(message, onPort: port) || binding(of: message, onPort: port) != nil
    }

    /// Takes what arrived.
    ///
    /// - Parameter port: which of the keyboard's ports it came from, counted from 1.
    public mutating func hear(_ event: TransportEvent, onPort port: Int, state: PlayerState) -> Heard {
        switch event.kind {
        case .message:
            return event.message.map { hear($0, onPort: port, at: event.time, state: state) } ?? Heard()
        case .systemExclusive:
            var heard = pass(to: event.time)
            guard let bytes = gather(event, onPort: port) else { return heard }
            if let binding = bindings.first(where: {
                isHeard($0, on: port) && $0.trigger.matches(systemExclusive: bytes)
            }) {
                act(binding, isRelease: false, at: event.time, state: state, &heard)
            } else if let binding = unconfirmed.first(where: {
                isHeard($0, on: port) && $0.trigger.matches(systemExclusive: bytes)
            }) {
                suggest(binding)
            }
            return heard
        case .gap, .portStarted, .portExited:
            var heard = pass(to: event.time)
            heard.played += withheld
            reset()
            return heard
        }
    }

    /// Takes a short message.
    public mutating func hear(
        _ message: MIDIMessage, onPort port: Int, at time: Instant, state: PlayerState
    ) -> Heard {
        var heard = pass(to: time)
        if message.status == 0xF8 { lastClock[port] = time }
        if let binding = binding(of: message, onPort: port) {
            if isBesideClock(binding, port, time) { return heard }
            act(binding, isRelease: !isPress(message, of: binding), at: time, state: state, &heard)
            return heard
        }
        if isPedal(message, onPort: port) {
            // One foot, whatever channel its keyboard plays on.
            let trigger = ControlTrigger.control(Channel(1), message.data1)
            switch switches[trigger, default: Switch()].pedal.move(to: message.data2) {
            case .pressed: heard.actions += switches[trigger]?.button.press(at: time, state: state) ?? []
            case .released: heard.actions += switches[trigger]?.button.release(at: time) ?? []
            case nil: break
            }
            return heard
        }
        if let binding = unconfirmed.first(where: { isHeard($0, on: port) && $0.trigger.matches(message) }),
            isPress(message, of: binding)
        {
            suggest(binding)
        }
        if port == keysPort, message.channel != nil { play(message, at: time, &heard) }
        return heard
    }

    /// Music, unless it is the pair of keys that is a button.
    private mutating func play(_ message: MIDIMessage, at time: Instant, _ heard: inout Heard) {
        guard keys != nil else { return heard.played.append(Played(message, at: time)) }
        switch message.kind {
        case .noteOn(_, let pitch, _):
            switch keys?.strike(UInt8(pitch.number), at: time) ?? .music {
            case .music: break
            case .first:
                heard.played += withheld
                withheld = [Played(message, at: time)]
                return
            case .gesture(let pair, _):
                let pressed = withheld.first?.time ?? time
                heard.played += withheld.dropFirst()
                withheld = []
                if let action = ControlReader.action(of: pair) {
                    if action == .stop { heardStop = true }
                    heard.actions.append(OneButton.Press(action, at: pressed))
                }
                return
            }
        case .noteOff(_, let pitch):
            guard keys?.release(UInt8(pitch.number)) != false else { return }
        case .polyPressure(_, let pitch, _):
            guard keys?.holds(UInt8(pitch.number)) != true else { return }
        default:
            // A wheel that moves between the two keys waits with the first.
            guard withheld.isEmpty else { return withheld.append(Played(message, at: time)) }
        }
        heard.played += withheld
        withheld = []
        heard.played.append(Played(message, at: time))
    }

    /// What a pair of keys does.
    static func action(of pair: KeyGesture.Pair) -> ControlAction? {
        switch pair {
        case .top: .play
        case .bottom(0): .record
        case .bottom(2): .stop
        case .bottom(4): .previous
        case .bottom(5): .next
        case .bottom(6): .loop
        case .bottom(let pitchClass): (7...10).contains(pitchClass) ? .genre(Int(pitchClass) - 6) : nil
        }
    }

    /// When `pass` is to be called; nil while nothing waits.
    public var nextDeadline: Instant? {
        let first = withheld.first.map { $0.time + KeyGesture.window + ControlReader.patience }
        return (switches.values.compactMap(\.button.nextDeadline) + [first].compactMap { $0 }).min()
    }

    /// Time has passed.
    public mutating func pass(to now: Instant) -> Heard {
        var heard = Heard()
        if let first = withheld.first, now >= first.time + KeyGesture.window + ControlReader.patience {
            heard.played = withheld
            withheld = []
        }
        for trigger in switches.keys { heard.actions += switches[trigger]?.button.pass(to: now) ?? [] }
        if heard.actions.count > 1 { heard.actions.sort { ($0.time, $0.action.name) < ($1.time, $1.action.name) } }
        return heard
    }

    /// The keyboard went away or input was lost: every switch is up, and what they began is forgotten.
    public mutating func reset() {
        arriving = [:]
        switches = [:]
        lastClock = [:]
        withheld = []
        keys?.reset()
    }

    private mutating func act(
        _ binding: ControlBinding, isRelease: Bool, at time: Instant, state: PlayerState, _ heard: inout Heard
    ) {
        if binding.action == .oneButton {
            if isRelease {
                heard.actions += switches[binding.trigger]?.button.release(at: time) ?? []
            } else {
                heard.actions += switches[binding.trigger, default: Switch()].button.press(at: time, state: state)
                // What has no release of its own is let go at once.
                if !binding.tellsRelease {
                    heard.actions += switches[binding.trigger]?.button.release(at: time, isContact: false) ?? []
                }
            }
            return
        }
        guard !isRelease else { return }
        if let last = lastPress[binding.action] {
            let least = last.trigger == binding.trigger ? ControlReader.bounce : ControlReader.echo
            if time - last.time < least { return }
        }
        lastPress[binding.action] = (time, binding.trigger)
        if binding.action == .stop { heardStop = true }
        heard.actions.append(OneButton.Press(binding.action, at: time))
    }

    private mutating func suggest(_ binding: ControlBinding) {
        if !suggestions.contains(binding) { suggestions.append(binding) }
    }

    private func isPedal(_ message: MIDIMessage, onPort port: Int) -> Bool {
        port == keysPort && message.status & 0xF0 == 0xB0 && pedals.contains(message.data1)
    }

    private func binding(of message: MIDIMessage, onPort port: Int) -> ControlBinding? {
        bindings.first { isHeard($0, on: port) && $0.trigger.matches(message) }
    }

    private func isBesideClock(_ binding: ControlBinding, _ port: Int, _ time: Instant) -> Bool {
        guard case .realTime = binding.trigger, !profile.buttons.contains(binding) || profile == .generic,
            let clock = lastClock[port]
        else { return false }
        return time - clock < ControlReader.clockSilence
    }

    private func isPress(_ message: MIDIMessage, of binding: ControlBinding) -> Bool {
        switch message.kind {
        case .controlChange(_, _, let value): binding.press == .toggle || value >= 64
        case .noteOff: binding.press == .toggle
        default: true
        }
    }

    private func isHeard(_ binding: ControlBinding, on port: Int) -> Bool {
        switch binding.place {
        case .controlPort: port == controlPort
        case .anyPort: true
        case .besideKeys: port != keysPort
        }
    }

    /// Adds a piece; returns the message once it is whole.
    private mutating func gather(_ event: TransportEvent, onPort port: Int) -> [UInt8]? {
        var bytes = arriving[port] ?? []
        for index in 0..<Int(event.count) {
            let byte = event.bytes[index]
            if byte == 0xF0 { bytes = [] }
            if bytes.count <= ControlReader.exclusiveLimit { bytes.append(byte) }
        }
        let isWhole = bytes.last == 0xF7
        arriving[port] = isWhole ? nil : bytes
        return isWhole ? bytes : nil
    }
}

extension ControlBinding {
    /// Whether a press is followed by a release of its own.
    fileprivate var tellsRelease: Bool {
        guard press == .momentary else { return false }
        switch trigger {
        case .control, .note: return true
        case .program, .systemExclusive, .realTime: return false
        }
    }
}
