import Capture
import Generation
import MIDI
import Music
import Playback

/// Playing, and what is made of it: takes by Record, by Accompany and over the band.
extension Session {
    /// A second press of Accompany within this time takes the phrase before.
    static let secondThought = Nanoseconds.seconds(1.5)
    /// How far back Accompany looks.
    static let reach = Nanoseconds.seconds(600)
    /// How many steps can be undone.
    static let memory = 32

    mutating func hear(_ message: MIDIMessage, _ source: Source, _ time: Instant) -> [Effect] {
        let hand = remember(message, source, time)
        if case .noteOn(_, _, let velocity) = message.kind {
            dynamics.hear(velocity, at: time)
            keyboardName = source.name
        }
        guard hand == .melody else { return [] }
        if recorder.state.phase == .armed, case .noteOn = message.kind {
            recordingKeyboard = source
            recorder.settings.origin.keyboard = source.name
        }
        guard recordingKeyboard == nil || recordingKeyboard?.number == source.number else { return [] }
        return follow(recorder.handle(.message(message, at: time)), time)
    }

    /// Remembers what was played before this session began; what was held then ends.
    mutating func recall(_ played: [Recalled], _ time: Instant) -> [Effect] {
        for heard in played { remember(heard.message, heard.source, heard.time) }
        for keyboard in Set(played.map(\.source.number)) { history.release(keyboard: keyboard, at: time) }
        if keyboardName.isEmpty { keyboardName = played.last?.source.name ?? "" }
        return []
    }

    /// - Returns: the hand that played it.
    @discardableResult
    private mutating func remember(_ message: MIDIMessage, _ source: Source, _ time: Instant) -> PlayedHistory.Hand {
        let hand = message.pitch.map { source.hand(of: $0) } ?? .melody
        if listens || recorder.state.phase != .idle {
            history.hear(message, keyboard: source.number, hand: hand, at: time)
        }
        return hand
    }

