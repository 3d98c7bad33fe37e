import Capture
import Generation
import Music
import Playback
import Transport

/// Tempo, metre and click.
extension Session {
    /// The band's tempo; else that of the next take, nil where the playing will tell.
    public var presentTempo: Tempo? { player?.playing?.map.tempo ?? tempo }

    /// The band's metre, else that of the next take.
    public var presentMeter: Meter { player?.playing?.plan.meter ?? meter }

    /// The band's time counted from the beginning of its first round, and its metre; nil where it is silent.
    var bandRounds: (map: TempoMap, meter: Meter)? {
        player?.playing.map { playing in
            (TempoMap(anchor: playing.map.instant(of: playing.origin), tempo: playing.map.tempo), playing.plan.meter)
        }
    }

    mutating func setTempo(_ wanted: Tempo?, _ time: Instant) -> [Effect] {
        tempo = wanted
        guard let wanted else { return [.told(state, "the next take's tempo is read from your playing")] }
        var effects: [Effect] = []
        if let playing = player?.playing {
            effects += retime(playing.map, to: wanted, time)
        } else if let map = metronome?.map {
            effects += click(
                .retime(TempoMap(anchor: map.anchor, anchorTick: map.anchorTick, tempo: wanted), at: time))
        }
        if let piece {
            self.piece?.continuation = TempoMap(
                anchor: piece.continuation.anchor, anchorTick: piece.continuation.anchorTick, tempo: wanted)
        }
        return effects + [.told(state, "\(Session.text(wanted)) quarter notes a minute")]
    }

    /// From what is not handed out yet on the band plays at another tempo, without a jump.
    mutating func retime(_ map: TempoMap, to tempo: Tempo, _ time: Instant) -> [Effect] {
        let from = time + (player?.reach ?? .zero)
        return feed(.retime(TempoMap(anchor: from, anchorTick: map.tick(at: from), tempo: tempo), at: time))
    }

    mutating func setMeter(_ wanted: Meter) -> [Effect] {
        meter = wanted
        return [.told(state, "takes at a set tempo are heard in \(wanted)")]
    }

    static func text(_ tempo: Tempo) -> String {
        let number = (tempo.quartersPerMinute * 10).rounded() / 10
        return number == number.rounded() ? "\(Int(number))" : "\(number)"
    }

    // MARK: - Half and double

    /// Understands the take in half or double the tempo, and has the band play it so from the next bar line on.
    mutating func scaleTempo(by factor: Double, _ time: Instant) -> [Effect] {
        guard let piece else {
            guard let tempo else { return [Session.nothingPlayed] }
            guard let scaled = Tempo(quartersPerMinute: tempo.quartersPerMinute * factor) else {
                return [Session.outOfRange(tempo, factor)]
            }
            return setTempo(scaled, time)
        }
        let phrase = piece.take.phrase
        guard let scaled = Tempo(quartersPerMinute: phrase.tempo.quartersPerMinute * factor),
            let latest = Tempo(quartersPerMinute: piece.continuation.tempo.quartersPerMinute * factor)
        else { return [Session.outOfRange(phrase.tempo, factor)] }
        guard Double(phrase.bars) * factor <= Double(Phrase.maximumBars) else {
            return [
                .refused(
                    "twice as fast, the take would have more than \(Phrase.maximumBars) bars",
                    advice: "record a shorter one")
            ]
        }
        let former = piece.take
        var take = former.requantized(tempo: scaled, meter: phrase.meter)
        take.origin.trigger = factor < 1 ? "half" : "double"
        let end = max(take.tempoMap.instant(of: take.phrase.length), piece.continuation.anchor)
        let continuation = TempoMap(anchor: end, anchorTick: take.phrase.length, tempo: latest)
        if tempo != nil { tempo = scaled }
        bandFollows = isBandOn || awaited != nil
        let (whole, melody, plan) = Session.hands(of: take, chords: [])
        let effects = change(
            to: whole, root: piece.root, melody: melody, chords: plan, continuation, isHeard: piece.isHeard, time)
        return effects + [.told(state, Session.describe(whole))]
    }

    private static func outOfRange(_ tempo: Tempo, _ factor: Double) -> Effect {
        .refused(
            "\(text(tempo)) cannot be \(factor < 1 ? "halved" : "doubled"): a tempo is \(Int(Tempo.range.lowerBound)) to \(Int(Tempo.range.upperBound)) quarter notes a minute",
            advice: "")
    }

    // MARK: - Click

    mutating func toggleClick(_ time: Instant) -> [Effect] {
        clicks.toggle()
        guard clicks else {
            clicked = nil
            return click(.stop(at: time)) + [.told(state, "the click is off")]
        }
        guard player != nil else {
            return [.refused("the click has no port to sound on", advice: "start a synthesizer such as fluidsynth")]
        }
        guard !isBandOn else { return [.told(state, "the click is on")] }
        let tempo = tempo ?? piece?.continuation.tempo ?? .moderate
        return click(
            .start(
                map: TempoMap(anchor: time + BandPlayer.standardHorizon, tempo: tempo), meter: meter, at: time,
                countIn: nil))
            + [.told(state, "the click is on, at \(Session.text(tempo)); with it, Record counts a bar in")]
    }

    /// Has the click go with the band, where both are on; to be called behind everything that moves the band.
    mutating func followClick(_ time: Instant) -> [Effect] {
        if clicks, let round = bandRounds {
            guard clicked != round.map else { return [] }
            clicked = round.map
            return click(.start(map: round.map, meter: round.meter, at: time, countIn: nil))
        }
        guard clicked != nil else { return [] }
        clicked = nil
        return click(.stop(at: time))
    }

    /// A bar of click before a take, where the click is on and nothing plays.
    mutating func countIn(_ time: Instant) -> [Effect] {
        if let song {
            recorder.settings.downbeat = song.instant(of: .zero)
            return []
        }
        guard clicks, !isBandOn, let metronome else { return [] }
        if metronome.isRunning, let map = metronome.map {
            // The click is there already: the take lies on its bars.
            recorder.settings.tempo = map.tempo
            recorder.settings.downbeat = clickDownbeat
            return []
        }
        let tempo = tempo ?? piece?.continuation.tempo ?? .moderate
        let map = TempoMap(anchor: time + BandPlayer.standardHorizon, tempo: tempo)
        recorder.settings.tempo = tempo
        recorder.settings.downbeat = map.instant(of: meter.bar)
        return click(.start(map: map, meter: meter, at: time, countIn: nil))
    }

    /// A bar line of the song that is followed, else of the click; nil while none is heard.
    var clickDownbeat: Instant? {
        if let song { return song.instant(of: .zero) }
        guard let metronome, metronome.isRunning, let map = metronome.map else { return nil }
        return map.instant(of: .zero)
    }

    mutating func click(_ event: Metronome.Event) -> [Effect] {
        guard var metronome else { return [] }
        let messages = metronome.handle(event)
        self.metronome = metronome
        return schedule(messages)
    }
}
