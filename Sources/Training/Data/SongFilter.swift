import Foundation
import Music

/// Chooses songs by what they are like: clauses such as `source:leadsheets metre:3/4,6/8 density:<8 -tag:Folk`, all of which must hold.
///
/// A clause is `field:values`; values are separated by commas, one of them must fit; a minus in front turns the clause round. A value with spaces or
/// commas stands in quotes: `tag:"Stage & Screen"`. Numbers are compared with `<`, `<=`, `>`, `>=`, `=` or a range `1900..1920`, both ends included.
///
/// | field | what |
/// | --- | --- |
/// | `source` | leadsheets, lieder, orchestra, musicxml, midi, takes |
/// | `split` | training, validation, test |
/// | `metre` | as written: `3/4` |
/// | `mode`, `key` | major or minor; a tonic or a key (`F#`, `"A minor"`), estimated |
/// | `tag` | a genre or style, whole, in any case |
/// | `tempo` | slow, medium, fast, or quarters a minute; a song of unknown tempo fits nothing |
/// | `part` | drums, bass, chords, pad or line that people wrote |
/// | `author`, `title` | a part of the text, in any case |
/// | `bars`, `density`, `swing`, `changes`, `year` | bars, melody notes a bar, share of swung off-beats, share of windows with a new chord; a song without a year fits nothing |
public struct SongFilter: Hashable, Sendable {
    public let clauses: [Clause]
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

    /// How many songs a clause removed from those that the clauses before it had left.
    public struct Removal: Hashable, Sendable, Codable {
        public let clause: String
        public let removed: Int
    }

    /// - Parameter text: clauses separated by spaces; empty lets all songs through.
    public init(_ text: String) throws(Failure) {
        self.text = text
        var clauses: [Clause] = []
        for word in SongFilter.split(text, at: " ") { clauses.append(try Clause(word)) }
        self.clauses = clauses
    }

    /// The songs for which every clause holds, in order, and what each clause removed.
    public func apply(_ songs: [Song]) -> (songs: [Song], removals: [Removal]) {
        var kept = songs
        var removals: [Removal] = []
        for clause in clauses {
            let before = kept.count
            kept = kept.filter { clause.holds(for: $0) }
            removals.append(Removal(clause: clause.text, removed: before - kept.count))
        }
        return (kept, removals)
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

    /// `field:values`, perhaps turned round.
    public struct Clause: Hashable, Sendable {
        public let text: String
        let field: Field
        let isNegated: Bool
        let tests: [Test]

        enum Field: String, CaseIterable {
            case source, split, metre, mode, key, tag, tempo, part, author, title, bars, density, swing, changes, year
        }

        enum Test: Hashable, Sendable {
            /// In lower case.
            case text(String)
            case number(from: Double, to: Double, includesFrom: Bool, includesTo: Bool)

            func holds(_ number: Double) -> Bool {
                guard case .number(let from, let to, let includesFrom, let includesTo) = self else { return false }
                return (includesFrom ? number >= from : number > from) && (includesTo ? number <= to : number < to)
            }
        }

        init(_ text: String) throws(Failure) {
            self.text = text
            func failure(_ reason: String) -> Failure { Failure(clause: text, reason: reason) }
            isNegated = text.hasPrefix("-")
            let body = isNegated ? text.dropFirst() : Substring(text)
            guard let colon = body.firstIndex(of: ":") else { throw failure("it has no colon") }
            let name = body[..<colon].lowercased()
            guard let field = Field(rawValue: name == "meter" ? "metre" : name) else {
                let known = Field.allCases.map(\.rawValue).joined(separator: ", ")
                throw failure("there is no field '\(name)'; there are \(known)")
            }
            self.field = field
            let values = SongFilter.split(String(body[body.index(after: colon)...]), at: ",")
            guard !values.isEmpty else { throw failure("it has no value") }
            var tests: [Test] = []
            for value in values {
                let bare = value.filter { $0 != "\"" }
                let number = Clause.number(bare)
                switch field {
                case .bars, .density, .swing, .changes, .year:
                    guard let number else {
                        throw failure("'\(bare)' is no number, comparison (<8, >=8) or range (4..8)")
                    }
                    tests.append(number)
                case .tempo: tests.append(number ?? .text(bare.lowercased()))
                default: tests.append(.text(bare.lowercased()))
                }
                let allowed: [String]? =
                    switch field {
                    case .source: Source.allCases.map(\.rawValue)
                    case .split: Split.allCases.map(\.rawValue)
                    case .mode: Key.Mode.allCases.map(\.rawValue)
                    case .part: Part.allCases.map(\.rawValue)
                    case .tempo where number == nil: ["slow", "medium", "fast"]
                    default: nil
                    }
                if let allowed, !allowed.contains(bare.lowercased()) {
                    throw failure("'\(bare)' is none of \(allowed.joined(separator: ", "))")
                }
            }
            self.tests = tests
        }

        private static func number(_ text: String) -> Test? {
            for (sign, isUpper, includes) in [
                ("<=", true, true), (">=", false, true), ("<", true, false), (">", false, false), ("=", true, true),
            ] where text.hasPrefix(sign) {
                guard let value = Double(text.dropFirst(sign.count)), value.isFinite else { return nil }
                if sign == "=" { return .number(from: value, to: value, includesFrom: true, includesTo: true) }
                return .number(
                    from: isUpper ? -.infinity : value, to: isUpper ? value : .infinity, includesFrom: includes,
                    includesTo: includes)
            }
            if let dots = text.range(of: "..") {
                guard let from = Double(text[..<dots.lowerBound]), let to = Double(text[dots.upperBound...]) else {
                    return nil
                }
                return .number(from: from, to: to, includesFrom: true, includesTo: true)
            }
            return Double(text).map { .number(from: $0, to: $0, includesFrom: true, includesTo: true) }
        }

        func holds(for song: Song) -> Bool { tests.contains { fits($0, song) } != isNegated }

        private func fits(_ test: Test, _ song: Song) -> Bool {
            func isOne(_ texts: [String]) -> Bool { texts.contains { test == .text($0.lowercased()) } }
            func isPart(of text: String) -> Bool {
                if case .text(let wanted) = test { text.lowercased().contains(wanted) } else { false }
            }
            switch field {
            case .source: return isOne([song.source.rawValue])
            case .split: return isOne([song.split.rawValue])
            case .metre: return isOne([song.melody.meter.description])
            case .mode: return isOne([song.melody.key.mode.rawValue])
            case .key: return isOne([song.melody.key.description, Pitch.classNames[song.melody.key.tonic]])
            case .tag: return isOne(song.tags)
            case .tempo:
                return isOne([song.tempoBand ?? ""]) || song.tempo.map { test.holds($0.quartersPerMinute) } ?? false
            case .part: return isOne(song.parts.keys.map(\.rawValue))
            case .author: return isPart(of: song.author)
            case .title: return isPart(of: song.title)
            case .bars: return test.holds(Double(song.melody.bars))
            case .density: return test.holds(song.density)
            case .swing: return test.holds(song.swing)
            case .changes: return test.holds(song.chordChangeRate)
            case .year: return song.year.map { test.holds(Double($0)) } ?? false
            }
        }
    }
}