    mutating func lose(_ keyboard: Source, _ time: Instant) -> [Effect] {
        history.release(keyboard: keyboard.number, at: time)
        guard recordingKeyboard?.number == keyboard.number else { return [] }
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

    mutating func mark(_ time: Instant) -> [Effect] {
        history.releaseAll(at: time)
        lastGap = time
        let wasTaking = isTaking
        let effects = follow(recorder.handle(.gap(at: time)), time)
        return wasTaking ? effects + [.refused("input was lost; the take is marked as damaged", advice: "")] : effects
    }

    /// Ends a take in progress without the band, waiting for no key.
    mutating func finish(_ time: Instant) -> [Effect] {
        bandFollows = false
        var effects: [Effect] = []
        while isTaking { effects += follow(recorder.handle(.control(.stop, at: time)), time) }
        return effects
    }

    mutating func follow(_ effects: [TakeRecorder.Effect], _ time: Instant) -> [Effect] {
        effects.flatMap { effect -> [Effect] in
            switch effect {
            case .stateChanged(let phase):
                if phase == .idle {
                    recordingKeyboard = nil
                    overdub = nil
                }
                return []
            case .discarded(.cancelled):
                return []
            case .discarded(let reason):
                return [.refused("the take was not kept: \(reason.rawValue)", advice: "press Record and play")]
            case .takeFinished(let take, let continuation):
                return keep(take, continuation, time)
            }
        }
    }

    // MARK: - Record

    /// Arms, ends a take, or begins and ends an overdub.
    mutating func record(_ time: Instant) -> [Effect] {
        bandFollows = true
        guard recorder.state.phase == .idle else {
            return follow(recorder.handle(.control(.record, at: time)), time)
        }
        recorder.settings.origin = .init(keyboard: "", trigger: "record")
        recorder.settings.downbeat = nil
        recorder.settings.tempo = tempo
        recorder.settings.meter = meter
        if let playing = player?.playing, player?.phase == .playing, let piece, performing?.number == piece.number {
            overdub = (playing.map, playing.origin)
            setRecorder(to: playing.map, origin: playing.origin, meter: playing.plan.meter, trigger: "overdub")
            return follow(recorder.handle(.control(.record, at: time)), time)
                + [.told(.armed, "what you play now is added to the round; press Record again to end it")]
        }
        let counted = countIn(time)
        return counted + follow(recorder.handle(.control(.record, at: time)), time)
    }

    private mutating func setRecorder(to map: TempoMap, origin: Tick, meter: Meter, trigger: String) {
        recorder.settings.tempo = map.tempo
        recorder.settings.meter = meter
        recorder.settings.downbeat = map.instant(of: origin)
        recorder.settings.origin = .init(keyboard: "", trigger: trigger)
    }

    private mutating func keep(_ take: Take, _ continuation: TempoMap, _ time: Instant) -> [Effect] {
        var take = take
        guard let start = take.performance.first?.onset else { return [] }
        take.pedal = history.pedal(from: start, until: time)
        heardUntil = max(heardUntil, time)
        defer { if !listens { history.forget(now: time) } }
        let end = min(time, continuation.instant(of: take.phrase.length))
        let chords = history.notes(.chords, from: start - .milliseconds(300), until: end)
        if let overdub, let piece { return layer(take, chords, over: piece, overdub.map, overdub.origin, time) }
        return begin(take, chords: chords, continuation, time)
    }

    /// Makes a take the present piece; the band is asked for it.
    private mutating func begin(
        _ take: Take, chords: [PerformedNote], _ continuation: TempoMap, _ time: Instant
    ) -> [Effect] {
        let (whole, melody, plan) = Session.hands(of: take, chords: chords)
        return change(to: whole, root: nil, melody: melody, chords: plan, continuation, isHeard: false, time)
    }

    /// Sets a new take on the desk in place of the present one, which undo brings back.
    mutating func change(
        to take: Take, root: Int?, melody: Phrase, chords: ChordPlan?, _ continuation: TempoMap, isHeard: Bool,
        _ time: Instant
    ) -> [Effect] {
        remember()
        takes += 1
        piece = Piece(
            number: takes, root: root ?? takes, take: take, melody: melody, chords: chords, continuation: continuation,
            isHeard: isHeard)
        awaited = nil
        ahead = []
        asked = time
        let stored = [Effect.storeTake(take, number: takes)]
        return bandFollows ? stored + vary(time) : stored
    }

    // MARK: - Overdub

    /// Adds what was played over the band to the round; the band plays on as it did.
    private mutating func layer(
        _ layer: Take, _ chords: [PerformedNote], over former: Piece, _ map: TempoMap, _ origin: Tick, _ time: Instant
    ) -> [Effect] {
        let length = former.take.phrase.length
        let played = (layer.performance + chords).sorted { ($0.onset, $0.pitch) < ($1.onset, $1.pitch) }
        let notes = Quantizer.lay(played, on: map, meter: former.take.phrase.meter).map { note -> NoteEvent in
            var folded = note
            let place = (note.onset - origin).rawValue % length.rawValue
            folded.onset = Tick(place < 0 ? place + length.rawValue : place)
            return folded
        }
        var take = former.take
        take.phrase = Phrase(
            notes: (take.phrase.notes + notes).soundingOnce(until: length), meter: take.phrase.meter,
            tempo: take.phrase.tempo, bars: take.phrase.bars)
        take.performance += played
        take.pedal += layer.pedal
        take.origin = layer.origin
        take.isDamaged = take.isDamaged || layer.isDamaged
        remember()
        takes += 1
        var piece = Piece(
            number: takes, root: former.root, take: take, melody: take.phrase, chords: former.chords,
            continuation: former.continuation, isHeard: true)
        var effects = [Effect.storeTake(take, number: takes)]
        // The band that is heard stays; what was made before for the melody alone stays reachable by undo.
        let heard =
            former.shown.flatMap { $0.arrangement == nil ? nil : $0 }
            ?? former.variations.last { $0.arrangement != nil }
        if var shown = heard, let arrangement = shown.arrangement {
            let renewed = Arrangement(phrase: take.phrase, accompaniment: arrangement.accompaniment)
            shown.arrangement = renewed
            shown.request = nil
            piece.variations = [shown]
            effects.append(.storeArrangement(renewed, answering: shown.order, take: takes))
        }
        self.piece = piece
        awaited = nil
        ahead = []
        if !piece.variations.isEmpty { effects += show(0, at: time) }
        return effects + [.told(state, "added to the round; press Undo to take it out again")]
    }

    // MARK: - Accompany

    /// Brings the band in on what was just played; where nothing was played since, on the last take.
    mutating func accompany(_ time: Instant) -> [Effect] {
        if isTaking {
            bandFollows = true
            return follow(recorder.handle(.control(.record, at: time)), time)
        }
        var effects: [Effect] = []
        if recorder.state.phase == .armed {
            effects = follow(recorder.handle(.control(.cancel, at: time)), time)
        }
        bandFollows = true
        if let lastAsk, time - lastAsk.time <= Session.secondThought {
            let notes = history.notes(.melody, from: time - Session.reach, until: time)
            let phrases = PhraseFinder().phrases(in: notes, now: time, most: lastAsk.back + 2)
            guard lastAsk.back + 1 < phrases.count else {
                return effects + [.refused("there is no phrase before that one", advice: "")]
            }
            return effects + capture(notes, phrases[lastAsk.back + 1], back: lastAsk.back + 1, onBand: false, time)
        }
        // Over the band only what was played since it was asked in is new.
        let notes = history.notes(.melody, from: isBandOn ? heardUntil : time - Session.reach, until: time)
        let phrases = PhraseFinder().phrases(in: notes, now: time, most: 1)
        if let latest = phrases.first, notes[latest.upperBound - 1].onset > heardUntil {
            return effects + capture(notes, latest, back: 0, onBand: isBandOn, time)
        }
        guard let piece else { return effects + [listens ? Session.nothingPlayed : Session.nothingHeard] }
        if let player, [.waiting, .playing].contains(player.phase), performing?.number == piece.number {
            return effects + [.told(state, "the band plays already")]
        }
        asked = time
        guard let shown = piece.shown, shown.genre == genre else { return effects + vary(time) }
        return effects + show(piece.current, at: time)
    }

    static let nothingPlayed = Effect.refused(
        "nothing was played yet", advice: "play a melody and press Play, or press Record before you play")
    static let nothingHeard = Effect.refused(
        "listening is paused", advice: "press Record and play, or let Continuo listen again (continuo listen on)")

    /// Makes what was just played a take.
    private mutating func capture(
        _ notes: [PerformedNote], _ range: Range<Int>, back: Int, onBand: Bool, _ time: Instant
    ) -> [Effect] {
        if onBand, let playing = player?.playing {
            setRecorder(to: playing.map, origin: playing.origin, meter: playing.plan.meter, trigger: "accompany")
        } else {
            recorder.settings.tempo = tempo
            recorder.settings.meter = meter
            recorder.settings.downbeat = clickDownbeat
        }
        let performance = Array(notes[range])
        guard let understood = Understanding(of: performance, playedTo: recorder.settings, end: nil),
            let start = performance.first?.onset
        else { return [Session.nothingPlayed] }
        lastAsk = (time, back)
        heardUntil = max(heardUntil, time)
        let take = Take(
            phrase: understood.phrase, performance: performance, pedal: history.pedal(from: start, until: time),
            tempoMap: understood.tempoMap,
            origin: .init(keyboard: keyboardName, trigger: "accompany"),
            isDamaged: lastGap.map { $0 >= start } ?? false)
        let end = max(performance.map(\.end).max() ?? start, understood.continuation.instant(of: take.phrase.length))
        let chords = history.notes(.chords, from: start - .milliseconds(300), until: min(time, end))
        return begin(take, chords: chords, understood.continuation, time)
    }

    // MARK: - Undo, redo, erase

    /// Puts the present piece where undo finds it.
    mutating func remember() {
        past.append(piece)
        if past.count > Session.memory { past.removeFirst() }
        future = []
    }

    mutating func undo(_ time: Instant) -> [Effect] {
        guard let former = past.popLast() else {
            return [.refused("there is nothing to undo", advice: "")]
        }
        future.append(piece)
        return restore(former, time, "undone")
    }

    mutating func redo(_ time: Instant) -> [Effect] {
        guard let latter = future.popLast() else {
            return [.refused("there is nothing to redo", advice: "")]
        }
        past.append(piece)
        return restore(latter, time, "redone")
    }

    /// Clears the desk. What was stored stays stored, and undo brings it back.
    mutating func erase(_ time: Instant) -> [Effect] {
        guard piece != nil else { return [.refused("there is no take to erase", advice: "")] }
        remember()
        return restore(nil, time, "erased; the take stays in the store, and Undo brings it back")
    }

    private mutating func restore(_ former: Piece?, _ time: Instant, _ sentence: String) -> [Effect] {
        piece = former
        awaited = nil
        ahead = []
        guard let former else {
            let effects = isBandOn && player?.phase != .stopping ? feed(.stop(at: time)) : []
            return effects + [.told(state, sentence)]
        }
        if let shown = former.shown { genre = shown.genre }
        asked = time
        let effects = isBandOn && former.shown != nil ? show(former.current, at: time) : []
        return effects + [.told(state, "\(sentence): \(Session.describe(former.take))")]
    }

    /// `8 bars of 3/4 at 96`.
    public static func describe(_ take: Take) -> String {
        let phrase = take.phrase
        return
            "\(phrase.bars) \(phrase.bars == 1 ? "bar" : "bars") of \(phrase.meter) at \(Int(phrase.tempo.quartersPerMinute.rounded()))"
    }

    // MARK: - Listening

    mutating func listen(_ wanted: Bool, _ time: Instant) -> [Effect] {
        listens = wanted
        if !wanted { history.releaseAll(at: time) }
        return [
            .told(
                state,
                wanted
                    ? "listening: Play takes what you just played"
                    : "listening is paused: only takes begun by Record are kept")
        ]
    }

    mutating func forget(_ length: Nanoseconds?, _ time: Instant) -> [Effect] {
        let count = history.forget(since: length.map { time - $0 }, now: time)
        lastAsk = nil
        return [
            .forget(length),
            .told(
                state,
                "\(count) \(count == 1 ? "note is" : "notes are") forgotten; stored takes stay until they are deleted"),
        ]
    }
}

extension MIDIMessage {
    /// The key of a note message or of its pressure.
    fileprivate var pitch: Pitch? {
        switch kind {
        case .noteOn(_, let pitch, _), .noteOff(_, let pitch), .polyPressure(_, let pitch, _): pitch
        default: nil
        }
    }
}
