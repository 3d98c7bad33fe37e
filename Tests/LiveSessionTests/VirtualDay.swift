import Generation
import MIDI
import Music
import Playback
import TestSupport
import Transport

@testable import LiveSession

/// Random players, a band and a synthesizer on a virtual clock, kept in bounded memory: what `Stage` writes down is only
/// followed here.
struct VirtualDay {
    private(set) var session: Session
    /// What went wrong, at most a few.
    private(set) var objections: [String] = []
    /// What the synthesizer sounds.
    private(set) var held = HeldNotes()
    private(set) var bandNotes = 0
    private(set) var clocks = 0
    private(set) var takes = 0
    /// Seconds.
    private(set) var firstBeat = 0.0
    private(set) var lastBeat = 0.0

    private var random: SeededGenerator
    private var now = Instant.zero
    /// Scheduled and not yet due, by time.
    private var pending: [ScheduledMessage] = []
    private var due: [(time: Instant, number: Int, order: Session.Order)] = []
    private var hasOutput = true
    private var down: Set<Key> = []
    /// The band plays on the same grid before and behind the present event.
    private var isSteady = false
    /// When another machine's clock last moved the beats: what was handed out before may sound late, and at once.
    private var jumped = Instant.zero

    private struct Key: Hashable {
        let keyboard: Int
        let pitch: Int
    }

    private static let keyboards: [Session.Source] = [
        piano, organ, .init(number: 3, name: "Chords", role: .chords),
        .init(number: 4, name: "Split", role: .split(Pitch(60))),
    ]
    private static let clockPort = PortAddress(client: 129, port: 0)
    /// How often the conductor tells the time.
    private static let period = Nanoseconds.milliseconds(40)
    /// A little more than the player is ahead of what is heard.
    private static let horizon = Nanoseconds.milliseconds(300)

    /// How many elements the collections of the session may have, those in them included, by the session's property.
    ///
    /// A random day stays far below them; what grows with time comes above them within a few hours.
    static let bounds = [
        "past": 60_000, "future": 60_000, "ahead": 20_000, "piece": 10_000, "performing": 10_000, "player": 10_000,
        "history": 60_000, "recorder": 5000, "follower": 400,
    ]
    static let usualBound = 256

    init(seed: UInt64, settings: Session.Settings = .init()) {
        random = SeededGenerator(seed: seed)
        session = Session(settings: settings)
        send(.routing(Routing(standard: synth), at: now))
        send(.clockPorts([Self.clockPort], at: now))
    }

    // MARK: time

    private var seconds: Double { (now - .zero).seconds }

    /// Lets time pass.
    mutating func pass(_ length: Double) {
        let end = now + .seconds(length)
        while true {
            // Nobody tells a session that has nothing to do the time.
            let tick = session.isBusy ? now + Self.period : end
            let next = min(end, tick, due.first?.time ?? end)
            now = max(now, next)
            sound()
            while let first = due.first, first.time <= now {
                due.removeFirst()
                send(.accompanied(request: first.number, band(for: first.order), bandTurns(first.order), at: now))
            }
            if session.isBusy { send(.tick(now)) }
            if now >= end { return }
        }
    }

    /// The synthesizer plays what is due.
    private mutating func sound() {
        let count = pending.firstIndex { $0.time > now } ?? pending.count
        for message in pending.prefix(count) { held.follow(message.message) }
        pending.removeFirst(count)
        if pending.isEmpty, !session.isBandOn, !held.isEmpty {
            object("\(held.count) notes sound while the band is silent")
        }
    }

    private mutating func object(_ objection: String) {
        if objections.count < 8 { objections.append("at \(seconds) s: \(objection)") }
    }

    // MARK: what the session wants

    private mutating func send(_ event: Session.Event) {
        let grid = steadyGrid
        let effects = session.handle(event)
        let after = steadyGrid
        if let grid, let after, grid != after {
            let ahead = now + Self.horizon
            if abs((after.map.instant(of: grid.map.tick(at: ahead)) - ahead).seconds) > 0.005 { jumped = ahead }
        }
        isSteady = grid != nil && grid == after && now > jumped
        for effect in effects {
            switch effect {
            case .storeTake: takes += 1
            case .accompany(let number, let order):
                let delay = [0.02, 0.1, 0.4, 2, 9].randomElement(using: &random)!
                let time = now + .seconds(delay)
                due.insert((time, number, order), at: due.firstIndex { $0.time > time } ?? due.count)
            case .schedule(let messages):
                for message in messages where message.message.channel != nil && message.message.channel != .drums {
                    object("the click plays on \(message.message)")
                }
                clocks += messages.count { $0.message.status == 0xF8 }
                enter(messages.filter { $0.destination == synth })
            case .player(let effect): follow(effect)
            case .storeArrangement, .known, .forget, .told, .refused: break
            }
        }
    }

