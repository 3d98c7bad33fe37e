import Music

extension ScoreCodec {
    /// Turns the heads' answers for a phrase into the notes of every part, in the real key.
    ///
    /// What holds for every input: notes lie inside the phrase and last at least two steps; bass and line have one voice; every part stays in its
    /// range; nothing sounds at or below a sounding bass note; the line never sounds the same pitch as the melody; the same answers, plan
    /// and options give the same notes.
    ///
    /// - Parameter plan: chords in the normal key.
    public static func decode(
        _ logits: StitchedLogits, plan: ChordPlan, normalized: NormalizedPhrase, options: DecodingOptions
    ) -> [Part: [NoteEvent]] {
        precondition(!plan.chords.isEmpty, "decoding needs a chord plan")
        var decoder = ScoreDecoder(logits, plan, normalized, options)
        return decoder.parts()
    }
}

/// One decoding: the parts in the order in which they depend on each other.
private struct ScoreDecoder {
    let rows: [[Float]]
    let plan: ChordPlan
    let normalized: NormalizedPhrase
    let options: DecodingOptions
    /// The melody in the real key.
    let melody: [NoteEvent]
    let hearing: Hearing
    /// Where the melody leaves room; nil where it is silent, or everybody plays where they like.
    let room: MelodyRoom?
    let mayBegin: [Bool]
    /// For each pitched part and each step, the step that it takes after: an earlier bar's where that bar is repeated.
    let origins: [[Int]]
    /// What stands for the parts' own draws.
    var seed: UInt64 = 0
    /// The bass pitch at each step; -1 where it rests.
    var bass: [Int]

    /// Log-odds against one more repetition of the line's pitch, for each time that it has sounded in a row.
    private static let restlessness: Float = 1
    /// What bass, chords, pad and line are lengthened to where nothing follows sooner, in steps.
    private static let shortest = [4, 3, 6, 6]

    init(_ logits: StitchedLogits, _ plan: ChordPlan, _ normalized: NormalizedPhrase, _ options: DecodingOptions) {
        rows = (0..<logits.grid.steps).map { logits.row($0) }
        self.plan = plan
        self.normalized = normalized
        self.options = options
        melody = normalized.phrase.transposed(by: -normalized.shift).notes
        hearing = Hearing(melody, groove: options.groove, steps: logits.grid.steps)
        room = options.keepsOffMelody ? MelodyRoom(melody) : nil
        mayBegin = GateDecoder.mayBegin(logits.grid)
        let repeats = Repeats(
            melody, plan: normalized.real(plan), meter: normalized.phrase.meter, bars: logits.grid.bars,
            steps: logits.grid.steps)
        let rows = rows
        origins = ScoreCodec.pitchedParts.indices.map { part in
            // A note that is held into a bar is not cut by what the other one began with.
            repeats.origin { start, origin in
                ScoreDecoder.gate(rows[start], part) == ScoreDecoder.gate(rows[origin], part)
            }
        }
        bass = [Int](repeating: -1, count: logits.grid.steps)
        for note in options.keptBass {
            let first = min(bass.count, max(0, note.onset.nearestStep))
            for step in first..<max(first, min(bass.count, note.end.nearestStep)) {
                bass[step] = max(bass[step], note.pitch.number)
            }
        }
    }

    /// The likeliest gate of a part.
    private static func gate(_ row: [Float], _ part: Int) -> Int {
        let gates = Array(row[ScoreCodec.gates(part)])
        return gates.indices.max { gates[$0] < gates[$1] }!
    }

    mutating func parts() -> [Part: [NoteEvent]] {
        var parts: [Part: [NoteEvent]] = [:]
        for part in [Part.bass, .chords, .pad, .line, .drums] {
            // Every part has draws of its own: to switch one off changes no other.
            seed = Draws.seed(options.seed, stream: UInt64(part.channel.number))
            guard options.parts.contains(part) else { continue }
            let notes =
                switch part {
                case .drums: drums()
                case .bass: bassNotes()
                case .chords: chordNotes(.chords, voices: options.chordVoices)
                case .pad: chordNotes(.pad, voices: options.padVoices)
                case .line: lineNotes()
                }
            parts[part] = notes.sorted(by: NoteEvent.inScoreOrder)
        }
        return parts
    }

    /// What is said of a pitched part at a step; a bar that repeats another takes after it. Drums go on by themselves: their fills
    /// belong to a place.
    private func said(_ part: Int, _ step: Int) -> [Float] { rows[origins[part][step]] }

    /// The draws of a step, the same ones in a bar that repeats another.
    private func draws(_ step: Int, _ purpose: Purpose) -> Draws {
        Draws(seed: Draws.seed(seed, stream: UInt64(step) << 2 | purpose.rawValue))
    }

    private enum Purpose: UInt64 { case gate, pitch, drums }

    // MARK: Drums

