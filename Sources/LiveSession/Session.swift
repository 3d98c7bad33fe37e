import Capture
import Generation
import MIDI
import Music
import Playback
import Sync
import Transport

/// What goes on between players and the band: takes, tempo, variations, entrances. A state machine without a clock, a port or
/// a file.
///
/// Events come with their times; effects are data that the conductor performs.
public struct Session: Sendable {
    /// What is settled before anything is played.
    public struct Settings: Hashable, Sendable {
        /// The genres whose alternatives are made ahead, as the pads have them.
        public var genres: [Genre]
        public var genre: Genre
        /// How daring the band's rhythm is, 0...1.
        public var temperature: Double
        /// nil lets the playing tell.
        public var tempo: Tempo?
        public var meter: Meter
        /// Where the band comes in while the player's time goes on.
        public var entrance: BandPlayer.Boundary
        /// Whether a click sounds from the start.
        public var clicks: Bool
        /// Whether what is played is remembered from the start.
        public var listens: Bool
        /// How long what was played is remembered.
        public var memory: Nanoseconds

        public init(
            genres: [Genre] = [.jazz, .pop, .rock, .symphony], genre: Genre = .pop, temperature: Double = 0.3,
            tempo: Tempo? = nil, meter: Meter = .fourFour, entrance: BandPlayer.Boundary = .beat, clicks: Bool = false,
            listens: Bool = true,
            memory: Nanoseconds = .seconds(1800)
        ) {
            self.genres = genres
            self.genre = genre
            self.temperature = temperature
            self.tempo = tempo
            self.meter = meter
            self.entrance = entrance
            self.clicks = clicks
            self.listens = listens
            self.memory = memory
        }
    }

    public enum Event: Sendable {
        /// A normalised message of a keyboard.
        case message(MIDIMessage, from: Source, at: Instant)
        case control(Control, at: Instant)
        /// Other settings hold; what has not changed in them stays as the player has set it since.
        case settings(Settings, at: Instant)
        case keyboardLost(Source, at: Instant)
        /// Input was lost before this time.
        case gap(at: Instant)
        /// The answer to `Effect.accompany`.
        case accompanied(request: Int, Accompaniment, Turns, at: Instant)
        /// Other models play these genres from now on.
        case modelsChanged(Set<Genre>, at: Instant)
        /// What was played before the start, in its order; the keyboards that it came from are others than those of now.
        case recalled([Recalled], at: Instant)
        /// A take of the store is wanted again.
        case reopened(Kept, at: Instant)
        /// A message of the clock that is followed.
        case clock(MIDIMessage, at: Instant)
        /// Where our own clock is sent.
        case clockPorts([PortAddress], at: Instant)
        /// Where the band plays; nil where nothing can sound.
        case routing(Routing?, at: Instant)
        case tick(Instant)
        /// The daemon ends: what was played so far is a take.
        case ending(at: Instant)
    }

    public enum Effect: Sendable {
        /// Keep a take; it is called by its number from now on.
        case storeTake(Take, number: Int)
        /// A take that is kept already is called by a number from now on.
        case known(name: Int64, number: Int)
        /// Keep an arrangement, with the order that it answers.
        case storeArrangement(Arrangement, answering: Order, take: Int)
        /// Answer a phrase, on another thread; the turns are those of the whole phrase with the answer.
        case accompany(request: Int, Order)
        case player(BandPlayer.Effect)
        /// Clicks and clocks, in time order.
        case schedule([ScheduledMessage])
        /// Forget what was written down of the last so many; nil forgets all.
        case forget(Nanoseconds?)
        /// What the player is told: the state changed, or a wish was heard.
        case told(PlayerState, String)
        /// A wish that cannot be fulfilled now, with what to do.
        case refused(String, advice: String)
    }

    /// A message that was played before the start.
    public struct Recalled: Hashable, Sendable {
        public var message: MIDIMessage
        public var source: Source
        public var time: Instant

        public init(_ message: MIDIMessage, from source: Source, at time: Instant) {
            self.message = message
            self.source = source
            self.time = time
        }
    }

    /// What the band is asked for.
    public struct Order: Hashable, Sendable {
        /// What the band listens to.
        public var melody: Phrase
        /// The whole phrase, as it is stored with the answer.
        public var phrase: Phrase
        public var genre: Genre
        public var request: AccompanimentRequest

        public init(melody: Phrase, phrase: Phrase, genre: Genre, request: AccompanimentRequest) {
            self.melody = melody
            self.phrase = phrase
            self.genre = genre
            self.request = request
        }
    }

