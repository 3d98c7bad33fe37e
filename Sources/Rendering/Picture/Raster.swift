/// Paints a drawing as pixels, smooth at its edges: each shape covers a pixel by its distance to the pixel's centre.
struct Raster {
    let width: Int
    let height: Int
    /// Red, green, blue; row by row from the top.
    private(set) var pixels: [UInt8]
    private let scale: Double

    /// - Parameter scale: pixels a unit of the drawing.
    init(_ drawing: Drawing, scale: Double) {
        self.scale = scale
        width = max(1, Int((drawing.width * scale).rounded()))
        height = max(1, Int((drawing.height * scale).rounded()))
        let ground = drawing.background
        pixels = [UInt8](repeating: 0, count: width * height * 3)
        for index in 0..<(width * height) {
            pixels[3 * index] = ground.red
            pixels[3 * index + 1] = ground.green
            pixels[3 * index + 2] = ground.blue
        }
        for shape in drawing.shapes {
            switch shape {
            case .rectangle(let rectangle): paint(rectangle)
            case .polyline(let line): paint(line)
            case .text(let text): paint(text)
            }
        }
    }

    private mutating func paint(_ r: Drawing.Rectangle) {
        let halfWidth = r.width * scale / 2
        let halfHeight = r.height * scale / 2
        let centreX = r.x * scale + halfWidth
        let centreY = r.y * scale + halfHeight
        if r.radius <= 0 {
            // Exact coverage of upright edges, so that hairlines and stacked bands meet without seams.
            fill(
                left: centreX - halfWidth, top: centreY - halfHeight, right: centreX + halfWidth,
                bottom: centreY + halfHeight, r.color
            ) { x, y in
                let across = min(x + 1, centreX + halfWidth) - max(x, centreX - halfWidth)
                let down = min(y + 1, centreY + halfHeight) - max(y, centreY - halfHeight)
                return max(0, across) * max(0, down)
            }
            return
        }
        let radius = min(r.radius * scale, halfWidth, halfHeight)
        fill(
            left: centreX - halfWidth, top: centreY - halfHeight, right: centreX + halfWidth,
            bottom: centreY + halfHeight, r.color
        ) { x, y in
            let dx = max(0, (x + 0.5 - centreX).magnitude - (halfWidth - radius))
            let dy = max(0, (y + 0.5 - centreY).magnitude - (halfHeight - radius))
            return min(1, max(0, radius + 0.5 - (dx * dx + dy * dy).squareRoot()))
        }
    }

    private mutating func paint(_ text: Drawing.Text) {
        let (strokes, width) = StrokeFont.layout(text.string, size: text.size * scale)
        let left = text.x * scale - (text.anchor == .middle ? width / 2 : text.anchor == .end ? width : 0)
        let baseline = text.y * scale
        let radius = text.size * scale * (text.isBold ? 0.068 : 0.046)
        // Strokes of a text share one coverage, so that translucent letters do not darken where strokes cross.
        let segments = strokes.flatMap { stroke in
            stroke.count == 1 ? [(stroke[0], stroke[0])] : Array(zip(stroke, stroke.dropFirst()))
        }
        paint(segments, at: (left, baseline), radius: radius, text.color)
    }

    private mutating func paint(_ line: Drawing.Polyline) {
        let points = line.points.map { StrokeFont.Point(x: $0.x * scale, y: $0.y * scale) }
        guard let first = points.first else { return }
        let segments = points.count == 1 ? [(first, first)] : Array(zip(points, points.dropFirst()))
        for segment in segments { paint([segment], at: (0, 0), radius: line.width * scale / 2, line.color) }
    }

    private mutating func paint(
        _ segments: [(StrokeFont.Point, StrokeFont.Point)], at origin: (x: Double, y: Double), radius: Double,
        _ color: Drawing.Color
    ) {
        let (left, baseline) = origin
        for (first, last) in clusters(of: segments) {
            let part = segments[first..<last]
            let xs = part.flatMap { [$0.0.x, $0.1.x] }
            let ys = part.flatMap { [$0.0.y, $0.1.y] }
            guard let minX = xs.min(), let maxX = xs.max(), let minY = ys.min(), let maxY = ys.max() else { continue }
            fill(
                left: left + minX - radius, top: baseline + minY - radius, right: left + maxX + radius,
                bottom: baseline + maxY + radius, color
            ) { x, y in
                var nearest = Double.infinity
                for (a, b) in part {
                    nearest = min(nearest, Raster.distance(x + 0.5 - left, y + 0.5 - baseline, a, b))
                }
                return min(1, max(0, radius + 0.5 - nearest))
            }
        }
    }

    /// Cuts a text's segments into runs that do not overlap from left to right, about a letter each.
    private func clusters(of segments: [(StrokeFont.Point, StrokeFont.Point)]) -> [(Int, Int)] {
        var runs: [(Int, Int)] = []
        var start = 0
        var right = -Double.infinity
        for (index, segment) in segments.enumerated() {
            let gap = 0.8 * scale
            if min(segment.0.x, segment.1.x) > right + gap, index > start {
                runs.append((start, index))
                start = index
            }
            right = max(right, segment.0.x, segment.1.x)
        }
        if start < segments.count { runs.append((start, segments.count)) }
        return runs
    }

    private static func distance(_ x: Double, _ y: Double, _ a: StrokeFont.Point, _ b: StrokeFont.Point) -> Double {
        let dx = b.x - a.x
        let dy = b.y - a.y
        let square = dx * dx + dy * dy
        let t = square > 0 ? min(1, max(0, ((x - a.x) * dx + (y - a.y) * dy) / square)) : 0
        let ex = x - a.x - t * dx
        let ey = y - a.y - t * dy
        return (ex * ex + ey * ey).squareRoot()
    }

    /// Blends a colour over the pixels of a box by a coverage of 0...1.
    private mutating func fill(
        left: Double, top: Double, right: Double, bottom: Double, _ color: Drawing.Color,
        coverage: (_ x: Double, _ y: Double) -> Double
    ) {
        let columns = max(0, Int(left.rounded(.down)))..<min(width, max(0, Int(right.rounded(.up))))
        let rows = max(0, Int(top.rounded(.down)))..<min(height, max(0, Int(bottom.rounded(.up))))
        guard !columns.isEmpty, !rows.isEmpty else { return }
        for y in rows {
            for x in columns {
                let share = coverage(Double(x), Double(y)) * color.opacity
                if share <= 0 { continue }
                let index = 3 * (y * width + x)
                pixels[index] = mix(pixels[index], color.red, share)
                pixels[index + 1] = mix(pixels[index + 1], color.green, share)
                pixels[index + 2] = mix(pixels[index + 2], color.blue, share)
            }
        }
    }

    private func mix(_ below: UInt8, _ above: UInt8, _ share: Double) -> UInt8 {
        UInt8((Double(below) + (Double(above) - Double(below)) * share).rounded())
    }
}
