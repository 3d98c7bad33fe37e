/// A note in score time.
public struct NoteEvent: Hashable, Sendable, BitwiseCopyable {
    public var pitch: Pitch
    /// From the phrase's bar 1; never negative in a `Phrase`.
    public var onset: Tick
    /// At least one tick.
    public var length: Tick
    public var velocity: Velocity

    public init(pitch: Pitch, onset: Tick, length: Tick, velocity: Velocity) {
        self.pitch = pitch
        self.onset = onset
        self.length = length
        self.velocity = velocity
    }

    public var end: Tick { onset + length }

    /// Score order: by onset, then pitch, then length, then velocity.
    public static func inScoreOrder(_ a: NoteEvent, _ b: NoteEvent) -> Bool {
        (a.onset, a.pitch, a.length, a.velocity) < (b.onset, b.pitch, b.length, b.velocity)
    }
}

extension [NoteEvent] {
    /// The notes with each pitch sounding once at a time: a note ends where its pitch begins again, and at `end`. Of
    /// notes of a pitch that begin together the longest stays; those that begin before zero or not before `end` are
    /// left out.
    ///
    /// - Returns: score order.
    public func soundingOnce(until end: Tick) -> [NoteEvent] {
        var last: [Pitch: Int] = [:]
        var kept: [NoteEvent] = []
        for note in sorted(by: { ($0.onset, -$0.length.rawValue) < ($1.onset, -$1.length.rawValue) })
        where note.onset >= .zero && note.onset < end {
            if let index = last[note.pitch] {
                if kept[index].onset == note.onset { continue }
                kept[index].length = Swift.min(kept[index].length, note.onset - kept[index].onset)
            }
            last[note.pitch] = kept.count
            kept.append(note)
            kept[kept.count - 1].length = Swift.max(Tick(1), Swift.min(note.length, end - note.onset))
        }
        return kept.sorted(by: NoteEvent.inScoreOrder)
    }
}

/// A note as it was played, in performance time.
public struct PerformedNote: Hashable, Sendable, BitwiseCopyable {
    public var pitch: Pitch
    public var onset: Instant
    /// Until the key was let go; the sustain pedal does not lengthen it.
    public var length: Nanoseconds
    public var velocity: Velocity

    public init(pitch: Pitch, onset: Instant, length: Nanoseconds, velocity: Velocity) {
        self.pitch = pitch
        self.onset = onset
        self.length = length
        self.velocity = velocity
    }

    public var end: Instant { onset + length }
}
