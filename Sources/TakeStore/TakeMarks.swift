import Foundation

/// How a take came into the store.
public enum TakeSource: String, Hashable, Sendable, CaseIterable {
    /// Played on a keyboard and recorded here.
    case played
    /// Read from a file.
    case imported

    /// What a take's trigger (`Take.Origin`) says.
    init(trigger: String) { self = trigger == "import" ? .imported : .played }
}

/// How much a person likes a take: 0 (not at all) to 5.
public struct Rating: Hashable, Comparable, Sendable, RawRepresentable {
    public let rawValue: Int

    /// - Returns: nil outside 0...5.
    public init?(rawValue: Int) {
        guard (0...5).contains(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    public static func < (a: Rating, b: Rating) -> Bool { a.rawValue < b.rawValue }
}

/// A word or two by which a person finds a take again.
///
/// Capitals and the spaces between words make no difference: a tag is kept in small letters, with one space between words.
public struct TakeTag: Hashable, Comparable, Sendable, RawRepresentable, CustomStringConvertible {
    public let rawValue: String

    /// - Returns: nil for a text of nothing but spaces, of more than 64 characters, or with a comma or a control character.
    public init?(rawValue: String) {
        let words = rawValue.precomposedStringWithCanonicalMapping.lowercased().split(separator: " ")
        let name = words.joined(separator: " ")
        guard !name.isEmpty, name.count <= 64,
            name.unicodeScalars.allSatisfy({ $0 != "," && $0.properties.generalCategory != .control })
        else { return nil }
        self.rawValue = name
    }

    public var description: String { rawValue }
    public static func < (a: TakeTag, b: TakeTag) -> Bool { a.rawValue < b.rawValue }
}

/// What a person wrote on a take; none of it changes what was played.
public struct TakeMarks: Hashable, Sendable {
    public var tags: Set<TakeTag>
    /// Nil: not rated.
    public var rating: Rating?
    /// Free text, any length.
    public var note: String

    public init(tags: Set<TakeTag> = [], rating: Rating? = nil, note: String = "") {
        self.tags = tags
        self.rating = rating
        self.note = note
    }
}
