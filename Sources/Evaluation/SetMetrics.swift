import Music

/// All numbers of one piece.
public struct PieceMetrics: Hashable, Sendable {
    public let name: String
    public let meter: Meter
    public let bars: Int
    public let harmony: HarmonyMetrics
    /// Of the roles that the piece has.
    public let textures: [Role: TextureMetrics]
    public let band: BandMetrics
    /// Chord-tone ratio with the own melody less that with other melodies, mean; nil without another melody of the metre.
    public let conditioningGap: Double?
    /// How likely each of `GenreClassifier.genres` is.
    public let genres: [Double]
    /// Whether only instruments play a role that an orchestra lets rest for long (timpani, brass, reeds, pipes).
    public let restingRoles: Set<Role>

    init(_ piece: EvaluatedPiece, harmony: HarmonyMetrics, gap: Double?, classifier: GenreClassifier) {
        name = piece.name
        meter = piece.meter
        bars = piece.bars
        self.harmony = harmony
        let textures = piece.parts.keys.reduce(into: [Role: TextureMetrics]()) {
            $0[$1] = TextureMetrics($1, of: piece)
        }
        self.textures = textures
        band = BandMetrics(piece, textures: textures)
        conditioningGap = gap
        genres = classifier.probabilities(piece)
        restingRoles = Set(
            piece.parts.keys.filter { role in
                piece.tracks.allSatisfy { $0.role != role || $0.isOftenSilentInOrchestras }
            })
    }

    /// The likeliest genre.
    public var genre: Genre { GenreClassifier.standard.genre(genres) }
}

/// What a whole set of pieces shows: means of the pieces, and what only a set can show.
public struct SetMetrics: Hashable, Sendable {
    /// Each piece's numbers, in the order given.
    public let pieces: [PieceMetrics]
    /// Mean of the pieces'; 0 for a deaf accompaniment.
    public let conditioningGap: Double?
    /// Different bars of pitched onsets among all of them; nil where there are none.
    public let distinctBars: Double?

    /// - Parameter set: in the order of their names, which decides with which other melodies a piece is compared.
    public init(_ set: [EvaluatedPiece], classifier: GenreClassifier = .standard) {
        pieces = set.indices.map { index in
            let harmony = HarmonyMetrics(set[index])
            let gap = SetMetrics.gap(of: index, in: set, own: harmony.chordToneRatio)
            return PieceMetrics(set[index], harmony: harmony, gap: gap, classifier: classifier)
        }
        conditioningGap = average(pieces.compactMap(\.conditioningGap))
        distinctBars = SetMetrics.distinctBars(set)
    }

    /// A set of one piece that was measured already; it has nothing that only a set shows.
    public init(_ piece: PieceMetrics) {
        pieces = [piece]
        conditioningGap = piece.conditioningGap
        distinctBars = nil
    }

    /// The mean of a metric over the pieces where it exists.
    public func mean(_ metric: KeyPath<HarmonyMetrics, Double?>) -> Double? {
        average(pieces.compactMap { $0.harmony[keyPath: metric] })
    }

    /// The same of what shows in the band as a whole.
    public func mean(_ metric: KeyPath<BandMetrics, Double?>) -> Double? {
        average(pieces.compactMap { $0.band[keyPath: metric] })
    }

    /// The mean of a role's metric over the pieces that have the role, and where it exists.
    public func mean(_ metric: KeyPath<TextureMetrics, Double?>, of role: Role) -> Double? {
        average(pieces.compactMap { $0.textures[role]?[keyPath: metric] })
    }

    /// The same for what every texture has.
    public func mean(_ metric: KeyPath<TextureMetrics, Double>, of role: Role) -> Double? {
        average(pieces.compactMap { $0.textures[role]?[keyPath: metric] })
    }

    public var harmonised: Double? { average(pieces.map(\.harmony.harmonised)) }

    /// Of the pitched roles the lowest mean share of notes of at least an eighth of a quarter; nil without pitched roles.
    public var leastQualifiedNotes: Double? {
        roles.filter { $0 != .drums }.compactMap { mean(\.qualifiedNotes, of: $0) }.min()
    }

    /// The roles that some piece has.
    public var roles: [Role] { Role.allCases.filter { role in pieces.contains { $0.textures[role] != nil } } }

    /// The share of pieces that are heard as each of `GenreClassifier.genres`.
    public var genreShares: [Double] {
        GenreClassifier.genres.map { genre in
            ratio(Double(pieces.count { $0.genre == genre }), Double(pieces.count)) ?? 0
        }
    }

    /// Share of all drum fills that stand where the melody rests or holds, and the same share of all bars; nil without fills.
    public var fillsAtPhraseEnds: (share: Double, chance: Double)? {
        let fills = pieces.compactMap(\.band.fills).filter { $0.bars > 0 }
        let count = fills.reduce(0) { $0 + $1.bars }
        guard count > 0 else { return nil }
        let placed = fills.reduce(0.0) { $0 + Double($1.bars) * ($1.atPhraseEnds ?? 0) }
        // By chance each piece's fills would fall on its own free bars.
        let chance = fills.reduce(0.0) { $0 + Double($1.bars) * $1.chance }
        return (placed / Double(count), chance / Double(count))
    }

    /// The same pieces with the band up a semitone: what a wrong key measures.
    public static func wrongKey(_ set: [EvaluatedPiece]) -> SetMetrics {
        SetMetrics(set.map { $0.accompanimentTransposed(by: 1) })
    }

    /// Each melody with the band of the next piece of its metre: what a band measures that did not listen. Pieces alone in their metre are left out.
    public static func otherPiece(_ set: [EvaluatedPiece]) -> SetMetrics {
        SetMetrics(
            set.indices.compactMap { index in
                let others = Array(set[(index + 1)...]) + set[..<index]
                return others.first { $0.meter == set[index].meter }.map { set[index].accompanied(by: $0) }
            })
    }

    /// How much better the accompaniment fits its melody than the first eight others of the same metre, both cut to the shorter one.
    private static func gap(of index: Int, in set: [EvaluatedPiece], own: Double?) -> Double? {
        guard let own else { return nil }
        let piece = set[index]
        let pitched = piece.pitched
        let others = set.indices.filter { $0 != index && set[$0].meter == piece.meter }.prefix(8)
        let foreign = others.compactMap { other -> Double? in
            let total = min(piece.total, set[other].total)
            let harmony = SoundingHarmony(pitched.filter { $0.onset < total }, meter: piece.meter, total: total)
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
    private static func distinctBars(_ set: [EvaluatedPiece]) -> Double? {
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
}
