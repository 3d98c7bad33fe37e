import Music

/// Which notes swing: of each pair of these, the first is longer. Eighths as a rule; at half the tempo the same notes are
/// written as sixteenths, at twice the tempo as quarters.
public enum SwungNotes: Int, Hashable, Sendable, CaseIterable {
    case sixteenths = 6
    case eighths = 12
    case quarters = 24

    /// Grid steps of a pair.
    var pair: Int { rawValue }

    /// What the same notes are in another tempo.
    ///
    /// - Parameter factor: the new tempo over the old one.
    /// - Returns: nil where they are no notes that swing: the factor is none of a half, one and two, or they would be
    ///   shorter than sixteenths or longer than quarters.
    func scaled(_ factor: Double) -> SwungNotes? {
        let pair = Double(pair) * factor
        return SwungNotes.allCases.first { abs(pair / Double($0.pair) - 1) < 0.01 }
    }
}

extension Take {
    /// How the take was understood to swing, by what was played against what was written.
    ///
    /// - Returns: nil where fewer than four pairs were played, and where they are not clearly uneven.
    var swing: (swing: Swing, notes: SwungNotes)? {
        guard !phrase.meter.isCompound, phrase.meter.denominator < 8 else { return nil }
        let onsets = played
        for notes in [SwungNotes.eighths, .sixteenths, .quarters] {
            let places = onsets.indices.dropFirst().dropLast().compactMap { index -> Double? in
                let (former, here, next) = (onsets[index - 1], onsets[index], onsets[index + 1])
                guard here.step % notes.pair == notes.pair / 2, here.step - former.step == notes.pair / 2,
                    next.step - here.step == notes.pair / 2, next.time > former.time
                else { return nil }
                return (here.time - former.time) / (next.time - former.time)
            }
            if let offBeat = GridClock.unevenness(places) { return (Swing(offBeat), notes) }
        }
        return nil
    }

    /// When each written onset was played, in seconds. Notes of a pitch follow each other as they are written.
    private var played: [(step: Int, time: Double)] {
        var moments: [Int: [Double]] = [:]
        let struck = Dictionary(grouping: performance.sorted { $0.onset < $1.onset }, by: \.pitch)
        for (pitch, notes) in Dictionary(grouping: phrase.notes, by: \.pitch) {
            // Where notes were left out or edited, nobody knows which is which.
            guard let struck = struck[pitch], struck.count == notes.count else { continue }
            for (note, sound) in zip(notes.sorted { $0.onset < $1.onset }, struck) {
                moments[note.onset.nearestStep, default: []].append((sound.onset - .zero).seconds)
            }
        }
        return moments.map { ($0.key, $0.value.reduce(0, +) / Double($0.value.count)) }.sorted { $0.step < $1.step }
    }
}
