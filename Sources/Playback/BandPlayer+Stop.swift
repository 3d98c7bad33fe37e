import MIDI
import Music
import Transport

/// The grammar of Stop.
extension BandPlayer {
    mutating func stop(_ time: Instant) -> [Effect] {
        let isGesture = time - stopPresses.last <= BandPlayer.gesture
        stopPresses = (isGesture ? stopPresses.count + 1 : 1, time)
        if stopPresses.count >= 3 { return panic() }
        switch state {
        case .stopped:
            // The last bar may have been handed out and still sound.
            return stopPresses.count == 2 ? takeBack() : []
        case .waiting:
            state = .stopped
            turn = nil
            return [.stateChanged(.stopped)]
        case .playing(let passage, _):
            return stopAtBar(passage, time)
        case .stopping:
            return stopNow()
        }
    }

    mutating func stopAtBar(_ passage: Passage, _ time: Instant) -> [Effect] {
        let line = passage.barLine(atOrAfter: time)
        let end = passage.map.instant(of: line)
        guard handedUntil > end else {
            state = .stopping(passage, at: line)
            return lead(to: end) + [.stateChanged(.stopping)]
        }
        turn = nil
        // What lies behind the bar line was handed out already: all is taken back, and the rest of the bar handed out
        // anew.
        let rest = pending.filter { !isDue($0, at: time) }
        let taken = takeBack()
        var behind = passage
        behind.move(to: max(passage.entry, line))
        handedUntil = min(handedUntil, end)
        state = .stopping(behind, at: line)
        return taken + again(rest, until: end) + [.stateChanged(.stopping)] + advance(time)
    }

    /// Hands out what was taken back before it was due, as far as it lies before an instant. What ends later is left to
    /// that instant; set-ups come no later than it.
    mutating func again(_ rest: [Pending], until end: Instant) -> [Effect] {
        var messages: [ScheduledMessage] = []
        for item in rest {
            var message = item.message
            message.time = min(message.time, end)
            if let key = item.key {
                if message.message.status & 0xF0 == 0x90 {
                    guard item.message.time < end, !muted.contains(key.voice) else { continue }
                    sounding[key] = message.destination
                } else {
                    guard item.message.time <= end, sounding.removeValue(forKey: key) != nil else { continue }
                }
                pending.append(item)
            }
            messages.append(message)
        }
        return schedule(
            messages.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
                .map(\.element))
    }

    mutating func stopNow() -> [Effect] {
        state = .stopped
        turn = nil
        isEnding = false
        return takeBack() + [.stateChanged(.stopped)]
    }

    mutating func panic() -> [Effect] {
        let wasStopped = phase == .stopped
        var held: [PortAddress: HeldNotes] = [:]
        for (note, port) in sounding { held[port, default: HeldNotes()].press(note.channel, note.pitch) }
        state = .stopped
        turn = nil
        isEnding = false
        _ = takeBack()
        return routing.destinations.flatMap { port -> [Effect] in
            [.silence(port), .panic(port, Panic.messages(held: held[port] ?? HeldNotes()))]
        } + (wasStopped ? [] : [.stateChanged(.stopped)])
    }
}
