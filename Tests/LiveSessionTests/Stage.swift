import Generation
import MIDI
import Music
import Playback
import Transport

@testable import LiveSession

let piano = Session.Source(number: 1, name: "Piano")
let organ = Session.Source(number: 2, name: "Organ")
let synth = PortAddress(client: 128, port: 0)

/// A player, a band and a clock: a test says who plays and presses what, when; the stage says what came of it.
///
/// Takes are recorded at 120 a minute in 4/4, so a bar lasts two seconds. All times are seconds.
struct Stage {
    var session: Session
    private(set) var now = 0.0
    private(set) var told: [(time: Double, state: PlayerState, sentence: String)] = []
    private(set) var refusals: [(sentence: String, advice: String)] = []
    private(set) var takes: [Take] = []
    /// The take's number and what was stored for it.
    private(set) var arrangements: [(take: Int, arrangement: Arrangement)] = []
    /// What each of them answers.
    var orders: [Session.Order] = []
    /// Takes of the store that were called by a number.
    var known: [(name: Int64, number: Int)] = []
    private(set) var requests: [(number: Int, order: Session.Order)] = []
    /// How many of them somebody waited for.
    private(set) var wishes = 0
    private(set) var clicks: [ScheduledMessage] = []
    /// MIDI clock, start, stop and the like.
    private(set) var clocks: [ScheduledMessage] = []
    /// What was forgotten on disk; nil is everything.
    private(set) var forgotten: [Nanoseconds?] = []
    private(set) var synthesizer = FakeSynthesizer()
    /// How long generation takes, in seconds; nil where the test answers by hand.
    var answersAfter: Double?
    private var due: [(time: Double, number: Int)] = []

    /// - Parameter settings: a take at a set tempo and an entrance at the bar, unless told otherwise.
    init(_ settings: Session.Settings = .init(tempo: .moderate, entrance: .bar), hasOutput: Bool = true) {
        session = Session(settings: settings)
        if hasOutput { plugInOutput(at: 0) }
    }

    // MARK: who does what

    mutating func press(_ control: Session.Control, at time: Double) {
        wait(until: time)
        send(.control(control, at: instant(time)))
    }

    /// Plays quarter notes, one every half second.
    mutating func play(_ pitches: [Int], from time: Double, on keyboard: Session.Source = piano) {
        for (index, pitch) in pitches.enumerated() {
            let onset = time + Double(index) / 2
            down(pitch, at: onset, on: keyboard)
            up(pitch, at: onset + 0.4, on: keyboard)
        }
    }

    mutating func down(_ pitch: Int, at time: Double, on keyboard: Session.Source = piano, velocity: Int = 90) {
        wait(until: time)
        send(.message(.noteOn(Channel(1), Pitch(pitch), Velocity(velocity)), from: keyboard, at: instant(time)))
    }

    mutating func up(_ pitch: Int, at time: Double, on keyboard: Session.Source = piano) {
        wait(until: time)
        send(.message(.noteOff(Channel(1), Pitch(pitch)), from: keyboard, at: instant(time)))
    }

    mutating func pedal(_ isDown: Bool, at time: Double, on keyboard: Session.Source = piano) {
        wait(until: time)
        send(
            .message(
                .controlChange(Channel(1), Controller.sustain, isDown ? 127 : 0), from: keyboard, at: instant(time)))
    }

    mutating func unplug(_ keyboard: Session.Source, at time: Double) {
        wait(until: time)
        send(.keyboardLost(keyboard, at: instant(time)))
    }

    mutating func loseInput(at time: Double) {
        wait(until: time)
        send(.gap(at: instant(time)))
    }

    mutating func plugInOutput(at time: Double) {
        wait(until: time)
        send(.routing(Routing(standard: synth), at: instant(time)))
    }

    mutating func unplugOutput(at time: Double) {
        wait(until: time)
        synthesizer.silence(at: instant(time))
        send(.routing(nil, at: instant(time)))
    }

    /// Another model plays a genre.
    mutating func release(_ genre: Genre, at time: Double) {
        wait(until: time)
        send(.modelsChanged([genre], at: instant(time)))
    }

    mutating func reopen(_ kept: Session.Kept, at time: Double) {
        wait(until: time)
        send(.reopened(kept, at: instant(time)))
    }

    mutating func end(at time: Double) {
        wait(until: time)
        send(.ending(at: instant(time)))
    }

    /// Generation answers a request: the one that is awaited, or the one of this number.
    mutating func answer(_ number: Int? = nil, at time: Double) {
        wait(until: time)
        let number = number ?? session.awaited ?? requests.last { session.open[$0.number]?.isAhead == false }?.number
        guard let request = requests.first(where: { $0.number == number }) else { return }
        send(
            .accompanied(
                request: request.number, band(for: request.order), bandTurns(request.order), at: instant(time)))
    }

