/// A picture as a list of shapes, painted in order; written as SVG text or painted as pixels.
struct Drawing {
    /// An opaque or translucent colour of the sRGB space.
    struct Color: Hashable {
        var red: UInt8
        var green: UInt8
        var blue: UInt8
        /// 0...1.
        var opacity: Double = 1

        init(_ hex: UInt32, opacity: Double = 1) {
            red = UInt8(hex >> 16 & 255)
            green = UInt8(hex >> 8 & 255)
            blue = UInt8(hex & 255)
            self.opacity = opacity
        }

        func faded(_ factor: Double) -> Color {
            var copy = self
            copy.opacity *= factor
            return copy
        }
    }

    enum Anchor { case start, middle, end }

    struct Rectangle {
        var x: Double
        var y: Double
        var width: Double
        var height: Double
        /// Radius of the corners; at most half of the shorter side.
        var radius: Double = 0
        var color: Color
    }

    struct Text {
        var string: String
        var x: Double
        /// Of the base line.
        var y: Double
        /// Height of an em.
        var size: Double
        var color: Color
        var anchor = Anchor.start
        var isBold = false
    }

    /// A line through points, round at its ends and corners; a translucent one is darker at its corners.
    struct Polyline {
        var points: [StrokeFont.Point]
        var width: Double
        var color: Color
    }

    enum Shape {
        case rectangle(Rectangle)
        case polyline(Polyline)
        case text(Text)
    }

    var width: Double
    var height: Double
    var background: Color
    var shapes: [Shape] = []

    mutating func add(_ rectangle: Rectangle) { shapes.append(.rectangle(rectangle)) }
    mutating func add(_ polyline: Polyline) { shapes.append(.polyline(polyline)) }
    mutating func add(_ text: Text) { shapes.append(.text(text)) }

    /// A line along one of the axes.
    mutating func addVertical(x: Double, from top: Double, to bottom: Double, width: Double, color: Color) {
        add(Rectangle(x: x - width / 2, y: top, width: width, height: bottom - top, color: color))
    }

    mutating func addHorizontal(y: Double, from left: Double, to right: Double, width: Double, color: Color) {
        add(Rectangle(x: left, y: y - width / 2, width: right - left, height: width, color: color))
    }
}
