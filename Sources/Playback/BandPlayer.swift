import MIDI
import Music
import Transport

/// Plays a band: hands out the messages of a plan in time, loops, stops at the bar, changes at the bar.
///
/// A state machine without a clock: events with their times in, effects as data out. Output is `Transport.ScheduledMessage`, in time order,
/// each message a little before it is due. Times are computed from the tempo map's anchor, so that no number of rounds drifts. Every
/// note that it begins it ends.
public struct BandPlayer: Sendable {
    /// Where the band comes in.
    public enum Boundary: Hashable, Sendable { case beat, bar }

    public enum Event: Hashable, Sendable {
        /// Begins at the first boundary at or behind an instant: on a bar with the plan's first bar, on a beat with that bar from there. What
        /// plays goes on until then.
        case enter(PlaybackPlan, map: TempoMap, at: Instant, on: Boundary)
        /// Goes over to another plan at the next bar line: to the same place of the round where both are equally long, else to its
        /// beginning. Ignored unless the band plays or waits.
        case replace(PlaybackPlan, at: Instant)
        /// A press of Stop: at the bar line; while that is awaited, at once; the third press within two seconds, panic.
        case stop(at: Instant)
        /// Voices that are not heard from now on; those left out are heard again from their next note.
        case mute(Set<Voice>, at: Instant)
        /// Other ports from now on.
        case reroute(Routing, at: Instant)
        /// Whether it begins again at the end of a round (it does unless told otherwise).
        case loop(Bool)
        /// Time passes; to be called several times within the horizon.
        case advance(Instant)
    }

    public enum Effect: Sendable {
        /// In time order; to be sent in this order, equal times included.
        case schedule([ScheduledMessage])
        /// Take back everything scheduled and release what sounds (`MIDITransport.silence`), thru excepted.
        case silence(PortAddress)
        /// Play these now.
        case panic(PortAddress, [MIDIMessage])
        case stateChanged(Phase)
        /// The plan given by `replace`, or by `enter` while another played, was begun to be handed out.
        case replaced
    }

    /// The state without its contents. It runs ahead of what is heard by the horizon at most.
    public enum Phase: Hashable, Sendable { case stopped, waiting, playing, stopping }

    enum State: Hashable, Sendable {
        case stopped
        /// Enters later; nothing was handed out but the set-up.
        case waiting(Passage)
        case playing(Passage, next: Passage?)
        case stopping(Passage, at: Instant)
    }

    private struct Sounding: Hashable {
        let voice: Voice
        let channel: Channel
        let pitch: Pitch
    }

    private(set) var state = State.stopped
    private var routing: Routing
    private let horizon: Nanoseconds
    private var muted: Set<Voice> = []
    private var loops = true
    /// Notes handed out and not ended, with the ports that they were sent to.
    private var sounding: [Sounding: PortAddress] = [:]
    /// Everything before this was handed out.
    private var handedUntil = Instant(nanoseconds: .min)
    /// The time of the last message handed out and not taken back.
    private var lastTime = Instant(nanoseconds: .min)
    private var stopPresses: (count: Int, last: Instant) = (0, Instant(nanoseconds: .min / 2))

    /// Presses of Stop that are farther apart do not count as one gesture.
    static let gesture = Nanoseconds.seconds(2)
    /// A band that is more behind than this (the machine slept) goes on from where it should be.
    static let lateness = Nanoseconds.milliseconds(500)

    /// - Parameter horizon: how far ahead of time messages are handed out; what lies in it is what a stop must take back.
    public init(routing: Routing, horizon: Nanoseconds = .milliseconds(150)) {
        precondition(horizon > .zero, "messages are handed out ahead of time")
        self.routing = routing
        self.horizon = horizon
    }

    public var phase: Phase {
        switch state {
        case .stopped: .stopped
        case .waiting: .waiting
        case .playing: .playing
        case .stopping: .stopping
        }
    }

