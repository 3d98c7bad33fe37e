import Music

/// What a preparation read, kept and left out.
public struct ImportReport: Sendable {
    /// Something that was left out.
    public struct Drop: Hashable, Sendable {
        public let source: Source
        /// A work's title, or a file's path.
        public let name: String
        public let reason: String
    }

    public private(set) var drops: [Drop] = []
    /// Works or files read, by source; those that gave nothing included.
    public private(set) var works: [Source: Int] = [:]
    public private(set) var pieces: [Source: Int] = [:]
    public private(set) var bars: [Source: Int] = [:]

    public init() {}

    /// How often each reason occurred in a source, commonest first.
    public func reasons(_ source: Source) -> [(reason: String, count: Int)] {
        let groups = Dictionary(grouping: drops.filter { $0.source == source }, by: \.reason)
        return groups.map { ($0.key, $0.value.count) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    mutating func drop(_ source: Source, _ name: String, _ reason: String) {
        drops.append(Drop(source: source, name: name, reason: reason))
    }

    mutating func read(_ source: Source) { works[source, default: 0] += 1 }

    mutating func keep(_ songs: [Song]) {
        for song in songs {
            pieces[song.source, default: 0] += 1
            bars[song.source, default: 0] += song.melody.bars
        }
    }
}
