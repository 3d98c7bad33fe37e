import MIDI
import Music

/// What was played lately, in memory: the notes of every keyboard, whether or not a take is being recorded.
///
/// Bounded in time and in number, so that a day of playing needs no more memory than half an hour.
public struct PlayedHistory: Sendable {
    /// What a hand plays: a melody, or the chords under it.
    public enum Hand: Hashable, Sendable { case melody, chords }

    /// Notes of one keyboard's hand whose keys are down.
    private struct Voice: Hashable {
        let keyboard: Int
        let hand: Hand
    }

    private struct Entry {
        var note: PerformedNote
        var hand: Hand
    }

    /// How long a note is remembered.
    public var keep: Nanoseconds
    /// How many notes are remembered at most.
    public let most: Int

    /// In the order of their ends.
    private var entries: [Entry] = []
    private var open: [Voice: NotePairing] = [:]
    private var spans: [PedalSpan] = []
    /// Since when a keyboard's sustain pedal is down.
    private var pedals: [Int: Instant] = [:]
    /// Nothing from before this is known any more.
    private var forgotten = Instant(nanoseconds: .min)

    /// - Parameters:
    ///   - keep: half an hour unless told otherwise.
    ///   - most: 20,000 notes unless told otherwise, about half an hour of very dense playing.
    public init(keep: Nanoseconds = .seconds(1800), most: Int = 20_000) {
        precondition(keep > .zero && most > 0, "a history keeps something")
        self.keep = keep
        self.most = most
    }

    public var isEmpty: Bool { entries.isEmpty && open.values.allSatisfy { $0.openCount == 0 } }

    /// Whether a key is down.
    public var isSounding: Bool { open.values.contains { $0.openCount > 0 } }

    /// Follows a normalised message.
    ///
    /// - Parameter keyboard: a number that tells keyboards apart.
    public mutating func hear(_ message: MIDIMessage, keyboard: Int, hand: Hand = .melody, at time: Instant) {
        if case .controlChange(_, Controller.sustain, let value) = message.kind {
            return press(value >= 64, keyboard, time)
        }
        if let note = open[Voice(keyboard: keyboard, hand: hand), default: NotePairing()].follow(message, at: time) {
            enter(note, hand)
        }
    }

    /// Ends what a keyboard holds: it is gone, or input was lost.
    public mutating func release(keyboard: Int, at time: Instant) {
        press(false, keyboard, time)
        for hand in [Hand.melody, .chords] {
            let voice = Voice(keyboard: keyboard, hand: hand)
            guard var pairing = open.removeValue(forKey: voice) else { continue }
            for note in pairing.closeAll(at: time) { enter(note, hand) }
        }
    }

    /// Ends what any keyboard holds.
    public mutating func releaseAll(at time: Instant) {
        for keyboard in Set(open.keys.map(\.keyboard)).union(pedals.keys) { release(keyboard: keyboard, at: time) }
    }

    /// The notes of a hand, by onset; keys that are down end now.
    ///
    /// - Parameters:
    ///   - start: notes that begin before it are left out.
    ///   - now: notes that begin behind it are left out.
    public func notes(_ hand: Hand, from start: Instant = Instant(nanoseconds: .min), until now: Instant)
        -> [PerformedNote]
    {
        var found = entries.filter { $0.hand == hand }.map(\.note)
        for (voice, pairing) in open where voice.hand == hand {
            var pairing = pairing
            found += pairing.closeAll(at: now)
        }
        return found.filter { $0.onset >= max(start, forgotten) && $0.onset <= now }
            .sorted { ($0.onset, $0.pitch, $0.length) < ($1.onset, $1.pitch, $1.length) }
    }

    /// When the sustain pedal was down between two times, by time; a pedal that is down ends now.
    public func pedal(from start: Instant, until now: Instant) -> [PedalSpan] {
        (spans + pedals.values.filter { $0 < now }.map { PedalSpan(down: $0, up: now) })
            .filter { $0.up > max(start, forgotten) && $0.down < now }
            .sorted { ($0.down, $0.up) < ($1.down, $1.up) }
    }

    /// Forgets what was played since a time; nil forgets everything. What is held is forgotten too.
    ///
    /// - Returns: how many notes were forgotten.
    @discardableResult
    public mutating func forget(since time: Instant? = nil, now: Instant) -> Int {
        releaseAll(at: now)
        let before = entries.count
        if let time {
            entries.removeAll { $0.note.end >= time }
            spans.removeAll { $0.up >= time }
        } else {
            entries = []
            spans = []
            forgotten = now
        }
        return before - entries.count
    }

    private mutating func press(_ isDown: Bool, _ keyboard: Int, _ time: Instant) {
        if isDown {
            if pedals[keyboard] == nil { pedals[keyboard] = time }
        } else if let down = pedals.removeValue(forKey: keyboard), time > down {
            spans.append(PedalSpan(down: down, up: time))
            if spans.count > most { spans.removeFirst(spans.count - most) }
        }
    }

    private mutating func enter(_ note: PerformedNote, _ hand: Hand) {
        entries.append(Entry(note: note, hand: hand))
        // In strides, so that a note does not move all the others.
        guard entries.count > most + most / 8 + 1 || entries[0].note.end + keep + keep < note.end else { return }
        entries.removeFirst(max(0, entries.count - most))
        entries.removeAll { $0.note.end + keep < note.end }
        spans.removeAll { $0.up + keep < note.end }
    }
}