    /// Where in the round an instant lies; nil unless the band plays there.
    public func position(at instant: Instant) -> Tick? {
        switch state {
        case .stopped, .waiting:
            return nil
        case .playing(let passage, _), .stopping(let passage, _):
            let tick = passage.map.tick(at: instant)
            guard tick >= passage.entry else { return nil }
            return Tick((tick - passage.origin).rawValue % passage.plan.length.rawValue)
        }
    }

    /// When the band comes in or what is awaited happens; nil where nothing is awaited.
    public var awaited: Instant? {
        switch state {
        case .stopped: nil
        case .waiting(let passage): passage.entryInstant
        case .playing(_, let next): next?.entryInstant
        case .stopping(_, let end): end
        }
    }

    /// Follows an event.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .enter(let plan, let map, let time, let boundary): enter(plan, map, time, boundary)
        case .replace(let plan, let time): replace(plan, time)
        case .stop(let time): stop(time)
        case .mute(let voices, let time): mute(voices, time)
        case .reroute(let routing, let time): reroute(routing, time)
        case .loop(let loops): setLoop(loops)
        case .advance(let now): advance(now)
        }
    }
}

// MARK: Beginning and changing

extension BandPlayer {
    private mutating func enter(
        _ plan: PlaybackPlan, _ map: TempoMap, _ time: Instant, _ boundary: Boundary
    ) -> [Effect] {
        let earliest = isUnderWay ? max(time, handedUntil) : time
        let unit = boundary == .bar ? plan.meter.bar : plan.meter.beat
        let entry = BandPlayer.line(of: unit, atOrAfter: earliest, map)
        let bar = plan.meter.bar.rawValue
        let origin = Tick(entry.rawValue - (entry.rawValue % bar + bar) % bar)
        let passage = Passage(plan, map: map, origin: origin, entry: entry)
        switch state {
        case .playing(let current, _), .stopping(let current, _):
            state = .playing(current, next: passage)
            return [.stateChanged(.playing)]
        case .stopped, .waiting:
            state = .waiting(passage)
            return schedule(setUp(plan, at: time)) + [.stateChanged(.waiting)]
        }
    }

    private mutating func replace(_ plan: PlaybackPlan, _ time: Instant) -> [Effect] {
        switch state {
        case .stopped, .stopping:
            return []
        case .waiting(let passage):
            state = .waiting(
                Passage(plan, map: passage.map, origin: passage.origin, entry: passage.entry))
            return schedule(setUp(plan, at: time)) + [.replaced]
        case .playing(let passage, let next):
            // A passage that is about to begin is replaced before it does.
            if let next, next.map != passage.map {
                state = .playing(
                    passage, next: Passage(plan, map: next.map, origin: next.origin, entry: next.entry))
                return []
            }
            let entry = BandPlayer.line(of: passage.plan.meter.bar, atOrAfter: max(time, handedUntil), passage.map)
            let isSameLength = plan.length == passage.plan.length && plan.meter == passage.plan.meter
            state = .playing(
                passage,
                next: Passage(plan, map: passage.map, origin: isSameLength ? passage.origin : entry, entry: entry))
            return []
        }
    }

    private mutating func setLoop(_ loops: Bool) -> [Effect] {
        self.loops = loops
        return []
    }

    private mutating func mute(_ voices: Set<Voice>, _ time: Instant) -> [Effect] {
        let silenced = voices.subtracting(muted)
        muted = voices
        let released = release(at: max(time, handedUntil)) { silenced.contains($0) }
        return schedule(released)
    }

    private mutating func reroute(_ routing: Routing, _ time: Instant) -> [Effect] {
        self.routing = routing
        let when = max(time, handedUntil)
        var messages = release(at: when)
        switch state {
        case .stopped: break
        case .waiting(let passage): messages += setUp(passage.plan, at: time)
        case .playing(let passage, _), .stopping(let passage, _): messages += setUp(passage.plan, at: when)
        }
        return schedule(messages)
    }

    private var isUnderWay: Bool { phase == .playing || phase == .stopping }

