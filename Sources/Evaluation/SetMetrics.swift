import Music

/// What a whole set of pieces shows: means of the pieces, and what only a set can show.
public struct SetMetrics: Hashable, Sendable {
    /// Each piece's numbers, in the order given.
    public let pieces: [HarmonyMetrics]
    /// Chord-tone ratio with the own melody less that with other melodies, mean; 0 for a deaf accompaniment.
    public let conditioningGap: Double?
    /// Different bars of pitched onsets among all of them; nil where there are none.
    public let distinctBars: Double?

    /// - Parameter set: in the order of their names, which decides with which other melodies a piece is compared.
    public init(_ set: [EvaluatedPiece]) {
        pieces = set.map { HarmonyMetrics($0) }
        conditioningGap = average(set.indices.compactMap { SetMetrics.gap(of: $0, in: set) })
        distinctBars = SetMetrics.distinctBars(set)
    }

    /// The mean of a metric over the pieces where it exists.
    public func mean(_ metric: KeyPath<HarmonyMetrics, Double?>) -> Double? {
        average(pieces.compactMap { $0[keyPath: metric] })
    }

    public var harmonised: Double? { average(pieces.map(\.harmonised)) }

    /// How much better the accompaniment fits its melody than the first eight others of the same metre, both cut to the shorter one.
    static func gap(of index: Int, in set: [EvaluatedPiece]) -> Double? {
        let piece = set[index]
        guard let own = HarmonyMetrics(piece).chordToneRatio else { return nil }
        let others = set.indices.filter { $0 != index && set[$0].meter == piece.meter }.prefix(8)
        let foreign = others.compactMap { other -> Double? in
            let total = min(piece.total, set[other].total)
            let harmony = SoundingHarmony(
                piece.pitched.filter { $0.onset < total }, meter: piece.meter, total: total)
            var time = 0.0
            var onChord = 0.0
            harmony.visit(set[other].melody.filter { $0.onset < total }) { note, chord, quarters in
                time += quarters
                if chord.pitchClasses.contains(note.pitch.pitchClass) { onChord += quarters }
            }
            return ratio(onChord, time)
        }
        return average(foreign).map { own - $0 }
    }

    /// Bars with pitched onsets as sets of (sixteenth, pitch above the bar's lowest modulo 12): different ones of all.
    static func distinctBars(_ set: [EvaluatedPiece]) -> Double? {
        var seen: Set<Set<Int>> = []
        var bars = 0
        for piece in set {
            let notes = Dictionary(grouping: piece.pitched) { $0.onset.rawValue / piece.meter.bar.rawValue }
            for (bar, notes) in notes where bar < piece.bars {
                let lowest = notes.map(\.pitch.number).min() ?? 0
                bars += 1
                seen.insert(
                    Set(notes.map { TextureMetrics.sixteenth($0, piece.meter) * 12 + ($0.pitch.number - lowest) % 12 }))
            }
        }
        return ratio(Double(seen.count), Double(bars))
    }

    /// One number for the set: how far it has come from another piece's accompaniment (0) to a human one (1), mean of six metrics, lowered for drones
    /// and for block chords glued to the melody. Nil where one of them cannot be measured.
    public var score: Double? {
        guard let chordTone = mean(\.chordToneRatio), let consonance = mean(\.pitchConsonance),
            let distance = mean(\.melodyChordDistance), let clash = mean(\.semitoneClash), let inKey = mean(\.inKey),
            let gap = conditioningGap, let movement = mean(\.chordDistance), let count = mean(\.chordCount),
            let distinctBars, let copy = mean(\.rhythmCopy)
        else { return nil }
        return SetMetrics.score(
            chordTone: chordTone, consonance: consonance, distance: distance, clash: clash, inKey: inKey, gap: gap,
            movement: movement, chordCount: count, distinctBars: distinctBars, rhythmCopy: copy)
    }

    static func score(
        chordTone: Double, consonance: Double, distance: Double, clash: Double, inKey: Double, gap: Double,
        movement: Double, chordCount: Double, distinctBars: Double, rhythmCopy: Double
    ) -> Double {
        func progress(_ value: Double, floor: Double, human: Double) -> Double {
            min(1.1, max(0, (value - floor) / (human - floor)))
        }
        let progresses = [
            progress(chordTone, floor: 0.305, human: 0.68), progress(consonance, floor: 0.10, human: 0.48),
            progress(distance, floor: 1.70, human: 1.37), progress(clash, floor: 0.144, human: 0.0265),
            progress(inKey, floor: 0.68, human: 0.91), progress(gap, floor: 0, human: 0.38),
        ]
        let guards = [movement / 0.45, chordCount / 3, distinctBars / 0.3, (1 - rhythmCopy) / 0.2]
        return guards.reduce(progresses.reduce(0, +) / 6) { $0 * min(1, max(0, $1)) }
    }
}
