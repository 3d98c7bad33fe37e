import Capture
import ConsoleAPI
import Generation
import MIDI
import Music
import Playback

/// What goes on between a player and the band: takes, variations, entrances. A state machine without a clock, a port or a file.
///
/// Events come with their times; effects are data that the conductor performs.
struct Session: Sendable {
    /// What a button, a command or the console asks for.
    enum Control: Hashable, Sendable {
        case record, play, stop, next, previous, panic
        case genre(Genre)
        case tempo(Tempo)
        case meter(Meter)
    }

    enum Event: Sendable {
        /// A normalised message of a keyboard.
        case message(MIDIMessage, keyboard: String, at: Instant)
        case control(Control, at: Instant)
        case keyboardLost(String, at: Instant)
        /// Input was lost before this time.
        case gap(at: Instant)
        /// The answer to `Effect.accompany`.
        case accompanied(request: Int, Accompaniment)
        /// Where the band plays; nil where nothing can sound.
        case routing(Routing?, at: Instant)
        case tick(Instant)
    }

    enum Effect: Sendable {
        /// Keep a take; it is called by its number from now on.
        case storeTake(Take, number: Int)
        case storeArrangement(Arrangement, take: Int)
        /// Answer a phrase, on another thread.
        case accompany(request: Int, Phrase, Genre, AccompanimentRequest)
        case player(BandPlayer.Effect)
        /// What the player is told: the state changed, or a wish was heard.
        case told(PlayerState, String)
        /// A wish that cannot be fulfilled now, with what to do.
        case refused(String, advice: String)
    }

    /// A take with the variations that were asked for, oldest first.
    struct Piece: Sendable {
        let number: Int
        let take: Take
        var variations: [Variation]
        var current: Int
    }

    struct Variation: Sendable {
        let genre: Genre
        let seed: UInt64
        /// The request that makes it; nil once it is made.
        var request: Int?
        var arrangement: Arrangement?
    }

    private(set) var genre: Genre
    let temperature: Double
    private(set) var recorder: TakeRecorder
    private(set) var player: BandPlayer?
    private(set) var piece: Piece?
    /// The request whose answer the band waits for to come in or to change.
    private var awaited: Int?
    private var requests = 0
    private var takes = 0
    /// The keyboard whose take is being recorded.
    private var recordingKeyboard: String?
    /// Whether the band comes in when the present take ends.
    private var bandFollows = true
    private var hasPlayed = false
    private var lastState = PlayerState.idle

    init(configuration: Configuration) {
        genre = configuration.genre
        temperature = configuration.temperature
        recorder = TakeRecorder(
            settings: .init(
                tempo: configuration.tempo, meter: configuration.meter,
                origin: .init(keyboard: "", trigger: "record")))
    }

    var state: PlayerState {
        switch recorder.state.phase {
        case .armed: return .armed
        case .recording, .closing: return .recording
        case .idle: break
        }
        if awaited != nil { return .generating }
        if let player, player.phase != .stopped { return .playing }
        return hasPlayed ? .stopped : .idle
    }

    /// Whether time must be told a few times a second.
    var isBusy: Bool { recorder.state.phase != .idle || (player.map { $0.phase != .stopped } ?? false) }

