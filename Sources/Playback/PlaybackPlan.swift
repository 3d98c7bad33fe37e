import MIDI
import Music

/// Who plays: a part of the band, or the melody (where it is to be heard from us).
public enum Voice: Hashable, Sendable {
    case melody
    case part(Part)

    /// The melody first, then the parts.
    public static let all: [Voice] = [.melody] + Part.allCases.map { .part($0) }

    /// Where a voice plays unless told otherwise: the melody on channel 1, parts on their own channels.
    public var standardChannel: Channel {
        switch self {
        case .melody: Channel(1)
        case .part(let part): part.channel
        }
    }
}

/// How loud the voices are and where they stand.
public struct Mix: Hashable, Sendable {
    public struct Strip: Hashable, Sendable {
        /// 0...127, as controller 7.
        public var volume: UInt8
        /// 0...127, as controller 10; 64 is the middle.
        public var pan: UInt8
        /// What the voice is heard on.
        public var channel: Channel

        /// Values above 127 are taken as 127.
        public init(volume: UInt8, pan: UInt8, channel: Channel) {
            self.volume = min(127, volume)
            self.pan = min(127, pan)
            self.channel = channel
        }
    }

    /// The voices that are played; one that is missing is not.
    public var strips: [Voice: Strip]

    public init(strips: [Voice: Strip]) { self.strips = strips }

    /// The band alone, a little spread: the player is heard already.
    public static let band = Mix(
        strips: [
            .part(.drums): Strip(volume: 100, pan: 64, channel: Part.drums.channel),
            .part(.bass): Strip(volume: 100, pan: 64, channel: Part.bass.channel),
            .part(.chords): Strip(volume: 84, pan: 48, channel: Part.chords.channel),
            .part(.pad): Strip(volume: 72, pan: 80, channel: Part.pad.channel),
            .part(.line): Strip(volume: 80, pan: 90, channel: Part.line.channel),
        ])

    /// The band and what loops of the take while its player plays on: on channel 7, since channel 1 is the player's own.
    public static let live: Mix = {
        var mix = Mix.band
        mix.strips[.melody] = Strip(volume: 100, pan: 64, channel: Channel(7))
        return mix
    }()

    /// The band and the melody, as for hearing a take.
    public static let full: Mix = {
        var mix = Mix.band
        mix.strips[.melody] = Strip(volume: 100, pan: 64, channel: Voice.melody.standardChannel)
        return mix
    }()
}

/// A message at a place in the loop.
public struct PlannedMessage: Hashable, Sendable {
    /// 0...`PlaybackPlan.length`; only note-offs lie at the end itself.
    public var tick: Tick
    public var voice: Voice
    public var message: MIDIMessage

    public init(tick: Tick, voice: Voice, message: MIDIMessage) {
        self.tick = tick
        self.voice = voice
        self.message = message
    }

    var isNoteOn: Bool { message.status & 0xF0 == 0x90 }
    var isNoteOff: Bool { message.status & 0xF0 == 0x80 }
}

/// One round of an arrangement as time-ordered messages, groove applied.
///
/// Every note-on has its note-off in the same round. A channel sounds a pitch once at a time: a later note ends the one
/// before.
public struct PlaybackPlan: Hashable, Sendable {
    /// Length of a round: whole bars.
    public let length: Tick
    public let meter: Meter
    /// Programs, volumes and places, sent before the first note, voice by voice.
    public let setup: [PlannedMessage]
    /// By tick, note-offs before note-ons; all ticks in 0...`length`.
    public let messages: [PlannedMessage]
    /// The drums of a bar before a change, from `fillStart` on; ticks from the bar line.
    public let fill: [PlannedMessage]
    /// Where in the bar the fill begins.
    public let fillStart: Tick
    /// The bar that the band ends with; ticks from its bar line. Empty where it just stops.
    public let ending: [PlannedMessage]

    public init(_ arrangement: Arrangement, mix: Mix = .band, turns: Turns = .none) {
        let phrase = arrangement.phrase
        length = phrase.length
        meter = phrase.meter
        var setup: [PlannedMessage] = []
        var messages: [PlannedMessage] = []
        for voice in Voice.all {
            guard let strip = mix.strips[voice] else { continue }
            let program: Program?
            let notes: [NoteEvent]
            switch voice {
            case .melody:
                program = arrangement.accompaniment.instrumentation.melody
                notes = arrangement.groovedMelody()
            case .part(let part):
                program = arrangement.accompaniment.instrumentation.programs[part]
                notes = arrangement.grooved(part)
            }
            if let program {
                setup.append(.init(tick: .zero, voice: voice, message: .programChange(strip.channel, program)))
            }
            for (controller, value) in [(Controller.volume, strip.volume), (Controller.pan, strip.pan)] {
                setup.append(
                    .init(tick: .zero, voice: voice, message: .controlChange(strip.channel, controller, value)))
            }
            messages += PlaybackPlan.messages(notes, voice, strip.channel, until: phrase.length)
        }
        self.setup = setup
        self.messages = PlaybackPlan.ordered(messages)
        fill = PlaybackPlan.bar(of: [.drums: turns.fill], arrangement, mix)
            .filter { $0.tick >= turns.fillStart || $0.isNoteOff }
        fillStart = turns.fillStart
        ending = PlaybackPlan.bar(of: turns.ending, arrangement, mix)
    }

    /// What is left when a band ends: one bar, and silence behind it for as long as anybody waits.
    private init(ending plan: PlaybackPlan) {
        length = plan.meter.bar * 4096
        meter = plan.meter
        // Sent where the ending goes on at another port.
        setup = plan.setup
        messages = plan.ending
        fill = []
        fillStart = .zero
        ending = []
    }

    /// The ending as a plan of its own.
    var last: PlaybackPlan { PlaybackPlan(ending: self) }

    /// The channel that a voice is played on; nil for a voice that is not.
    func channel(of voice: Voice) -> Channel? { setup.first { $0.voice == voice }?.message.channel }

    /// One bar of parts as messages, groove applied.
    private static func bar(of parts: [Part: [NoteEvent]], _ arrangement: Arrangement, _ mix: Mix) -> [PlannedMessage] {
        let phrase = arrangement.phrase
        guard parts.values.contains(where: { !$0.isEmpty }) else { return [] }
        var bar = arrangement
        bar.phrase = Phrase(notes: [], meter: phrase.meter, tempo: phrase.tempo, bars: 1)
        bar.accompaniment.parts = parts
        return ordered(
            Part.allCases.flatMap { part -> [PlannedMessage] in
                guard let strip = mix.strips[.part(part)], parts[part] != nil else { return [] }
                return messages(bar.grooved(part), .part(part), strip.channel, until: phrase.meter.bar)
            })
    }

    /// Notes as messages, cut to the round and to each other.
    private static func messages(
        _ notes: [NoteEvent], _ voice: Voice, _ channel: Channel, until end: Tick
    ) -> [PlannedMessage] {
        notes.soundingOnce(until: end).flatMap { note in
            [
                PlannedMessage(
                    tick: note.onset, voice: voice, message: .noteOn(channel, note.pitch, note.velocity)),
                PlannedMessage(tick: note.end, voice: voice, message: .noteOff(channel, note.pitch)),
            ]
        }
    }

    private static func ordered(_ messages: [PlannedMessage]) -> [PlannedMessage] {
        messages.sorted {
            let a = ($0.tick, $0.isNoteOn ? 1 : 0, $0.message.status & 15)
            let b = ($1.tick, $1.isNoteOn ? 1 : 0, $1.message.status & 15)
            return a == b ? $0.message.data1 < $1.message.data1 : a < b
        }
    }
}
