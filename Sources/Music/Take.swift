/// A recorded melody: what was played, as it was played and as it was understood.
public struct Take: Hashable, Sendable {
    public var phrase: Phrase
    /// The raw performance in performance time, by onset.
    public var performance: [PerformedNote]
    /// Places the phrase's bar 1 in performance time.
    public var tempoMap: TempoMap
    public var origin: Origin
    /// Input was lost while it was recorded (overflow, unplugged keyboard).
    public var isDamaged: Bool

    public init(
        phrase: Phrase, performance: [PerformedNote], tempoMap: TempoMap, origin: Origin, isDamaged: Bool
    ) {
        self.phrase = phrase
        self.performance = performance
        self.tempoMap = tempoMap
        self.origin = origin
        self.isDamaged = isDamaged
    }

    /// Where a take came from.
    public struct Origin: Hashable, Sendable {
        /// The keyboard as a person knows it: its product name; `console` or `file` otherwise.
        public var keyboard: String
        /// How it was triggered: `record`, `accompany`, `import`.
        public var trigger: String

        public init(keyboard: String, trigger: String) {
            self.keyboard = keyboard
            self.trigger = trigger
        }
    }
}