    mutating func handle(_ event: Event) -> [Effect] {
        let effects: [Effect]
        switch event {
        case .message(let message, let keyboard, let time): effects = hear(message, keyboard, time)
        case .control(let control, let time): effects = press(control, time)
        case .keyboardLost(let keyboard, let time): effects = lose(keyboard, time)
        case .gap(let time): effects = follow(recorder.handle(.gap(at: time)), time)
        case .accompanied(let request, let accompaniment): effects = take(accompaniment, request)
        case .routing(let routing, let time): effects = route(routing, time)
        case .tick(let now): effects = pass(now)
        }
        let state = state
        guard state != lastState else { return effects }
        lastState = state
        return effects + [.told(state, Session.sentence(state))]
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

    // MARK: - Playing and recording

    private mutating func hear(_ message: MIDIMessage, _ keyboard: String, _ time: Instant) -> [Effect] {
        if recorder.state.phase == .armed, case .noteOn = message.kind {
            recordingKeyboard = keyboard
            recorder.settings.origin = .init(keyboard: keyboard, trigger: "record")
        }
        guard recordingKeyboard == nil || recordingKeyboard == keyboard else { return [] }
        return follow(recorder.handle(.message(message, at: time)), time)
    }

    private mutating func lose(_ keyboard: String, _ time: Instant) -> [Effect] {
        guard recordingKeyboard == keyboard else { return [] }
        bandFollows = false
        return follow(recorder.handle(.keyboardUnplugged(at: time)), time)
    }

    private mutating func follow(_ effects: [TakeRecorder.Effect], _ time: Instant) -> [Effect] {
        effects.flatMap { effect -> [Effect] in
            switch effect {
            case .stateChanged(let phase):
                if phase == .idle { recordingKeyboard = nil }
                return []
            case .discarded(let reason):
                return [.refused("the take was not kept: \(reason.rawValue)", advice: "press Record and play")]
            case .takeFinished(let take):
                takes += 1
                piece = Piece(number: takes, take: take, variations: [], current: 0)
                let stored = [Effect.storeTake(take, number: takes)]
                return bandFollows ? stored + vary(genre: genre, seed: 1, at: time) : stored
            }
        }
    }

    // MARK: - Wishes

    private mutating func press(_ control: Control, _ time: Instant) -> [Effect] {
        switch control {
        case .record:
            bandFollows = true
            return follow(recorder.handle(.control(.record, at: time)), time)
        case .play:
            return play(at: time)
        case .stop:
            if recorder.state.phase != .idle {
                bandFollows = false
                return follow(recorder.handle(.control(.stop, at: time)), time)
            }
            awaited = nil
            return feed(.stop(at: time))
        case .panic:
            awaited = nil
            // The third press within the gesture is the panic of the grammar.
            return (0..<3).flatMap { _ in feed(.stop(at: time)) }
        case .next: return step(1, time)
        case .previous: return step(-1, time)
        case .genre(let chosen):
            genre = chosen
            guard let piece else { return [.told(state, "the next take is played as \(chosen.rawValue)")] }
            return vary(genre: chosen, seed: UInt64(piece.variations.count) + 1, at: time)
        case .tempo(let tempo):
            recorder.settings.tempo = tempo
            return [.told(state, "takes are recorded at \(tempo.quartersPerMinute) quarter notes a minute")]
        case .meter(let meter):
            recorder.settings.meter = meter
            return [.told(state, "takes are recorded in \(meter)")]
        }
    }

    private mutating func play(at time: Instant) -> [Effect] {
        guard let piece else { return [Session.nothingRecorded] }
        if let player, player.phase != .stopped { return [.told(state, "the band plays already")] }
        guard !piece.variations.isEmpty else { return vary(genre: genre, seed: 1, at: time) }
        return show(piece.current, at: time)
    }

    private static let nothingRecorded = Effect.refused(
        "there is no take yet", advice: "press Record, play a melody, press Record again")

    /// Goes through the variations; behind the newest a new one is made.
    private mutating func step(_ direction: Int, _ time: Instant) -> [Effect] {
        guard let piece, !piece.variations.isEmpty else { return [Session.nothingRecorded] }
        let index = piece.current + direction
        guard index >= 0 else {
            return [.refused("this is the first variation", advice: "press Next for another one")]
        }
        guard index < piece.variations.count else {
            return vary(genre: genre, seed: UInt64(piece.variations.count) + 1, at: time)
        }
        return show(index, at: time)
    }

    /// Adds a variation and asks for its notes.
    private mutating func vary(genre: Genre, seed: UInt64, at time: Instant) -> [Effect] {
        guard var piece else { return [] }
        requests += 1
        piece.variations.append(Variation(genre: genre, seed: seed, request: requests))
        piece.current = piece.variations.count - 1
        self.piece = piece
        awaited = requests
        return [
            .accompany(
                request: requests, piece.take.phrase, genre,
                AccompanimentRequest(seed: seed, temperature: temperature))
        ]
    }

    /// Lets the band play a variation: at once to the next bar line, or as soon as its notes are there.
    private mutating func show(_ index: Int, at time: Instant) -> [Effect] {
        piece?.current = index
        guard let piece else { return [] }
        guard let arrangement = piece.variations[index].arrangement else {
            awaited = piece.variations[index].request
            return []
        }
        awaited = nil
        return perform(arrangement, piece, at: time)
    }

    private mutating func take(_ accompaniment: Accompaniment, _ request: Int) -> [Effect] {
        guard var piece, let index = piece.variations.firstIndex(where: { $0.request == request }) else { return [] }
        let arrangement = Arrangement(phrase: piece.take.phrase, accompaniment: accompaniment)
        piece.variations[index].arrangement = arrangement
        piece.variations[index].request = nil
        self.piece = piece
        let stored = [Effect.storeArrangement(arrangement, take: piece.number)]
        guard awaited == request else { return stored }
        awaited = nil
        return stored + perform(arrangement, piece, at: lastTick)
    }

    private mutating func perform(_ arrangement: Arrangement, _ piece: Piece, at time: Instant) -> [Effect] {
        guard let player else {
            return [
                .refused(
                    "the band has no port to play to",
                    advice: "start a synthesizer such as fluidsynth, or name a port under [output] in the configuration")
            ]
        }
        hasPlayed = true
        let plan = PlaybackPlan(arrangement)
        if player.phase != .stopped, performing == piece.number { return feed(.replace(plan, at: time)) }
        performing = piece.number
        return feed(.enter(plan, map: piece.take.tempoMap, at: time, on: .bar)) + feed(.advance(time))
    }

    /// The take whose arrangement the band plays.
    private var performing: Int?

    // MARK: - Time and ports

    private var lastTick = Instant.zero

    private mutating func pass(_ now: Instant) -> [Effect] {
        lastTick = now
        return follow(recorder.handle(.tick(now)), now) + feed(.advance(now))
    }

    private mutating func route(_ routing: Routing?, _ time: Instant) -> [Effect] {
        guard let routing else {
            let wasPlaying = player.map { $0.phase != .stopped } ?? false
            player = nil
            performing = nil
            return wasPlaying
                ? [.refused("the port that the band played to is gone", advice: "plug it in again and press Play")] : []
        }
        guard player != nil else {
            player = BandPlayer(routing: routing)
            return []
        }
        return feed(.reroute(routing, at: time))
    }

    private mutating func feed(_ event: BandPlayer.Event) -> [Effect] {
        guard var player else { return [] }
        let effects = player.handle(event)
        self.player = player
        return effects.map { .player($0) }
    }
}
