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
    /// - Parameters:
    ///   - text: of a configuration file; nil for the defaults alone.
    ///   - source: the file's name.
    /// - Throws: `ConfigurationError` where the file cannot be used.
    public static func entries(toml text: String?, source: String) throws(ConfigurationError) -> [Entry] {
        if let text { _ = try Configuration(toml: text, source: source) }
        let written = try text.map { text throws(ConfigurationError) in try table(text, source: source) }
        let defaults = try table(documentation, source: "default")
        let reader = text.map { Reader(text: $0, source: source) }
        var entries: [Entry] = []
        for (section, key, explanation) in explanations {
            let own = written?[section]?.table?[key]
            guard let value = own ?? defaults[section]?.table?[key] else { continue }
            entries.append(
                Entry(
                    key: "\(section).\(key)", value: Configuration.text(of: value),
                    source: own == nil ? "default" : source,
                    line: own == nil ? nil : reader?.line(of: [section, key]), explanation: explanation))
        }
        for (name, value) in written?["keyboard"]?.table ?? TOMLTable() {
            for (key, entry) in value.table ?? TOMLTable() {
                let heading = "keyboard.\"\(name)\""
                entries.append(
                    Entry(
                        key: "\(heading).\(key)", value: Configuration.text(of: entry), source: source,
                        line: reader?.line(of: [heading, key]), explanation: "What this keyboard is for."))
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
