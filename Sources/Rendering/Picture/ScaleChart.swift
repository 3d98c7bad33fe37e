/// Numbers of one thing beside those of others: a scale a row, the better end on the right, and marks for who stands where.
public struct ScaleChart: Sendable {
    /// Whom a mark stands for; painted in this order.
    public enum Kind: Int, Hashable, Sendable, CaseIterable, Comparable {
        case wrongKey, otherPiece, baseline, compared, own

        public static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }
    }

    public struct Row: Hashable, Sendable {
        public var title: String
        /// The span of human values; nil where none are known.
        public var human: ClosedRange<Double>?
        public var marks: [Kind: Double]
        /// Whether smaller is better: then the scale runs from right to left.
        public var isReversed: Bool
        public var decimals: Int

        public init(
            title: String, human: ClosedRange<Double>?, marks: [Kind: Double], isReversed: Bool = false,
            decimals: Int = 2
        ) {
            self.title = title
            self.human = human
            self.marks = marks
            self.isReversed = isReversed
            self.decimals = decimals
        }
    }

    /// A share of a whole, drawn as a bar.
    public struct Share: Hashable, Sendable {
        public var title: String
        /// 0...1.
        public var value: Double

        public init(title: String, value: Double) {
            self.title = title
            self.value = min(1, max(0, value))
        }
    }

    public var title: String
    public var subtitle: String
    /// What each kind of mark is called in the legend; kinds without a name are not drawn.
    public var legend: [Kind: String]
    public var rows: [Row]
    public var shares: [Share]

    public init(title: String, subtitle: String, legend: [Kind: String], rows: [Row], shares: [Share] = []) {
        self.title = title
        self.subtitle = subtitle
        self.legend = legend
        self.rows = rows
        self.shares = shares
    }

    /// The picture as an SVG document.
    public func svg() -> String { SVGWriter.write(drawing(), title: title) }

    /// The picture as a PNG file.
    ///
    /// - Parameter scale: pixels a unit; the picture is 1,120 units wide.
    public func png(scale: Double = 1.5) throws(RenderingError) -> [UInt8] {
        precondition(scale > 0 && scale.isFinite, "a scale is positive")
        return try PNGWriter.write(Raster(drawing(), scale: scale))
    }

    // MARK: - Looks

    private static let width = 1120.0
    private static let left = 270.0
    private static let right = 960.0
    private static let rowHeight = 38.0
    private static let top = 132.0
    private static let human = Drawing.Color(0xE3DCF2)
    private static let humanInk = Drawing.Color(0x7A63B0)

    private static func color(_ kind: Kind) -> Drawing.Color {
        switch kind {
        case .wrongKey: Drawing.Color(0xC9C6BF)
        case .otherPiece: Drawing.Color(0x8A8D9F)
        case .baseline: Drawing.Color(0x2F5DA8)
        case .compared: Drawing.Color(0x35A27B)
        case .own: Drawing.Color(0xE4472B)
        }
    }

    func drawing() -> Drawing {
        let sharesHeight = shares.isEmpty ? 0 : 46 + 30 * Double(shares.count)
        let height = ScaleChart.top + ScaleChart.rowHeight * Double(rows.count) + sharesHeight + 36
        var drawing = Drawing(width: ScaleChart.width, height: height, background: RollStyle.paper)
        drawing.add(Drawing.Text(string: title, x: 36, y: 46, size: 24, color: RollStyle.ink, isBold: true))
        drawing.add(Drawing.Text(string: subtitle, x: 36, y: 70, size: 13.5, color: RollStyle.quietInk))
        drawLegend(&drawing)
        for (index, row) in rows.enumerated() {
            draw(row, y: ScaleChart.top + ScaleChart.rowHeight * (Double(index) + 0.5), on: &drawing)
        }
        draw(shares, from: ScaleChart.top + ScaleChart.rowHeight * Double(rows.count) + 34, on: &drawing)
        return drawing
    }

    private func drawLegend(_ drawing: inout Drawing) {
        var x = 36.0
        let y = 104.0
        drawing.add(Drawing.Rectangle(x: x, y: y - 13, width: 26, height: 16, radius: 4, color: ScaleChart.human))
        x += 34
        drawing.add(Drawing.Text(string: "people", x: x, y: y, size: 13, color: RollStyle.ink))
        x += StrokeFont.layout("people", size: 13).width + 28
        for kind in Kind.allCases.reversed() {
            guard let name = legend[kind] else { continue }
            mark(kind, x: x + 6, y: y - 5, on: &drawing)
            x += 20
            drawing.add(Drawing.Text(string: name, x: x, y: y, size: 13, color: RollStyle.ink))
            x += StrokeFont.layout(name, size: 13).width + 28
        }
    }

    private func draw(_ row: Row, y: Double, on drawing: inout Drawing) {
        let marks = row.marks.filter { legend[$0.key] != nil && $0.value.isFinite }
        drawing.add(
            Drawing.Text(string: row.title, x: ScaleChart.left - 26, y: y + 5, size: 14, color: RollStyle.ink, anchor: .end))
        let values = marks.map(\.value) + (row.human.map { [$0.lowerBound, $0.upperBound] } ?? [])
        guard let low = values.min(), let high = values.max() else { return }
        let pad = high > low ? (high - low) * 0.06 : max(0.5, abs(high) * 0.1)
        let start = low - pad
        let span = high - low + 2 * pad
        func place(_ value: Double) -> Double {
            let share = (value - start) / span
            return ScaleChart.left + (row.isReversed ? 1 - share : share) * (ScaleChart.right - ScaleChart.left)
        }
        drawing.addHorizontal(
            y: y, from: ScaleChart.left, to: ScaleChart.right, width: 1, color: RollStyle.barLine)
        if let human = row.human {
            let ends = [place(human.lowerBound), place(human.upperBound)].sorted()
            let width = max(6, ends[1] - ends[0])
            let middle = (ends[0] + ends[1]) / 2
            drawing.add(
                Drawing.Rectangle(
                    x: middle - width / 2, y: y - 11, width: width, height: 22, radius: 4, color: ScaleChart.human))
        }
        for kind in marks.keys.sorted() { mark(kind, x: place(marks[kind]!), y: y, on: &drawing) }
        if let own = marks[.own] {
            drawing.add(
                Drawing.Text(
                    string: text(own, row.decimals), x: ScaleChart.right + 24, y: y + 5, size: 14,
                    color: ScaleChart.color(.own), isBold: true))
        }
        if let human = row.human {
            drawing.add(
                Drawing.Text(
                    string: "\(text(human.lowerBound, row.decimals)) – \(text(human.upperBound, row.decimals))",
                    x: ScaleChart.width - 30, y: y + 5, size: 12, color: ScaleChart.humanInk, anchor: .end))
        }
    }

    /// A dot for what is compared, an upright line for what it is compared with.
    private func mark(_ kind: Kind, x: Double, y: Double, on drawing: inout Drawing) {
        let color = ScaleChart.color(kind)
        switch kind {
        case .own, .compared:
            let radius = kind == .own ? 7.0 : 5.5
            drawing.add(
                Drawing.Rectangle(
                    x: x - radius - 1.5, y: y - radius - 1.5, width: 2 * radius + 3, height: 2 * radius + 3,
                    radius: radius + 1.5, color: RollStyle.paper))
            drawing.add(
                Drawing.Rectangle(
                    x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius, radius: radius, color: color))
        case .baseline, .otherPiece, .wrongKey:
            drawing.add(Drawing.Rectangle(x: x - 2, y: y - 10, width: 4, height: 20, radius: 2, color: color))
        }
    }

    private func draw(_ shares: [Share], from top: Double, on drawing: inout Drawing) {
        guard !shares.isEmpty else { return }
        for (index, share) in shares.enumerated() {
            let y = top + 30 * (Double(index) + 0.5)
            drawing.add(
                Drawing.Text(
                    string: share.title, x: ScaleChart.left - 26, y: y + 5, size: 14, color: RollStyle.ink, anchor: .end))
            let width = ScaleChart.right - ScaleChart.left
            drawing.add(
                Drawing.Rectangle(
                    x: ScaleChart.left, y: y - 7, width: width, height: 14, radius: 4, color: RollStyle.octaveLine))
            if share.value > 0 {
                drawing.add(
                    Drawing.Rectangle(
                        x: ScaleChart.left, y: y - 7, width: max(4, width * share.value), height: 14, radius: 4,
                        color: ScaleChart.color(.own)))
            }
            drawing.add(
                Drawing.Text(
                    string: text(share.value, 2), x: ScaleChart.right + 24, y: y + 5, size: 14, color: RollStyle.ink))
        }
    }

    /// A number with fixed decimals, without an exponent.
    private func text(_ value: Double, _ decimals: Int) -> String {
        var scale = 1
        for _ in 0..<decimals { scale *= 10 }
        let rounded = Int((value.magnitude * Double(scale)).rounded())
        let fraction = String(rounded % scale)
        let zeros = String(repeating: "0", count: max(0, decimals - fraction.count))
        let sign = value < 0 && rounded > 0 ? "-" : ""
        return decimals == 0 ? "\(sign)\(rounded)" : "\(sign)\(rounded / scale).\(zeros)\(fraction)"
    }
}
