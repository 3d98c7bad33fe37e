import Music

/// An arrangement as a picture: the melody and the band in their colours, chord symbols above, drums in a lane below.
///
/// Long phrases are broken into systems like lines of a score. The notes are drawn on the grid, without the groove.
public struct RollPicture: Sendable {
    public let arrangement: Arrangement
    /// Stands at the top: `Take 12`.
    public let title: String
    public let theme: RollTheme
    /// The units across; bars are laid out in as many lines as this needs.
    public let width: Double

    /// Widths that a picture can have.
    public static let widths = 400.0...6_000.0
    public static let defaultWidth = 1_480.0

    /// No picture has more pixels than this; larger ones are scaled down.
    public static let maximumPixels = 16_000_000

    /// - Parameter width: units across, in `widths`; more bars stand in a line of a wider picture.
    public init(
        _ arrangement: Arrangement, title: String = "", theme: RollTheme = .light, width: Double = defaultWidth
    ) {
        precondition(RollPicture.widths.contains(width), "a picture is \(RollPicture.widths) wide")
        self.arrangement = arrangement
        self.title = title
        self.theme = theme
        self.width = width
    }

    /// The picture as an SVG document.
    public func svg() -> String { SVGWriter.write(drawing(), title: heading) }

    /// The picture as a PNG file.
    ///
    /// - Parameter scale: pixels a unit; 2 gives a picture about 3,000 pixels wide. Reduced where `limit` would be passed.
    /// - Parameter limit: the most pixels that the picture may have.
    public func png(scale: Double = 2, limit: Int = maximumPixels) throws(RenderingError) -> [UInt8] {
        precondition(scale > 0 && scale.isFinite, "a scale is positive")
        let drawing = drawing()
        let largest = (Double(limit) / (drawing.width * drawing.height)).squareRoot()
        return try PNGWriter.write(Raster(drawing, scale: min(scale, largest)))
    }

    var heading: String { title.isEmpty ? capitalized(arrangement.accompaniment.genre.rawValue) : title }

    private func capitalized(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }

    private var palette: RollPalette { theme.palette }

    func drawing() -> Drawing {
        let layout = RollLayout(arrangement, width: width)
        var drawing = Drawing(width: width, height: layout.height, background: palette.paper)
        drawHeader(&drawing)
        for system in layout.systems { RollSystemPainter(arrangement, layout, system, palette).paint(on: &drawing) }
        return drawing
    }

    private func drawHeader(_ drawing: inout Drawing) {
        let left = RollStyle.margin
        drawing.add(Drawing.Text(string: heading, x: left, y: 46, size: 24, color: palette.ink, isBold: true))
        let phrase = arrangement.phrase
        let tempo = Int(phrase.tempo.quartersPerMinute.rounded())
        var facts = ["\(tempo) bpm", "\(phrase.meter)", "\(phrase.bars) \(phrase.bars == 1 ? "bar" : "bars")"]
        if !phrase.notes.isEmpty { facts.append(phrase.key.description) }
        if !title.isEmpty { facts.insert(arrangement.accompaniment.genre.rawValue, at: 0) }
        drawing.add(
            Drawing.Text(
                string: facts.joined(separator: "  ·  "), x: left, y: 70, size: 13.5, color: palette.quietInk))
        drawLegend(&drawing)
    }

    /// The names of those that sound, from the right edge inwards.
    private func drawLegend(_ drawing: inout Drawing) {
        var entries: [(String, Drawing.Color)] = []
        if !arrangement.phrase.notes.isEmpty { entries.append(("melody", palette.melody)) }
        for part in [Part.line, .chords, .pad, .bass, .drums]
        where arrangement.accompaniment.parts[part]?.isEmpty == false {
            entries.append((part.rawValue, palette.color(part)))
        }
        // Beside the title where there is room, else above it.
        let entriesWidth = entries.map { StrokeFont.layout($0.0, size: 14).width + 54 }.reduce(0, +)
        let titleWidth = StrokeFont.layout(heading, size: 24).width
        let y = 2 * RollStyle.margin + titleWidth + entriesWidth < width ? 46.0 : 20.0
        var x = width - RollStyle.margin
        for (name, color) in entries.reversed() {
            drawing.add(Drawing.Text(string: name, x: x, y: y, size: 14, color: palette.ink, anchor: .end))
            x -= StrokeFont.layout(name, size: 14).width + 12
            drawing.add(Drawing.Rectangle(x: x - 18, y: y - 10, width: 18, height: 10, radius: 5, color: color))
            x -= 18 + 24
        }
    }
}
