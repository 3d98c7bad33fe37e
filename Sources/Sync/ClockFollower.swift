import MIDI
import Music

/// Follows another machine's MIDI clock: its start, stop, continue and song position, and its tempo behind the jitter.
///
/// A state machine without a clock of its own: messages with their times in, effects out (MIDI 1.0 Detailed Specification,
/// System Real Time Messages and Song Position Pointer). 24 clocks are a quarter; the clock that *follows* a start is the
/// song's tick 0. How the beat is found is told at `ClockEstimate`.
///
/// A tempo map is handed out again only where it would be heard: when the beat to come would lie 1 ms elsewhere, and then at
/// most once a quarter; every sixteenth while it would be 4 ms, at once when it would be 15 ms.
public struct ClockFollower: Sendable {
    public enum Event: Hashable, Sendable {
        /// Clock, start, continue, stop, song position; every other message is ignored.
        case message(MIDIMessage, at: Instant)
        /// Time passes. To be called a few times a second while `isRunning`.
        case tick(Instant)
    }

    public enum Effect: Hashable, Sendable {
        /// The song begins: tick 0 is the clock that follows the start. It comes with that clock where a tempo is known,
        /// else with the fourth clock.
        case began(TempoMap)
        /// The song goes on where it stopped, or at the position that was set.
        case continued(TempoMap)
        /// The same song, its beat corrected.
        case retimed(TempoMap)
        /// The song stopped; a continue would go on at this tick.
        case stopped(at: Tick)
        /// The clock fell silent though nobody stopped it; the song goes on in the last tempo.
        case lost
        /// A clock runs while the song stands.
        case tempo(Tempo)
    }

    /// Clocks in a quarter note.
    public static let clocksPerQuarter = 24
    /// Ticks from clock to clock.
    public static let ticksPerClock = Tick.perQuarter / clocksPerQuarter
    /// A clock is lost after this long, or after six clocks where those last longer.
    public static let silence = Nanoseconds.milliseconds(500)

    private enum State: Hashable {
        /// The song stands; `position` is the clock of the song that comes next.
        case stopped(position: Int)
        /// The next clock is the song's clock `position`.
        case armed(position: Int, isStart: Bool)
        /// Clock `first` of the estimate is the song's clock 0; no tempo is known yet.
        case counting(first: Int, isStart: Bool)
        case running(first: Int)
    }

    private var state = State.stopped(position: 0)
    private var estimate = ClockEstimate()
    private var given: (map: TempoMap, at: Instant)?
    private var told: (tempo: Tempo, clock: Int)?
    private var isLost = false
    private let assumed: Tempo?

    /// - Parameter assumed: the tempo of a song that begins before its clock was heard, until the clock tells it (from the
    ///   fourth clock). With nil such a song is told of with its fourth clock.
    public init(assumed: Tempo? = nil) { self.assumed = assumed }

    /// Whether clocks are awaited: `tick` is needed.
    public var isRunning: Bool {
        switch state {
        case .stopped: estimate.last != nil && !isLost
        case .armed, .counting, .running: true
        }
    }

    /// Whether the song runs.
    public var isPlaying: Bool {
        if case .stopped = state { false } else { true }
    }

    /// The tempo that the clock has or had last; nil before one was heard.
    public var tempo: Tempo? { estimate.tempo }

    /// The song's beat as it is known now, sharper than the map handed out last; nil while the song stands.
    public var map: TempoMap? {
        switch state {
        case .stopped, .armed: nil
        case .counting(let first, _), .running(let first): map(first: first)
        }
    }

