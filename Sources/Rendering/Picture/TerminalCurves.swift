/// Curves as lines of text, a panel below the other: dots of braille, eight a character, or asterisks in ASCII.
public struct TerminalCurves: Sendable {
    public let chart: CurveChart

    /// Less cannot hold a scale and a curve.
    public static let minimumColumns = 30

    public init(_ chart: CurveChart) { self.chart = chart }

    /// The lines, without line ends; none is longer than the columns.
    ///
    /// - Parameters:
    ///   - columns: the terminal's width; at least `minimumColumns`.
    ///   - rows: lines that each panel's curves have, 1 or more.
    public func lines(columns: Int, rows: Int = 5, style: TerminalRoll.Style = .init()) -> [String] {
        precondition(columns >= TerminalCurves.minimumColumns, "curves need \(TerminalCurves.minimumColumns) columns")
        precondition(rows >= 1, "a panel has lines")
        let palette = style.theme.palette
        func paint(_ text: String, _ color: Drawing.Color) -> String { style.paint(text, color) }
        let width = columns - TerminalCurves.gutter
        var lines: [String] = []
        for panel in chart.panels {
            let buckets = panel.curves.map {
                CurveChart.buckets($0.values, of: chart.count, into: width * 2)
            }
            let span = CurveChart.span(buckets, level: panel.level?.value)
            if !lines.isEmpty { lines.append("") }
            lines.append(heading(panel, buckets, columns: columns, palette, paint))
            let cells = canvas(buckets, span, width: width, rows: rows)
            for row in 0..<rows {
                let value = row == 0 ? span.upperBound : row == rows - 1 ? span.lowerBound : nil
                let label = value.map { String(CurveChart.text($0).prefix(TerminalCurves.gutter - 2)) } ?? ""
                var line = String(repeating: " ", count: TerminalCurves.gutter - 2 - label.count) + label
                line = paint(line, palette.quietInk) + paint(style.isUnicode ? " │" : " |", palette.barLine)
                var text = ""
                var curve = -1
                func flush() {
                    line += curve < 0 ? text : paint(text, palette.series[curve % palette.series.count])
                    text = ""
                }
                for cell in cells[row] {
                    if cell.curve != curve {
                        flush()
                        curve = cell.curve
                    }
                    text.append(cell.character(isUnicode: style.isUnicode))
                }
                if curve >= 0 { flush() }
                lines.append(line)
            }
        }
        if !lines.isEmpty { lines.append(foot(width: width, palette, paint)) }
        return lines
    }

    /// Width of the scale at the left, with its line.
    static let gutter = 8

    private struct Cell {
        /// The dots of a braille character (Unicode, Braille Patterns: bits 0 to 7).
        var dots: UInt32 = 0
        /// Whose dots they are: the last painted; -1 where there are none.
        var curve = -1

        func character(isUnicode: Bool) -> Character {
            guard dots != 0 else { return " " }
            guard isUnicode, let scalar = Unicode.Scalar(0x2800 + dots) else { return "*" }
            return Character(scalar)
        }
    }

    private func canvas(
        _ curves: [[CurveChart.Bucket?]], _ span: ClosedRange<Double>, width: Int, rows: Int
    ) -> [[Cell]] {
        var cells = [[Cell]](repeating: [Cell](repeating: Cell(), count: width), count: rows)
        let height = rows * 4
        let dots: [[UInt32]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
        for (index, buckets) in curves.enumerated() {
            var before: Int?
            for column in 0..<width * 2 {
                guard let bucket = buckets[column * buckets.count / (width * 2)] else {
                    before = nil
                    continue
                }
                let share = (bucket.mean - span.lowerBound) / (span.upperBound - span.lowerBound)
                let y = min(height - 1, max(0, Int((Double(height) * (1 - share)).rounded(.down))))
                // Steep pieces are joined: from beside the point before to this one.
                let from = before.map { $0 < y ? $0 + 1 : $0 > y ? $0 - 1 : y } ?? y
                for dot in min(from, y)...max(from, y) {
                    let place = (row: dot / 4, column: column / 2)
                    if cells[place.row][place.column].curve != index { cells[place.row][place.column] = Cell() }
                    cells[place.row][place.column].dots |= dots[column % 2][dot % 4]
                    cells[place.row][place.column].curve = index
                }
                before = y
            }
        }
        return cells
    }

    /// The panel's name, then each curve's with its last value.
    private func heading(
        _ panel: CurveChart.Panel, _ buckets: [[CurveChart.Bucket?]], columns: Int, _ palette: RollPalette,
        _ paint: (String, Drawing.Color) -> String
    ) -> String {
        var left = columns - panel.title.count
        var line = paint(String(panel.title.prefix(columns)), palette.ink)
        for (index, curve) in panel.curves.enumerated() {
            let last = buckets[index].last { $0 != nil }.flatMap { $0?.mean }.map(CurveChart.text) ?? "-"
            let text = panel.curves.count == 1 ? "  \(last)" : "  \(curve.title) \(last)"
            guard text.count <= left else { continue }
            left -= text.count
            line += paint(text, palette.series[index % palette.series.count])
        }
        let note = panel.note.isEmpty ? "" : "  \(panel.note)"
        return note.isEmpty || note.count > left ? line : line + paint(note, palette.quietInk)
    }

    /// First and last step, and the stages between where they fit.
    private func foot(
        width: Int, _ palette: RollPalette, _ paint: (String, Drawing.Color) -> String
    ) -> String {
        var row = [Character](repeating: " ", count: width)
        func place(_ text: String, at column: Int) {
            let end = column + text.count
            guard column >= 0, end <= width, row[max(0, column - 1)..<min(width, end + 1)].allSatisfy({ $0 == " " })
            else {
                return
            }
            row.replaceSubrange(column..<end, with: text)
        }
        let last = "\(chart.firstStep + max(0, chart.count - 1))"
        place("\(chart.firstStep)", at: 0)
        place(last, at: width - last.count)
        for stage in chart.stages {
            let span =
                stage.range.lowerBound * width / max(1, chart.count)..<stage.range.upperBound * width
                / max(1, chart.count)
            guard stage.title.count <= span.count else { continue }
            place(stage.title, at: span.lowerBound + (span.count - stage.title.count) / 2)
        }
        return String(repeating: " ", count: TerminalCurves.gutter) + paint(String(row), palette.quietInk)
    }
}
