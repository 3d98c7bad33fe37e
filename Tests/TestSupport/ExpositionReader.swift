/// Reads Prometheus' text format 0.0.4 as strictly as it is written down, so that what it takes every scraper takes.
///
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/
public struct ExpositionReader {
    public struct Sample: Hashable {
        public var name: String
        public var labels: [String: String]
        public var value: Double
    }

    public struct Violation: Error, CustomStringConvertible {
        public var description: String
    }

    /// By metric: `counter`, `gauge`, `histogram`.
    public private(set) var types: [String: String] = [:]
    /// As written, escapes included.
    public private(set) var help: [String: String] = [:]
    public private(set) var samples: [Sample] = []

    /// - Throws: `Violation` for the first line that breaks the format.
    public init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Violation(description: "the last line has no end") }
        var finished: Set<String> = []
        var current = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            func refuse(_ why: String) -> Violation { Violation(description: "\(why): \(line)") }
            if line.hasPrefix("# ") {
                let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
                guard words.count == 4, Self.isName(words[2]) else { throw refuse("no comment of a metric") }
                if words[2] != current {
                    guard finished.insert(current).inserted, !finished.contains(words[2]) else {
                        throw refuse("a metric's lines do not stand together")
                    }
                    current = words[2]
                }
                switch words[1] {
                case "HELP": guard help.updateValue(words[3], forKey: words[2]) == nil else { throw refuse("twice") }
                case "TYPE":
                    guard types.updateValue(words[3], forKey: words[2]) == nil else { throw refuse("twice") }
                    guard ["counter", "gauge", "histogram"].contains(words[3]) else { throw refuse("unknown type") }
                default: throw refuse("unknown comment")
                }
                continue
            }
            let sample = try Self.sample(line)
            let suffixes = types[current] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
            guard suffixes.contains(where: { sample.name == current + $0 }) else {
                throw refuse("a sample stands under another metric's type")
            }
            guard !samples.contains(where: { $0.name == sample.name && $0.labels == sample.labels }) else {
                throw refuse("the same sample twice")
            }
            samples.append(sample)
        }
        for (metric, type) in types where type == "histogram" { try check(histogram: metric) }
    }

    /// The sample of exactly these labels; nil where there is none.
    public func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        samples.first { $0.name == name && $0.labels == labels }?.value
    }

    private func check(histogram name: String) throws {
        let buckets = samples.filter { $0.name == "\(name)_bucket" }
        let bounds = buckets.compactMap { $0.labels["le"].flatMap(Double.init) }
        guard bounds.count == buckets.count, bounds == bounds.sorted(), Set(bounds).count == bounds.count,
            bounds.last == .infinity
        else { throw Violation(description: "\(name) has no rising bounds up to +Inf") }
        let counts = buckets.map(\.value)
        guard counts == counts.sorted(), counts.last == value("\(name)_count"), value("\(name)_sum") != nil else {
            throw Violation(description: "\(name)'s buckets do not add up")
        }
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, !("0"..."9").contains(first) else { return false }
        return text.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_" || $0 == ":"
        }
    }

    private static func sample(_ line: Substring) throws -> Sample {
        func refuse(_ why: String) -> Violation { Violation(description: "\(why): \(line)") }
        var rest = line
        let name = String(rest.prefix { $0 != "{" && $0 != " " })
        guard isName(name) else { throw refuse("no name") }
        rest = rest.dropFirst(name.count)
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest = rest.dropFirst()
            while rest.first != "}" {
                let label = String(rest.prefix { $0 != "=" })
                guard isName(label), !label.contains(":") else { throw refuse("no label") }
                rest = rest.dropFirst(label.count)
                guard rest.hasPrefix("=\"") else { throw refuse("a label without a value") }
                rest = rest.dropFirst(2)
                var value = ""
                while let character = rest.popFirst(), character != "\"" {
                    guard character == "\\" else {
                        value.append(character)
                        continue
                    }
                    switch rest.popFirst() {
                    case "n": value.append("\n")
                    case "\\": value.append("\\")
                    case "\"": value.append("\"")
                    default: throw refuse("an unknown escape")
                    }
                }
                guard labels.updateValue(value, forKey: label) == nil else { throw refuse("a label twice") }
                if rest.first == "," { rest = rest.dropFirst() }
                guard !rest.isEmpty else { throw refuse("labels without an end") }
            }
            rest = rest.dropFirst()
        }
        guard rest.first == " ", let value = Double(rest.dropFirst() == "+Inf" ? "inf" : rest.dropFirst()) else {
            throw refuse("no value")
        }
        return Sample(name: name, labels: labels, value: value)
    }
}