    private func drums() -> [NoteEvent] {
        let chords = normalized.real(plan)
        var notes: [NoteEvent] = []
        for step in rows.indices where mayBegin[step] {
            var draws = draws(step, .drums)
            var hits: [(drum: DrumClass, logit: Float)] = []
            for drum in DrumClass.allCases {
                let logit = rows[step][ScoreCodec.drumHits.lowerBound + drum.rawValue]
                if isHit(logit, &draws) { hits.append((drum, logit)) }
            }
            // One pair of cymbals cannot be open and closed at once.
            let hats = hits.filter { [.closedHat, .openHat, .pedalHat].contains($0.drum) }
            if hats.count > 1, let loudest = hats.max(by: { $0.logit < $1.logit }) {
                hits.removeAll { hit in hats.contains { $0.drum == hit.drum } && hit.drum != loudest.drum }
            }
            for hit in hits {
                let velocity = rows[step][ScoreCodec.drumVelocities.lowerBound + hit.drum.rawValue]
                let pitch = hit.drum.pitch(in: options.kit, over: chords.chord(at: .steps(step)))
                notes.append(note(pitch.number, step, min(rows.count, step + 3), velocity))
            }
        }
        return notes
    }

    private func isHit(_ logit: Float, _ draws: inout Draws) -> Bool {
        guard options.temperature > 0 else { return Double(Mathematics.sigmoid(logit)) > options.drumThreshold }
        return draws.uniform() < Double(Mathematics.sigmoid(logit / Float(options.temperature)))
    }

    // MARK: Pitched parts

    private mutating func bassNotes() -> [NoteEvent] {
        let range = room?.bass(options.range(.bass)) ?? options.range(.bass)
        return spans(0).map { span in
            let pitch = fold(voice(0, span.start), into: range)
            for step in span.start..<span.end { bass[step] = pitch }
            return note(pitch, span.start, span.end, said(0, span.start)[ScoreCodec.velocity(0)])
        }
    }

    private func chordNotes(_ part: Part, voices: ClosedRange<Int>) -> [NoteEvent] {
        let index = ScoreCodec.pitchedParts.firstIndex(of: part)!
        var leading = VoiceLeading(range: room?.chords(options.range(part)) ?? options.range(part))
        var notes: [NoteEvent] = []
        // Where the notes of the chord before are in `notes`.
        var before: Range<Int> = 0..<0
        // Where each chord that a bar may repeat was placed.
        var known: [Int: [Int]] = [:]
        for span in spans(index) {
            let floor = highestBass(span)
            let origin = origins[index][span.start]
            var placed: [Int]
            if origin < span.start, let same = known[origin], same[0] > floor ?? -1 {
                placed = same
                leading.follow(placed)
            } else {
                placed = leading.place(
                    chord(index, span.start, voices), above: floor,
                    under: options.keepsOffMelody ? melodyPitches(span) : [])
                if !placed.isEmpty { known[span.start] = placed }
            }
            let velocity = said(index, span.start)[ScoreCodec.velocity(index)]
            if part == .pad { tie(&placed, over: span, to: &notes, of: before) }
            let first = notes.count
            notes += placed.map { note($0, span.start, span.end, velocity) }
            // A note that was tied over goes on to belong to the chord that sounds.
            let tied = notes[before].indices.filter { notes[$0].end == .steps(span.end) }
            before = (tied.min() ?? first)..<notes.count
        }
        return notes
    }

    /// Lengthens the notes of the chord before that go on in this one, and takes them out of it; a chord that is struck again whole is not tied.
    private func tie(
        _ placed: inout [Int], over span: GateDecoder.Span, to notes: inout [NoteEvent], of before: Range<Int>
    ) {
        let sounding = before.filter { notes[$0].end == .steps(span.start) }
        let pitches = Set(sounding.map { notes[$0].pitch.number })
        guard pitches != Set(placed) else { return }
        for index in sounding where placed.contains(notes[index].pitch.number) {
            notes[index].length = min(.steps(span.end), normalized.phrase.length) - notes[index].onset
        }
        placed.removeAll { pitches.contains($0) }
    }

    private func lineNotes() -> [NoteEvent] {
        let range = options.range(.line)
        var last: (pitch: Int, times: Int, end: Int) = (-1, 0, 0)
        // What was played in the bars that others repeat.
        var known: [Int: Int] = [:]
        return spans(3).compactMap { span in
            // A melody of its own does not stay on one note.
            let isNear = span.start - last.end <= normalized.phrase.meter.stepsPerBar
            let stale = isNear ? Float(last.times) * ScoreDecoder.restlessness : 0
            let before = last.pitch
            let origin = origins[3][span.start]
            let pitch =
                known[origin]
                ?? fold(
                    voice(3, span.start) { ScoreDecoder.folded($0, into: range) == before ? stale : 0 }, into: range)
            let taken = melodyPitches(span)
            let lowest = max(range.lowerBound, (highestBass(span) ?? -1) + 1)
            guard let free = free(pitch, taken: taken, lowest: lowest, highest: range.upperBound, at: span.start)
            else { return nil }
            last = (free, free == last.pitch ? last.times + 1 : 1, span.end)
            known[span.start] = free
            return note(free, span.start, span.end, said(3, span.start)[ScoreCodec.velocity(3)])
        }
    }

