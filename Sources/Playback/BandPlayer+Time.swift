import MIDI
import Music
import Transport

/// Handing messages out as time passes.
extension BandPlayer {
    mutating func advance(_ now: Instant) -> [Effect] {
        var effects: [Effect] = []
        var messages: [ScheduledMessage] = []
        let limit = now + horizon + routing.lead
        pending = pending.filter { !isDue($0, at: now) }
        begin(now, limit, &messages, &effects)
        catchUp(now, &messages)
        while let end = boundary, handOut(until: min(end, limit), closing: end <= limit, &messages), end <= limit {
            pass(end, now, &messages, &effects)
            catchUp(now, &messages)
        }
        if boundary == nil { _ = handOut(until: limit, closing: false, &messages) }
        if isUnderWay { handedUntil = max(handedUntil, limit) }
        return schedule(messages) + effects
    }

    /// Messages as an effect, none where there are none. Each is sent as much earlier as its port is late. Times that lie
    /// before what a port was handed already (a set-up while the last bar still sounds, a machine that slept) are moved up
    /// to it.
    mutating func schedule(_ messages: [ScheduledMessage]) -> [Effect] {
        guard !messages.isEmpty else { return [] }
        for message in messages where ![0x80, 0x90].contains(message.message.status & 0xF0) {
            pending.append(Pending(key: nil, message: message))
        }
        var ordered = messages
        for index in ordered.indices {
            let port = ordered[index].destination
            let time = ordered[index].time - routing.latency(of: port)
            let last = lastTimes[port].map { max($0, time) } ?? time
            lastTimes[port] = last
            ordered[index].time = last
        }
        return [
            .schedule(
                ordered.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
                    .map(\.element))
        ]
    }

    /// Takes back what was handed out and ends what sounds.
    mutating func takeBack() -> [Effect] {
        sounding = [:]
        pending = []
        for port in routing.destinations { lastTimes[port] = nil }
        return routing.destinations.map { .silence($0) }
    }

    /// Whether a message was sent on by a time, as far ahead as its port is late.
    func isDue(_ pending: Pending, at time: Instant) -> Bool {
        pending.message.time - routing.latency(of: pending.message.destination) < time
    }

    /// When what plays now ends; nil where it plays on.
    var boundary: Instant? {
        switch state {
        case .stopped, .waiting: nil
        case .playing(let passage, let next): next?.entryInstant ?? (loops ? nil : passage.roundEnd)
        case .stopping(let passage, let line): passage.map.instant(of: line)
        }
    }

