import MIDI
import Music

extension Part {
    /// The part's name as people read it: `Drums`.
    public var trackName: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

extension MIDIFile {
    /// Names of the first two tracks of what is exported.
    static let conductorName = "Continuo"
    static let melodyName = "Melody"

    /// An arrangement as a file of format 1 with 480 ticks a quarter.
    ///
    /// The first track holds how the band came about, tempo, metre, key and the chord symbols as markers; then the melody (channel 1) and each
    /// part that has notes, named and with its program. The groove is applied. The same arrangement gives the same
    /// bytes.
    ///
    /// - Parameter straight: leaves the groove out: every note as it is written, on the grid.
    public init(arrangement: Arrangement, straight: Bool = false) {
        let arrangement = straight ? arrangement.straight : arrangement
        let phrase = arrangement.phrase
        let accompaniment = arrangement.accompaniment
        var tracks = [
            MIDIFile.conductor(
                phrase, markers: accompaniment.plan.changes.filter { $0.onset < phrase.length },
                origin: accompaniment.origin)
        ]
        tracks.append(
            MIDIFile.track(
                MIDIFile.melodyName, Channel(1), accompaniment.instrumentation.melody, arrangement.groovedMelody(),
                until: phrase.length))
        for part in Part.allCases {
            let notes = arrangement.grooved(part)
            guard !notes.isEmpty else { continue }
            tracks.append(
                MIDIFile.track(
                    part.trackName, part.channel, accompaniment.instrumentation.programs[part], notes,
                    until: phrase.length))
        }
        self.init(format: .parallel, ticksPerQuarter: Tick.perQuarter, tracks: tracks)
    }

    /// A take as a file of format 1 with 480 ticks a quarter: tempo, metre and key, and the melody on channel 1.
    ///
    /// - Parameter quantized: the phrase on its grid; otherwise the performance as it was played with its sustain pedal
    ///   (CC 64), which begins whole bars later where it has notes before bar 1. A take without a performance is always
    ///   the phrase.
    public init(take: Take, quantized: Bool = false) {
        let phrase = take.phrase
        var notes = phrase.notes
        var pedal: [(down: Tick, up: Tick)] = []
        if !quantized, !take.performance.isEmpty {
            notes = take.performance.map { note in
                let onset = take.tempoMap.tick(at: note.onset)
                return NoteEvent(
                    pitch: note.pitch, onset: onset, length: max(Tick(1), take.tempoMap.tick(at: note.end) - onset),
                    velocity: note.velocity)
            }
            let bar = phrase.meter.bar.rawValue
            let early = max(0, -(notes.map(\.onset.rawValue).min() ?? 0))
            let shift = Tick((early + bar - 1) / bar * bar)
            for index in notes.indices { notes[index].onset = notes[index].onset + shift }
            pedal = MIDIFile.pedal(take, shift: shift)
        }
        let end = max(phrase.length, notes.map(\.end).max() ?? .zero, pedal.last?.up ?? .zero)
        self.init(
            format: .parallel, ticksPerQuarter: Tick.perQuarter,
            tracks: [
                MIDIFile.conductor(phrase, markers: [], origin: nil),
                MIDIFile.track(MIDIFile.melodyName, Channel(1), nil, notes, pedal: pedal, until: end),
            ])
    }

    /// When the pedal goes down and up, each at least a tick later than what came before, the first not before zero.
    private static func pedal(_ take: Take, shift: Tick) -> [(down: Tick, up: Tick)] {
        var last = Tick(-1)
        return take.pedal.map { span in
            let down = max(take.tempoMap.tick(at: span.down) + shift, last + Tick(1))
            last = max(take.tempoMap.tick(at: span.up) + shift, down + Tick(1))
            return (down, last)
        }
    }

    private static func conductor(_ phrase: Phrase, markers: [(onset: Tick, chord: Chord)], origin: String?) -> Track {
        let tempo = phrase.tempo.microsecondsPerQuarter
        let key = phrase.key
        var events = [
            Event(tick: 0, .meta(MetaType.trackName, Array(conductorName.utf8))),
            Event(tick: 0, .meta(MetaType.tempo, [16, 8, 0].map { UInt8(truncatingIfNeeded: tempo >> $0) })),
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
        if let origin { events.insert(Event(tick: 0, .meta(MetaType.text, Array(origin.utf8))), at: 1) }
        events += markers.map {
            Event(tick: $0.onset.rawValue, .meta(MetaType.marker, Array($0.chord.description.utf8)))
        }
        return Track(events: events, length: phrase.length.rawValue)
    }

    private static func track(
        _ name: String, _ channel: Channel, _ program: Program?, _ notes: [NoteEvent],
        pedal: [(down: Tick, up: Tick)] = [], until end: Tick
    ) -> Track {
        var events = [Event(tick: 0, .meta(MetaType.trackName, Array(name.utf8)))]
        if let program { events.append(Event(tick: 0, .message(.programChange(channel, program)))) }
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
