/// On which line each key of a TOML text stands: sections with any spaces and quotes, dotted keys, tables in a line.
struct KeyLines {
    private var lines: [(path: [String], line: Int, isInline: Bool)] = []

    init(_ text: String) {
        var section: [String] = []
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let trimmed = raw.drop { $0 == " " || $0 == "\t" }
            if trimmed.hasPrefix("[") {
                section = KeyLines.parts(of: trimmed.drop { $0 == "[" }, until: "]")
                lines.append((section, index + 1, false))
            } else if !trimmed.hasPrefix("#"), let equals = KeyLines.end(of: trimmed, at: "=") {
                let value = trimmed[equals...].dropFirst().drop { $0 == " " || $0 == "\t" }
                lines.append(
                    (section + KeyLines.parts(of: trimmed, until: "="), index + 1, value.hasPrefix("{")))
            }
        }
    }

    /// The first line that names it, or the section or table that it stands in.
    func line(of path: [String]) -> Int? {
        let exact = lines.first { $0.path == path } ?? lines.first { $0.path.starts(with: path) }
        return (exact ?? lines.last { $0.isInline && path.starts(with: $0.path) })?.line
    }

    /// A dotted name's parts, without quotes: `keyboard . "A.B"` is `keyboard` and `A.B`.
    private static func parts(of text: Substring, until end: Character) -> [String] {
        let text = self.end(of: text, at: end).map { text[..<$0] } ?? text
        var parts = [""]
        var quote: Character?
        for character in text {
            if character == quote {
                quote = nil
            } else if quote != nil {
                parts[parts.count - 1].append(character)
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == "." {
                parts.append("")
            } else if character != " ", character != "\t" {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }

    /// Where a character first stands outside quotes.
    private static func end(of text: Substring, at wanted: Character) -> Substring.Index? {
        var quote: Character?
        for index in text.indices {
            let character = text[index]
            if character == quote {
                quote = nil
            } else if quote == nil {
                if character == wanted { return index }
                if character == "#" { return nil }
                if character == "\"" || character == "'" { quote = character }
            }
        }
        return nil
    }
}
