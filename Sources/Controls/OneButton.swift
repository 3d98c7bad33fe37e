import Music

/// One switch that does everything by how it is pressed: a pedal, or a learned button.
///
/// | state | press | hold |
/// | --- | --- | --- |
/// | idle | accompany what was just played | 0.5 s: arm |
/// | armed | a tap of the tempo | 0.5 s: disarm |
/// | recording | the take ends, at once | - |
/// | playing, generating | next; twice: stop; three times: the next genre | 1 s: previous |
/// | stopped | accompany | 0.5 s: arm, when it is let go; 2 s: loop |
///
/// Where two of these begin alike, the musician decides by going on, and nothing is heard before that:
/// - What is idle acts when the switch is let go, or once it was held long enough to arm: a band that came in on the press
///   would play into the take of everybody who only wants to arm. The action carries the time of the press, so that a slow
///   foot loses nothing of the phrase.
/// - While the band plays a press waits `pause` for the next one. Next, stop and genre come at a bar anyway; a third press
///   waits for no fourth.
/// - The end of a take and taps are a matter of time alone: they act on the press. A hold that disarms has therefore given
///   one tap, which without a second one changes nothing.
/// - The state counts that there was when the first press began; a state that changes under the foot changes no meaning.
///
/// A value without a clock: `pass` is called when `nextDeadline` is reached.
public struct OneButton: Hashable, Sendable {
    /// A press that was understood.
    public struct Press: Hashable, Sendable {
        public var action: ControlAction
        /// When the switch went down, for several presses the first time.
        public var time: Instant

        public init(_ action: ControlAction, at time: Instant) {
            self.action = action
            self.time = time
        }
    }

    /// From here on a press is a hold: it arms and disarms.
    public static let hold = Nanoseconds.milliseconds(500)
    /// Held so long while the band plays: previous.
    public static let longHold = Nanoseconds.milliseconds(1000)
    /// Held so long while the band is stopped: loop.
    public static let longestHold = Nanoseconds.milliseconds(2000)
    /// From press to press within several.
    public static let pause = Nanoseconds.milliseconds(350)
    /// Two presses closer than this are one.
    public static let bounce = Nanoseconds.milliseconds(30)

    private enum Meaning: Hashable { case idle, armed, playing, stopped }
    /// What is not decided yet.
    private struct Open: Hashable {
        var meaning: Meaning
        var first: Instant
        var last: Instant
        var presses = 1
    }
    private var open: Open?
    private var lastPress: Instant?
    /// When it is certain that the switch was let go: a contact that closes may open again at once. Nil while that is not in question.
    private var letGo: Instant?
    public private(set) var isDown = false

    public init() {}

    /// When `pass` is to be called; nil while nothing waits.
    public var nextDeadline: Instant? {
        guard let open else { return nil }
        if let letGo { return letGo }
        switch open.meaning {
        case .idle, .armed: return open.first + OneButton.hold
        case .stopped: return open.first + OneButton.longestHold
        case .playing:
            return open.presses == 1 && isDown ? open.first + OneButton.longHold : open.last + OneButton.pause
        }
    }

    /// The switch went down.
    public mutating func press(at time: Instant, state: PlayerState) -> [Press] {
        var presses = pass(to: time)
        guard !isDown else { return presses }
        isDown = true
        letGo = nil
        if let lastPress, time - lastPress < OneButton.bounce { return presses }
        lastPress = time
        if var several = open, several.meaning == .playing {
            several.presses += 1
            several.last = time
            open = several
            if several.presses == 3 { presses += close(.nextGenre) }
            return presses
        }
        switch state {
        case .recording: presses.append(Press(.record, at: time))
        case .armed:
            presses.append(Press(.tap, at: time))
            open = Open(meaning: .armed, first: time, last: time)
        case .idle: open = Open(meaning: .idle, first: time, last: time)
        case .stopped: open = Open(meaning: .stopped, first: time, last: time)
        case .playing, .generating: open = Open(meaning: .playing, first: time, last: time)
        }
        return presses
    }

    /// The switch was let go.
    ///
    /// - Parameter isContact: whether it may be a contact that bounces: then what is let go within `bounce` acts when that is over.
    public mutating func release(at time: Instant, isContact: Bool = true) -> [Press] {
        let presses = pass(to: time)
        guard isDown else { return presses }
        isDown = false
        guard let open else { return presses }
        if isContact, time - open.last < OneButton.bounce, [.idle, .stopped].contains(open.meaning) {
            letGo = open.last + OneButton.bounce
            return presses
        }
        switch open.meaning {
        case .idle: return presses + close(.play)
        case .stopped: return presses + close(time - open.first < OneButton.hold ? .play : .record)
        case .armed:
            self.open = nil
            return presses
        case .playing:
            // Let go too late for another press to belong to it: it was one.
            return presses + pass(to: time)
        }
    }

    /// Time has passed.
    public mutating func pass(to now: Instant) -> [Press] {
        guard let open, let deadline = nextDeadline, now >= deadline else { return [] }
        if letGo != nil {
            letGo = nil
            return close(.play)
        }
        switch open.meaning {
        case .idle, .armed: return close(.record)
        case .stopped: return close(.loop)
        case .playing where open.presses == 1 && isDown: return close(.previous)
        case .playing: return close(open.presses == 1 ? .next : .stop)
        }
    }

    /// The switch is gone, or what it sent was lost: it is up, and what it began is forgotten.
    public mutating func reset() {
        open = nil
        letGo = nil
        isDown = false
    }

    private mutating func close(_ action: ControlAction) -> [Press] {
        defer { open = nil }
        return open.map { [Press(action, at: $0.first)] } ?? []
    }
}
