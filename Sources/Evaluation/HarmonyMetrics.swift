import Music

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How a piece's accompaniment goes with its melody and in itself.
///
/// Chords are those that sound (`ChordTemplate`), not those that were planned. A number is nil where nothing can be measured: no
/// pitched sound, no melody, a single chord.
public struct HarmonyMetrics: Hashable, Sendable {
    /// Share of the windows with a chord; 0 for a piece without pitched sound.
    public var harmonised: Double
    /// Share of the melody's time on a tone of the chord.
    public var chordToneRatio: Double?
    /// Share of melody notes that are chord tones or go on by at most two semitones.
    public var chordToneOrProperRatio: Double?
    /// Pitch consonance: +1 for unisons, thirds, fifths and sixths with the chord's tones, 0 for fourths, -1 else; mean over time.
    public var pitchConsonance: Double?
    /// Mean tonal distance of the melody's tones from the chord's; lower is nearer.
    public var melodyChordDistance: Double?
    /// Share of the time of sounding pairs (melody note, accompaniment note) that are a semitone apart in some octave.
    public var semitoneClash: Double?
    /// The same for tritones.
    public var tritoneRate: Double?
    /// Share of the accompaniment's time in the melody's scale.
    public var inKey: Double?
    /// Mean share of a window's sound inside its chord.
    public var clarity: Double?
    /// Entropy of the chords' histogram (natural logarithm).
    public var chordEntropy: Double?
    /// Number of different chords.
    public var chordCount: Double?
    /// Mean tonal distance from one sounding window's chord to the next.
    public var chordDistance: Double?
    /// Onset steps that melody and accompaniment share, of all that either has.
    public var rhythmCopy: Double?

    public init(_ piece: EvaluatedPiece) {
        let accompaniment = piece.pitched
        let harmony = SoundingHarmony(accompaniment, meter: piece.meter, total: piece.total)
        let sounding = harmony.chords.compactMap { $0 }
        harmonised = Double(sounding.count) / Double(harmony.chords.count)
        guard !sounding.isEmpty else { return }
        measureMelody(piece, harmony)
        measureIntervals(piece.melody, accompaniment)
        measureChords(sounding.map(\.chord))
        clarity = average(sounding.map(\.clarity))
        let key = Key.ranked(durations: durations(piece.melody))[0].key
        let all = accompaniment.reduce(0) { $0 + $1.length.rawValue }
        let inside = accompaniment.filter { key.scale.contains($0.pitch.pitchClass) }.reduce(0) {
            $0 + $1.length.rawValue
        }
        inKey = ratio(Double(inside), Double(all))
        let played = Set(accompaniment.map { EvaluatedPiece.step($0.onset) })
        let sung = Set(piece.melody.map { EvaluatedPiece.step($0.onset) })
        rhythmCopy = ratio(Double(played.intersection(sung).count), Double(played.union(sung).count))
    }

    private mutating func measureMelody(_ piece: EvaluatedPiece, _ harmony: SoundingHarmony) {
        var time = 0.0
        var onChord = 0.0
        var consonance = 0.0
        var distance = 0.0
        harmony.visit(piece.melody) { note, chord, quarters in
            let tones = chord.pitchClasses
            time += quarters
            if tones.contains(note.pitch.pitchClass) { onChord += quarters }
            let degrees = tones.map { tone in HarmonyMetrics.consonance[(note.pitch.pitchClass - tone + 12) % 12] }
            consonance += quarters * Double(degrees.reduce(0, +)) / Double(tones.count)
            if let a = TonalCentroid(pitchClasses: [note.pitch.pitchClass]), let b = TonalCentroid(pitchClasses: tones)
            {
                distance += quarters * a.distance(to: b)
            }
        }
        chordToneRatio = ratio(onChord, time)
        pitchConsonance = ratio(consonance, time)
        melodyChordDistance = ratio(distance, time)
        var notes = 0
        var fitting = 0
        for (index, note) in piece.melody.enumerated() {
            guard let chord = harmony.chord(at: note.onset) else { continue }
            notes += 1
            let next = index + 1 < piece.melody.count ? piece.melody[index + 1] : nil
            let isProper = next.map { abs($0.pitch.number - note.pitch.number) <= 2 } ?? false
            if isProper || chord.pitchClasses.contains(note.pitch.pitchClass) { fitting += 1 }
        }
        chordToneOrProperRatio = ratio(Double(fitting), Double(notes))
    }

    private mutating func measureIntervals(_ melody: [NoteEvent], _ accompaniment: [NoteEvent]) {
        var all = 0
        var clashes = 0
        var tritones = 0
        for note in melody {
            for other in accompaniment {
                let shared = overlap(other, note.onset, note.end)
                guard shared > 0 else { continue }
                all += shared
                switch abs(note.pitch.number - other.pitch.number) % 12 {
                case 1, 11: clashes += shared
                case 6: tritones += shared
                default: break
                }
            }
        }
        semitoneClash = ratio(Double(clashes), Double(all))
        tritoneRate = ratio(Double(tritones), Double(all))
    }

    private mutating func measureChords(_ chords: [ChordTemplate]) {
        var counts: [ChordTemplate: Int] = [:]
        for chord in chords { counts[chord, default: 0] += 1 }
        chordCount = Double(counts.count)
        // Summed in a fixed order, so that the last digit is the same each time.
        chordEntropy = counts.values.sorted().reduce(0) { sum, count in
            let share = Double(count) / Double(chords.count)
            return sum - share * log(share)
        }
        let centroids = chords.compactMap { TonalCentroid(pitchClasses: $0.pitchClasses) }
        chordDistance = average(zip(centroids, centroids.dropFirst()).map { $0.distance(to: $1) })
    }

    /// By semitones from a chord tone up to the melody.
    private static let consonance = [1, -1, -1, 1, 1, 0, -1, 1, 1, 1, -1, -1]
}

/// Nil for no numbers.
func average(_ numbers: [Double]) -> Double? {
    numbers.isEmpty ? nil : numbers.reduce(0, +) / Double(numbers.count)
}

/// Nil where the whole is 0.
func ratio(_ part: Double, _ whole: Double) -> Double? { whole > 0 ? part / whole : nil }

/// Quarters a pitch class sounds, 12 sums.
func durations(_ notes: [NoteEvent]) -> [Double] {
    var sums = [Double](repeating: 0, count: 12)
    for note in notes { sums[note.pitch.pitchClass] += note.length.quarters }
    return sums
}
