import ConsoleAPI

/// What a stored arrangement must sound like: one round of it, note by note.
///
/// Worked out from the notes of the API, without the daemon's own code for playing.
struct Score {
    struct Event: Equatable {
        /// From the beginning of the round.
        var tick: Int
        var message: NoteMessage
    }

    /// Note-offs before note-ons, then by channel and pitch.
    let events: [Event]
    /// Ticks.
    let length: Int
    let channels: Set<Int>

    /// The drums are left out: they go into a fill where something changes.
    ///
    /// - Precondition: the arrangement is played straight and in quarters.
    init(_ arrangement: ArrangementReport) {
        precondition(arrangement.swing == 0.5 && arrangement.meter == "4/4")
        let length = arrangement.bars * 4 * 480
        self.length = length
        let parts = arrangement.parts.values.filter { $0.channel != 10 }
        channels = Set(parts.map(\.channel))
        events = parts.flatMap { part in
            Dictionary(grouping: part.notes, by: \.pitch).values.flatMap { notes -> [Event] in
                let sorted = notes.sorted { $0.onset < $1.onset }
                return sorted.enumerated().flatMap { index, note -> [Event] in
                    // A pitch sounds once at a time: the next note of it ends it.
                    let next = index + 1 < sorted.count ? sorted[index + 1].onset : length
                    func message(_ velocity: Int?) -> NoteMessage {
                        NoteMessage(channel: part.channel, pitch: note.pitch, velocity: velocity)
                    }
                    return [
                        Event(tick: note.onset, message: message(note.velocity)),
                        Event(tick: min(note.onset + note.length, next, length), message: message(nil)),
                    ]
                }
            }
        }.sorted { $0.order < $1.order }
    }

    /// How many events lie before a tick.
    func count(before tick: Int) -> Int { events.count { $0.tick < tick } }

    /// The first messages of round after round.
    func messages(_ count: Int) -> [NoteMessage] { (0..<count).map { events[$0 % events.count].message } }

    /// Where each of some notes stands in round after round: each key's beginnings and ends in their order, whatever other keys do
    /// in the few milliseconds of the genre's micro-timing; a velocity may have an accent.
    ///
    /// - Returns: ticks, up to the first note that does not stand there.
    func places(of notes: [NoteMessage]) -> [Int] {
        let byKey = Dictionary(grouping: events) { [$0.message.channel, $0.message.pitch] }
        var next: [[Int]: Int] = [:]
        var ticks: [Int] = []
        for note in notes {
            let key = [note.channel, note.pitch]
            guard let own = byKey[key] else { return ticks }
            let number = next[key, default: 0]
            let event = own[number % own.count]
            guard event.message.isBeginning == note.isBeginning,
                abs((event.message.velocity ?? 0) - (note.velocity ?? 0)) <= 24
            else { return ticks }
            next[key] = number + 1
            ticks.append(event.tick + number / own.count * length)
        }
        return ticks
    }
}

extension Score.Event {
    fileprivate var order: (Int, Int, Int, Int) {
        (tick, message.isBeginning ? 1 : 0, message.channel, message.pitch)
    }
}

/// A note's beginning or end.
struct NoteMessage: Hashable, CustomStringConvertible {
    /// 1...16.
    var channel: Int
    var pitch: Int
    /// Nil where the note ends.
    var velocity: Int?

    var isBeginning: Bool { velocity != nil }

    init(channel: Int, pitch: Int, velocity: Int?) {
        self.channel = channel
        self.pitch = pitch
        self.velocity = velocity
    }

    /// Nil for other messages.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == 3, [0x80, 0x90].contains(bytes[0] & 0xF0) else { return nil }
        channel = Int(bytes[0] & 15) + 1
        pitch = Int(bytes[1])
        velocity = bytes[0] & 0xF0 == 0x90 && bytes[2] > 0 ? Int(bytes[2]) : nil
    }

    var description: String { "\(channel):\(pitch)" + (velocity.map { "@\($0)" } ?? " off") }
}

/// What the band played at a port, with the times at which it arrived.
struct Reception {
    var messages: [(time: Duration, note: NoteMessage)]

    /// The notes among MIDI messages, on some channels.
    init(_ all: [(time: Duration, bytes: [UInt8])], on channels: Set<Int>) {
        messages = all.compactMap { item in
            NoteMessage(item.bytes).flatMap { channels.contains($0.channel) ? (item.time, $0) : nil }
        }
    }

    var notes: [NoteMessage] { messages.map(\.note) }

    /// Where the first round began, by the median of what belongs to it, and how far the worst message lay from its place.
    func origin(in score: Score, _ length: (Int) -> Duration) -> (time: Duration, worst: Duration) {
        let starts = zip(messages, score.places(of: notes).prefix(score.events.count)).map { $0.time - length($1) }
        let origin = starts.sorted()[starts.count / 2]
        return (origin, starts.map { max($0 - origin, origin - $0) }.max() ?? .zero)
    }
}

extension Sequence<NoteMessage> {
    /// Notes that began and did not end.
    var hanging: [NoteMessage] {
        var open: [NoteMessage: Int] = [:]
        for message in self {
            let key = NoteMessage(channel: message.channel, pitch: message.pitch, velocity: nil)
            open[key, default: 0] = message.isBeginning ? open[key, default: 0] + 1 : 0
        }
        return open.filter { $0.value > 0 }.keys.sorted { ($0.channel, $0.pitch) < ($1.channel, $1.pitch) }
    }
}
