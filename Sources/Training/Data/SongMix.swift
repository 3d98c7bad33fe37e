import Music

/// How many songs of each source are used, how often, and who accompanies them.
public struct SongMix: Hashable, Sendable, Codable {
    /// Renderings, or cuttings where people wrote the parts, of each song of a source; a source that is not named has the run's own number, or 1
    /// where people wrote the parts.
    public var renderings: [String: Int] = [:]
    /// The most songs of a source; which ones, a stable hash of their titles decides.
    public var limits: [String: Int] = [:]
    /// Sources whose own parts are left aside: the teacher accompanies their melodies.
    public var rendered: [String] = []
    /// Parts that the teacher adds where people wrote none of them.
    public var added: [String] = []
    /// Parts that the teacher plays even where people wrote them: real winds, say, move with the melody and answer nothing.
    public var taught: [String] = []

    public init() {}

    /// - Throws: `TrainingError.configuration` that names what is no source or part, or out of bounds.
    public func validate() throws(TrainingError) {
        for name in Array(renderings.keys) + Array(limits.keys) + rendered where Source(rawValue: name) == nil {
            let known = Source.allCases.map(\.rawValue).joined(separator: ", ")
            throw .configuration("there is no source '\(name)'; there are \(known)")
        }
        for name in added + taught where Part(rawValue: name) == nil {
            let known = Part.allCases.map(\.rawValue).joined(separator: ", ")
            throw .configuration("there is no part '\(name)'; there are \(known)")
        }
        guard renderings.values.allSatisfy({ (0...64).contains($0) }) else {
            throw .configuration("renderings of a source are 0 to 64")
        }
        guard limits.values.allSatisfy({ $0 >= 0 }) else { throw .configuration("a limit is 0 songs or more") }
    }

    /// The songs within the limits, in their order. All sections of a work stay together as far as the limit allows.
    public func limited(_ songs: [Song]) -> [Song] {
        var kept = Set<Int>()
        for source in Source.allCases {
            let indices = songs.indices.filter { songs[$0].source == source }
            guard let limit = limits[source.rawValue] else {
                kept.formUnion(indices)
                continue
            }
            let ranked = indices.map { (hash: Split.hash(songs[$0].title), index: $0) }.sorted { $0 < $1 }
            kept.formUnion(ranked.prefix(limit).map(\.index))
        }
        return songs.indices.filter { kept.contains($0) }.map { songs[$0] }
    }

    /// Whether the parts that people wrote are used.
    func usesOwnParts(_ song: Song) -> Bool { !song.parts.isEmpty && !rendered.contains(song.source.rawValue) }

    /// How often a song is cut and accompanied.
    func renderings(of song: Song, otherwise count: Int) -> Int {
        renderings[song.source.rawValue] ?? (usesOwnParts(song) ? 1 : count)
    }
}
