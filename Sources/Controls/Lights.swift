import Music

/// What a keyboard's lights show: the state of the player, and which buttons are on. A state machine without a clock or a port.
///
/// Each call returns the whole messages that the control port is to be sent, and only for lights that change. Which light a
/// message belongs to is told by the message that puts it out: a short one has the same status (a note-off that of its
/// note-on) and first data byte, a system exclusive one differs only in bytes that are 0 when it is out. A message of
/// `DeviceProfile.lightsOff` that belongs to no single light puts out those that have none of their own.
public struct Lights: Sendable {
    private struct Lamp {
        /// A message that lights it.
        var sample: [UInt8]
        /// nil where no message puts out this light alone.
        var off: [UInt8]?
        /// What it was sent last; empty: it is dark; nil: that is not known.
        var shown: [[UInt8]]?
    }

    private var lamps: [Lamp] = []
    /// What a state or a button wants of each lamp, by the lamp's number.
    private var states: [LightState: [Int: [[UInt8]]]] = [:]
    private var buttons: [(action: ControlAction, lamp: Int, on: [UInt8])] = []
    /// What puts out the lamps that have no such message of their own.
    private var general: [[UInt8]] = []

    /// The state that is shown; nil before the first, and once everything was put out.
    public private(set) var state: LightState?
    private var buttonsOn: Set<ControlAction> = []
    private var began = Instant.zero
    private var passed = Instant.zero

    public init(_ profile: DeviceProfile) {
        self.init(
            states: profile.lights, off: profile.lightsOff,
            buttons: profile.buttons.compactMap { button in button.light.map { (button.action, $0) } })
    }

    /// - Parameters:
    ///   - states: what shows each state.
    ///   - off: what puts these lights out.
    ///   - buttons: the buttons that have a light of their own.
    public init(states: [LightState: [[UInt8]]], off: [[UInt8]], buttons: [(ControlAction, ButtonLight)] = []) {
        let offs = off + buttons.map(\.1.off)
        for state in LightState.allCases {
            guard let messages = states[state] else { continue }
            var wanted: [Int: [[UInt8]]] = [:]
            for message in messages { wanted[lamp(of: message, offs), default: []].append(message) }
            self.states[state] = wanted
        }
        for (action, light) in buttons { self.buttons.append((action, lamp(of: light.on, offs), light.on)) }
        let own = lamps.compactMap(\.off)
        general = off.filter { !own.contains($0) }
    }

    /// Whether there is nothing to light.
    public var isEmpty: Bool { lamps.isEmpty }

    /// When `pass` has something to do; nil while nothing blinks.
    public var nextDeadline: Instant? {
        guard let state, blinks(state) else { return nil }
        return state.rhythm.phase(at: passed, since: began).end
    }

    /// Shows a state from now on; one that is shown already goes on as it does.
    public mutating func show(_ state: LightState, at time: Instant) -> [[UInt8]] {
        if state != self.state { began = time }
        self.state = state
        return pass(to: time)
    }

    /// Shows which buttons are on: those whose action is among these.
    public mutating func show(buttonsOn: Set<ControlAction>) -> [[UInt8]] {
        self.buttonsOn = buttonsOn
        return state == nil ? [] : change()
    }

    /// Lets time pass: blinks.
    public mutating func pass(to time: Instant) -> [[UInt8]] {
        passed = time
        return state == nil ? [] : change()
    }

    /// What the lights show is not known any more: each is told anew by the next call.
    public mutating func forget() {
        for index in lamps.indices { lamps[index].shown = nil }
    }

    /// Puts out what may be lit. Nothing is lit again before the next state.
    public mutating func putOut() -> [[UInt8]] {
        state = nil
        return change()
    }

    // MARK: - Inside