    private mutating func follow(_ effect: BandPlayer.Effect) {
        switch effect {
        case .schedule(let messages):
            for message in messages {
                if message.message.channel == Channel(1) { object("the band plays on the player's channel") }
                if !hasOutput { object("the band plays to no port") }
                if message.message.status & 0xF0 == 0x90 { judge(message) }
            }
            enter(messages)
        case .silence:
            // What is due was played; what sounds of it ends.
            (pending, held) = ([], HeldNotes())
        case .panic: (pending, held) = ([], HeldNotes())
        case .stateChanged, .replaced: break
        }
    }

    /// The map and the beginning of what the band plays, while no change is awaited.
    private var steadyGrid: Grid? {
        guard let player = session.player, player.phase == .playing, player.awaited == nil else { return nil }
        return player.playing.map { Grid(map: $0.map, origin: $0.origin) }
    }

    private struct Grid: Equatable {
        let map: TempoMap
        let origin: Tick
    }

    /// A note of the band's bass lies on a beat of its grid; the take, where it is heard, need not.
    private mutating func judge(_ note: ScheduledMessage) {
        guard note.message.channel == Part.bass.channel else { return }
        bandNotes += 1
        lastBeat = (note.time - .zero).seconds
        if firstBeat == 0 { firstBeat = lastBeat }
        guard isSteady, let playing = session.player?.playing else { return }
        let beat = playing.plan.meter.beat.rawValue
        let place = (playing.map.tick(at: note.time) - playing.origin).rawValue
        let beside = ((place % beat) + beat + beat / 2) % beat - beat / 2
        if abs(playing.map.length(of: Tick(beside)).seconds) > 0.001 {
            object("a note lies \(beside) ticks beside the beat at \(playing.map.tempo.quartersPerMinute)")
        }
    }

    private mutating func enter(_ messages: [ScheduledMessage]) {
        guard hasOutput, let first = messages.first else { return }
        if zip(messages, messages.dropFirst()).contains(where: { $0.time > $1.time }) {
            object("messages out of order")
        }
        let isBehind = pending.last.map { $0.time <= first.time } ?? true
        pending += messages
        if !isBehind {
            pending = pending.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
                .map(\.element)
        }
        if pending.count > 4000 { object("\(pending.count) messages wait") }
    }

    // MARK: players

    /// Random acts until a time.
    mutating func play(until end: Double) {
        while seconds < end { act(end) }
    }

    /// Two presses of Stop, and time for what is still to come.
    mutating func rest() {
        for keyboard in Self.keyboards { releaseAll(keyboard) }
        press(.stop)
        pass(0.2)
        press(.stop)
        pass(12)
        // An answer that was awaited at the first press is not played; a take that was closing may be.
        if session.isBandOn { press(.panic) }
        pass(1)
    }

    /// Records two bars and has the band come in.
    mutating func recordAScale() {
        press(.record)
        for pitch in [60, 62, 64, 65, 67, 65, 64, 62] {
            key(true, pitch, piano)
            pass(60 / 97.0 * 0.9)
            key(false, pitch, piano)
            pass(60 / 97.0 * 0.1)
        }
        press(.record)
    }

    private mutating func act(_ end: Double) {
        let keyboard = Self.keyboards.randomElement(using: &random)!
        switch Int.random(in: 0..<40, using: &random) {
        case 0..<9: melody(on: keyboard)
        case 9..<12: chords(on: keyboard)
        case 12:
            send(
                .message(
                    .controlChange(Channel(1), Controller.sustain, Bool.random(using: &random) ? 127 : 0),
                    from: keyboard, at: now))
        case 13..<17: press(.accompany)
        case 17..<20: press(.record)
        case 20..<33: press(randomControl())
        case 33: clock()
        case 34:
            releaseAll(keyboard, isSent: false)
            send(.keyboardLost(keyboard, at: now))
        case 35:
            for keyboard in Self.keyboards { releaseAll(keyboard, isSent: false) }
            send(.gap(at: now))
        case 36: losingTheOutput()
        case 37: send(.clockPorts(Bool.random(using: &random) ? [Self.clockPort] : [], at: now))
        default:
            // Somebody makes coffee, or goes to bed while the band plays on.
            let isLong = Int.random(in: 0..<40, using: &random) == 0
            let length = (isLong ? [600, 5400] : [2, 4, 10, 30]).randomElement(using: &random)!
            pass(min(Double(length), max(0, end - seconds)))
        }
        pass(Double.random(in: 0...1.5, using: &random))
    }