    /// An order that is not answered yet; answers outlive the piece that they were ordered for.
    struct Open: Sendable {
        let take: Int
        let order: Order
        /// Nobody asked for it yet: it is made so that nobody waits.
        var isAhead: Bool
    }

    public private(set) var settings: Settings
    /// What the next variation is played as: the genre of the one that is shown, unless another was chosen since.
    public internal(set) var genre: Genre
    public internal(set) var recorder: TakeRecorder
    public internal(set) var player: BandPlayer?
    public internal(set) var piece: Piece?

    // takes
    var history: PlayedHistory
    /// Whether what is played is remembered.
    public internal(set) var listens: Bool
    /// What was played until here was made a take already, or forgotten.
    var heardUntil = Instant(nanoseconds: .min)
    /// The last press of Accompany that took something, and how many phrases back that lay.
    var lastAsk: (time: Instant, back: Int)?
    var lastGap: Instant?
    var takes = 0
    /// The keyboard that was played last.
    var keyboardName = ""
    /// The keyboard whose take is being recorded.
    var recordingKeyboard: Source?
    /// Whether the band comes in when the present take ends.
    var bandFollows = true
    /// The band's grid, while something is recorded over it.
    var overdub: (map: TempoMap, origin: Tick)?
    /// Pieces that undo brings back, and redo; nil is an empty desk.
    var past: [Piece?] = []
    var future: [Piece?] = []

    // the band
    /// The request whose answer the band waits for to come in or to change.
    var awaited: Int?
    var requests = 0
    var open: [Int: Open] = [:]
    /// Variations that are made before they are asked for, for the present piece.
    var ahead: [Variation] = []
    /// How often each genre's model was replaced.
    var replacements: [Genre: Int] = [:]
    /// The piece that the band plays.
    var performing: Piece?
    /// Whether the band begins again at the end of its round.
    public internal(set) var loops = true
    /// When the band was asked in, while it is not there yet.
    var asked: Instant?
    /// A port to play to is being opened: the band waits for it instead of being refused. Whoever opens ports sets this.
    public var isPortComing = false {
        didSet { if !isPortComing { heldBack = nil } }
    }
    /// When the band was to come in, while it waits for the port.
    var heldBack: Instant?
    var hasPlayed = false
    var lastState = PlayerState.idle

    // the mix
    public internal(set) var mix = MixDesk()
    var dynamics = Dynamics()

    // time
    /// What takes are played to; nil lets the playing tell.
    public internal(set) var tempo: Tempo?
    /// The metre of takes at a known tempo.
    public internal(set) var meter: Meter
    /// A click sounds with whatever is played.
    public internal(set) var clicks: Bool
    var metronome: Metronome?
    /// The band's grid that the click goes with.
    var clicked: TempoMap?
    var taps = TapTempo()
    var follower: ClockFollower
    /// The song of the machine that is followed.
    var songMap: TempoMap?
    var sender = ClockSender()
    /// What our clock goes with.
    var sentSong: TempoMap?

    public init(settings: Settings) {
        self.settings = settings
        genre = settings.genre
        clicks = settings.clicks
        listens = settings.listens
        follower = ClockFollower(assumed: settings.tempo ?? .moderate)
        tempo = settings.tempo
        meter = settings.meter
        history = PlayedHistory(keep: settings.memory)
        recorder = TakeRecorder(
            settings: .init(
                tempo: settings.tempo, meter: settings.meter, origin: .init(keyboard: "", trigger: "record")))
    }

    public var state: PlayerState {
        switch recorder.state.phase {
        case .armed: return .armed
        case .recording, .closing: return .recording
        case .idle: break
        }
        if awaited != nil || heldBack != nil { return .generating }
        if isBandOn { return .playing }
        return hasPlayed ? .stopped : .idle
    }

    /// Whether time must be told a few times a second.
    public var isBusy: Bool {
        isTaking || isBandOn || metronome?.isRunning == true || follower.isRunning || sender.isPlaying
    }

    /// Whether the band plays, or waits for its bar line.
    public var isBandOn: Bool { player.map { $0.phase != .stopped } ?? false }

    /// Whether a take has begun and is not finished.
    var isTaking: Bool { [.recording, .closing].contains(recorder.state.phase) }

    /// The variation that is shown, if its notes are there.
    public var arrangement: Arrangement? { piece?.shown?.arrangement }