    /// The pitch itself, or where it is taken: a third below or above that belongs to the chord, an octave, the nearest chord tone that is free.
    private func free(_ pitch: Int, taken: Set<Int>, lowest: Int, highest: Int, at step: Int) -> Int? {
        guard lowest <= highest else { return nil }
        let chord = normalized.real(plan).chord(at: .steps(step))!
        let tones = (lowest...highest).filter { chord.pitchClasses.contains($0 % 12) }
        let thirds = [-3, -4, 3, 4].map { pitch + $0 }.filter { tones.contains($0) }
        let nearest = tones.sorted { (abs($0 - pitch), $0) < (abs($1 - pitch), $1) }
        return ([pitch] + thirds + [pitch - 12, pitch + 12] + nearest)
            .first { (lowest...highest).contains($0) && !taken.contains($0) }
    }

    private func spans(_ part: Int) -> [GateDecoder.Span] {
        var gates = rows.indices.map { Array(said(part, $0)[ScoreCodec.gates(part)]) }
        switch ScoreCodec.pitchedParts[part] {
        case .chords where options.leaning != 0:
            for step in gates.indices {
                gates[step][1] += Float(
                    hearing.begins[step] ? options.leaning : hearing.sounds[step] ? -options.leaning / 3 : 0)
            }
        case .line where options.lineReserve != 0:
            for step in gates.indices where hearing.isNear[step] { gates[step][1] -= Float(options.lineReserve) }
        default: break
        }
        return GateDecoder.spans(
            gates: gates, mayBegin: mayBegin, minimumLength: options.lengthens ? ScoreDecoder.shortest[part] : 1,
            temperature: options.temperature,
            draws: { draws(origins[part][$0], .gate) })
    }

    /// The pitch of a one-voice part at its onset, real key.
    ///
    /// - Parameter penalty: log-odds against a pitch.
    private func voice(_ part: Int, _ step: Int, penalty: (Int) -> Float = { _ in 0 }) -> Int {
        let base = base(part, step)
        let heads = said(part, step)[ScoreCodec.pitches(part)]
        let logits = heads.enumerated().map { $1 - penalty(base + $0) }
        let chosen: Int
        if options.temperature > 0 {
            // Pitches are drawn more soberly than rhythm: those far behind the best never.
            let weights = Mathematics.softmax(logits, temperature: options.temperature / 2)
            let least = 0.1 * (weights.max() ?? 0)
            var draws = draws(origins[part][step], .pitch)
            chosen = draws.index(weights: weights.map { $0 < least ? 0 : $0 })
        } else {
            chosen = logits.indices.max { logits[$0] < logits[$1] }!
        }
        return base + chosen
    }

    /// The pitches of a chord at its onset, real key: as many as the probabilities sum to, the likeliest first.
    private func chord(_ part: Int, _ step: Int, _ voices: ClosedRange<Int>) -> [Int] {
        let probabilities = said(part, step)[ScoreCodec.pitches(part)].map { Mathematics.sigmoid($0) }
        let expected = Int(probabilities.reduce(0, +).rounded())
        let count = min(voices.upperBound, max(voices.lowerBound, expected))
        let ranked = probabilities.indices.sorted { (probabilities[$1], $0) < (probabilities[$0], $1) }
        let likely = ranked.prefix(count).enumerated().filter { place, pitch in
            probabilities[pitch] > (place < voices.lowerBound ? 0.1 : 0.25)
        }.map(\.element)
        // An onset without any likely pitch still sounds: its best one.
        return (likely.isEmpty ? [ranked[0]] : likely).map { base(part, step) + $0 }
    }

    private func base(_ part: Int, _ step: Int) -> Int {
        ScoreCodec.base(part, root: plan.chord(at: .steps(step))!.root) - normalized.shift
    }

    private func fold(_ pitch: Int, into range: ClosedRange<Int>) -> Int { ScoreDecoder.folded(pitch, into: range) }

    private static func folded(_ pitch: Int, into range: ClosedRange<Int>) -> Int {
        Pitch(min(127, max(0, pitch))).folded(into: range).number
    }

    /// Pitches of the melody that sound during a span, real key.
    private func melodyPitches(_ span: GateDecoder.Span) -> Set<Int> {
        let start = Tick.steps(span.start)
        let end = Tick.steps(span.end)
        return Set(melody.filter { $0.onset < end && $0.end > start }.map(\.pitch.number))
    }

    private func highestBass(_ span: GateDecoder.Span) -> Int? {
        let highest = bass[span.start..<span.end].max() ?? -1
        return highest < 0 ? nil : highest
    }

    private func note(_ pitch: Int, _ start: Int, _ end: Int, _ velocity: Float) -> NoteEvent {
        let onset = Tick.steps(start)
        return NoteEvent(
            pitch: Pitch(pitch), onset: onset,
            length: min(.steps(end - start), normalized.phrase.length - onset),
            velocity: Velocity(Int((Mathematics.sigmoid(velocity) * 127).rounded())))
    }
}
