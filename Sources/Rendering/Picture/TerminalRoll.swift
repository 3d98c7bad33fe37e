import Music

/// An arrangement as lines of text: chord symbols, the melody and the band by pitch, and a row for each drum.
///
/// The bars are broken into systems that fit the columns. A row holds two neighbouring keys (half blocks), so that a
/// melody of two octaves stands in twelve rows; in ASCII a row holds them too, without telling them apart.
public struct TerminalRoll: Sendable {
    /// Which characters and colours the terminal understands.
    public struct Style: Hashable, Sendable {
        public enum Colors: Hashable, Sendable { case none, ansi256, trueColor }

        /// Whether the terminal shows Unicode; false draws with ASCII alone.
        public var isUnicode: Bool
        public var colors: Colors
        /// Colours for a light or for a dark background.
        public var theme: RollTheme

        public init(isUnicode: Bool = true, colors: Colors = .none, theme: RollTheme = .dark) {
            self.isUnicode = isUnicode
            self.colors = colors
            self.theme = theme
        }
    }

    public let arrangement: Arrangement

    /// Less cannot hold a bar and the names at its left.
    public static let minimumColumns = 20

    public init(_ arrangement: Arrangement) { self.arrangement = arrangement }

    /// The lines, without line ends; none is longer than the columns.
    ///
    /// - Parameter columns: the terminal's width; at least `minimumColumns`.
    public func lines(columns: Int, style: Style = Style()) -> [String] {
        precondition(columns >= TerminalRoll.minimumColumns, "a roll needs \(TerminalRoll.minimumColumns) columns")
        let layout = RollLayout(arrangement)
        let grid = Grid(columns: columns - TerminalRoll.gutter - 1, phrase: arrangement.phrase)
        var lines: [String] = []
        var bar = 0
        while bar < arrangement.phrase.bars {
            let bars = bar..<min(arrangement.phrase.bars, bar + grid.barsPerSystem)
            if bar > 0 { lines.append("") }
            lines += System(arrangement, layout, grid, bars, style).lines()
            bar = bars.upperBound
        }
        return lines
    }

    /// Width of the names at the left.
    static let gutter = 6

    /// How time falls on columns: a bar line and then the cells of its bar.
    struct Grid {
        let cellsPerBar: Int
        let barsPerSystem: Int
        let barTicks: Int

        init(columns: Int, phrase: Phrase) {
            // The finest cells, eight or fewer a beat's pair, with which four bars fit; fewer bars where none do.
            let beats = max(1, phrase.meter.beatsPerBar)
            let wanted = min(4, max(1, phrase.bars))
            let perBeat = [4, 3, 2, 1].first { wanted * (beats * $0 + 1) <= columns } ?? 1
            cellsPerBar = min(beats * perBeat, columns - 1)
            barsPerSystem = max(1, columns / (cellsPerBar + 1))
            barTicks = phrase.meter.bar.rawValue
        }

        func column(_ tick: Tick, from bar: Int) -> Int {
            let start = bar * barTicks
            let inside = max(0, tick.rawValue - start)
            return inside / barTicks * (cellsPerBar + 1) + 1 + inside % barTicks * cellsPerBar / barTicks
        }
    }
}

extension TerminalRoll {
    /// One line of bars.
    struct System {
        private struct Cell {
            var character: Character = " "
            var color: Drawing.Color?
            /// What the other half of a cell shows that holds two keys.
            var ground: Drawing.Color?
        }

        private let arrangement: Arrangement
        private let layout: RollLayout
        private let grid: Grid
        private let bars: Range<Int>
        private let style: Style

        init(_ arrangement: Arrangement, _ layout: RollLayout, _ grid: Grid, _ bars: Range<Int>, _ style: Style) {
            self.arrangement = arrangement
            self.layout = layout
            self.grid = grid
            self.bars = bars
            self.style = style
        }

        private var width: Int { bars.count * (grid.cellsPerBar + 1) + 1 }
        private var palette: RollPalette { style.theme.palette }

