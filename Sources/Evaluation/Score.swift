extension SetMetrics {
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