    /// What each lamp is to show now.
    private var wanted: [Int: [[UInt8]]] {
        guard let state else { return [:] }
        var wanted: [Int: [[UInt8]]] = [:]
        for button in buttons where buttonsOn.contains(button.action) { wanted[button.lamp] = [button.on] }
        // The state wins where it has a button's light.
        guard !blinks(state) || state.rhythm.phase(at: passed, since: began).isBright else { return wanted }
        return wanted.merging(states[state] ?? [:]) { $1 }
    }

    /// Tells each lamp what it is to show, where it shows something else.
    private mutating func change() -> [[UInt8]] {
        let wanted = wanted
        var messages: [[UInt8]] = []
        if !general.isEmpty,
            lamps.indices.contains(where: { lamps[$0].off == nil && lamps[$0].shown != [] && wanted[$0] == nil })
        {
            messages = general
            // Others may have gone out with it.
            for index in lamps.indices where lamps[index].shown != [] {
                lamps[index].shown = lamps[index].off == nil ? [] : nil
            }
        }
        for index in lamps.indices where lamps[index].shown != wanted[index] ?? [] {
            if let on = wanted[index] {
                messages += on
                lamps[index].shown = on
            } else if let off = lamps[index].off {
                messages.append(off)
                lamps[index].shown = []
            }  // else nothing is known that puts it out
        }
        return messages
    }

    /// A state blinks where its lights can be put out.
    private func blinks(_ state: LightState) -> Bool {
        guard state.rhythm != .steady, let wanted = states[state] else { return false }
        return wanted.keys.contains { lamps[$0].off != nil || !general.isEmpty }
    }

    /// The lamp that a message lights, made where there is none yet.
    private mutating func lamp(of on: [UInt8], _ offs: [[UInt8]]) -> Int {
        let off = offs.first { Lights.puts($0, out: on) }
        let known = lamps.firstIndex { lamp in
            off == nil ? lamp.off == nil && lamp.sample.isAddressed(as: on) : lamp.off == off
        }
        if let known { return known }
        lamps.append(Lamp(sample: on, off: off))
        return lamps.count - 1
    }

    /// Whether a message puts out the light that another lights.
    private static func puts(_ off: [UInt8], out on: [UInt8]) -> Bool {
        guard on.first == 0xF0 else { return off.isAddressed(as: on) }
        return off.count == on.count && zip(off, on).allSatisfy { $0 == $1 || $0 == 0 }
    }
}

extension [UInt8] {
    /// Whether two short messages are about the same key, controller or channel; others have to be equal.
    fileprivate func isAddressed(as other: [UInt8]) -> Bool {
        guard let status = first, status < 0xF0, let second = other.first, second < 0xF0 else { return self == other }
        func address(_ status: UInt8) -> UInt8 { status & 0xE0 == 0x80 ? status & 0xEF : status }
        guard address(status) == address(second) else { return false }
        // Program changes, pressure and bends are about a channel.
        return status >= 0xC0 || dropFirst().first == other.dropFirst().first
    }
}

extension LightState.Rhythm {
    /// How long the light is on and off, in turn; empty where it is always on.
    private var lengths: [Nanoseconds] {
        switch self {
        case .steady: []
        case .slowBlink: [.milliseconds(500), .milliseconds(500)]
        case .fastBlink: [.milliseconds(125), .milliseconds(125)]
        case .doubleBlink: [.milliseconds(120), .milliseconds(120), .milliseconds(120), .milliseconds(840)]
        }
    }

    /// Whether the light is on at a time, and until when.
    fileprivate func phase(at time: Instant, since began: Instant) -> (isBright: Bool, end: Instant) {
        let round = lengths.reduce(Nanoseconds.zero, +)
        guard round > .zero else { return (true, Instant(nanoseconds: .max)) }
        let elapsed = max(.zero, time - began)
        var edge = Nanoseconds(elapsed.count / round.count * round.count)
        for (index, length) in lengths.enumerated() {
            edge += length
            if elapsed < edge { return (index % 2 == 0, began + edge) }
        }
        return (false, began + edge)
    }
}
