import MIDI
import Music
import TestSupport
import Playback
import Transport

let synth = PortAddress(client: 128, port: 0)
let c4 = Pitch(60)

func note(_ pitch: Int, _ onset: Int, _ length: Int, _ velocity: Int = 80) -> NoteEvent {
    NoteEvent(pitch: Pitch(pitch), onset: .steps(onset), length: .steps(length), velocity: Velocity(velocity))
}

/// An arrangement at 120 a minute (a bar of 4/4 lasts two seconds) with the given parts.
func arrangement(
    _ parts: [Part: [NoteEvent]], melody: [NoteEvent] = [], meter: Meter = .fourFour, bpm: Double = 120, bars: Int = 2,
    groove: Groove = .straight
) -> Arrangement {
    Arrangement(
        phrase: Phrase(notes: melody, meter: meter, tempo: Tempo(quartersPerMinute: bpm)!, bars: bars),
        accompaniment: Accompaniment(
            genre: .pop, parts: parts, plan: ChordPlan(window: meter.harmonyWindow, chords: []),
            instrumentation: Instrumentation(
                programs: [.bass: Program(33), .chords: Program(4), .drums: Program(8)], melody: Program(73)),
            groove: groove,
            provenance: .init(seed: 1, accompanist: "arranger", modelHash: "", instructionSet: "", temperature: 1)))
}

/// A dense arrangement made up by a seed: overlapping, doubled, overhanging notes in all parts.
func randomArrangement(seed: UInt64, meter: Meter, bpm: Double, bars: Int = 2) -> Arrangement {
    var random = SeededGenerator(seed: seed)
    var parts: [Part: [NoteEvent]] = [:]
    for part in Part.allCases {
        parts[part] = (0..<30).map { _ in
            note(
                Int.random(in: 36...60, using: &random), Int.random(in: 0..<(bars * meter.stepsPerBar), using: &random),
                Int.random(in: 1...40, using: &random), Int.random(in: 1...127, using: &random))
        }
    }
    return arrangement(parts, meter: meter, bpm: bpm, bars: bars, groove: Groove(swing: 0.62))
}

/// What a player's effects would do to a synthesizer, kept for questions.
struct Listener {
    var messages: [ScheduledMessage] = []
    var phases: [BandPlayer.Phase] = []
    var silences = 0
    var panics: [[MIDIMessage]] = []
    var replacements = 0

    mutating func hear(_ effects: [BandPlayer.Effect]) {
        for effect in effects {
            switch effect {
            case .schedule(let scheduled): messages += scheduled
            case .silence: silences += 1
            case .panic(_, let list): panics.append(list)
            case .stateChanged(let phase): phases.append(phase)
            case .replaced: replacements += 1
            }
        }
    }

    var isMonotonic: Bool { zip(messages, messages.dropFirst()).allSatisfy { $0.time <= $1.time } }

    var noteOns: [ScheduledMessage] { messages.filter { $0.message.status & 0xF0 == 0x90 } }

    /// Milliseconds and pitch of each note-on.
    var onsets: [[Int]] { noteOns.map { [Int($0.time.nanoseconds / 1_000_000), Int($0.message.data1)] } }

    /// Note-ons of sounding notes, and note-offs of silent ones.
    var illegal: Int {
        var held = HeldNotes()
        var count = 0
        for message in messages.map(\.message) {
            switch message.kind {
            case .noteOn(let channel, let pitch, _): count += held.press(channel, pitch) > 1 ? 1 : 0
            case .noteOff(let channel, let pitch): count += held.release(channel, pitch) ? 0 : 1
            default: break
            }
        }
        return count
    }

    var stillSounding: Int {
        var held = HeldNotes()
        for message in messages { held.follow(message.message) }
        return held.count
    }
}

extension BandPlayer {
    /// Lets time pass in steps of 20 ms.
    mutating func run(from: Int, to: Int, _ listener: inout Listener) {
        for ms in stride(from: from, through: to, by: 20) { listener.hear(handle(.advance(at(ms)))) }
    }
}

func at(_ ms: Int) -> Instant { .zero + .milliseconds(ms) }
let map = TempoMap(anchor: .zero, tempo: .moderate)

/// A band that entered at zero and played for a while.
func band(_ plan: PlaybackPlan, _ routing: Routing = Routing(standard: synth), until ms: Int) -> (BandPlayer, Listener)
{
    var player = BandPlayer(routing: routing)
    var listener = Listener()
    listener.hear(player.handle(.enter(plan, map: map, at: at(0), on: .bar)))
    player.run(from: 0, to: ms, &listener)
    return (player, listener)
}

/// A bass drum on each beat of two bars, a long bass in each bar.
func groove(_ turns: Turns = turns, ride: [NoteEvent] = []) -> PlaybackPlan {
    PlaybackPlan(
        arrangement([.drums: (0..<8).map { note(36, $0 * 12, 3) } + ride, .bass: [note(40, 0, 36), note(43, 48, 36)]]),
        turns: turns)
}

/// A fill of two toms on the third and fourth beats, and a bar's last note.
let turns = Turns(
    fill: [note(45, 24, 3), note(45, 36, 3)], fillStart: .steps(24), ending: [.bass: [note(33, 0, 40)]])

/// Synthesizers behind a transport: what they would complain of.
struct Synthesizers {
    struct Page {
        var held = HeldNotes()
        var last = Instant(nanoseconds: .min)
    }

    var pages: [PortAddress: Page] = [:]
    var muted: Set<Voice> = []
    /// Times that went back, notes begun twice or ended twice, notes of muted voices.
    var complaints: [String] = []

    var stillSounding: Int { pages.values.reduce(0) { $0 + $1.held.count } }

    mutating func hear(_ effects: [BandPlayer.Effect]) {
        for effect in effects {
            switch effect {
            case .schedule(let messages):
                if zip(messages, messages.dropFirst()).contains(where: { $0.time > $1.time }) {
                    complaints.append("out of order")
                }
                for message in messages { play(message) }
            case .silence(let port): pages[port] = Page()
            case .panic, .stateChanged, .replaced: break
            }
        }
    }

    private mutating func play(_ message: ScheduledMessage) {
        var page = pages[message.destination] ?? Page()
        if message.time < page.last { complaints.append("time went back at \(message.time)") }
        page.last = message.time
        switch message.message.kind {
        case .noteOn(let channel, let pitch, _):
            if page.held.press(channel, pitch) > 1 { complaints.append("\(pitch) twice at \(message.time)") }
            if muted.contains(where: { Mix.live.strips[$0]?.channel == channel }) {
                complaints.append("muted \(channel)")
            }
        case .noteOff(let channel, let pitch):
            if !page.held.release(channel, pitch) { complaints.append("\(pitch) ended twice at \(message.time)") }
        default: break
        }
        pages[message.destination] = page
    }
}