        func lines() -> [String] {
            [barNumbers(), chords()] + pitchRows() + drumRows()
        }

        private func columns(of note: NoteEvent) -> Range<Int>? {
            guard let span = layout.clip(note.onset, note.end, RollLayout.System(bars: bars, top: 0)) else {
                return nil
            }
            let first = grid.column(span.start, from: bars.lowerBound)
            let last = grid.column(span.end - Tick(1), from: bars.lowerBound)
            return first..<max(first + 1, last + 1)
        }

        private func ground() -> [Cell] {
            var row = [Cell](repeating: Cell(), count: width)
            for bar in 0...bars.count {
                row[bar * (grid.cellsPerBar + 1)] = Cell(character: style.isUnicode ? "│" : "|", color: palette.barLine)
            }
            return row
        }

        private func barNumbers() -> String {
            var row = [Cell](repeating: Cell(), count: width)
            for bar in bars {
                place("\(bar + 1)", at: (bar - bars.lowerBound) * (grid.cellsPerBar + 1), palette.quietInk, &row)
            }
            return text("", row)
        }

        /// Where the harmony changes; a symbol that would run into the next one is cut.
        private func chords() -> String {
            var row = [Cell](repeating: Cell(), count: width)
            let plan = arrangement.accompaniment.plan
            let start = layout.meter.bar * bars.lowerBound
            var labels = plan.changes.filter {
                $0.onset >= start && $0.onset < layout.meter.bar * bars.upperBound
            }.map { ($0.onset, $0.chord) }
            if labels.first?.0 != start, let chord = plan.chord(at: start) { labels.insert((start, chord), at: 0) }
            for (index, label) in labels.enumerated() {
                let column = grid.column(label.0, from: bars.lowerBound)
                let end =
                    index + 1 < labels.count ? grid.column(labels[index + 1].0, from: bars.lowerBound) - 1 : width
                let symbol = style.isUnicode ? label.1.description : ascii(label.1.description)
                place(String(symbol.prefix(max(1, end - column))), at: column, palette.ink, &row)
            }
            return text("", row)
        }

        private func ascii(_ text: String) -> String { String(text.map { $0.isASCII ? $0 : "?" }) }

        private func place(_ string: String, at column: Int, _ color: Drawing.Color, _ row: inout [Cell]) {
            for (offset, character) in string.enumerated() where column + offset < row.count {
                row[column + offset] = Cell(character: character, color: color)
            }
        }

        /// Two keys a row, the even one below; the melody lies over the band.
        private func pitchRows() -> [String] {
            let melody = arrangement.phrase.notes
            let band = RollStyle.paintingOrder.map { ($0, arrangement.accompaniment.parts[$0] ?? []) }
            let numbers = (band.flatMap(\.1) + melody).map(\.pitch.number)
            guard let low = numbers.min(), let high = numbers.max() else { return [] }
            return stride(from: high / 2, through: low / 2, by: -1).map { pair in
                var row = ground()
                var upper = [(color: Drawing.Color, mark: Character)?](repeating: nil, count: width)
                var lower = upper
                func add(_ notes: [NoteEvent], _ color: Drawing.Color, _ mark: Character) {
                    for note in notes where note.pitch.number / 2 == pair {
                        for column in columns(of: note) ?? 0..<0 where column % (grid.cellsPerBar + 1) != 0 {
                            if note.pitch.number % 2 == 1 { upper[column] = (color, mark) }
                            if note.pitch.number % 2 == 0 { lower[column] = (color, mark) }
                        }
                    }
                }
                for (part, notes) in band {
                    add(notes, palette.color(part), part.rawValue.first ?? "?")
                }
                add(melody, palette.melody, "#")
                for column in 0..<width {
                    guard let front = upper[column] ?? lower[column] else { continue }
                    row[column] = cell(upper[column], lower[column], front)
                }
                let octave = pair * 2 % 12 == 0 ? Pitch(pair * 2).description : ""
                return text(octave, row)
            }
        }

