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
        case record, play, stop, next, previous, panic, loop
        case genre(Genre)
        case tempo(Tempo)
        case meter(Meter)
    }

    /// A keyboard that is heard. Two of one model have the same name, so they are told apart by their number.
    struct Source: Hashable, Sendable {
        /// The card's number; the console has one of its own.
        var number: Int
        /// As a person knows it.
        var name: String
    }

    enum Event: Sendable {
        /// A normalised message of a keyboard.
        case message(MIDIMessage, from: Source, at: Instant)
        case control(Control, at: Instant)
        case keyboardLost(Source, at: Instant)
        /// Input was lost before this time.
        case gap(at: Instant)
        /// The answer to `Effect.accompany`.
        case accompanied(request: Int, Accompaniment, at: Instant)
        /// Where the band plays; nil where nothing can sound.
        case routing(Routing?, at: Instant)
        case tick(Instant)
        /// The daemon ends: what was played so far is a take.
        case ending(at: Instant)
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

    /// What the next variation is played as: the genre of the one that is shown, unless another was chosen since.
    private(set) var genre: Genre
    let temperature: Double
    private(set) var recorder: TakeRecorder
    private(set) var player: BandPlayer?
    private(set) var piece: Piece?
    /// The request whose answer the band waits for to come in or to change.
    private var awaited: Int?
    private var requests = 0
    /// What each open request is about; answers outlive the piece that they were asked for.
    private var asked: [Int: (take: Int, phrase: Phrase)] = [:]
    private var takes = 0
    /// The take whose arrangement the band plays.
    private var performing: Int?
    /// Whether the band begins again at the end of its round.
    private var loops = true
    /// The keyboard whose take is being recorded.
    private var recordingKeyboard: Source?
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
        if isBandOn { return .playing }
        return hasPlayed ? .stopped : .idle
    }

    /// Whether time must be told a few times a second.
    var isBusy: Bool { isTaking || isBandOn }

    /// Whether the band plays, or waits for its bar line.
    var isBandOn: Bool { player.map { $0.phase != .stopped } ?? false }

    /// Whether a take has begun and is not finished.
    private var isTaking: Bool { [.recording, .closing].contains(recorder.state.phase) }

    /// The variation that is shown, if its notes are there.
    var arrangement: Arrangement? {
        piece.flatMap { $0.variations.isEmpty ? nil : $0.variations[$0.current].arrangement }
    }

    mutating func handle(_ event: Event) -> [Effect] {
        let effects: [Effect]
        switch event {
        case .message(let message, let source, let time): effects = hear(message, source, time)
        case .control(let control, let time): effects = press(control, time)
        case .keyboardLost(let keyboard, let time): effects = lose(keyboard, time)
        case .gap(let time): effects = mark(time)
        case .accompanied(let request, let accompaniment, let time): effects = take(accompaniment, request, time)
        case .routing(let routing, let time): effects = route(routing, time)
        case .tick(let now): effects = follow(recorder.handle(.tick(now)), now) + feed(.advance(now))
        case .ending(let time): effects = finish(time)
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

    private mutating func hear(_ message: MIDIMessage, _ source: Source, _ time: Instant) -> [Effect] {
        if recorder.state.phase == .armed, case .noteOn = message.kind {
            recordingKeyboard = source
            recorder.settings.origin = .init(keyboard: source.name, trigger: "record")
        }
        guard recordingKeyboard == nil || recordingKeyboard == source else { return [] }
        return follow(recorder.handle(.message(message, at: time)), time)
    }

    private mutating func lose(_ keyboard: Source, _ time: Instant) -> [Effect] {
        guard recordingKeyboard == keyboard else { return [] }
        // A take that its player has ended already is whole, and the band comes.
        guard recorder.state.phase == .recording else {
            return follow(recorder.handle(.keyboardUnplugged(at: time)), time)
        }
        bandFollows = false
        return follow(recorder.handle(.keyboardUnplugged(at: time)), time) + [
            .refused(
                "\(keyboard.name) was unplugged; what was played is kept as a damaged take",
                advice: "press Play to hear the band on it, or plug the keyboard in and press Record")
        ]
    }

    private mutating func mark(_ time: Instant) -> [Effect] {
        let wasTaking = isTaking
        let effects = follow(recorder.handle(.gap(at: time)), time)
        return wasTaking ? effects + [.refused("input was lost; the take is marked as damaged", advice: "")] : effects
    }

    /// Ends a take in progress without the band, waiting for no key.
    private mutating func finish(_ time: Instant) -> [Effect] {
        bandFollows = false
        var effects: [Effect] = []
        while isTaking { effects += follow(recorder.handle(.control(.stop, at: time)), time) }
        return effects
    }

    private mutating func follow(_ effects: [TakeRecorder.Effect], _ time: Instant) -> [Effect] {
        effects.flatMap { effect -> [Effect] in
            switch effect {
            case .stateChanged(let phase):
                if phase == .idle { recordingKeyboard = nil }
                return []
            case .discarded(.cancelled):
                return []
            case .discarded(let reason):
                return [.refused("the take was not kept: \(reason.rawValue)", advice: "press Record and play")]
            case .takeFinished(let take):
                takes += 1
                piece = Piece(number: takes, take: take, variations: [], current: 0)
                awaited = nil
                let stored = [Effect.storeTake(take, number: takes)]
                return bandFollows ? stored + vary() : stored
            }
        }
    }

    // MARK: - Wishes

    private mutating func press(_ control: Control, _ time: Instant) -> [Effect] {
        switch control {
        case .record:
            bandFollows = true
            return follow(recorder.handle(.control(.record, at: time)), time)
        case .play: return play(at: time)
        case .stop: return stop(time)
        case .panic: return panic(time)
        case .next: return step(1, time)
        case .previous: return step(-1, time)
        case .loop:
            loops.toggle()
            let sentence = loops ? "the band plays round after round" : "the band plays to the end of its round"
            return feed(.loop(loops)) + [.told(state, sentence)]
        case .genre(let chosen):
            genre = chosen
            guard piece != nil, isBandOn || awaited != nil else {
                return [.told(state, "the band plays \(chosen.rawValue) when it comes in")]
            }
            return vary()
        case .tempo(let tempo):
            recorder.settings.tempo = tempo
            let number = tempo.quartersPerMinute
            let text = number == number.rounded() ? "\(Int(number))" : "\(number)"
            return [.told(state, "the next take is heard at \(text) quarter notes a minute")]
        case .meter(let meter):
            recorder.settings.meter = meter
            return [.told(state, "the next take is heard in \(meter)")]
        }
    }

    /// Once at the bar, twice at once, three times panic; a take that is being recorded ends, and the band stays away.
    private mutating func stop(_ time: Instant) -> [Effect] {
        var effects: [Effect] = []
        if recorder.state.phase == .armed {
            effects = follow(recorder.handle(.control(.cancel, at: time)), time)
        } else if isTaking {
            bandFollows = false
            effects = follow(recorder.handle(.control(.stop, at: time)), time)
        }
        awaited = nil
        effects += feed(.stop(at: time))
        guard player?.phase == .stopping else { return effects }
        return effects + [.told(state, "the band stops at the bar line; press Stop again to stop it now")]
    }

    /// Silences everything at once, whatever was going on; a take that is being recorded is kept.
    private mutating func panic(_ time: Instant) -> [Effect] {
        var effects = finish(time)
        if recorder.state.phase == .armed { effects += follow(recorder.handle(.control(.cancel, at: time)), time) }
        awaited = nil
        // The third press of Stop is the player's panic; presses before this one may have been the first ones.
        for _ in 0..<3 {
            let pressed = feed(.stop(at: time))
            effects += pressed
            let isPanic = pressed.contains { effect in
                if case .player(.panic) = effect { true } else { false }
            }
            if isPanic { break }
        }
        return effects + [.told(state, "everything is silent")]
    }

    private mutating func play(at time: Instant) -> [Effect] {
        if isTaking {
            bandFollows = true
            return follow(recorder.handle(.control(.record, at: time)), time)
        }
        guard let piece else { return [Session.nothingRecorded] }
        if let player, [.waiting, .playing].contains(player.phase) { return [.told(state, "the band plays already")] }
        guard !piece.variations.isEmpty, piece.variations[piece.current].genre == genre else { return vary() }
        return show(piece.current, at: time)
    }

    private static let nothingRecorded = Effect.refused(
        "there is no take yet", advice: "press Record, play a melody, press Record again")

    /// Goes through the variations; behind the newest a new one is made.
    private mutating func step(_ direction: Int, _ time: Instant) -> [Effect] {
        guard recorder.state.phase == .idle || isBandOn else {
            return [.refused("a take is being recorded", advice: "press Record or Stop to end it first")]
        }
        guard let piece else { return [Session.nothingRecorded] }
        guard !piece.variations.isEmpty else { return vary() }
        let index = piece.current + direction
        guard index >= 0 else {
            return [.refused("this is the first variation", advice: "press Next for another one")]
        }
        guard index < piece.variations.count else { return vary() }
        genre = piece.variations[index].genre
        return show(index, at: time)
    }

    /// Adds a variation and asks for its notes.
    private mutating func vary() -> [Effect] {
        guard var piece else { return [] }
        requests += 1
        let seed = UInt64(piece.variations.count) + 1
        piece.variations.append(Variation(genre: genre, seed: seed, request: requests))
        piece.current = piece.variations.count - 1
        self.piece = piece
        asked[requests] = (piece.number, piece.take.phrase)
        awaited = requests
        return [
            .accompany(
                request: requests, piece.take.phrase, genre,
                AccompanimentRequest(seed: seed, temperature: temperature))
        ]
    }

    /// Lets the band play a variation: from the next bar line on, or as soon as its notes are there.
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

    private mutating func take(_ accompaniment: Accompaniment, _ request: Int, _ time: Instant) -> [Effect] {
        guard let about = asked.removeValue(forKey: request) else { return [] }
        let arrangement = Arrangement(phrase: about.phrase, accompaniment: accompaniment)
        let stored = [Effect.storeArrangement(arrangement, take: about.take)]
        // That of an older take is kept and never played.
        guard var piece, let index = piece.variations.firstIndex(where: { $0.request == request }) else {
            return stored
        }
        piece.variations[index].arrangement = arrangement
        piece.variations[index].request = nil
        self.piece = piece
        guard awaited == request else { return stored }
        awaited = nil
        return stored + perform(arrangement, piece, at: time)
    }

    private mutating func perform(_ arrangement: Arrangement, _ piece: Piece, at time: Instant) -> [Effect] {
        guard let player else {
            return [
                .refused(
                    "the band has no port to play to",
                    advice: "start a synthesizer such as fluidsynth, or name a port under [output] in the configuration"
                )
            ]
        }
        hasPlayed = true
        let plan = PlaybackPlan(arrangement)
        if [.waiting, .playing].contains(player.phase), performing == piece.number {
            return feed(.replace(plan, at: time))
        }
        performing = piece.number
        return feed(.enter(plan, map: piece.take.tempoMap, at: time, on: .bar)) + feed(.advance(time))
    }

    // MARK: - Ports

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
            return feed(.loop(loops))
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