    private func setUp(_ plan: PlaybackPlan, at time: Instant) -> [ScheduledMessage] {
        plan.setup.map {
            ScheduledMessage(time: time, destination: routing.destination(of: $0.voice), message: $0.message)
        }
    }

    /// The first multiple of `unit` whose instant is not before a time.
    static func line(of unit: Tick, atOrAfter time: Instant, _ map: TempoMap) -> Tick {
        let tick = map.tick(at: time).rawValue
        var line = Tick((tick - ((tick % unit.rawValue) + unit.rawValue) % unit.rawValue))
        while map.instant(of: line) < time { line = line + unit }
        return line
    }
}

// MARK: Stopping

extension BandPlayer {
    private mutating func stop(_ time: Instant) -> [Effect] {
        let isGesture = time - stopPresses.last <= BandPlayer.gesture
        stopPresses = (isGesture ? stopPresses.count + 1 : 1, time)
        if stopPresses.count >= 3 { return panic() }
        switch state {
        case .stopped:
            // The last bar may have been handed out and still sound.
            return stopPresses.count == 2 ? takeBack() : []
        case .waiting:
            state = .stopped
            return [.stateChanged(.stopped)]
        case .playing(let passage, _):
            return stopAtBar(passage, time)
        case .stopping:
            return stopNow()
        }
    }

    private mutating func stopAtBar(_ passage: Passage, _ time: Instant) -> [Effect] {
        let line = BandPlayer.line(of: passage.plan.meter.bar, atOrAfter: time, passage.map)
        let end = passage.map.instant(of: line)
        guard handedUntil > end else {
            state = .stopping(passage, at: end)
            return [.stateChanged(.stopping)]
        }
        // What lies behind the bar line was handed out already: all is taken back, and the rest of the bar handed out anew.
        var rest = passage
        rest.move(to: passage.map.tick(at: time))
        handedUntil = time
        state = .stopping(rest, at: end)
        return takeBack() + [.stateChanged(.stopping)] + advance(time)
    }

    private mutating func stopNow() -> [Effect] {
        state = .stopped
        return takeBack() + [.stateChanged(.stopped)]
    }

    private mutating func panic() -> [Effect] {
        let wasStopped = phase == .stopped
        var held: [PortAddress: HeldNotes] = [:]
        for (note, port) in sounding { held[port, default: HeldNotes()].press(note.channel, note.pitch) }
        state = .stopped
        _ = takeBack()
        return routing.destinations.flatMap { port -> [Effect] in
            [.silence(port), .panic(port, Panic.messages(held: held[port] ?? HeldNotes()))]
        } + (wasStopped ? [] : [.stateChanged(.stopped)])
    }
}

// MARK: Time

extension BandPlayer {
    private mutating func advance(_ now: Instant) -> [Effect] {
        var effects: [Effect] = []
        var messages: [ScheduledMessage] = []
        let limit = now + horizon
        begin(limit, &messages, &effects)
        catchUp(now, &messages)
        while let end = boundary, handOut(until: min(end, limit), closing: end <= limit, &messages), end <= limit {
            pass(end, &messages, &effects)
            catchUp(now, &messages)
        }
        if boundary == nil { _ = handOut(until: limit, closing: false, &messages) }
        if isUnderWay { handedUntil = max(handedUntil, limit) }
        return schedule(messages) + effects
    }

    /// Messages as an effect, none where there are none. Times that lie before what was handed out already (a set-up while the last
    /// bar still sounds, a machine that slept) are moved up to it.
    private mutating func schedule(_ messages: [ScheduledMessage]) -> [Effect] {
        guard !messages.isEmpty else { return [] }
        var ordered = messages
        for index in ordered.indices {
            lastTime = max(lastTime, ordered[index].time)
            ordered[index].time = lastTime
        }
        return [.schedule(ordered)]
    }