        /// In one colour the melody is solid and the band shaded, so that they differ without colours.
        private func cell(
            _ upper: (color: Drawing.Color, mark: Character)?, _ lower: (color: Drawing.Color, mark: Character)?,
            _ front: (color: Drawing.Color, mark: Character)
        ) -> Cell {
            let melody = [upper, lower].compactMap { $0 }.first { $0.mark == "#" }
            guard style.isUnicode else {
                let shown = melody ?? front
                return Cell(character: shown.mark, color: shown.color)
            }
            if let upper, let lower, upper.color != lower.color, style.colors != .none {
                return Cell(character: "▀", color: upper.color, ground: lower.color)
            }
            if melody == nil, style.colors == .none { return Cell(character: "░", color: front.color) }
            if let melody, upper?.mark == "#", lower?.mark == "#" { return Cell(character: "█", color: melody.color) }
            if let melody { return Cell(character: upper?.mark == "#" ? "▀" : "▄", color: melody.color) }
            if upper != nil, lower != nil { return Cell(character: "█", color: front.color) }
            return Cell(character: upper != nil ? "▀" : "▄", color: front.color)
        }

        private func drumRows() -> [String] {
            let drums = arrangement.accompaniment.parts[.drums] ?? []
            return layout.drumRows.map { drum in
                var row = ground()
                for note in drums where DrumRow(note.pitch, in: layout.kit) == drum {
                    guard let column = columns(of: note)?.first else { continue }
                    let loud = note.velocity.number >= 80
                    let mark: Character = style.isUnicode ? (loud ? "●" : "∙") : (loud ? "x" : ".")
                    if row[column].character == " " || loud {
                        row[column] = Cell(character: mark, color: palette.color(.drums))
                    }
                }
                // Five letters fit.
                let names: [DrumRow: String] = [.cymbal: "cymb", .hat: "hat"]
                return text(names[drum] ?? drum.name(in: layout.kit), row)
            }
        }

        /// The name at the left, the cells, no spaces at the end.
        private func text(_ name: String, _ row: [Cell]) -> String {
            let name = String(name.prefix(TerminalRoll.gutter - 1))
            var line = String(repeating: " ", count: TerminalRoll.gutter - 1 - name.count) + name + " "
            let end = (row.lastIndex { $0.character != " " } ?? -1) + 1
            guard end > 0 else { return String(name.isEmpty ? "" : line.dropLast()) }
            var shown = Cell()
            for cell in row[..<end] {
                if style.colors != .none,
                    cell.ground != shown.ground || cell.character != " " && cell.color != shown.color
                {
                    if shown.ground != nil { line += "\u{1B}[0m" }
                    line += cell.color.map { style.escape($0) } ?? "\u{1B}[0m"
                    line += cell.ground.map { style.escape($0, ground: true) } ?? ""
                    shown = cell
                }
                line.append(cell.character)
            }
            return shown.color == nil ? line : line + "\u{1B}[0m"
        }
    }
}

extension TerminalRoll.Style {
    /// Text in a colour, where there are colours.
    func paint(_ text: String, _ color: Drawing.Color) -> String {
        colors == .none || text.isEmpty ? text : escape(color) + text + "\u{1B}[0m"
    }

    /// The sequence that begins a colour (ECMA-48, SGR 38).
    func escape(_ color: Drawing.Color, ground: Bool = false) -> String {
        let what = ground ? 48 : 38
        if colors == .trueColor { return "\u{1B}[\(what);2;\(color.red);\(color.green);\(color.blue)m" }
        // The nearest colour of the cube of six steps a side.
        func step(_ value: UInt8) -> Int { value < 48 ? 0 : value < 115 ? 1 : (Int(value) - 35) / 40 }
        let index = 16 + 36 * step(color.red) + 6 * step(color.green) + step(color.blue)
        return "\u{1B}[\(what);5;\(index)m"
    }
}