    /// Follows an event.
    public mutating func handle(_ event: Event) -> [Effect] {
        var effects: [Effect]
        switch event {
        case .message(let message, let source, let time): effects = hear(message, source, time)
        case .control(let control, let time): effects = press(control, time)
        case .settings(let settings, let time): effects = adopt(settings, time)
        case .keyboardLost(let keyboard, let time): effects = lose(keyboard, time)
        case .gap(let time): effects = mark(time)
        case .accompanied(let request, let accompaniment, let turns, let time):
            effects = take(accompaniment, turns, request, time)
        case .modelsChanged(let genres, _): effects = adopt(modelsOf: genres)
        case .recalled(let played, let time): effects = recall(played, time)
        case .reopened(let kept, let time): effects = reopen(kept, time)
        case .clock(let message, let time): effects = hearClock(message, time)
        case .clockPorts(let ports, let time): effects = setClockPorts(ports, time)
        case .routing(let routing, let time): effects = route(routing, time)
        case .tick(let now): effects = pass(now)
        case .ending(let time): effects = finish(time)
        }
        let time = event.time
        // The player is ahead of what is heard by its horizon.
        var end = time
        if case .tick = event { end = time + BandPlayer.standardHorizon }
        effects += followClick(time)
        effects += sendClock(effects, time, end: end)
        effects += makeAhead()
        let state = state
        guard state != lastState else { return effects }
        lastState = state
        return effects + [.told(state, Session.sentence(state))]
    }

    private mutating func pass(_ now: Instant) -> [Effect] {
        var effects = follow(recorder.handle(.tick(now)), now)
        effects += followDynamics(now)
        effects += feed(.advance(now))
        effects += click(.advance(now))
        effects += follow(follower.handle(.tick(now)), now)
        return effects
    }

    private static func sentence(_ state: PlayerState) -> String {
        switch state {
        case .idle: "listening"
        case .armed: "recording begins with your first note"
        case .recording: "recording; press Record again to end the take"
        case .generating: "the band listens to what you played"
        case .playing: "the band plays"
        case .stopped: "stopped"
        }
    }

    private mutating func press(_ control: Control, _ time: Instant) -> [Effect] {
        switch control {
        case .record: record(time)
        case .accompany: accompany(time)
        case .undo: undo(time)
        case .redo: redo(time)
        case .erase: erase(time)
        case .stop: stop(time)
        case .panic: panic(time)
        case .next: step(1, time)
        case .previous: step(-1, time)
        case .regenerate: regenerate(time)
        case .loop: toggleLoop()
        case .genre(let chosen): choose(chosen, time)
        case .lock(let part): lock(part)
        case .mute(let voice): mute(voice, time)
        case .solo(let part): solo(part, time)
        case .volume(let voice, let value): setVolume(value, of: voice, time)
        case .tempo(let tempo): setTempo(tempo, time)
        case .meter(let meter): setMeter(meter)
        case .half: scaleTempo(by: 0.5, time)
        case .double: scaleTempo(by: 2, time)
        case .tap: tap(time)
        case .metronome: toggleClick(time)
        case .listen(let wanted): listen(wanted, time)
        case .forget(let length): forget(length, time)
        }
    }

    private mutating func adopt(_ new: Settings, _ time: Instant) -> [Effect] {
        let old = settings
        settings = new
        if new.memory != old.memory { history.keep = new.memory }
        var effects: [Effect] = []
        if new.meter != old.meter { effects += setMeter(new.meter) }
        if new.tempo != old.tempo { effects += setTempo(new.tempo, time) }
        if new.clicks != old.clicks, new.clicks != clicks { effects += toggleClick(time) }
        if new.listens != old.listens { effects += listen(new.listens, time) }
        if new.genre != old.genre { effects += choose(new.genre, time) }
        return effects
    }

    mutating func feed(_ event: BandPlayer.Event) -> [Effect] {
        guard var player else { return [] }
        let effects = player.handle(event)
        self.player = player
        return effects.map { .player($0) }
    }
}

extension Session.Event {
    /// When it happened.
    fileprivate var time: Instant {
        switch self {
        case .message(_, _, let time), .control(_, let time), .settings(_, let time), .keyboardLost(_, let time),
            .gap(let time),
            .accompanied(_, _, _, let time), .clock(_, let time), .clockPorts(_, let time), .routing(_, let time),
            .tick(let time), .ending(let time), .modelsChanged(_, let time), .recalled(_, let time),
            .reopened(_, let time):
            time
        }
    }
}
