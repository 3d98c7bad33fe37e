import Foundation
import Testing

@testable import Rendering

struct RollThemeTests {
    /// Linear light of an sRGB value (IEC 61966-2-1).
    private static func linear(_ value: UInt8) -> Double {
        let v = Double(value) / 255
        return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)
    }

    private typealias Light = (red: Double, green: Double, blue: Double)

    private static func light(_ color: Drawing.Color) -> Light {
        (linear(color.red), linear(color.green), linear(color.blue))
    }

    private static func luminance(_ c: Light) -> Double { 0.2126 * c.red + 0.7152 * c.green + 0.0722 * c.blue }

    /// What is seen without red, or without green cones (Viénot, Brettel and Mollon 1999).
    private static func seen(_ c: Light, without cone: String) -> Light {
        switch cone {
        case "red":
            let yellow = 0.11238 * c.red + 0.88762 * c.green
            return (yellow, yellow, 0.00401 * c.red - 0.00401 * c.green + c.blue)
        case "green":
            let yellow = 0.29275 * c.red + 0.70725 * c.green
            return (yellow, yellow, -0.02234 * c.red + 0.02234 * c.green + c.blue)
        default: return c
        }
    }

    /// CIE 1976 L*a*b* under D65.
    private static func lab(_ c: Light) -> [Double] {
        func f(_ t: Double) -> Double { t > 0.008856 ? cbrt(t) : 7.787 * t + 16 / 116 }
        let x = f((0.4124 * c.red + 0.3576 * c.green + 0.1805 * c.blue) / 0.9505)
        let y = f(luminance(c))
        let z = f((0.0193 * c.red + 0.1192 * c.green + 0.9505 * c.blue) / 1.089)
        return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
    }

    @Test(arguments: RollTheme.allCases, ["none", "red", "green"])
    func partsAreToldApart(theme: RollTheme, cone: String) {
        let colors = theme.palette.series.map { Self.lab(Self.seen(Self.light($0), without: cone)) }
        for (index, a) in colors.enumerated() {
            for b in colors.dropFirst(index + 1) {
                let distance = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
                // 2.3 is just noticeable side by side.
                #expect(distance > (cone == "none" ? 35 : 15))
            }
        }
    }

    @Test(arguments: RollTheme.allCases)
    func notesAndWordsStandOutFromTheGround(theme: RollTheme) {
        let palette = theme.palette
        func contrast(_ a: Drawing.Color, _ b: Drawing.Color) -> Double {
            let values = [a, b].map { Self.luminance(Self.light($0)) + 0.05 }
            return values.max()! / values.min()!
        }
        // WCAG 2.2, 1.4.11 and 1.4.3.
        for color in palette.series { #expect(contrast(color, palette.panel) >= 3) }
        #expect(contrast(palette.ink, palette.paper) > 7 && contrast(palette.quietInk, palette.paper) > 4.5)
    }
}
