import MIDI
import Music
import Transport

/// A fill on its way to a change: it takes the place of the drums from its beginning to the bar line.
struct Turn: Hashable, Sendable {
    /// Where it begins, in the ticks of the passage that it is played in.
    let start: Tick
    /// The bar line that it leads to.
    let line: Tick
    /// By tick, in the passage's ticks.
    let messages: [PlannedMessage]
    /// Index of the next message.
    var index = 0

    /// Passes over what a machine that slept has missed.
    mutating func catchUp(_ now: Instant, _ map: TempoMap) {
        guard index < messages.count, map.instant(of: messages[index].tick) + BandPlayer.lateness < now else { return }
        index = messages.firstIndex { map.instant(of: $0.tick) >= now } ?? messages.count
    }

    /// Whether a message of the plan gives way: the drums do, but for the ends of what they began before.
    func replaces(_ message: PlannedMessage, at tick: Tick) -> Bool {
        message.voice == .part(.drums) && message.isNoteOn && tick >= start && tick < line
    }
}

extension BandPlayer {
    /// Has the drums lead to a change, where there is a fill and a beat of time for it.
    ///
    /// - Returns: the ends of the drums of a fill that is given up: what would have ended them is gone with it.
    mutating func lead(to change: Instant) -> [Effect] {
        let underWay = turn
        turn = nil
        guard let passage, !isEnding, !passage.plan.fill.isEmpty else { return [] }
        let plan = passage.plan
        let line = passage.map.tick(at: change)
        // One that leads there already goes on: it neither begins anew nor breaks off in its last beat.
        if let underWay, underWay.line == line {
            turn = underWay
            return []
        }
        let ends = underWay.map { $0.index > 0 } == true ? release(at: handedUntil) { $0 == .part(.drums) } : []
        // A change off the bar line comes without a fill.
        guard (line - passage.origin).rawValue % plan.meter.bar.rawValue == 0 else { return schedule(ends) }
        let bar = line - plan.meter.bar
        var start = max(bar + plan.fillStart, passage.entry)
        // Not before what was handed out, wherever another tempo has moved it since.
        if let handedTick { start = max(start, handedTick + Tick(1)) }
        let handed = passage.map.tick(at: handedUntil)
        start = max(start, passage.map.instant(of: handed) < handedUntil ? handed + Tick(1) : handed)
        guard line - start >= plan.meter.beat else { return schedule(ends) }
        let messages = plan.fill.map { message in
            var moved = message
            moved.tick = bar + message.tick
            return moved
        }
        .filter { $0.tick >= start }
        if messages.contains(where: \.isNoteOn) { turn = Turn(start: start, line: line, messages: messages) }
        return schedule(ends)
    }

    /// Hands out the fill's messages before an instant.
    mutating func emitTurn(until end: Instant, _ map: TempoMap, _ messages: inout [ScheduledMessage]) {
        while let turn, turn.index < turn.messages.count {
            let message = turn.messages[turn.index]
            let time = map.instant(of: message.tick)
            guard time < end else { return }
            emit(message, at: time, &messages)
            self.turn?.index += 1
        }
    }
}
