import Music

/// How the daemon is, at this moment.
public struct StatusReport: Hashable, Sendable, Codable {
    public var version: String
    public var state: PlayerState
    public var genre: String
    /// Genres that can be chosen.
    public var genres: [String]
    /// Quarter notes a minute: the band's, else that of the next take; nil where the playing will tell.
    public var tempo: Double?
    public var meter: String
    /// Whether what is played is remembered, so that the band can come in on it.
    public var listening: Bool
    /// Whether a click sounds.
    public var metronome: Bool
    public var loop: Bool
    /// By part: `drums`, `bass` ...; `melody` is the take itself.
    public var locked: [String]
    public var muted: [String]
    public var solo: [String]
    /// The variation that is shown, counted from 1, of how many; nil while there is none.
    public var variation: Int?
    public var variations: Int?
    public var keyboards: [KeyboardReport]
    /// Where the band sounds; nil where nothing can sound.
    public var output: String?
    /// How the synthesizer of our own is, in words; nil where none is needed.
    public var synth: String?
    public var lastTakeID: Int64?
    public var lastArrangementID: Int64?
    /// Seconds since the daemon was ready.
    public var uptime: Double
    /// Seconds on the clock that the times of live notes are on.
    public var clock: Double
    /// Counts by name: received, sent, overruns ...
    public var counters: [String: Int]
    /// How long things took since the daemon's start; nil where nothing was measured yet.
    public var timing: TimingReport?
    /// What is wrong at present, in sentences; empty when all is well.
    public var problems: [String]

    public init(
        version: String, state: PlayerState, genre: String, genres: [String], tempo: Double? = nil,
        meter: String = "4/4", listening: Bool = true, metronome: Bool = false, loop: Bool = true,
        locked: [String] = [],
        muted: [String] = [], solo: [String] = [], variation: Int? = nil, variations: Int? = nil,
        keyboards: [KeyboardReport] = [], output: String? = nil, synth: String? = nil,
        lastTakeID: Int64? = nil,
        lastArrangementID: Int64? = nil,
        uptime: Double = 0, clock: Double = 0, counters: [String: Int] = [:], timing: TimingReport? = nil,
        problems: [String] = []
    ) {
        self.version = version
        self.state = state
        self.genre = genre
        self.genres = genres
        self.tempo = tempo
        self.meter = meter
        self.listening = listening
        self.metronome = metronome
        self.loop = loop
        self.locked = locked
        self.muted = muted
        self.solo = solo
        self.variation = variation
        self.variations = variations
        self.keyboards = keyboards
        self.output = output
        self.synth = synth
        self.lastTakeID = lastTakeID
        self.lastArrangementID = lastArrangementID
        self.uptime = uptime
        self.clock = clock
        self.counters = counters
        self.timing = timing
        self.problems = problems
    }
}

/// How long things took, measured all the time. Each is nil where nothing was measured yet.
public struct TimingReport: Hashable, Sendable, Codable {
    /// From a key's time stamp to the end of sending it on to the port that sounds.
    public var thru: Distribution?
    /// By how much messages of the band were sent later than they were due.
    public var lateness: Distribution?
    /// How long a band took to make.
    public var generation: Distribution?

    /// Milliseconds.
    public struct Distribution: Hashable, Sendable, Codable {
        /// How many were measured.
        public var count: Int
        /// Half of them took no longer.
        public var p50: Double
        /// All but one in a hundred took no longer.
        public var p99: Double
        public var longest: Double

        public init(count: Int, p50: Double, p99: Double, longest: Double) {
            self.count = count
            self.p50 = p50
            self.p99 = p99
            self.longest = longest
        }
    }

    public init(thru: Distribution? = nil, lateness: Distribution? = nil, generation: Distribution? = nil) {
        self.thru = thru
        self.lateness = lateness
        self.generation = generation
    }
}

/// A keyboard that is plugged in.
public struct KeyboardReport: Hashable, Sendable, Codable {
    /// As a person knows it.
    public var name: String
    /// The profile in use; nil for an unknown keyboard.
    public var profile: String?
    /// `1c75:02ca`; nil for what is no USB device.
    public var usb: String?

    public init(name: String, profile: String? = nil, usb: String? = nil) {
        self.name = name
        self.profile = profile
        self.usb = usb
    }
}