    private mutating func randomControl() -> Session.Control {
        let part = Part.allCases.randomElement(using: &random)!
        let all: [Session.Control] = [
            .undo, .undo, .redo, .erase, .stop, .stop, .panic, .next, .next, .next, .next, .previous, .previous,
            .regenerate,
            .loop, .genre(.jazz), .genre(.pop), .genre(.rock), .lock(part), .lock(part), .mute(.part(part)),
            .mute(.melody),
            .solo(part), .volume(.part(part), UInt8.random(in: 0...127, using: &random)),
            .tempo(Tempo(quartersPerMinute: Double.random(in: 50...200, using: &random))), .tempo(nil),
            .meter([.fourFour, .threeFour, .sixEight].randomElement(using: &random)!), .half, .double, .tap, .tap, .tap,
            .metronome, .listen(true), .listen(true), .listen(false),
            .forget(Bool.random(using: &random) ? nil : .seconds(60)),
        ]
        return all.randomElement(using: &random)!
    }

    private mutating func press(_ control: Session.Control) { send(.control(control, at: now)) }

    private mutating func key(_ isDown: Bool, _ pitch: Int, _ keyboard: Session.Source) {
        let key = Key(keyboard: keyboard.number, pitch: pitch)
        // What keyboards send is normalised before it comes here.
        guard isDown != down.contains(key) else { return }
        down.formSymmetricDifference([key])
        let message =
            isDown
            ? MIDIMessage.noteOn(Channel(1), Pitch(pitch), Velocity(Int.random(in: 30...110, using: &random)))
            : .noteOff(Channel(1), Pitch(pitch))
        send(.message(message, from: keyboard, at: now))
    }

    private mutating func releaseAll(_ keyboard: Session.Source, isSent: Bool = true) {
        for key in down.filter({ $0.keyboard == keyboard.number }).sorted(by: { $0.pitch < $1.pitch }) {
            if isSent { self.key(false, key.pitch, keyboard) } else { down.remove(key) }
        }
    }

    private mutating func melody(on keyboard: Session.Source) {
        let beat = Double.random(in: 0.25...0.8, using: &random)
        var pitch = Int.random(in: 55...76, using: &random)
        for _ in 0..<Int.random(in: 2...20, using: &random) {
            let length =
                beat * [0.5, 1, 1, 1, 2].randomElement(using: &random)! * Double.random(in: 0.96...1.04, using: &random)
            pitch = min(84, max(48, pitch + Int.random(in: -4...4, using: &random)))
            key(true, pitch, keyboard)
            pass(length * 0.9)
            // Now and then a key is forgotten, or somebody presses a button while playing.
            if Int.random(in: 0..<50, using: &random) > 0 { key(false, pitch, keyboard) }
            if Int.random(in: 0..<40, using: &random) == 0 { press(randomControl()) }
            pass(length * 0.1)
        }
    }

    private mutating func chords(on keyboard: Session.Source) {
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            let root = Int.random(in: 40...52, using: &random)
            for interval in [0, 4, 7] { key(true, root + interval, keyboard) }
            pass(Double.random(in: 0.3...1.2, using: &random))
            for interval in [0, 4, 7] { key(false, root + interval, keyboard) }
        }
    }

    /// Another machine's clock runs for a while, with start and, mostly, stop.
    private mutating func clock() {
        let interval = 60 / Double.random(in: 60...180, using: &random) / 24
        let begins = Bool.random(using: &random)
        if begins { send(.clock(.realTimeStart, at: now)) }
        for number in 0..<24 * Int.random(in: 2...40, using: &random) {
            pass(max(0.001, interval + Double.random(in: -0.001...0.001, using: &random)))
            send(.clock(MIDIMessage(status: 0xF8), at: now))
            if number % 97 == 50 { press(randomControl()) }
            if number % 24 == 0 { key(number % 48 == 0, 64, piano) }
        }
        if begins, Int.random(in: 0..<4, using: &random) > 0 { send(.clock(.realTimeStop, at: now)) }
    }

    private mutating func losingTheOutput() {
        (pending, held) = (pending.filter { $0.destination != synth }, HeldNotes())
        hasOutput = false
        send(.routing(nil, at: now))
        pass([0, 0.3, 20].randomElement(using: &random)!)
        hasOutput = true
        send(.routing(Routing(standard: synth), at: now))
    }

    // MARK: what it holds

    /// The elements of every collection in the session, those inside others included, by the session's property.
    func sizes() -> [String: Int] {
        Mirror(reflecting: session).children.reduce(into: [:]) { sizes, child in
            sizes[child.label ?? "", default: 0] += Self.elements(in: child.value)
        }
    }

    private static func elements(in value: Any) -> Int {
        let mirror = Mirror(reflecting: value)
        guard [.collection, .set, .dictionary].contains(mirror.displayStyle) else {
            return mirror.children.reduce(0) { $0 + elements(in: $1.value) }
        }
        // Notes hold nothing; the first and the last one tell.
        guard let first = mirror.children.first else { return 0 }
        let count = Int(mirror.children.count)
        if elements(in: first.value) == 0, count > 256 { return count }
        return mirror.children.reduce(count) { $0 + elements(in: $1.value) }
    }
}
