import MIDI
import Music
import Transport

/// Sends MIDI clock to one or several ports: 24 clocks a quarter on the band's tempo map, start, stop, continue and song
/// position (MIDI 1.0 Detailed Specification, System Real Time Messages and Song Position Pointer).
///
/// A state machine without a clock: events with their times in, messages out, in time order, at most `horizon` ahead. Every
/// clock's time is computed from the map's anchor, so that no number of them drifts.
///
/// - Start comes 1 ms before the clock of tick 0, so that the receiver is ready for it; elsewhere the song position comes
///   5 ms and the continue 1 ms before a sixteenth, the next one where the entrance lies between two.
/// - Clocks run while the song runs; with `isContinuous` also before and after it, in the last tempo.
/// - A port that is added while the song runs enters at the next sixteenth, with song position and continue.
/// - The song position has 14 bits: it starts again after 16,384 sixteenths (1,024 bars of 4/4).
public struct ClockSender: Sendable {
    public enum Event: Hashable, Sendable {
        /// The song enters: at tick `from` of the map, 0 being its beginning; where that is past, at the next sixteenth.
        case start(map: TempoMap, from: Tick, at: Instant)
        /// Another tempo or phase from what is not handed out yet on. A map that puts the song elsewhere by more than a
        /// quarter is a stop, a song position and a continue.
        case retime(TempoMap, at: Instant)
        /// The song stops at an instant: now, or later where it is known before. Clocks handed out already still come; a
        /// receiver that stands ignores them.
        case stop(at: Instant)
        /// The ports that hear the clock from now on. A port that is left out while the song runs is stopped.
        case ports([PortAddress], at: Instant)
        /// Everything scheduled on a port behind an instant was taken back (`MIDITransport.silence`): it is given again.
        case tookBack(PortAddress, at: Instant)
        /// Time passes; to be called several times within the horizon.
        case advance(Instant)
    }

    private struct Listener {
        let port: PortAddress
        /// Hears the song; else it waits for the next sixteenth.
        var follows = false
    }

    private enum State {
        case stopped
        /// The song enters at clock `entry` of its map; until then the clocks before it run on, if any did.
        case entering(TempoMap, entry: Int, wasPlaying: Bool)
        case playing
    }

    /// Clocks also run while the song stands.
    public var isContinuous: Bool
    private let horizon: Nanoseconds
    private var state = State.stopped
    /// When the song stops, where that is known before.
    private var end: Instant?
    private var map: TempoMap?
    private var listeners: [Listener] = []
    /// The next clock of `map`.
    private var next = 0
    /// When the last clock sounds.
    private var last = Instant(nanoseconds: .min / 2)
    /// Handed out and not yet due.
    private var ahead: [ScheduledMessage] = []

    private static let clock = MIDIMessage(status: 0xF8)
    private static let clocksPerSixteenth = 6
    private static let positionLead = Nanoseconds.milliseconds(5)
    private static let startLead = Nanoseconds.milliseconds(1)
    private static let stopLead = Nanoseconds.milliseconds(6)
    /// A sender that is more behind than this (the machine slept) enters anew where the song should be.
    private static let lateness = Nanoseconds.milliseconds(500)

    public init(isContinuous: Bool = false, horizon: Nanoseconds = .milliseconds(150)) {
        precondition(horizon > .zero, "clocks are handed out ahead of time")
        self.isContinuous = isContinuous
        self.horizon = horizon
    }

    /// Whether the song runs or is about to.
    public var isPlaying: Bool {
        if case .stopped = state { false } else { true }
    }

    /// Follows an event.
    ///
    /// - Returns: what is to be scheduled, in time order; equal times in the order given.
    public mutating func handle(_ event: Event) -> [ScheduledMessage] {
        var messages: [ScheduledMessage] = []
        switch event {
        case .start(let map, let tick, let now):
            end = nil
            enter(map, at: tick, now)
            advance(now, &messages)
        case .retime(let map, let now):
            retime(map, now)
            advance(now, &messages)
        case .stop(let time): stop(at: time, &messages)
        case .ports(let ports, let now): listen(ports, now, &messages)
        case .tookBack(let port, let time): return ahead.filter { $0.destination == port && $0.time > time }
        case .advance(let now): advance(now, &messages)
        }
        // Stable: equal times stay in the order in which they were handed out.
        let ordered = messages.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        ahead += ordered.map(\.element)
        return ordered.map(\.element)
    }

    private static func tick(_ clock: Int) -> Tick { Tick(clock * ClockFollower.ticksPerClock) }

    /// The least time between two clocks: after a correction they come at twice their speed at most.
    private static func closest(_ map: TempoMap) -> Nanoseconds {
        Nanoseconds(map.length(of: ClockSender.tick(1)).count / 2)
    }

    private mutating func enter(_ map: TempoMap, at tick: Tick, _ now: Instant) {
        let earliest = max(now, last + ClockSender.closest(map))
        let sixteenth = ClockFollower.ticksPerClock * ClockSender.clocksPerSixteenth
        var tick = max(.zero, tick)
        if map.instant(of: tick) < earliest { tick = max(tick, map.tick(at: earliest)) }
        var entry = (tick.rawValue + sixteenth - 1) / sixteenth * ClockSender.clocksPerSixteenth
        if map.instant(of: ClockSender.tick(entry)) < earliest { entry += ClockSender.clocksPerSixteenth }
        let wasPlaying: Bool
        switch state {
        case .stopped: wasPlaying = false
        case .entering(_, _, let before): wasPlaying = before
        case .playing: wasPlaying = true
        }
        state = .entering(map, entry: entry, wasPlaying: wasPlaying)
    }

