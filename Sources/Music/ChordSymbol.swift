extension Chord {
    /// Reads a symbol as `description` writes it: `Bbmaj7`.
    ///
    /// - Returns: nil for anything else.
    public init?(symbol: some StringProtocol) {
        // The longer names first: `Bb` before `B`.
        let roots = Pitch.classNames.indices.sorted { Pitch.classNames[$0].count > Pitch.classNames[$1].count }
        guard let root = roots.first(where: { symbol.hasPrefix(Pitch.classNames[$0]) }) else { return nil }
        let suffix = symbol.dropFirst(Pitch.classNames[root].count)
        guard let quality = Quality.allCases.first(where: { $0.suffix == suffix }) else { return nil }
        self.init(root: root, quality: quality)
    }
}
