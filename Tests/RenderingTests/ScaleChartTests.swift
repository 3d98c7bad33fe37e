import Testing

@testable import Rendering

@Suite struct ScaleChartTests {
    private func chart(isReversed: Bool) -> ScaleChart {
        ScaleChart(
            title: "Jazz & <band>", subtitle: "3 pieces", legend: [.own: "this set", .wrongKey: "a semitone up"],
            rows: [
                .init(
                    title: "clash", human: 0.02...0.03, marks: [.own: 0.05, .wrongKey: 0.3, .baseline: 0.9],
                    isReversed: isReversed, decimals: 3)
            ], shares: [.init(title: "heard as jazz", value: 1.4)])
    }

    /// The left edges of shapes of a colour, which are as high as a mark.
    private func edges(_ chart: ScaleChart, _ color: UInt32) -> [Double] {
        chart.drawing().shapes.compactMap { shape in
            guard case .rectangle(let rectangle) = shape, rectangle.color == Drawing.Color(color), rectangle.y > 120,
                rectangle.height >= 14
            else { return nil }
            return rectangle.x
        }
    }

    @Test func theBetterEndIsOnTheRight() throws {
        for isReversed in [false, true] {
            let own = try #require(edges(chart(isReversed: isReversed), 0xE4472B).first)
            let wrong = try #require(edges(chart(isReversed: isReversed), 0xC9C6BF).first)
            #expect((own > wrong) == isReversed)
        }
    }

    @Test func whatTheLegendDoesNotNameIsNotDrawn() {
        #expect(edges(chart(isReversed: false), 0x2F5DA8).isEmpty)
    }

    @Test func numbersAreWrittenWithTheirDecimals() {
        let svg = chart(isReversed: false).svg()
        #expect(svg.contains(">0.050<") && svg.contains(">0.020 – 0.030<"))
        #expect(svg.contains("Jazz &amp; &lt;band&gt;"))
        // A share is never more than the whole.
        #expect(svg.contains(">1.00<"))
    }

    @Test func theSamePictureIsPainted() throws {
        #expect(try chart(isReversed: true).png(scale: 0.25).starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }
}