    /// Follows an event.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .tick(let now): return tick(now)
        case .message(let message, let time):
            switch message.status {
            case 0xF8: return clock(time)
            case 0xFA:
                state = .armed(position: 0, isStart: true)
                return []
            case 0xFB:
                guard case .stopped(let position) = state else { return [] }
                state = .armed(position: position, isStart: position == 0)
                return []
            case 0xFC: return stop()
            case 0xF2: return locate((Int(message.data2) << 7 | Int(message.data1)) * 6)
            default: return []
            }
        }
    }

    private mutating func stop() -> [Effect] {
        let position: Int
        switch state {
        case .stopped: return []
        case .armed(let next, _): position = next
        case .counting(let first, _), .running(let first): position = max(0, estimate.number + 1 - first)
        }
        state = .stopped(position: position)
        given = nil
        return [.stopped(at: Tick(position * ClockFollower.ticksPerClock))]
    }

    /// A song position: at once where the song stands, with the next clock where it runs.
    private mutating func locate(_ position: Int) -> [Effect] {
        switch state {
        case .stopped: state = .stopped(position: position)
        case .armed, .counting, .running: state = .armed(position: position, isStart: false)
        }
        return []
    }

    private mutating func tick(_ now: Instant) -> [Effect] {
        guard !isLost, let last = estimate.last else { return [] }
        let patience = max(ClockFollower.silence, Nanoseconds(Int64((estimate.interval ?? 0) * 6)))
        guard now - last > patience else { return [] }
        isLost = true
        switch state {
        case .counting, .running: return [.lost]
        case .stopped, .armed:
            told = nil
            return []
        }
    }

    private mutating func clock(_ time: Instant) -> [Effect] {
        // A silence that nobody's tick has told of is one all the same.
        var effects = tick(time)
        let wasLost = isLost
        if wasLost { estimate.bridge(to: time) }
        isLost = false
        if case .armed = state { estimate.begin(at: time) }
        estimate.clock(at: time)
        effects += follow(time, found: wasLost)
        return effects
    }

    private mutating func follow(_ time: Instant, found: Bool) -> [Effect] {
        switch state {
        case .stopped: return tell()
        case .armed(let position, let isStart):
            let first = estimate.number - position
            state = .counting(first: first, isStart: isStart)
            return begin(first, isStart, time)
        case .counting(let first, let isStart): return begin(first, isStart, time)
        case .running(let first): return retime(first, time, found: found)
        }
    }

    private mutating func begin(_ first: Int, _ isStart: Bool, _ time: Instant) -> [Effect] {
        guard let map = map(first: first) else { return [] }
        state = .running(first: first)
        given = (map, time)
        return [isStart ? .began(map) : .continued(map)]
    }

    private mutating func retime(_ first: Int, _ time: Instant, found: Bool) -> [Effect] {
        guard let map = map(first: first), let given else { return [] }
        let beat = map.tempo.quarter
        // Where the two would be a beat from now.
        let ahead = map.tick(at: time + beat)
        let error = abs((map.instant(of: ahead) - given.map.instant(of: ahead)).seconds)
        let since = (time - given.at).seconds + 1e-3
        let isDue =
            error > 0.015 || error > 0.004 && since >= beat.seconds / 4 || error > 0.001 && since >= beat.seconds
        guard isDue || found else { return [] }
        self.given = (map, time)
        return [.retimed(map)]
    }

    /// The tempo of a clock that runs while the song stands: when it is known, and when it changed by half a percent, at
    /// most once a quarter.
    private mutating func tell() -> [Effect] {
        guard estimate.isSettled, let tempo = estimate.tempo else { return [] }
        if let told {
            let change = abs(tempo.quartersPerMinute / told.tempo.quartersPerMinute - 1)
            guard change > 0.005, estimate.number - told.clock >= ClockFollower.clocksPerQuarter else { return [] }
        }
        told = (tempo, estimate.number)
        return [.tempo(tempo)]
    }

    private func map(first: Int) -> TempoMap? {
        let number = estimate.number
        let tick = Tick((number - first) * ClockFollower.ticksPerClock)
        if let tempo = estimate.tempo, let time = estimate.time(ofClock: number) {
            return TempoMap(anchor: time, anchorTick: tick, tempo: tempo)
        }
        guard let assumed, let last = estimate.last else { return nil }
        return TempoMap(anchor: last, anchorTick: tick, tempo: assumed)
    }
}
