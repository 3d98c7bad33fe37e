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
        let line = BandPlayer.line(of: passage.plan.meter.bar, atOrAfter: time, passage.map)
        let end = passage.map.instant(of: line)
        guard handedUntil > end else {
            state = .stopping(passage, at: end)
            lead(to: end)
            return [.stateChanged(.stopping)]
        }
        turn = nil
        // What lies behind the bar line was handed out already: all is taken back, and the rest of the bar handed out
        // anew.
        var rest = passage
        rest.move(to: passage.map.tick(at: time))
        handedUntil = time
        state = .stopping(rest, at: end)
        return takeBack() + [.stateChanged(.stopping)] + advance(time)
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
