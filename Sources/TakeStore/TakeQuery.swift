import Foundation
import Music

/// Which takes are wanted: everything that is given has to be true of a take.
public struct TakeQuery: Hashable, Sendable {
    /// Words of the keyboard, the key, the tags, the genres or the note; each has to begin one there. Capitals and accents make no
    /// difference.
    public var words: String
    /// The whole name.
    public var keyboard: String?
    /// The take has an arrangement in it.
    public var genre: Genre?
    /// The take has all of them.
    public var tags: Set<TakeTag>
    public var key: Key?
    /// The end is not in it.
    public var saved: Range<Date>?
    /// Quarter notes a minute.
    public var tempo: ClosedRange<Double>?
    /// The take is rated, and not below this.
    public var rating: Rating?
    public var source: TakeSource?
    /// Looks among the deleted takes instead of those that are kept.
    public var isDeleted: Bool

    public init(
        words: String = "", keyboard: String? = nil, genre: Genre? = nil, tags: Set<TakeTag> = [], key: Key? = nil,
        saved: Range<Date>? = nil, tempo: ClosedRange<Double>? = nil, rating: Rating? = nil,
        source: TakeSource? = nil, isDeleted: Bool = false
    ) {
        self.words = words
        self.keyboard = keyboard
        self.genre = genre
        self.tags = tags
        self.key = key
        self.saved = saved
        self.tempo = tempo
        self.rating = rating
        self.source = source
        self.isDeleted = isDeleted
    }

    /// The words in the full-text index's language: each a prefix, all of them wanted; nil where there is none.
    var match: String? {
        let words = words.split { !$0.isLetter && !$0.isNumber }
        return words.isEmpty ? nil : words.map { "\"\($0)\"*" }.joined(separator: " ")
    }
}
