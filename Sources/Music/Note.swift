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
