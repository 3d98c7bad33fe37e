import Foundation
import Music

extension SongFilter {
    /// What a clause asks for.
    public enum Field: String, Hashable, Sendable, CaseIterable {
        case source, split, genre, guess, tag, metre, key, mode, tempo, density, has, part, parts, bars, notes, swing,
            changes, year, author, title

        /// The values that it takes, in a clause.
        public var values: String {
            switch self {
            case .source: Source.allCases.map(\.rawValue).joined(separator: ", ")
            case .split: Split.allCases.map(\.rawValue).joined(separator: ", ")
            case .genre: "a genre that a person, a folder or a collection's tag gives, whole, in any case"
            case .guess: "the genre that is heard in the band, a guess: jazz, pop, rock, symphony"
            case .tag: "a tag, whole, in any case: your own, a folder's name, a collection's genres and styles"
            case .metre: "a metre as it is written: 3/4"
            case .key: "a tonic or a key, estimated from the melody: F#, \"A minor\""
            case .mode: "major, minor"
            case .tempo: "slow (under 76 quarters a minute), medium, fast (from 120), or numbers"
            case .density: "sparse (under 4 melody notes a bar), medium, dense (from 8), or numbers"
            case .has: "drums, bass, chords, pad, line, parts, tempo, year, genre, guess, tags"
            case .part: "drums, bass, chords, pad, line (people wrote it)"
            case .parts: "how many parts people wrote, 0 to 5: numbers"
            case .bars: "bars: numbers"
            case .notes: "melody notes: numbers"
            case .swing: "the share of off-beat notes on triplets: numbers"
            case .changes: "the share of harmony windows with a new chord: numbers"
            case .year: "numbers; a song without a year fits none"
            case .author, .title: "a part of the text, in any case"
            }
        }

        /// The only words that it takes; nil where any text is one. Numbers are taken beside them where `takesNumbers`.
        var words: [String]? {
            switch self {
            case .source: Source.allCases.map(\.rawValue)
            case .split: Split.allCases.map(\.rawValue)
            case .guess: ["jazz", "pop", "rock", "symphony"]
            case .mode: Key.Mode.allCases.map(\.rawValue)
            case .tempo: ["slow", "medium", "fast"]
            case .density: ["sparse", "medium", "dense"]
            case .has: Part.allCases.map(\.rawValue) + ["parts", "tempo", "year", "genre", "guess", "tags"]
            case .part: Part.allCases.map(\.rawValue)
            case .parts, .bars, .notes, .swing, .changes, .year: []
            case .genre, .tag, .metre, .key, .author, .title: nil
            }
        }

        var takesNumbers: Bool {
            switch self {
            case .tempo, .density, .parts, .bars, .notes, .swing, .changes, .year: true
            default: false
            }
        }
    }

    /// `field:values`.
    public struct Clause: Hashable, Sendable {
        public let text: String
        let field: Field
        let tests: [Test]

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
            guard let colon = text.firstIndex(of: ":") else { throw failure("it has no colon") }
            let name = text[..<colon].lowercased()
            guard let field = Field(rawValue: name == "meter" ? "metre" : name) else {
                let known = Field.allCases.map(\.rawValue).joined(separator: ", ")
                throw failure("there is no field '\(name)'; there are \(known)")
            }
            self.field = field
            let values = SongFilter.split(String(text[text.index(after: colon)...]), at: ",")
            guard !values.isEmpty else { throw failure("it has no value; \(field.rawValue) takes \(field.values)") }
            var tests: [Test] = []
            for value in values {
                let bare = value.filter { $0 != "\"" }
                if field.takesNumbers, let number = Clause.number(bare) {
                    tests.append(number)
                    continue
                }
                guard field.words?.contains(bare.lowercased()) ?? true else {
                    let words = field.words ?? []
                    let numbers = "number, comparison (<8, >=8) or range (4..8)"
                    throw failure(
                        words.isEmpty
                            ? "'\(bare)' is no \(numbers)"
                            : "'\(bare)' is none of \(words.joined(separator: ", "))"
                                + (field.takesNumbers ? " and no \(numbers)" : ""))
                }
                if field == .metre, Meter(bare) == nil { throw failure("'\(bare)' is no metre like 3/4") }
                if field == .key, Key(bare) == nil { throw failure("'\(bare)' is no key like F# or \"A minor\"") }
                tests.append(.text(Clause.canonical(bare, field)))
            }
            self.tests = tests
        }

        /// In lower case; a key with its usual name.
        private static func canonical(_ value: String, _ field: Field) -> String {
            guard field == .key, let key = Key(value) else { return value.lowercased() }
            let isTonicAlone = !value.contains(" ") && !value.lowercased().hasSuffix("m")
            return (isTonicAlone ? Pitch.classNames[key.tonic] : key.description).lowercased()
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
            for sign in ["..", "-"] {
                guard let dots = text.range(of: sign), dots.lowerBound > text.startIndex else { continue }
                guard let from = Double(text[..<dots.lowerBound]), let to = Double(text[dots.upperBound...]) else {
                    return nil
                }
                return .number(from: from, to: to, includesFrom: true, includesTo: true)
            }
            return Double(text).map { .number(from: $0, to: $0, includesFrom: true, includesTo: true) }
        }

        func holds(for song: Song) -> Bool { tests.contains { fits($0, song) } }

        private func fits(_ test: Test, _ song: Song) -> Bool {
            func isOne(_ texts: [String]) -> Bool { texts.contains { test == .text($0.lowercased()) } }
            func isPart(of text: String) -> Bool {
                if case .text(let wanted) = test { text.lowercased().contains(wanted) } else { false }
            }
            switch field {
            case .source: return isOne([song.source.rawValue])
            case .split: return isOne([song.split.rawValue])
            case .genre: return isOne(song.genres)
            case .guess: return isOne([song.label.guess ?? ""])
            case .tag: return isOne(song.tags)
            case .metre: return isOne([song.melody.meter.description])
            case .key: return isOne([song.melody.key.description, Pitch.classNames[song.melody.key.tonic]])
            case .mode: return isOne([song.melody.key.mode.rawValue])
            case .tempo:
                return isOne([song.tempoBand ?? ""]) || song.tempo.map { test.holds($0.quartersPerMinute) } ?? false
            case .density: return isOne([song.densityBand]) || test.holds(song.density)
            case .has: return isOne(song.features)
            case .part: return isOne(song.parts.keys.map(\.rawValue))
            case .parts: return test.holds(Double(song.parts.count))
            case .bars: return test.holds(Double(song.melody.bars))
            case .notes: return test.holds(Double(song.melody.notes.count))
            case .swing: return test.holds(song.swing)
            case .changes: return test.holds(song.chordChangeRate)
            case .year: return song.year.map { test.holds(Double($0)) } ?? false
            case .author: return isPart(of: song.author)
            case .title: return isPart(of: song.title)
            }
        }
    }
}
