/// Several arrangements small on one picture, in two columns: a contact sheet.
public struct RollSheet: Sendable {
    private let pictures: [RollPicture]
    private static let columns = 2

    /// - Precondition: at least one picture; all have one theme.
    public init(_ pictures: [RollPicture]) {
        precondition(!pictures.isEmpty, "a sheet has a picture")
        self.pictures = pictures
    }

    /// The sheet as a PNG file.
    ///
    /// - Parameter scale: pixels a unit of the pictures.
    /// - Parameter limit: the most pixels that the sheet may have.
    public func png(scale: Double = 0.6, limit: Int = RollPicture.maximumPixels) throws(RenderingError) -> [UInt8] {
        precondition(scale > 0 && scale.isFinite, "a scale is positive")
        let drawing = drawing()
        let largest = (Double(limit) / (drawing.width * drawing.height)).squareRoot()
        return try PNGWriter.write(Raster(drawing, scale: min(scale, largest)))
    }

    /// The pictures in rows from the left, each row as high as its highest picture.
    func drawing() -> Drawing {
        let drawings = pictures.map { $0.drawing() }
        let width = drawings.map(\.width).max() ?? 0
        let columns = min(RollSheet.columns, drawings.count)
        var sheet = Drawing(width: width * Double(columns), height: 0, background: drawings[0].background)
        for start in stride(from: 0, to: drawings.count, by: columns) {
            let row = drawings[start..<min(drawings.count, start + columns)]
            for (column, drawing) in row.enumerated() {
                for shape in drawing.shapes {
                    sheet.shapes.append(shape.moved(right: Double(column) * width, down: sheet.height))
                }
            }
            sheet.height += row.map(\.height).max() ?? 0
        }
        return sheet
    }
}

extension Drawing.Shape {
    /// The shape at another place.
    fileprivate func moved(right: Double, down: Double) -> Drawing.Shape {
        switch self {
        case .rectangle(var rectangle):
            rectangle.x += right
            rectangle.y += down
            return .rectangle(rectangle)
        case .polyline(var line):
            line.points = line.points.map { .init(x: $0.x + right, y: $0.y + down) }
            return .polyline(line)
        case .text(var text):
            text.x += right
            text.y += down
            return .text(text)
        }
    }
}