    var passage: Passage? {
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
            case .stopping(_, let line): state = .stopping(newValue, at: line)
            }
        }
    }

    /// Waiting becomes playing when the entry comes near.
    mutating func begin(
        _ now: Instant, _ limit: Instant, _ messages: inout [ScheduledMessage], _ effects: inout [Effect]
    ) {
        guard case .waiting(var passage) = state, passage.entryInstant <= limit else { return }
        if passage.entryInstant + BandPlayer.entryLateness < now {
            // The entrance was missed: rather the next bar line than the middle of a bar.
            let entry = passage.barLine(atOrAfter: now)
            passage = Passage(
                passage.plan, map: passage.map, origin: passage.keepsOrigin ? passage.origin : entry, entry: entry,
                keepsOrigin: passage.keepsOrigin)
            state = .waiting(passage)
            guard passage.entryInstant <= limit else { return }
        }
        state = .playing(passage, next: nil)
        handedUntil = passage.entryInstant
        handedTick = nil
        chase(passage, &messages)
        effects.append(.stateChanged(.playing))
    }

    mutating func catchUp(_ now: Instant, _ messages: inout [ScheduledMessage]) {
        guard var late = passage else { return }
        turn?.catchUp(now, late.map)
        guard let next = late.next, next.instant + BandPlayer.lateness < now else { return }
        messages += release(at: now)
        late.move(to: late.map.tick(at: now))
        passage = late
    }

    /// Hands out everything before an instant, and the note-offs at it where something ends there.
    ///
    /// - Returns: true, so that it can stand in a condition.
    mutating func handOut(until end: Instant, closing: Bool, _ messages: inout [ScheduledMessage]) -> Bool {
        guard var current = passage else { return true }
        while let next = current.next, next.instant < end || closing && next.instant == end && next.message.isNoteOff {
            // What the fill plays before it comes first.
            emitTurn(until: next.instant, current.map, &messages)
            if turn?.replaces(next.message, at: next.tick) != true {
                emit(next.message, at: next.instant, &messages)
            }
            current.step()
            handedTick = next.tick
        }
        current.reach(end)
        emitTurn(until: end, current.map, &messages)
        passage = current
        return true
    }

    mutating func emit(_ planned: PlannedMessage, at time: Instant, _ messages: inout [ScheduledMessage]) {
        let message = planned.message
        let key = Sounding(
            voice: planned.voice, channel: Channel(wire: message.status & 15), pitch: Pitch(Int(message.data1)))
        if planned.isNoteOn {
            guard !muted.contains(planned.voice) else { return }
            // A fill may begin what the plan has not ended yet.
            if let port = sounding[key] {
                append(
                    key, ScheduledMessage(time: time, destination: port, message: .noteOff(key.channel, key.pitch)),
                    &messages)
            }
            let port = routing.destination(of: planned.voice)
            sounding[key] = port
            let loud =
                planned.voice == .melody || intensity == 1
                ? message.data2 : UInt8(min(127, max(1, (Double(message.data2) * intensity).rounded())))
            append(
                key,
                ScheduledMessage(
                    time: time, destination: port,
                    message: MIDIMessage(status: message.status, data1: message.data1, data2: loud)), &messages)
        } else if let port = sounding.removeValue(forKey: key) {
            append(key, ScheduledMessage(time: time, destination: port, message: message), &messages)
        }
    }

    private mutating func append(_ key: Sounding, _ message: ScheduledMessage, _ messages: inout [ScheduledMessage]) {
        messages.append(message)
        pending.append(Pending(key: key, message: message))
    }

    /// What happens at a boundary: a stop, or another passage.
    mutating func pass(
        _ end: Instant, _ now: Instant, _ messages: inout [ScheduledMessage], _ effects: inout [Effect]
    ) {
        messages += release(at: end)
        turn = nil
        if case .playing(_, let next?) = state {
            isEnding = false
            messages += setUp(next.plan, at: end)
            state = .playing(next, next: nil)
            handedTick = nil
            // What an entrance long past would take up is over.
            if next.entryInstant + BandPlayer.lateness >= now { chase(next, &messages) }
            effects.append(.replaced)
        } else if !isEnding, let passage, !passage.plan.ending.isEmpty {
            let line = passage.map.tick(at: end)
            handedTick = nil
            let wasPlaying = phase == .playing
            isEnding = true
            state = .stopping(
                Passage(passage.plan.last, map: passage.map, origin: line, entry: line),
                at: line + passage.plan.meter.bar)
            if wasPlaying { effects.append(.stateChanged(.stopping)) }
        } else {
            isEnding = false
            state = .stopped
            effects.append(.stateChanged(.stopped))
        }
    }

    mutating func chase(_ passage: Passage, _ messages: inout [ScheduledMessage]) {
        for message in passage.chased { emit(message, at: passage.entryInstant, &messages) }
    }

    /// Ends notes, in the order of channel and pitch.
    mutating func release(at time: Instant, _ which: (Voice) -> Bool = { _ in true }) -> [ScheduledMessage] {
        let ended = sounding.filter { which($0.key.voice) }
            .sorted { ($0.key.channel, $0.key.pitch) < ($1.key.channel, $1.key.pitch) }
        var messages: [ScheduledMessage] = []
        for (key, port) in ended {
            sounding[key] = nil
            append(
                key, ScheduledMessage(time: time, destination: port, message: .noteOff(key.channel, key.pitch)),
                &messages)
        }
        return messages
    }
}
