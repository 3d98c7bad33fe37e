import MIDI
import Music

extension Part {
    /// The part's name as people read it: `Drums`.
    public var trackName: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

/// How loud a channel is, and where between left and right it is heard; nil leaves it to the instrument.
public struct ChannelMix: Hashable, Sendable {
    /// Controller 7, 0...127.
    public var volume: UInt8?
    /// Controller 10: 0 is left, 64 the middle, 127 right.
    public var pan: UInt8?

    /// - Precondition: both are below 128.
    public init(volume: UInt8? = nil, pan: UInt8? = nil) {
        precondition((volume ?? 0) < 128 && (pan ?? 0) < 128, "a controller's value is 0 to 127")
        self.volume = volume
        self.pan = pan
    }
}

extension MIDIFile {
    /// Names of the first two tracks of what is exported; a title takes the first one's place.
    static let conductorName = "Continuo"
    static let melodyName = "Melody"
    /// The text that says whose file this is, whatever its title.
    static let signature = "made by Continuo"

    /// An arrangement as a file of format 1 with 480 ticks a quarter.
    ///
    /// The first track holds how the band came about, tempo, metre, key and the chord symbols as markers; then the melody (channel 1) and each
    /// part that has notes, named and with its program. The groove is applied. Bar 1 of the phrase is the file's first bar and all of it, also
    /// where it holds no more than a pickup, so that bar lines lie where they were heard; every track ends with the last bar.
    /// The same arrangement gives the same bytes.
    ///
    /// - Parameters:
    ///   - straight: leaves the groove out: every note as it is written, on the grid.
    ///   - title: the name of the whole; none where it is empty.
    ///   - mix: volumes and pans to begin with, of the channels that have one.
    public init(
        arrangement: Arrangement, straight: Bool = false, title: String = "", mix: [Channel: ChannelMix] = [:]
    ) {
        let arrangement = straight ? arrangement.straight : arrangement
        let phrase = arrangement.phrase
        let accompaniment = arrangement.accompaniment
        var tracks = [
            MIDIFile.conductor(
                phrase, tempi: [(0, phrase.tempo.microsecondsPerQuarter)], title: title, text: accompaniment.origin,
                chords: accompaniment.plan, until: phrase.length)
        ]
        let melody = Channel(1)
        tracks.append(
            MIDIFile.track(
                MIDIFile.melodyName, melody, accompaniment.instrumentation.melody, mix[melody],
                arrangement.groovedMelody(), until: phrase.length))
        for part in Part.allCases {
            let notes = arrangement.grooved(part)
            guard !notes.isEmpty else { continue }
            tracks.append(
                MIDIFile.track(
                    part.trackName, part.channel, accompaniment.instrumentation.programs[part], mix[part.channel],
                    notes,
                    until: phrase.length))
        }
        self.init(format: .parallel, ticksPerQuarter: Tick.perQuarter, tracks: tracks)
    }

    /// A take as a file of format 1 with 480 ticks a quarter: tempo, metre and key, chord symbols where there are some, and the melody on
    /// channel 1. Every track ends with a bar.
    ///
    /// - Parameters:
    ///   - quantized: the phrase on its grid; otherwise the performance as it was played with its sustain pedal
    ///     (CC 64), which begins whole bars later where it has notes before bar 1. Where the player did not keep the tempo, every bar
    ///     has its own, so that bar lines are where they were played. A take without a performance is always the phrase.
    ///   - chords: the harmony as markers, where it is known.
    ///   - program: what the melody is played with; nil leaves it to the instrument.
    ///   - title: the name of the whole; none where it is empty.
    public init(
        take: Take, quantized: Bool = false, chords: ChordPlan? = nil, program: Program? = nil, title: String = ""
    ) {
        let phrase = take.phrase
        let bar = phrase.meter.bar.rawValue
        var notes = phrase.notes
        var pedal: [(down: Tick, up: Tick)] = []
        var shift = Tick.zero
        var words: String?
        var tempi = [(tick: 0, microseconds: phrase.tempo.microsecondsPerQuarter)]
        if !quantized, !take.performance.isEmpty {
            let time = PlayedTime(take)
            notes = take.performance.map { note in
                let onset = time.tick(at: note.onset)
                return NoteEvent(
                    pitch: note.pitch, onset: onset, length: max(Tick(1), time.tick(at: note.end) - onset),
                    velocity: note.velocity)
            }
            let early = max(0, -(notes.map(\.onset.rawValue).min() ?? 0))
            shift = Tick((early + bar - 1) / bar * bar)
            for index in notes.indices { notes[index].onset = notes[index].onset + shift }
            pedal = MIDIFile.pedal(take, time, shift: shift)
            words = PlayedBars(bars: phrase.bars, first: shift.rawValue / bar + 1, tempo: phrase.tempo).description
            tempi = [(0, take.tempoMap.tempo.microsecondsPerQuarter)]
            if shift == .zero, !time.tempi.isEmpty { tempi = [] }
            tempi += time.tempi.map { ($0.tick + shift.rawValue, $0.microseconds) }
        }
        let last = max(phrase.length + shift, notes.map(\.end).max() ?? .zero, pedal.last?.up ?? .zero)
        let end = Tick((last.rawValue + bar - 1) / bar * bar)
        self.init(
            format: .parallel, ticksPerQuarter: Tick.perQuarter,
            tracks: [
                MIDIFile.conductor(
                    phrase, tempi: tempi, title: title, text: words, chords: chords, shift: shift, until: end),
                MIDIFile.track(MIDIFile.melodyName, Channel(1), program, nil, notes, pedal: pedal, until: end),
            ])
    }

