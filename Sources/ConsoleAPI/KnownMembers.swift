/// Refuses what a request does not know, so that a slip of the pen is not taken for a wish without it.
enum KnownMembers {
    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// - Parameter what: `a job`.
    /// - Throws: `DecodingError` that names the first member that is not one of `keys`.
    static func require<Key: CodingKey & CaseIterable>(
        _ keys: Key.Type, of decoder: any Decoder, in what: String
    ) throws {
        let values = try decoder.container(keyedBy: Name.self)
        let known = keys.allCases.map(\.stringValue)
        guard let unknown = values.allKeys.first(where: { !known.contains($0.stringValue) }) else { return }
        throw DecodingError.dataCorruptedError(
            forKey: unknown, in: values,
            debugDescription: "\(what) has no such member; it has \(known.joined(separator: ", "))")
    }
}