    private mutating func retime(_ new: TempoMap, _ now: Instant) {
        switch state {
        case .entering(_, let entry, _): enter(new, at: ClockSender.tick(entry), now)
        case .stopped:
            map = new
            skip(to: max(now, last))
        case .playing:
            let place = new.tick(at: max(now, last)).rawValue / ClockFollower.ticksPerClock + 1
            if abs(place - next) > ClockFollower.clocksPerQuarter {
                enter(new, at: new.tick(at: max(now, last)), now)
            } else {
                map = new
            }
        }
    }

    private mutating func stop(at time: Instant, _ messages: inout [ScheduledMessage]) {
        switch state {
        case .stopped: return
        case .entering(let new, let entry, let wasPlaying):
            guard time <= new.instant(of: ClockSender.tick(entry)) else { break }
            // What has not begun does not begin.
            if map == nil { map = new }
            return wasPlaying ? finish(time, &messages) : (state = .stopped)
        case .playing:
            if time <= last { return finish(time, &messages) }
        }
        end = time
    }

    private mutating func finish(_ time: Instant, _ messages: inout [ScheduledMessage]) {
        play(.realTimeStop, at: time, &messages)
        for index in listeners.indices { listeners[index].follows = false }
        (state, end) = (.stopped, nil)
    }

    private mutating func listen(_ ports: [PortAddress], _ now: Instant, _ messages: inout [ScheduledMessage]) {
        for listener in listeners where listener.follows && !ports.contains(listener.port) {
            messages.append(ScheduledMessage(time: now, destination: listener.port, message: .realTimeStop))
        }
        ahead.removeAll { !ports.contains($0.destination) }
        listeners = ports.map { port in listeners.first { $0.port == port } ?? Listener(port: port) }
    }

    private mutating func play(_ message: MIDIMessage, at time: Instant, _ messages: inout [ScheduledMessage]) {
        for listener in listeners where listener.follows {
            messages.append(ScheduledMessage(time: time, destination: listener.port, message: message))
        }
    }

    // MARK: clocks

    private mutating func advance(_ now: Instant, _ messages: inout [ScheduledMessage]) {
        ahead.removeAll { $0.time <= now }
        let limit = now + horizon
        catchUp(now)
        switch state {
        case .stopped:
            if isContinuous { run(until: limit, &messages) }
        case .entering(let new, let entry, let wasPlaying):
            let time = new.instant(of: ClockSender.tick(entry))
            // The first clock of the song is on its time, whatever ran before it.
            let quiet = time - max(ClockSender.stopLead, ClockSender.closest(new))
            if wasPlaying || isContinuous { run(until: min(limit, quiet), &messages) }
            guard time <= limit else { return }
            if wasPlaying { play(.realTimeStop, at: max(now, time - ClockSender.stopLead), &messages) }
            for index in listeners.indices { listeners[index].follows = false }
            (map, next, state) = (new, entry, .playing)
            play(until: limit, now, &messages)
        case .playing: play(until: limit, now, &messages)
        }
    }

    /// Hands out the song's clocks, and its stop.
    private mutating func play(until limit: Instant, _ now: Instant, _ messages: inout [ScheduledMessage]) {
        run(until: min(limit, end.map { $0 - Nanoseconds(1) } ?? limit), notBefore: now, &messages)
        guard let end, end <= limit else { return }
        finish(max(end, now), &messages)
        if isContinuous { run(until: limit, &messages) }
    }

    /// Hands out the clocks up to an instant, that included.
    private mutating func run(
        until limit: Instant, notBefore now: Instant = .zero, _ messages: inout [ScheduledMessage]
    ) {
        guard let map else { return }
        let closest = ClockSender.closest(map)
        while true {
            let time = max(map.instant(of: ClockSender.tick(next)), last + closest)
            guard time <= limit else { return }
            for index in listeners.indices { clock(next, at: time, to: index, now, &messages) }
            last = time
            next += 1
        }
    }

    private mutating func clock(
        _ number: Int, at time: Instant, to index: Int, _ now: Instant, _ messages: inout [ScheduledMessage]
    ) {
        let port = listeners[index].port
        func give(_ message: MIDIMessage, before lead: Nanoseconds = .zero) {
            // Never among the clocks before this one: a receiver would count them.
            let earliest = min(time, max(now, last + Nanoseconds(1)))
            let given = lead == .zero ? time : max(time - lead, earliest)
            messages.append(ScheduledMessage(time: given, destination: port, message: message))
        }
        if case .playing = state, !listeners[index].follows {
            guard number % ClockSender.clocksPerSixteenth == 0 else { return }
            if number == 0 {
                give(.realTimeStart, before: ClockSender.startLead)
            } else {
                let position = number / ClockSender.clocksPerSixteenth & 0x3FFF
                give(
                    MIDIMessage(status: 0xF2, data1: UInt8(position & 127), data2: UInt8(position >> 7)),
                    before: ClockSender.positionLead)
                give(.realTimeContinue, before: ClockSender.startLead)
            }
            listeners[index].follows = true
        }
        give(ClockSender.clock)
    }

    /// Leaves out what a machine that slept has missed.
    private mutating func catchUp(_ now: Instant) {
        switch state {
        case .stopped:
            if let map, map.instant(of: ClockSender.tick(next)) + ClockSender.lateness < now { skip(to: now) }
        case .entering(let new, let entry, _):
            if new.instant(of: ClockSender.tick(entry)) < now { enter(new, at: ClockSender.tick(entry), now) }
        case .playing:
            guard let map, map.instant(of: ClockSender.tick(next)) + ClockSender.lateness < now else { return }
            if let end, end < now { return skip(to: end) }
            enter(map, at: map.tick(at: now), now)
        }
    }

    private mutating func skip(to time: Instant) {
        guard let map else { return }
        next = map.tick(at: time).rawValue / ClockFollower.ticksPerClock + 1
    }
}
