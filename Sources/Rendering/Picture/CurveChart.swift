/// How numbers change from step to step: panels one below the other over the same steps, and the stages that the steps belong to.
public struct CurveChart: Sendable {
    /// A number at each step; nil where there is none.
    public struct Curve: Hashable, Sendable {
        public var title: String
        public var values: [Double?]

        public init(title: String, values: [Double?]) {
            self.title = title
            self.values = values
        }
    }

    /// Curves of one scale.
    public struct Panel: Hashable, Sendable {
        /// A value that means something: `2`, `it sees nothing`.
        public struct Level: Hashable, Sendable {
            public var value: Double
            public var title: String

            public init(value: Double, title: String) {
                self.value = value
                self.title = title
            }
        }

        public var title: String
        /// What it tells: `how far the bands are from the teacher's`.
        public var note: String
        public var curves: [Curve]
        public var level: Level?

        public init(title: String, note: String = "", curves: [Curve], level: Level? = nil) {
            self.title = title
            self.note = note
            self.curves = curves
            self.level = level
        }
    }

    public struct Stage: Hashable, Sendable {
        public var title: String
        /// Indices of the values.
        public var range: Range<Int>

        public init(title: String, range: Range<Int>) {
            self.title = title
            self.range = range
        }
    }

    public var title: String
    public var subtitle: String
    /// The number of the first step.
    public var firstStep: Int
    public var stages: [Stage]
    /// Those without any number are left out.
    public let panels: [Panel]
    /// How many steps there are.
    public let count: Int

    public init(title: String, subtitle: String = "", firstStep: Int = 0, stages: [Stage] = [], panels: [Panel]) {
        self.title = title
        self.subtitle = subtitle
        self.firstStep = firstStep
        self.stages = stages
        self.panels = panels.compactMap { panel in
            var panel = panel
            panel.curves.removeAll { curve in !curve.values.contains { $0?.isFinite == true } }
            return panel.curves.isEmpty ? nil : panel
        }
        count = panels.flatMap(\.curves).map(\.values.count).max() ?? 0
    }
}

extension CurveChart {
    /// Neighbouring steps together.
    struct Bucket: Hashable {
        var mean: Double
        /// Nine in ten values lie above.
        var low: Double
        /// Nine in ten values lie below.
        var high: Double
    }

    /// Values in so many buckets of about the same number of steps; nil where a bucket holds no number.
    static func buckets(_ values: [Double?], of count: Int, into wanted: Int) -> [Bucket?] {
        let wanted = max(1, min(wanted, count))
        return (0..<wanted).map { index in
            let steps = index * count / wanted..<max(index * count / wanted + 1, (index + 1) * count / wanted)
            let numbers = steps.clamped(to: values.indices).compactMap { values[$0] }.filter(\.isFinite).sorted()
            guard !numbers.isEmpty else { return nil }
            return Bucket(
                mean: numbers.reduce(0, +) / Double(numbers.count), low: numbers[numbers.count / 10],
                high: numbers[numbers.count - 1 - numbers.count / 10])
        }
    }

    /// The span of a panel: what its curves reach for more than an instant, and its level.
    static func span(_ curves: [[Bucket?]], level: Double?) -> ClosedRange<Double> {
        let means = curves.flatMap { $0 }.compactMap { $0?.mean }.sorted()
        guard let least = means.first, let most = means.last else { return 0...1 }
        // A peak that dwarfs everything else is cut.
        let usual = means[means.count * 49 / 50]
        var low = least
        var high = most - least > 4 * (usual - least) && usual > least ? least + 1.5 * (usual - least) : most
        if let level { (low, high) = (min(low, level), max(high, level)) }
        if low > 0, low < 0.5 * high { low = 0 }
        let margin = high > low ? (high - low) * 0.06 : max(0.5, abs(high) * 0.1)
        return (low == 0 ? 0 : low - margin)...(high + margin)
    }

    /// Round numbers within a span, from three to six.
    static func ticks(_ span: ClosedRange<Double>) -> [Double] {
        let width = span.upperBound - span.lowerBound
        guard width > 0, width.isFinite else { return [] }
        var power = 1.0
        while power > width { power /= 10 }
        while power * 10 <= width { power *= 10 }
        let step = [0.1, 0.2, 0.25, 0.5, 1].map { $0 * power }.first { width / $0 <= 5 } ?? power * 2
        let first = (span.lowerBound / step).rounded(.up)
        return (0...6).map { (first + Double($0)) * step }.filter { $0 <= span.upperBound }
    }

    /// `0.25`, `3`, `1200`: two or three digits that matter, no exponent.
    static func text(_ value: Double) -> String {
        let decimals =
            value.magnitude >= 100 ? 0 : value.magnitude >= 10 ? 1 : value.magnitude >= 0.1 || value == 0 ? 2 : 3
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        guard value.isFinite, value.magnitude < 1e15 else { return value.isNaN ? "-" : value < 0 ? "-∞" : "∞" }
        let whole = Int((value.magnitude * scale).rounded())
        var fraction = String(whole % Int(scale))
        fraction = String(repeating: "0", count: max(0, decimals - fraction.count)) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        let sign = value < 0 && whole > 0 ? "-" : ""
        return "\(sign)\(whole / Int(scale))" + (decimals == 0 || fraction.isEmpty ? "" : ".\(fraction)")
    }
}