    /// Lets time pass as the conductor does: told every 40 ms while there is something to do.
    mutating func wait(until time: Double) {
        precondition(time >= now, "time does not go back")
        while now + 0.04 < time {
            now += 0.04
            if session.isBusy { send(.tick(instant(now)), time: now) }
            while let first = due.first, first.time <= now {
                due.removeFirst()
                guard let request = requests.first(where: { $0.number == first.number }) else { continue }
                send(
                    .accompanied(
                        request: first.number, band(for: request.order), bandTurns(request.order), at: instant(now)))
            }
        }
        now = time
    }

    /// Records two bars that begin at 1 s and end at 5 s; the band's bar lines lie at odd seconds from then on.
    mutating func recordTwoBars() {
        press(.record, at: 0.5)
        play([60, 62, 64, 65, 67, 65, 64, 62], from: 1)
        press(.record, at: 5)
    }

    private mutating func send(_ event: Session.Event, time: Double? = nil) {
        for effect in session.handle(event) {
            switch effect {
            case .storeTake(let take, _): takes.append(take)
            case .storeArrangement(let arrangement, let order, let take):
                arrangements.append((take, arrangement))
                orders.append(order)
            case .known(let name, let number): known.append((name, number))
            case .accompany(let number, let order):
                requests.append((number, order))
                if session.open[number]?.isAhead == false { wishes += 1 }
                if let answersAfter { due.append((now + answersAfter, number)) }
            case .schedule(let messages):
                clicks += messages.filter { $0.message.channel == .drums }
                clocks += messages.filter { $0.message.channel == nil }
            case .forget(let length): forgotten.append(length)
            case .told(let state, let sentence): told.append((now, state, sentence))
            case .refused(let sentence, let advice): refusals.append((sentence, advice))
            case .player(let effect): synthesizer.hear(effect, at: instant(now))
            }
        }
    }

    // MARK: what came of it

    var states: [PlayerState] { told.map(\.state) }

    /// Seconds and pitch of what the band plays, from a time on until what was handed out by now.
    func bandNotes(from time: Double, to end: Double = .infinity) -> [Beat] {
        synthesizer.noteOns.map { Beat(seconds($0.time), Int($0.message.data1)) }
            .filter { $0.time >= time - 0.0005 && $0.time < end - 0.0005 }
    }

    struct Beat: Equatable {
        let time: Double
        let pitch: Int
        init(_ time: Double, _ pitch: Int) {
            self.time = (time * 1000).rounded() / 1000
            self.pitch = pitch
        }
    }
}

/// A bass that plays every beat; its pitch tells variations apart: 40 + seed, 20 higher in jazz. Kept parts stay.
func band(for order: Session.Order) -> Accompaniment {
    let pitch = Pitch(40 + Int(order.request.seed % 20) + (order.genre == .jazz ? 20 : 0))
    let beat = order.melody.meter.beat
    func line(_ pitch: Pitch) -> [NoteEvent] {
        (0..<(order.melody.length.rawValue / beat.rawValue)).map { number in
            NoteEvent(pitch: pitch, onset: beat * number, length: beat - .steps(2), velocity: Velocity(80))
        }
    }
    var parts: [Part: [NoteEvent]] = [.bass: line(pitch)]
    if let kept = order.request.kept {
        for part in kept.parts { parts[part] = kept.accompaniment.parts[part] }
    }
    return Accompaniment(
        genre: order.genre, parts: parts, plan: ChordPlan(window: order.melody.meter.harmonyWindow, chords: []),
        instrumentation: Instrumentation(programs: [.bass: Program(33)], melody: Program(73)), groove: .straight,
        provenance: .init(
            seed: order.request.seed, accompanist: "test", modelHash: "", instructionSet: "", temperature: 0))
}

/// No fill, and no ending.
func bandTurns(_ order: Session.Order) -> Turns { .none }

func instant(_ seconds: Double) -> Instant { .zero + .seconds(seconds) }
func seconds(_ instant: Instant) -> Double { (instant - .zero).seconds }

/// What a transport makes of a player's effects.
struct FakeSynthesizer {
    private(set) var messages: [ScheduledMessage] = []
    private(set) var panics = 0

    mutating func hear(_ effect: BandPlayer.Effect, at now: Instant) {
        switch effect {
        case .schedule(let scheduled): messages += scheduled
        case .silence: silence(at: now)
        case .panic(_, let sent):
            panics += 1
            messages += sent.map { ScheduledMessage(time: now, destination: synth, message: $0) }
        case .stateChanged, .replaced: break
        }
    }

    /// Takes back what lies ahead and ends what sounds.
    mutating func silence(at now: Instant) {
        messages.removeAll { $0.time > now }
        var held = held
        held.releaseAll { messages.append(ScheduledMessage(time: now, destination: synth, message: $0)) }
    }

    var held: HeldNotes {
        var held = HeldNotes()
        for message in messages { held.follow(message.message) }
        return held
    }

    var noteOns: [ScheduledMessage] { messages.filter { $0.message.status & 0xF0 == 0x90 } }
}