    /// Takes back what was handed out and ends what sounds.
    private mutating func takeBack() -> [Effect] {
        sounding = [:]
        lastTime = Instant(nanoseconds: .min)
        return routing.destinations.map { .silence($0) }
    }

    /// When what plays now ends; nil where it plays on.
    private var boundary: Instant? {
        switch state {
        case .stopped, .waiting: nil
        case .playing(let passage, let next): next?.entryInstant ?? (loops ? nil : passage.roundEnd)
        case .stopping(_, let end): end
        }
    }

    private var passage: Passage? {
        get {
            switch state {
            case .stopped, .waiting: nil
            case .playing(let passage, _), .stopping(let passage, _): passage
            }
        }
        set {
            guard let newValue else { return }
            switch state {
            case .stopped, .waiting: break
            case .playing(_, let next): state = .playing(newValue, next: next)
            case .stopping(_, let end): state = .stopping(newValue, at: end)
            }
        }
    }

    /// Waiting becomes playing when the entry comes near.
    private mutating func begin(_ limit: Instant, _ messages: inout [ScheduledMessage], _ effects: inout [Effect]) {
        guard case .waiting(let passage) = state, passage.entryInstant <= limit else { return }
        state = .playing(passage, next: nil)
        handedUntil = passage.entryInstant
        chase(passage, &messages)
        effects.append(.stateChanged(.playing))
    }

    private mutating func catchUp(_ now: Instant, _ messages: inout [ScheduledMessage]) {
        guard var late = passage, let next = late.next, next.instant + BandPlayer.lateness < now else { return }
        messages += release(at: now)
        late.move(to: late.map.tick(at: now))
        passage = late
    }

    /// Hands out everything before an instant, and the note-offs at it where something ends there.
    ///
    /// - Returns: true, so that it can stand in a condition.
    private mutating func handOut(until end: Instant, closing: Bool, _ messages: inout [ScheduledMessage]) -> Bool {
        guard var current = passage else { return true }
        while let next = current.next, next.instant < end || closing && next.instant == end && next.message.isNoteOff {
            emit(next.message, at: next.instant, &messages)
            current.step()
        }
        passage = current
        return true
    }

    private mutating func emit(_ planned: PlannedMessage, at time: Instant, _ messages: inout [ScheduledMessage]) {
        let message = planned.message
        let key = Sounding(
            voice: planned.voice, channel: Channel(wire: message.status & 15), pitch: Pitch(Int(message.data1)))
        if planned.isNoteOn {
            guard !muted.contains(planned.voice) else { return }
            let port = routing.destination(of: planned.voice)
            sounding[key] = port
            messages.append(ScheduledMessage(time: time, destination: port, message: message))
        } else if let port = sounding.removeValue(forKey: key) {
            messages.append(ScheduledMessage(time: time, destination: port, message: message))
        }
    }

    /// What happens at a boundary: a stop, or another passage.
    private mutating func pass(_ end: Instant, _ messages: inout [ScheduledMessage], _ effects: inout [Effect]) {
        messages += release(at: end)
        if case .playing(_, let next?) = state {
            messages += setUp(next.plan, at: end)
            state = .playing(next, next: nil)
            chase(next, &messages)
            effects.append(.replaced)
        } else {
            state = .stopped
            effects.append(.stateChanged(.stopped))
        }
    }

    private mutating func chase(_ passage: Passage, _ messages: inout [ScheduledMessage]) {
        for message in passage.chased { emit(message, at: passage.entryInstant, &messages) }
    }

    /// Ends notes, in the order of channel and pitch.
    private mutating func release(at time: Instant, _ which: (Voice) -> Bool = { _ in true }) -> [ScheduledMessage] {
        let ended = sounding.filter { which($0.key.voice) }
            .sorted { ($0.key.channel, $0.key.pitch) < ($1.key.channel, $1.key.pitch) }
        for note in ended { sounding[note.key] = nil }
        return ended.map {
            ScheduledMessage(time: time, destination: $0.value, message: .noteOff($0.key.channel, $0.key.pitch))
        }
    }
}
