/// A recorded melody: what was played, as it was played and as it was understood.
public struct Take: Hashable, Sendable {
    public var phrase: Phrase
    /// The raw performance in performance time, by onset.
    public var performance: [PerformedNote]
    /// When the sustain pedal was down, by time. It lengthens what is heard as harmony, never the phrase's notes.
    public var pedal: [PedalSpan]
    /// Places the phrase's bar 1 in performance time.
    public var tempoMap: TempoMap
    public var origin: Origin
    /// Input was lost while it was recorded (overflow, unplugged keyboard).
    public var isDamaged: Bool

    public init(
        phrase: Phrase, performance: [PerformedNote], pedal: [PedalSpan] = [], tempoMap: TempoMap, origin: Origin,
        isDamaged: Bool
    ) {
        self.phrase = phrase
        self.performance = performance
        self.pedal = pedal
        self.tempoMap = tempoMap
        self.origin = origin
        self.isDamaged = isDamaged
    }

    /// Where a take came from.
    public struct Origin: Hashable, Sendable {
        /// The keyboard as a person knows it: its product name; `console` or `file` otherwise.
        public var keyboard: String
        /// How it was triggered: `record`, `accompany`, `import`, `edit` (changed by hand).
        public var trigger: String

        public init(keyboard: String, trigger: String) {
            self.keyboard = keyboard
            self.trigger = trigger
        }
    }
}

/// A time in which the sustain pedal was down.
public struct PedalSpan: Hashable, Sendable, BitwiseCopyable {
    public var down: Instant
    /// Behind `down`.
    public var up: Instant

    public init(down: Instant, up: Instant) {
        self.down = down
        self.up = up
    }
}
