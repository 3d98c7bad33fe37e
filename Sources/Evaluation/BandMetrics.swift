import Music

/// What shows in a piece's band as a whole, and how it stands to the melody in time.
public struct BandMetrics: Hashable, Sendable {
    /// Tracks with notes, without copies of the melody.
    public var tracks: Int
    /// Notes that were begun and never ended.
    public var hungNotes: Int
    public var notesPerBar: Double
    /// Share of pitched notes of at least an eighth of a quarter.
    public var qualifiedNotes: Double?
    /// Means of the roles'.
    public var groove: Double?
    public var onGrid: Double?
    /// For each pair of pitched roles the mean distance of their tonal centroids, half bar by half bar, where both sound (TD).
    public var tonalDistances: [RolePair: Double]
    /// Mean of the pairs.
    public var tonalDistance: Double?
    /// Quarters that the last note sounds beyond the melody's last bar and one more.
    public var overrun: Double
    /// Quarters of the melody's bars behind the band's last note.
    public var endGap: Double
    /// Share of the line's onsets within four steps of an onset of the melody.
    public var lineNearMelody: Double?
    public var fills: DrumFills?

    public init(_ piece: EvaluatedPiece, textures: [Role: TextureMetrics]) {
        tracks = piece.tracks.count
        hungNotes = piece.tracks.reduce(0) { $0 + $1.hungNotes }
        let notes = piece.tracks.flatMap(\.notes)
        notesPerBar = Double(notes.count) / Double(piece.bars)
        qualifiedNotes = TextureMetrics.qualified(piece.pitched)
        let present = Role.allCases.compactMap { textures[$0] }
        groove = average(present.compactMap(\.groove))
        onGrid = average(present.compactMap(\.onGrid))
        tonalDistances = BandMetrics.distances(piece)
        tonalDistance = average(RolePair.all.compactMap { [tonalDistances] in tonalDistances[$0] })
        let end = notes.map(\.end).max() ?? .zero
        overrun = max(0, (end - piece.total - piece.meter.bar).quarters)
        endGap = max(0, (piece.total - end).quarters)
        lineNearMelody = BandMetrics.nearness(piece)
        fills = DrumFills(piece)
    }

    private static func distances(_ piece: EvaluatedPiece) -> [RolePair: Double] {
        let window = piece.meter.bar.rawValue / 2
        let count = piece.total.rawValue / window
        let centroids = Role.tonal.reduce(into: [Role: [TonalCentroid?]]()) { result, role in
            guard let notes = piece.parts[role] else { return }
            var sums = [[Double]](repeating: [Double](repeating: 0, count: 12), count: count)
            for note in notes where note.onset >= .zero && note.onset < piece.total {
                let first = min(count - 1, note.onset.rawValue / window)
                for index in first...max(first, min(count - 1, (note.end.rawValue - 1) / window)) {
                    sums[index][note.pitch.pitchClass] += Double(
                        overlap(note, Tick(index * window), Tick((index + 1) * window)))
                }
            }
            result[role] = sums.map { TonalCentroid($0) }
        }
        return RolePair.all.reduce(into: [:]) { result, pair in
            guard let first = centroids[pair.first], let second = centroids[pair.second] else { return }
            result[pair] = average(zip(first, second).compactMap { a, b in b.flatMap { a?.distance(to: $0) } })
        }
    }

    private static func nearness(_ piece: EvaluatedPiece) -> Double? {
        guard let line = piece.parts[.line] else { return nil }
        let sung = Set(piece.melody.map { EvaluatedPiece.step($0.onset) })
        let near = line.count { note in
            let step = EvaluatedPiece.step(note.onset)
            return (step - 4...step + 4).contains { sung.contains($0) }
        }
        return ratio(Double(near), Double(line.count))
    }
}

/// Two pitched roles, in the order of `Role`.
public struct RolePair: Hashable, Sendable, CustomStringConvertible {
    public let first: Role
    public let second: Role

    /// The six pairs of bass, chords, pad and line.
    public static let all: [RolePair] = Role.tonal.indices.flatMap { index in
        Role.tonal[(index + 1)...].map { RolePair(first: Role.tonal[index], second: $0) }
    }

    public var description: String { "\(first.rawValue)-\(second.rawValue)" }
}

/// Where the drums fill: bars whose second half departs from the usual, against those whose second half the melody leaves free.
public struct DrumFills: Hashable, Sendable {
    /// Bars with a fill: toms that are not usual there (two or more), or three more strokes on snare and toms than in the piece's median bar.
    public var bars: Int
    /// Share of those bars in whose second half the melody begins no note: it rests or holds, a phrase's end. Nil without fills.
    public var atPhraseEnds: Double?
    /// The same share of all bars: what fills placed by chance would have.
    public var chance: Double

    /// - Returns: nil for a piece without drums.
    init?(_ piece: EvaluatedPiece) {
        guard let drums = piece.parts[.drums], !piece.melody.isEmpty else { return nil }
        let bar = piece.meter.bar.rawValue
        var toms = [Int](repeating: 0, count: piece.bars)
        var strokes = toms
        var isFree = [Bool](repeating: true, count: piece.bars)
        func secondHalf(_ note: NoteEvent) -> Int? {
            let index = note.onset.rawValue / bar
            return toms.indices.contains(index) && note.onset.rawValue % bar * 2 >= bar ? index : nil
        }
        for note in drums {
            guard let index = secondHalf(note) else { continue }
            let isTom = [41, 43, 45, 47, 48, 50].contains(note.pitch.number)
            if isTom { toms[index] += 1 }
            if isTom || (37...40).contains(note.pitch.number) { strokes[index] += 1 }
        }
        for note in piece.melody { if let index = secondHalf(note) { isFree[index] = false } }
        let usualToms = percentile(toms.map(Double.init), 0.5) ?? 0
        let usual = percentile(strokes.map(Double.init), 0.5) ?? 0
        let filled = toms.indices.filter {
            (toms[$0] >= 2 && Double(toms[$0]) > usualToms) || Double(strokes[$0]) >= usual + 3
        }
        bars = filled.count
        atPhraseEnds = ratio(Double(filled.count { isFree[$0] }), Double(filled.count))
        chance = Double(isFree.count { $0 }) / Double(isFree.count)
    }
}
