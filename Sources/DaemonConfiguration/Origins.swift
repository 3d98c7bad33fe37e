import TOMLKit

extension Configuration {
    /// A key with what holds for it, and where that was said.
    public struct Entry: Hashable, Sendable, Codable {
        /// `capture.tempo`, `keyboard."LPK25".role`.
        public var key: String
        /// As TOML writes it.
        public var value: String
        /// `default`, or the file.
        public var source: String
        /// The file's line, counted from 1.
        public var line: Int?
        /// What the key means.
        public var explanation: String
    }

    /// Every key with its value and where it comes from, in the order of the documented file; what it says of keyboards last.
    ///
    /// - Parameter files: none for the defaults alone.
    /// - Throws: `ConfigurationError` where a file cannot be used.
    public static func entries(_ files: ConfigurationSources) throws(ConfigurationError) -> [Entry] {
        _ = try Configuration(files)
        var written: [(table: TOMLTable, lines: KeyLines, name: String)] = []
        for source in files.sources {
            written.append((try table(source.text, source: source.name), KeyLines(source.text), source.name))
        }
        let defaults = try table(documentation, source: "default")
        var entries: [Entry] = []
        for (section, key, explanation) in explanations {
            let own = written.last { $0.table[section]?.table?[key] != nil }
            guard let value = (own?.table ?? defaults)[section]?.table?[key] else { continue }
            entries.append(
                Entry(
                    key: "\(section).\(key)", value: Configuration.text(of: value),
                    source: own?.name ?? "default", line: own?.lines.line(of: [section, key]), explanation: explanation)
            )
        }
        // A file that names a keyboard says everything of it.
        let names = Set(written.flatMap { $0.table["keyboard"]?.table?.keys ?? [] }).sorted()
        for name in names {
            guard let own = written.last(where: { $0.table["keyboard"]?.table?[name] != nil }) else { continue }
            for (key, entry) in own.table["keyboard"]?.table?[name]?.table ?? TOMLTable() {
                entries.append(
                    Entry(
                        key: "keyboard.\"\(name)\".\(key)", value: Configuration.text(of: entry), source: own.name,
                        line: own.lines.line(of: ["keyboard", name, key]), explanation: "What this keyboard is for."))
            }
        }
        return entries
    }

    private static func text(of value: some TOMLValueConvertible) -> String {
        if let string = value.string {
            let escaped = string.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return "\"\(escaped)\""
        }
        if let flag = value.bool { return "\(flag)" }
        if let int = value.int { return "\(int)" }
        if let double = value.double { return "\(double)" }
        if let list = value.array { return "[" + list.map { text(of: $0) }.joined(separator: ", ") + "]" }
        return "?"
    }

    /// Every key with the comment that explains it in the documented file; keys that follow each other share one.
    private static var explanations: [(section: String, key: String, explanation: String)] {
        var found: [(String, String, String)] = []
        var section = ""
        var comment: [String] = []
        var isAfterKey = false
        for line in documentation.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("[") {
                section = String(line.dropFirst().prefix { $0 != "]" })
                comment = []
            } else if line.hasPrefix("#") {
                if isAfterKey { comment = [] }
                comment.append(line.dropFirst().drop { $0 == " " }.description)
                isAfterKey = false
            } else if let equals = line.firstIndex(of: "=") {
                let key = line[..<equals].filter { $0 != " " }
                found.append((section, key, comment.joined(separator: " ")))
                isAfterKey = true
            } else if line.isEmpty {
                comment = []
            }
        }
        return found
    }
}
