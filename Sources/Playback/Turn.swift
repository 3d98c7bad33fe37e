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

    /// Whether a message of the plan gives way: the drums do, but for the ends of what they began before.
    func replaces(_ message: PlannedMessage, at tick: Tick) -> Bool {
        message.voice == .part(.drums) && message.isNoteOn && tick >= start && tick < line
    }
}

extension BandPlayer {
    /// Has the drums lead to a change, where there is a fill and a beat of time for it.
    mutating func lead(to change: Instant) {
        let underWay = turn
        turn = nil
        guard let passage, !isEnding, !passage.plan.fill.isEmpty else { return }
        let plan = passage.plan
        let line = passage.map.tick(at: change)
        // One that leads there already goes on: it neither begins anew nor breaks off in its last beat.
        if let underWay, underWay.line == line {
            turn = underWay
            return
        }
        // A change off the bar line comes without a fill.
        guard (line - passage.origin).rawValue % plan.meter.bar.rawValue == 0 else { return }
        let bar = line - plan.meter.bar
        let start = max(bar + plan.fillStart, max(passage.entry, passage.map.tick(at: handedUntil)))
        guard line - start >= plan.meter.beat else { return }
        let messages = plan.fill.map { message in
            var moved = message
            moved.tick = bar + message.tick
            return moved
        }
        turn = Turn(start: start, line: line, messages: messages.filter { $0.tick >= start })
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
