/// How much of what was played stays on the disk, and for how long.
public struct JournalLimits: Hashable, Sendable {
    /// How long; zero keeps nothing on the disk and removes what is there. What is older goes when the journal is opened, when a
    /// segment is begun, and once a `period`; a segment goes when its newest message is too old.
    public var keep: Duration
    /// How many bytes at most; the oldest segments go first.
    public var mostBytes: Int
    /// How large a segment becomes before the next is begun.
    public var segmentBytes: Int

    /// - Precondition: `keep` is not negative; `segmentBytes` holds a few records (at least 1,024 bytes).
    public init(keep: Duration = .seconds(24 * 3600), mostBytes: Int = 16 << 20, segmentBytes: Int = 64 << 10) {
        precondition(keep >= .zero, "a time to keep is not negative")
        precondition(segmentBytes >= 1024, "a segment holds at least 1,024 bytes")
        self.keep = keep
        self.mostBytes = mostBytes
        self.segmentBytes = segmentBytes
    }

    /// How long a segment is written to, and how often old ones are looked for: a 24th of `keep`, a minute to an hour. So a message
    /// may stay for up to two of these longer than `keep`.
    public var period: Duration { min(.seconds(3600), max(.seconds(60), keep / 24)) }

    var keepNanoseconds: Int64 { keep.wholeNanoseconds }
    var periodNanoseconds: Int64 { period.wholeNanoseconds }
}

extension Duration {
    /// Clamped to what 64 bits hold: 292 years.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        guard seconds < 9_000_000_000 else { return .max }
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
