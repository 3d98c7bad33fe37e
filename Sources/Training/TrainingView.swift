/// A run as a few lines of text: where it is, its losses as curves, how held-out songs do, what goes wrong.
///
/// Lines are made from what was heard, and nothing else; whoever shows them redraws them in place.
public struct TrainingView: Sendable {
    /// A held-out metric beside people's figures.
    public struct Figure: Hashable, Sendable {
        public var title: String
        public var value: Double
        /// What people's bands measure, lowest to highest; nil where it is not known.
        public var people: ClosedRange<Double>?

        public init(title: String, value: Double, people: ClosedRange<Double>? = nil) {
            self.title = title
            self.value = value
            self.people = people
        }
    }

    public var figures: [Figure] = []
    private var generator = Curve()
    private var discriminator = Curve()
    private var heldOut = Curve()
    private var latest: GANTrainer.Record?
    private var totalSteps = 0
    private var secondsLeft: Double?
    private var stepsPerSecond = 0.0
    private var warnings: [String] = []

    public init() {}

    /// Follows a step. The curves begin anew with each stage, whose losses are not alike.
    public mutating func hear(_ progress: TrainingRun.Progress) {
        let record = progress.record
        if record.stage != latest?.stage {
            generator = Curve()
            discriminator = Curve()
            heldOut = Curve()
        }
        if let loss = record.generator ?? record.plan { generator.add(loss) }
        if let loss = record.discriminator { discriminator.add(loss) }
        if let row = progress.heldOut, let loss = row.losses.score ?? row.losses.plan { heldOut.add(loss) }
        latest = record
        totalSteps = progress.totalSteps
        secondsLeft = progress.secondsLeft
        stepsPerSecond = progress.stepsPerSecond
        warnings = Array((warnings + progress.warnings.map { "\($0)" }).suffix(2))
    }

    /// The text, no line longer than the screen is wide.
    ///
    /// - Parameters:
    ///   - columns: at least 20.
    ///   - isUnicode: whether curves and bar are drawn with block elements (U+2581 to U+2588); otherwise in ASCII.
    public func lines(columns: Int, isUnicode: Bool = true) -> [String] {
        precondition(columns >= 20, "a line has 20 columns")
        guard let latest else { return [] }
        let done = latest.step + 1
        var lines = ["\(latest.stage.rawValue)  step \(done) of \(totalSteps)"]
        let speed = "\(TrainingView.rounded(stepsPerSecond, digits: 1)) steps/s"
        let rest = secondsLeft.map { "about \(TrainingView.duration($0)) left" }
        let size = max(8, columns - 30)
        let full = totalSteps > 0 ? min(size, done * size / totalSteps) : 0
        let bar =
            String(repeating: isUnicode ? "\u{2588}" : "#", count: full)
            + String(repeating: isUnicode ? "\u{2591}" : ".", count: size - full)
        lines.append("\(bar) \([rest, speed].compactMap { $0 }.joined(separator: ", "))")
        func curve(_ name: String, _ values: Curve) {
            guard let last = values.last else { return }
            let title = name.padded(to: 14)
            let number = TrainingView.rounded(Double(last), digits: 3).padded(to: 8)
            lines.append(title + number + values.line(width: max(4, columns - 24), isUnicode: isUnicode))
        }
        curve("generator", generator)
        curve("discriminator", discriminator)
        curve("held out", heldOut)
        if let real = latest.real, let fake = latest.fake {
            lines.append(
                "verdicts      real \(TrainingView.rounded(Double(real), digits: 2)), "
                    + "made \(TrainingView.rounded(Double(fake), digits: 2))")
        }
        for figure in figures {
            let people = figure.people.map {
                "  people "
                    + ($0.lowerBound == $0.upperBound
                        ? TrainingView.rounded($0.lowerBound, digits: 2)
                        : "\(TrainingView.rounded($0.lowerBound, digits: 2)) to \(TrainingView.rounded($0.upperBound, digits: 2))")
            }
            lines.append(
                figure.title.padded(to: 18) + TrainingView.rounded(figure.value, digits: 2) + (people ?? ""))
        }
        for warning in warnings { lines += TrainingView.wrapped("! \(warning)", columns: columns) }
        return lines.map { String($0.prefix(columns)) }
    }

    /// `40 s`, `12 min`, `3 h 05 min`.
    public static func duration(_ seconds: Double) -> String {
        if seconds < 90 { return "\(Int(seconds.rounded())) s" }
        let minutes = Int((seconds / 60).rounded())
        return minutes < 120 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60 < 10 ? "0" : "")\(minutes % 60) min"
    }

    private static func rounded(_ value: Double, digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "-" }
        let unit = [1, 10, 100, 1000][digits]
        let whole = Int((abs(value) * Double(unit)).rounded())
        let rest = String(whole % unit)
        let sign = value < 0 && whole > 0 ? "-" : ""
        return "\(sign)\(whole / unit)." + String(repeating: "0", count: digits - rest.count) + rest
    }

    private static func wrapped(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= columns {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append(lines.isEmpty ? String(word) : "  \(word)")
            }
        }
        return lines
    }
}

/// A loss over time in bounded memory: when it is full, neighbours are averaged.
private struct Curve: Sendable {
    private static let most = 512
    private var values: [Float] = []
    private var share = 1
    private var sum: Float = 0
    private var count = 0
    private(set) var last: Float?

    mutating func add(_ value: Float) {
        guard value.isFinite else { return }
        last = value
        sum += value
        count += 1
        guard count == share else { return }
        values.append(sum / Float(count))
        sum = 0
        count = 0
        guard values.count == Self.most else { return }
        values = stride(from: 0, to: Self.most, by: 2).map { (values[$0] + values[$0 + 1]) / 2 }
        share *= 2
    }

    /// The means of as many stretches as there are columns, lowest to highest.
    func line(width: Int, isUnicode: Bool) -> String {
        let columns = min(width, values.count)
        let means = (0..<columns).map { column in
            let range = column * values.count / columns..<(column + 1) * values.count / columns
            return values[range].reduce(0, +) / Float(range.count)
        }
        guard let low = means.min(), let high = means.max() else { return "" }
        let marks = isUnicode ? (0..<8).map { String(UnicodeScalar(0x2581 + UInt32($0))!) } : ["_", ".", "-", "=", "^"]
        return means.map { mean in
            let height = high > low ? (mean - low) / (high - low) : 0
            return marks[min(marks.count - 1, Int(height * Float(marks.count)))]
        }.joined()
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
