/// A small font of strokes, drawn for this project: legible from 9 pixels on, smooth at every size.
///
/// A glyph is a list of strokes on a raster 4 wide: capitals reach from y = 0 to the base line at 6, small letters begin at 2,
/// descenders end at 8. A stroke is a row of points, two digits each. Plain: straight lines. `~`: a curve from the first point
/// to the last, pulled by those between (a quadratic B-spline). `@`: a closed curve inside its control points.
enum StrokeFont {
    struct Point: Hashable {
        var x: Double
        var y: Double
    }

    /// Raster units an em, the line height being 1.25 em.
    static let unitsPerEm = 8.6
    /// Between two letters, and the width of a space.
    static let spacing = 1.7
    static let space = 2.6

    /// Polylines of a text in pixels, the base line at y = 0, and its width.
    static func layout(_ text: String, size: Double) -> (strokes: [[Point]], width: Double) {
        let scale = size / unitsPerEm
        var strokes: [[Point]] = []
        var x = 0.0
        for character in text {
            if character == " " {
                x += space
                continue
            }
            let glyph = outlines[character] ?? unknown
            strokes += glyph.strokes.map { stroke in
                stroke.map { Point(x: (x + $0.x) * scale, y: ($0.y - 6) * scale) }
            }
            x += glyph.width + spacing
        }
        return (strokes, max(0, x - spacing) * scale)
    }

    private struct Glyph {
        var strokes: [[Point]]
        var width: Double
    }

    private static let unknown = Glyph(strokes: [flatten("0030360600")], width: 3)

    private static let outlines: [Character: Glyph] = sources.mapValues { source in
        let strokes = source.split(separator: " ").map { flatten($0) }
        return Glyph(strokes: strokes, width: strokes.joined().map(\.x).max() ?? 0)
    }

    private static func flatten(_ source: Substring) -> [Point] {
        let digits = source.compactMap(\.wholeNumberValue).map(Double.init)
        let points = stride(from: 0, to: digits.count - 1, by: 2).map { Point(x: digits[$0], y: digits[$0 + 1]) }
        switch source.first {
        case "~":
            let inner = points.dropFirst().dropLast()
            var path = [points[0]]
            for (index, control) in inner.enumerated() {
                let next = points[index + 2]
                let end = index == inner.count - 1 ? next : middle(control, next)
                path += curve(from: path[path.count - 1], control, to: end)
            }
            return path
        case "@":
            var path = [middle(points[points.count - 1], points[0])]
            for index in points.indices {
                path += curve(
                    from: path[path.count - 1], points[index],
                    to: middle(points[index], points[(index + 1) % points.count]))
            }
            return path
        default: return points
        }
    }

    private static func flatten(_ source: String) -> [Point] { flatten(Substring(source)) }

    private static func middle(_ a: Point, _ b: Point) -> Point { Point(x: (a.x + b.x) / 2, y: (a.y + b.y) / 2) }

    private static func curve(from a: Point, _ control: Point, to b: Point) -> [Point] {
        (1...5).map { step in
            let t = Double(step) / 5
            let u = 1 - t
            return Point(
                x: u * u * a.x + 2 * u * t * control.x + t * t * b.x,
                y: u * u * a.y + 2 * u * t * control.y + t * t * b.y)
        }
    }

    private static let sources: [Character: String] = [
        "0": "@00404606", "1": "012026", "2": "~0200404306 0646", "3": "~0100404323 ~2343460605", "4": "36300444",
        "5": "40000003 ~031242460605", "6": "~300004 @02424606", "7": "004016", "8": "@00404303 @03434606",
        "9": "@00404404 ~424616",
        "A": "062046 1434", "B": "060020 ~20404323 ~23434626 0323 0626", "C": "~414000064645",
        "D": "26060020 ~20404626",
        "E": "40000646 0333", "F": "400006 0333", "G": "~41400006464323 4346", "H": "0006 4046 0343", "I": "0006",
        "J": "~30360604", "K": "0006 4004 1346", "L": "000646", "M": "0600234046", "N": "06004640", "O": "@00404606",
        "P": "060020 ~20404323 2303", "Q": "@00404606 2446", "R": "060020 ~20404323 2303 2346",
        "S": "~4140000343460605",
        "T": "0040 2026", "U": "~00064640", "V": "002640", "W": "0016233640", "X": "0046 4006", "Y": "002340 2326",
        "Z": "00400646",
        "a": "@02323606 3236", "b": "0006 @02323606", "c": "~333202063635", "d": "3036 @02323606",
        "e": "0434 ~343202063635",
        "f": "~201013 1316 0222", "g": "@02323606 ~323808", "h": "0006 ~04023236", "i": "0206 0000",
        "j": "~121808 1010",
        "k": "0006 3205 1436", "l": "0006", "m": "0206 ~04022226 ~24224246", "n": "0206 ~04023236", "o": "@02323606",
        "p": "0208 @02323606", "q": "3238 @02323606", "r": "0206 ~040222", "s": "~3332020434360605",
        "t": "~101626 0222",
        "u": "~02063632 3236", "v": "022642", "w": "0216233642", "x": "0236 3206", "y": "0226 4218", "z": "02320636",
        "#": "1016 3036 0242 0444", "/": "4006", "-": "0434", ".": "0606", ",": "0607", ":": "0303 0606", "·": "0404",
        "(": "~100316", ")": "~001306", "+": "0444 2226", "'": "0001", "_": "0646", "=": "0333 0535", "!": "0004 0606",
        "?": "~0100404224 2626", "%": "4006 0101 3535", "|": "0007", "–": "0444",
    ]
}
