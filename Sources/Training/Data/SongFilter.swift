import Foundation
import Music

/// Chooses songs by what they are like: `source:leadsheets metre:3/4,6/8 (genre:jazz or guess:jazz) not has:drums`.
///
/// Conditions follow each other, perhaps with `and` between them, and all of them must hold; `or` binds less, `not` and a minus in front turn a
/// condition round, parentheses group. A clause is `field:values`; values are separated by commas, one of them must fit. A value with spaces, commas or
/// parentheses stands in quotes: `tag:"Stage & Screen"`. Numbers are compared with `<`, `<=`, `>`, `>=`, `=` or a range `1900..1920` or `90-120`,
/// both ends included.
///
/// The fields are those of `SongFilter.Field`.
public struct SongFilter: Hashable, Sendable {
    /// All of them must hold.
    public let conditions: [Condition]
    /// As it was written.
    public let text: String

    /// What a clause is called in an error.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        public let clause: String
        public let reason: String
        public var description: String {
            "cannot read the filter clause '\(clause)': \(reason) (clauses look like source:leadsheets metre:3/4 tag:Jazz density:<8 -tag:Folk)"
        }
    }

    /// How many songs a condition removed from those that the conditions before it had left.
    public struct Removal: Hashable, Sendable, Codable {
        public let clause: String
        public let removed: Int
    }

    /// - Parameter text: conditions separated by spaces; empty lets all songs through.
    public init(_ text: String) throws(Failure) {
        self.text = text
        var parser = Parser(text)
        conditions = try parser.conditions()
    }

    /// The songs for which every condition holds, in order, and what each condition removed.
    public func apply(_ songs: [Song]) -> (songs: [Song], removals: [Removal]) {
        var kept = songs
        var removals: [Removal] = []
        for condition in conditions {
            let before = kept.count
            kept = kept.filter { condition.holds(for: $0) }
            removals.append(Removal(clause: condition.text, removed: before - kept.count))
        }
        return (kept, removals)
    }

    /// A clause, or several joined.
    public indirect enum Condition: Hashable, Sendable {
        case clause(Clause)
        case not(Condition)
        case all([Condition])
        case any([Condition])

        func holds(for song: Song) -> Bool {
            switch self {
            case .clause(let clause): clause.holds(for: song)
            case .not(let condition): !condition.holds(for: song)
            case .all(let conditions): conditions.allSatisfy { $0.holds(for: song) }
            case .any(let conditions): conditions.contains { $0.holds(for: song) }
            }
        }

        /// As it may be written.
        public var text: String {
            func grouped(_ condition: Condition) -> String {
                switch condition {
                case .all, .any: "(\(condition.text))"
                default: condition.text
                }
            }
            switch self {
            case .clause(let clause): return clause.text
            case .not(.clause(let clause)): return "-\(clause.text)"
            case .not(let condition): return "not \(grouped(condition))"
            case .all(let conditions): return conditions.map(grouped).joined(separator: " ")
            case .any(let conditions): return conditions.map(grouped).joined(separator: " or ")
            }
        }
    }

    /// Pieces of a text between separators, those inside quotes aside.
    static func split(_ text: String, at separator: Character) -> [String] {
        var pieces: [String] = []
        var piece = ""
        var isQuoted = false
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if character == separator, !isQuoted {
                if !piece.isEmpty { pieces.append(piece) }
                piece = ""
            } else {
                piece.append(character)
            }
        }
        return piece.isEmpty ? pieces : pieces + [piece]
    }
}

extension SongFilter {
    /// Reads conditions: `or` binds least, then what stands side by side, then `not`.
    private struct Parser {
        private var words: ArraySlice<String>

        init(_ text: String) {
            // Parentheses are words of their own, unless they stand in quotes.
            var spaced = ""
            var isQuoted = false
            for character in text {
                if character == "\"" { isQuoted.toggle() }
                let isSeparate = !isQuoted && (character == "(" || character == ")")
                spaced += isSeparate ? " \(character) " : !isQuoted && character.isWhitespace ? " " : String(character)
            }
            words = SongFilter.split(spaced, at: " ")[...]
        }

        /// All of the text; conditions side by side are told apart, so that each can say what it removed.
        mutating func conditions() throws(Failure) -> [Condition] {
            if words.isEmpty { return [] }
            let whole = try any()
            if let word = words.first { throw Failure(clause: word, reason: "nothing opens this parenthesis") }
            if case .all(let conditions) = whole { return conditions }
            return [whole]
        }

        private mutating func any() throws(Failure) -> Condition {
            var choices = [try all()]
            while words.first?.lowercased() == "or" {
                words.removeFirst()
                choices.append(try all())
            }
            return choices.count == 1 ? choices[0] : .any(choices)
        }

        private mutating func all() throws(Failure) -> Condition {
            var conditions = [try one()]
            while let word = words.first?.lowercased(), word != "or", word != ")" {
                if word == "and" { words.removeFirst() }
                conditions.append(try one())
            }
            return conditions.count == 1 ? conditions[0] : .all(conditions)
        }

        private mutating func one() throws(Failure) -> Condition {
            guard let word = words.popFirst() else {
                throw Failure(clause: "", reason: "it ends where a clause should follow")
            }
            switch word.lowercased() {
            case "not", "-": return .not(try one())
            case "(":
                let inner = try any()
                guard words.popFirst() == ")" else { throw Failure(clause: "(", reason: "nothing closes it") }
                return inner
            case ")", "or", "and": throw Failure(clause: word, reason: "a clause should stand before it")
            default:
                guard word.hasPrefix("-") else { return .clause(try Clause(word)) }
                do { return .not(.clause(try Clause(String(word.dropFirst())))) } catch {
                    throw Failure(clause: word, reason: error.reason)
                }
            }
        }
    }
}