    /// When the pedal goes down and up, each at least a tick later than what came before, the first not before zero.
    private static func pedal(_ take: Take, _ time: PlayedTime, shift: Tick) -> [(down: Tick, up: Tick)] {
        var last = Tick(-1)
        return take.pedal.map { span in
            let down = max(time.tick(at: span.down) + shift, last + Tick(1))
            last = max(time.tick(at: span.up) + shift, down + Tick(1))
            return (down, last)
        }
    }

    /// The track of everything that holds for all.
    ///
    /// - Parameters:
    ///   - tempi: in ticks of the file, the first at its beginning.
    ///   - shift: where the phrase's bar 1 lies in the file.
    private static func conductor(
        _ phrase: Phrase, tempi: [(tick: Int, microseconds: Int)], title: String, text: String?, chords: ChordPlan?,
        shift: Tick = .zero, until end: Tick
    ) -> Track {
        func tempo(_ change: (tick: Int, microseconds: Int)) -> Event {
            let bytes = [16, 8, 0].map { UInt8(truncatingIfNeeded: change.microseconds >> $0) }
            return Event(tick: change.tick, .meta(MetaType.tempo, bytes))
        }
        let key = phrase.key
        var events = [
            Event(tick: 0, .meta(MetaType.trackName, Array((title.isEmpty ? conductorName : title).utf8))),
            Event(tick: 0, .meta(MetaType.text, Array(signature.utf8))),
        ]
        if let text { events.append(Event(tick: 0, .meta(MetaType.text, Array(text.utf8)))) }
        events += [
            tempo(tempi[0]),
            Event(
                tick: 0,
                .meta(
                    MetaType.timeSignature,
                    [
                        UInt8(phrase.meter.numerator), UInt8(phrase.meter.denominator.trailingZeroBitCount),
                        // MIDI clocks a felt beat, and thirty-seconds a quarter.
                        UInt8(min(255, max(1, phrase.meter.beat.rawValue * 24 / Tick.perQuarter))), 8,
                    ])),
            Event(
                tick: 0,
                .meta(MetaType.keySignature, [UInt8(bitPattern: Int8(key.sharps)), key.mode == .minor ? 1 : 0])),
        ]
        var later = tempi.dropFirst().map { tempo($0) }
        later += (chords?.changes ?? []).filter { $0.onset < phrase.length }.map {
            Event(tick: ($0.onset + shift).rawValue, .meta(MetaType.marker, Array($0.chord.description.utf8)))
        }
        events += later.enumerated().sorted { ($0.element.tick, $0.offset) < ($1.element.tick, $1.offset) }.map(
            \.element)
        return Track(events: events, length: end.rawValue)
    }

    private static func track(
        _ name: String, _ channel: Channel, _ program: Program?, _ mix: ChannelMix?, _ notes: [NoteEvent],
        pedal: [(down: Tick, up: Tick)] = [], until end: Tick
    ) -> Track {
        var events = [Event(tick: 0, .meta(MetaType.trackName, Array(name.utf8)))]
        if let program { events.append(Event(tick: 0, .message(.programChange(channel, program)))) }
        for case (let controller, let value?) in [(Controller.volume, mix?.volume), (Controller.pan, mix?.pan)] {
            events.append(Event(tick: 0, .message(.controlChange(channel, controller, value))))
        }
        var messages = notes.soundingOnce(until: end).flatMap { note in
            [
                (tick: note.onset.rawValue, order: 2, message: MIDIMessage.noteOn(channel, note.pitch, note.velocity)),
                (tick: note.end.rawValue, order: 0, message: MIDIMessage.noteOff(channel, note.pitch)),
            ]
        }
        messages += pedal.flatMap { span in
            [(span.down, UInt8(127)), (span.up, 0)].map { tick, value in
                (tick.rawValue, 1, MIDIMessage.controlChange(channel, Controller.sustain, value))
            }
        }
        events += messages.sorted {
            ($0.tick, $0.order, $0.message.data1) < ($1.tick, $1.order, $1.message.data1)
        }.map { Event(tick: $0.tick, .message($0.message)) }
        return Track(events: events, length: end.rawValue)
    }
}

extension Accompaniment {
    /// How it came about, as it stands in a file: `genre jazz, seed 7, network 3f2a91c0, swing 0.62`; what is straight says
    /// nothing of swing.
    fileprivate var origin: String {
        let hash = provenance.modelHash.isEmpty ? "" : " \(provenance.modelHash.prefix(8))"
        let swing = groove.swing == 0.5 ? "" : ", \(swingPrefix)\(groove.swing)"
        return "\(genrePrefix)\(genre.rawValue), seed \(provenance.seed), \(provenance.accompanist)\(hash)\(swing)"
    }
}

/// What the text begins with that says how a band came about.
let genrePrefix = "genre "

/// What stands before the swing that was applied.
let swingPrefix = "swing "

extension Key {
    /// Sharps of the signature, -5...6; flats are negative.
    var sharps: Int {
        [0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5][(tonic + (mode == .minor ? 3 : 0)) % 12]
    }
}
