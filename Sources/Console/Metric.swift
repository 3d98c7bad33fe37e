/// A measured figure, or several of one name told apart by labels, as monitoring reads it.
public struct Metric: Hashable, Sendable {
    public enum Kind: String, Sendable {
        /// Only ever grows, from the daemon's start on.
        case counter
        case gauge
    }

    /// One value of a metric.
    public struct Sample: Hashable, Sendable {
        public var labels: [Label]
        public var value: Double

        public init(_ value: Double, _ labels: Label...) {
            self.labels = labels
            self.value = value
        }
    }

    public struct Label: Hashable, Sendable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Counts by upper bound.
    public struct Histogram: Hashable, Sendable {
        /// Rising upper bounds, each inclusive.
        public var bounds: [Double]
        /// One for each bound and one for what is above the last; each counts its own values alone.
        public var counts: [Int]
        public var sum: Double

        /// - Precondition: one count more than bounds.
        public init(bounds: [Double], counts: [Int], sum: Double) {
            precondition(counts.count == bounds.count + 1, "a histogram has one bucket above its last bound")
            self.bounds = bounds
            self.counts = counts
            self.sum = sum
        }
    }

    enum Content: Hashable, Sendable {
        case samples(Kind, [Sample])
        case histogram(Histogram)
    }

    var name: String
    /// What it means, in a sentence.
    var help: String
    var content: Content

    public init(_ name: String, _ help: String, _ kind: Kind, _ samples: [Sample]) {
        self.name = name
        self.help = help
        content = .samples(kind, samples)
    }

    public init(_ name: String, _ help: String, _ kind: Kind, _ value: some BinaryInteger) {
        self.init(name, help, kind, [Sample(Double(value))])
    }

    public init(_ name: String, _ help: String, _ histogram: Histogram) {
        self.name = name
        self.help = help
        content = .histogram(histogram)
    }
}

extension Metric {
    /// What the text below is, for a response's head.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Metrics in Prometheus' text format 0.0.4.
    ///
    /// Source: https://prometheus.io/docs/instrumenting/exposition_formats/
    static func text(of metrics: [Metric]) -> String {
        var text = ""
        for metric in metrics {
            let help = metric.help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
            text += "# HELP \(metric.name) \(help)\n# TYPE \(metric.name) \(metric.typeName)\n"
            switch metric.content {
            case .samples(_, let samples):
                for sample in samples { text += line(metric.name, sample.labels, sample.value) }
            case .histogram(let histogram):
                // Each bucket counts what is in the ones below it too.
                var below = 0
                for (index, count) in histogram.counts.enumerated() {
                    below += count
                    let bound = index < histogram.bounds.count ? "\(histogram.bounds[index])" : "+Inf"
                    text += line("\(metric.name)_bucket", [Label("le", bound)], Double(below))
                }
                text += line("\(metric.name)_sum", [], histogram.sum)
                text += line("\(metric.name)_count", [], Double(below))
            }
        }
        return text
    }

    private var typeName: String {
        switch content {
        case .samples(let kind, _): kind.rawValue
        case .histogram: "histogram"
        }
    }

    private static func line(_ name: String, _ labels: [Label], _ value: Double) -> String {
        let pairs = labels.map { label in
            let escaped = label.value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                .replacing("\n", with: "\\n")
            return "\(label.name)=\"\(escaped)\""
        }
        let whole = value == value.rounded() && abs(value) < 1e15
        return
            "\(name)\(pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}") \(whole ? "\(Int64(value))" : "\(value)")\n"
    }
}
