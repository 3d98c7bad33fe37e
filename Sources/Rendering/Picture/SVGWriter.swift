/// Writes a drawing as a stand-alone SVG 1.1 document.
enum SVGWriter {
    static func write(_ drawing: Drawing, title: String) -> String {
        let size = "\(number(drawing.width))\" height=\"\(number(drawing.height))\""
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(size) \
            viewBox="0 0 \(number(drawing.width)) \(number(drawing.height))" \
            font-family="Inter, 'Helvetica Neue', Arial, sans-serif" role="img">
            <title>\(escape(title))</title>
            <rect width="100%" height="100%" \(fill(drawing.background))/>

            """
        for shape in drawing.shapes {
            switch shape {
            case .rectangle(let r):
                text += "<rect x=\"\(number(r.x))\" y=\"\(number(r.y))\" width=\"\(number(r.width))\""
                text += " height=\"\(number(r.height))\""
                if r.radius > 0 { text += " rx=\"\(number(min(r.radius, r.width / 2, r.height / 2)))\"" }
                text += " \(fill(r.color))/>\n"
            case .polyline(let line):
                let points = line.points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
                text += "<polyline points=\"\(points)\" fill=\"none\" stroke-width=\"\(number(line.width))\""
                text += " stroke-linejoin=\"round\" stroke-linecap=\"round\" \(paint("stroke", line.color))/>\n"
            case .text(let t):
                text += "<text x=\"\(number(t.x))\" y=\"\(number(t.y))\" font-size=\"\(number(t.size))\""
                if t.anchor != .start { text += " text-anchor=\"\(t.anchor == .middle ? "middle" : "end")\"" }
                if t.isBold { text += " font-weight=\"600\"" }
                text += " \(fill(t.color))>\(escape(t.string))</text>\n"
            }
        }
        return text + "</svg>\n"
    }

    /// Makes any text safe inside an element, dropping the control characters that XML does not allow.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\t", "\n", "\r": escaped += " "
            default: if scalar.value >= 32, scalar.value & 0xFFFE != 0xFFFE { escaped.unicodeScalars.append(scalar) }
            }
        }
        return escaped
    }

    private static func fill(_ color: Drawing.Color) -> String { paint("fill", color) }

    private static func paint(_ property: String, _ color: Drawing.Color) -> String {
        let digits = [color.red, color.green, color.blue].map { value in
            let hex = String(value, radix: 16)
            return hex.count == 1 ? "0" + hex : hex
        }
        let opacity = color.opacity < 1 ? " \(property)-opacity=\"\(number(color.opacity))\"" : ""
        return "\(property)=\"#\(digits.joined())\"\(opacity)"
    }

    /// Two decimals at most, no exponent.
    private static func number(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let whole = hundredths.magnitude / 100
        let rest = hundredths.magnitude % 100
        let sign = hundredths < 0 ? "-" : ""
        if rest == 0 { return "\(sign)\(whole)" }
        return rest % 10 == 0 ? "\(sign)\(whole).\(rest / 10)" : "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}
