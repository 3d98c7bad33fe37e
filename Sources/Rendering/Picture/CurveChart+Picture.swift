extension CurveChart {
    /// The picture as an SVG document.
    public func svg(theme: RollTheme = .light) -> String { SVGWriter.write(drawing(theme), title: title) }

    /// The picture as a PNG file.
    ///
    /// - Parameter scale: pixels a unit; the picture is 1,120 units wide.
    public func png(scale: Double = 1.5, theme: RollTheme = .light) throws(RenderingError) -> [UInt8] {
        precondition(scale > 0 && scale.isFinite, "a scale is positive")
        return try PNGWriter.write(Raster(drawing(theme), scale: scale))
    }

    private enum Looks {
        static let width = 1_120.0
        static let margin = 36.0
        static let left = 92.0
        static let right = width - 150
        static let headerHeight = 92.0
        static let stageRow = 26.0
        static let panelHeight = 118.0
        static let panelGap = 46.0
        static let footRow = 40.0
        /// The width of a bucket.
        static let bucket = 2.5
    }

    func drawing(_ theme: RollTheme) -> Drawing {
        let palette = theme.palette
        let top = Looks.headerHeight + (stages.isEmpty ? 0 : Looks.stageRow)
        let height = top + Double(panels.count) * (Looks.panelHeight + Looks.panelGap) + Looks.footRow
        var drawing = Drawing(width: Looks.width, height: height, background: palette.paper)
        drawing.add(Drawing.Text(string: title, x: Looks.margin, y: 46, size: 24, color: palette.ink, isBold: true))
        drawing.add(Drawing.Text(string: subtitle, x: Looks.margin, y: 70, size: 13.5, color: palette.quietInk))
        let bottom = height - Looks.footRow
        drawStages(from: Looks.headerHeight, to: bottom, palette, on: &drawing)
        for (index, panel) in panels.enumerated() {
            let y = top + Double(index) * (Looks.panelHeight + Looks.panelGap) + Looks.panelGap - 8
            draw(panel, top: y, palette, on: &drawing)
        }
        drawSteps(y: bottom + 8, palette, on: &drawing)
        return drawing
    }

    private func x(_ index: Double) -> Double {
        Looks.left + (Looks.right - Looks.left) * index / Double(max(1, count))
    }

    private func drawStages(from top: Double, to bottom: Double, _ palette: RollPalette, on drawing: inout Drawing) {
        for (index, stage) in stages.enumerated() {
            let left = x(Double(stage.range.lowerBound))
            let width = x(Double(stage.range.upperBound)) - left
            if !index.isMultiple(of: 2) {
                drawing.add(
                    Drawing.Rectangle(x: left, y: top, width: width, height: bottom - top, color: palette.blackRow))
            }
            guard StrokeFont.layout(stage.title, size: 12.5).width < width else { continue }
            drawing.add(
                Drawing.Text(
                    string: stage.title, x: left + width / 2, y: top + 17, size: 12.5, color: palette.quietInk,
                    anchor: .middle))
        }
    }

    private func drawSteps(y: Double, _ palette: RollPalette, on drawing: inout Drawing) {
        for tick in CurveChart.ticks(Double(firstStep)...Double(firstStep + max(1, count))) {
            drawing.add(
                Drawing.Text(
                    string: CurveChart.text(tick), x: x(tick - Double(firstStep)), y: y + 10, size: 12,
                    color: palette.quietInk, anchor: .middle))
        }
        drawing.add(Drawing.Text(string: "step", x: Looks.right + 22, y: y + 10, size: 12, color: palette.quietInk))
    }

    private func draw(_ panel: Panel, top: Double, _ palette: RollPalette, on drawing: inout Drawing) {
        let wanted = Int((Looks.right - Looks.left) / Looks.bucket)
        let curves = panel.curves.map { CurveChart.buckets($0.values, of: count, into: wanted) }
        let span = CurveChart.span(curves, level: panel.level?.value)
        let height = Looks.panelHeight
        func y(_ value: Double) -> Double {
            let share = (value - span.lowerBound) / (span.upperBound - span.lowerBound)
            return top + height * (1 - min(1, max(0, share)))
        }
        drawing.add(
            Drawing.Text(string: panel.title, x: Looks.left, y: top - 9, size: 14, color: palette.ink, isBold: true))
        let titleWidth = StrokeFont.layout(panel.title, size: 14).width
        drawing.add(
            Drawing.Text(
                string: panel.note, x: Looks.left + titleWidth + 14, y: top - 9, size: 12.5, color: palette.quietInk))
        for tick in CurveChart.ticks(span) {
            drawing.addHorizontal(
                y: y(tick), from: Looks.left, to: Looks.right, width: 1, color: palette.octaveLine)
            drawing.add(
                Drawing.Text(
                    string: CurveChart.text(tick), x: Looks.left - 10, y: y(tick) + 4, size: 12,
                    color: palette.quietInk, anchor: .end))
        }
        if let level = panel.level {
            drawing.addHorizontal(
                y: y(level.value), from: Looks.left, to: Looks.right, width: 1.5, color: palette.quietInk)
            drawing.add(
                Drawing.Text(
                    string: level.title, x: Looks.left + 6, y: y(level.value) + 14, size: 12, color: palette.quietInk))
        }
        for (index, buckets) in curves.enumerated() {
            drawSpread(buckets, y, palette.series[index % palette.series.count], on: &drawing)
        }
        var ends: [(title: String, value: Double, color: Drawing.Color)] = []
        for (index, buckets) in curves.enumerated() {
            let color = palette.series[index % palette.series.count]
            drawMeans(buckets, y, color, on: &drawing)
            if let last = buckets.last(where: { $0 != nil }) ?? nil {
                ends.append((panel.curves[index].title, last.mean, color))
            }
        }
        drawEnds(ends.map { ($0.title, $0.value, y($0.value), $0.color) }, palette, on: &drawing)
    }

    /// Where eight in ten values lie, faintly.
    private func drawSpread(
        _ buckets: [Bucket?], _ y: (Double) -> Double, _ color: Drawing.Color, on drawing: inout Drawing
    ) {
        let width = (Looks.right - Looks.left) / Double(buckets.count)
        for (index, bucket) in buckets.enumerated() {
            guard let bucket, bucket.high > bucket.low else { continue }
            let top = y(bucket.high)
            drawing.add(
                Drawing.Rectangle(
                    x: Looks.left + Double(index) * width, y: top, width: width, height: max(1, y(bucket.low) - top),
                    color: color.faded(0.22)))
        }
    }

    private func drawMeans(
        _ buckets: [Bucket?], _ y: (Double) -> Double, _ color: Drawing.Color, on drawing: inout Drawing
    ) {
        let width = (Looks.right - Looks.left) / Double(buckets.count)
        var points: [StrokeFont.Point] = []
        func end() {
            if !points.isEmpty { drawing.add(Drawing.Polyline(points: points, width: 2, color: color)) }
            points = []
        }
        for (index, bucket) in buckets.enumerated() {
            guard let bucket else {
                end()
                continue
            }
            points.append(.init(x: Looks.left + (Double(index) + 0.5) * width, y: y(bucket.mean)))
        }
        end()
    }

    /// The names of the curves with their last values, at their ends; pushed apart where they would cover each other.
    private func drawEnds(
        _ ends: [(title: String, value: Double, y: Double, color: Drawing.Color)], _ palette: RollPalette,
        on drawing: inout Drawing
    ) {
        let row = 17.0
        var below = -Double.infinity
        for end in ends.sorted(by: { $0.y < $1.y }) {
            let y = max(end.y, below + row)
            below = y
            drawing.add(
                Drawing.Rectangle(
                    x: Looks.right + 10, y: y - 3, width: 12, height: 6, radius: 3, color: end.color))
            drawing.add(
                Drawing.Text(
                    string: "\(end.title) \(CurveChart.text(end.value))", x: Looks.right + 28, y: y + 4.5, size: 12.5,
                    color: palette.ink))
        }
    }
}
