import MIDI
import Music
import Transport

/// Beginning, and going over to something else.
extension BandPlayer {
    mutating func enter(
        _ plan: PlaybackPlan, _ map: TempoMap, _ time: Instant, _ boundary: Boundary, _ origin: Tick?
    ) -> [Effect] {
        let earliest = isUnderWay ? max(time, handedUntil) : time
        let unit = boundary == .bar ? plan.meter.bar : plan.meter.beat
        let bar = plan.meter.bar.rawValue
        let line = BandPlayer.line(of: unit, from: origin ?? .zero, atOrAfter: earliest, map)
        let entry = max(line, origin ?? line)
        let passage = Passage(
            plan, map: map, origin: origin ?? Tick(entry.rawValue - (entry.rawValue % bar + bar) % bar), entry: entry,
            keepsOrigin: origin != nil)
        switch state {
        case .playing(let current, _), .stopping(let current, _):
            state = .playing(current, next: passage)
            return lead(to: passage.entryInstant) + [.stateChanged(.playing)]
        case .stopped, .waiting:
            turn = nil
            isEnding = false
            state = .waiting(passage)
            return clear(passage) + schedule(setUp(plan, at: time)) + [.stateChanged(.waiting)]
        }
    }

    /// Takes back the set-up of a later entrance that was given up: the notes must not wait for it.
    private mutating func clear(_ passage: Passage) -> [Effect] {
        let waits = routing.destinations.contains { lastTimes[$0].map { $0 > passage.entryInstant } == true }
        return waits ? takeBack() : []
    }

    mutating func replace(_ plan: PlaybackPlan, _ time: Instant) -> [Effect] {
        switch state {
        case .stopped, .stopping:
            return []
        case .waiting(let passage):
            state = .waiting(
                Passage(
                    plan, map: passage.map, origin: passage.origin, entry: passage.entry,
                    keepsOrigin: passage.keepsOrigin))
            return schedule(setUp(plan, at: time)) + [.replaced]
        case .playing(let passage, let next):
            // A passage that is about to begin is replaced before it does.
            if let next, isEnding || next.map != passage.map {
                state = .playing(
                    passage, next: Passage(plan, map: next.map, origin: next.origin, entry: next.entry))
                return []
            }
            // A clock that jumps back may have put the passage's own entry ahead again.
            let entry = max(passage.barLine(atOrAfter: max(time, handedUntil)), passage.entry)
            let isSameLength = plan.length == passage.plan.length && plan.meter == passage.plan.meter
            state = .playing(
                passage,
                next: Passage(plan, map: passage.map, origin: isSameLength ? passage.origin : entry, entry: entry))
            return lead(to: passage.map.instant(of: entry))
        }
    }

    mutating func setLoop(_ loops: Bool) -> [Effect] {
        self.loops = loops
        return []
    }

    mutating func mute(_ voices: Set<Voice>, _ time: Instant) -> [Effect] {
        let silenced = voices.subtracting(muted)
        muted = voices
        let released = release(at: max(time, handedUntil)) { silenced.contains($0) }
        return schedule(released)
    }

    mutating func reroute(_ routing: Routing, _ time: Instant) -> [Effect] {
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

    var isUnderWay: Bool { phase == .playing || phase == .stopping }

    func setUp(_ plan: PlaybackPlan, at time: Instant) -> [ScheduledMessage] {
        plan.setup.map { planned in
            var message = planned.message
            if case .controlChange(let channel, Controller.volume, _) = message.kind,
                let volume = volumes[planned.voice]
            {
                message = .controlChange(channel, Controller.volume, volume)
            }
            return ScheduledMessage(time: time, destination: routing.destination(of: planned.voice), message: message)
        }
    }

    mutating func setVolumes(_ new: [Voice: UInt8], _ time: Instant) -> [Effect] {
        let changed = Voice.all.filter { volumes[$0] != new[$0] }
        volumes = new.mapValues { min(127, $0) }
        guard let plan = playing?.plan else { return [] }
        return schedule(
            setUp(plan, at: isUnderWay ? max(time, handedUntil) : time).filter { message in
                guard case .controlChange(let channel, Controller.volume, _) = message.message.kind else {
                    return false
                }
                return changed.contains { plan.channel(of: $0) == channel }
            })
    }

    mutating func setIntensity(_ factor: Double) -> [Effect] {
        intensity = min(1.4, max(0.6, factor))
        return []
    }

    mutating func retime(_ map: TempoMap, _ time: Instant) -> [Effect] {
        switch state {
        case .stopped: break
        case .waiting(var passage):
            passage.retime(map)
            state = .waiting(passage)
            let cleared = clear(passage)
            return cleared.isEmpty ? [] : cleared + schedule(setUp(passage.plan, at: time))
        case .playing(var passage, var next):
            let old = passage.map
            passage.retime(map)
            if let following = next {
                next?.retime(BandPlayer.carried(following, from: old, to: map))
            }
            state = .playing(passage, next: next)
        case .stopping(var passage, let line):
            passage.retime(map)
            state = .stopping(passage, at: line)
        }
        return []
    }

    /// The map of a passage that follows, moved with the one before it.
    private static func carried(_ next: Passage, from old: TempoMap, to map: TempoMap) -> TempoMap {
        if next.map == old { return map }
        let line = old.tick(at: next.entryInstant)
        return TempoMap(anchor: map.instant(of: line), anchorTick: next.entry, tempo: next.map.tempo)
    }

    /// The first multiple of `unit`, counted from an origin, whose instant is not before a time.
    static func line(of unit: Tick, from origin: Tick = .zero, atOrAfter time: Instant, _ map: TempoMap) -> Tick {
        let tick = (map.tick(at: time) - origin).rawValue
        var line = origin + Tick(tick - (tick % unit.rawValue + unit.rawValue) % unit.rawValue)
        while map.instant(of: line) < time { line = line + unit }
        return line
    }
}
