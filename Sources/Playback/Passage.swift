import MIDI
import Music

/// A plan laid along score time from an entry on: where its rounds begin and which message comes next.
struct Passage: Hashable, Sendable {
    let plan: PlaybackPlan
    private(set) var map: TempoMap
    /// Where round 0 begins.
    let origin: Tick
    /// Where it is entered, not before `origin`.
    let entry: Tick
    /// Whether its rounds are counted from `origin` even where its entrance is missed.
    let keepsOrigin: Bool
    private(set) var round: Int
    /// Index of the next message; their count where the round has no more.
    private(set) var index: Int

    /// Begins at `entry`, in the midst of a round where `entry` is not the beginning of one.
    init(_ plan: PlaybackPlan, map: TempoMap, origin: Tick, entry: Tick, keepsOrigin: Bool = false) {
        precondition(entry >= origin, "a passage is entered at or behind its origin")
        self.plan = plan
        self.map = map
        self.origin = origin
        self.entry = entry
        self.keepsOrigin = keepsOrigin
        round = 0
        index = 0
        move(to: entry)
    }

    /// Goes on under another map; what comes next stays the same.
    mutating func retime(_ new: TempoMap) { map = new }

    var entryInstant: Instant { map.instant(of: entry) }

    /// When the round that is under way ends.
    var roundEnd: Instant { map.instant(of: origin + plan.length * (round + 1)) }

    /// The first bar line, counted from the origin, that is not before a time.
    func barLine(atOrAfter time: Instant) -> Tick {
        BandPlayer.line(of: plan.meter.bar, from: origin, atOrAfter: time, map)
    }

    /// The next message, where it lies and when it sounds. Nil only where the plan has none.
    var next: (message: PlannedMessage, tick: Tick, instant: Instant)? {
        guard !plan.messages.isEmpty else { return nil }
        let isOver = index == plan.messages.count
        let message = plan.messages[isOver ? 0 : index]
        let tick = origin + plan.length * (isOver ? round + 1 : round) + message.tick
        return (message, tick, map.instant(of: tick))
    }

    /// Begins the rounds that lie before an instant and have nothing there: what was handed out reaches into them.
    mutating func reach(_ end: Instant) {
        while index == plan.messages.count, roundEnd < end {
            round += 1
            index = 0
        }
    }

    /// Passes over the next message.
    mutating func step() {
        if index == plan.messages.count {
            round += 1
            index = 0
        }
        index += 1
    }

    /// Goes to the first message at or behind a tick.
    mutating func move(to tick: Tick) {
        let inside = max(0, (tick - origin).rawValue)
        round = inside / plan.length.rawValue
        let offset = Tick(inside % plan.length.rawValue)
        index = plan.messages.firstIndex { $0.tick >= offset } ?? plan.messages.count
    }

    /// The note-ons of notes that sound through the entry: begun before it and not ended at it.
    var chased: [PlannedMessage] {
        let offset = Tick((entry - origin).rawValue % plan.length.rawValue)
        struct Key: Hashable {
            let channel: UInt8
            let pitch: UInt8
        }
        var open: [Key: PlannedMessage] = [:]
        for message in plan.messages {
            if message.tick > offset || message.tick == offset && message.isNoteOn { break }
            let key = Key(channel: message.message.status & 15, pitch: message.message.data1)
            open[key] = message.isNoteOn && message.voice != .part(.drums) ? message : nil
        }
        return open.values.sorted {
            ($0.message.status, $0.message.data1) < ($1.message.status, $1.message.data1)
        }
    }
}
