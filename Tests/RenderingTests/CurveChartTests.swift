import Testing

@testable import Rendering

@Suite struct CurveChartTests {
    private func chart(_ values: [Double?], _ other: [Double?] = [], level: Double? = nil) -> CurveChart {
        CurveChart(
            title: "pop & <rock>", subtitle: "a run", firstStep: 0,
            stages: [
                .init(title: "alone", range: 0..<values.count / 2),
                .init(title: "together", range: values.count / 2..<values.count),
            ],
            panels: [
                .init(
                    title: "Generator", note: "smaller is better",
                    curves: [.init(title: "loss", values: values), .init(title: "other", values: other)],
                    level: level.map { .init(value: $0, title: "it sees nothing") }),
                .init(title: "Empty", curves: [.init(title: "nothing", values: [nil, nil])]),
            ])
    }

    private func lines(_ chart: CurveChart) -> [Drawing.Polyline] {
        chart.drawing(.light).shapes.compactMap { if case .polyline(let line) = $0 { line } else { nil } }
    }

    @Test func aFallingLossIsAFallingLine() throws {
        let line = try #require(lines(chart((0..<600).map { 5 - Double($0) / 200 })).first)
        #expect(line.points.count > 100)
        #expect(zip(line.points, line.points.dropFirst()).allSatisfy { $0.y < $1.y && $0.x < $1.x })
    }

    @Test func whereThereAreNoNumbersTheLineIsBroken() {
        let values: [Double?] = (0..<300).map { (100..<200).contains($0) ? nil : Double($0) }
        let pieces = lines(chart(values))
        #expect(pieces.count == 2)
        #expect(pieces[0].points.last!.x < pieces[1].points.first!.x - 150)
    }

    @Test func panelsAndCurvesWithoutNumbersAreLeftOut() {
        let chart = chart([1, 2, 3], [nil, .nan, nil])
        #expect(chart.panels.map(\.title) == ["Generator"])
        #expect(chart.panels[0].curves.map(\.title) == ["loss"])
        #expect(!chart.svg().contains("Empty"))
    }

    @Test func onePeakDoesNotFlattenTheRest() throws {
        var values: [Double?] = (0..<500).map { 2 + Double($0 % 10) / 10 }
        values[250] = 10_000
        let heights = try #require(lines(chart(values)).first).points.map(\.y)
        let usual = heights.sorted()[10...(heights.count - 10)]
        #expect(usual.last! - usual.first! > 20)
    }

    @Test func aLevelLiesInsideThePanel() {
        let chart = chart((0..<100).map { _ in 1 }, level: 2)
        let span = CurveChart.span([CurveChart.buckets(chart.panels[0].curves[0].values, of: 100, into: 100)], level: 2)
        #expect(span.contains(2) && span.contains(1))
        #expect(chart.svg().contains(">it sees nothing<"))
    }

    @Test(arguments: [
        (0.0, "0"), (2, "2"), (0.05, "0.05"), (1.25, "1.25"), (1234.5, "1235"), (-0.5, "-0.5"), (0.0001, "0"),
    ])
    func numbersAreShort(_ value: Double, _ text: String) {
        #expect(CurveChart.text(value) == text)
    }

    @Test(arguments: [0.0...1, 0...5900, -3...3, 1.62...1.64, 0...0.0003, 5...5.0000001])
    func ticksAreRoundAndFew(_ span: ClosedRange<Double>) {
        let ticks = CurveChart.ticks(span)
        #expect((2...7).contains(ticks.count), "\(ticks)")
        #expect(ticks.allSatisfy { span.lowerBound - 1e-9 <= $0 && $0 <= span.upperBound + 1e-9 })
    }

    @Test func namesAreSafeInXMLAndThePictureIsAPNG() throws {
        let chart = chart((0..<50).map { Double($0) })
        #expect(chart.svg(theme: .dark).contains("pop &amp; &lt;rock&gt;"))
        #expect(chart.svg().contains("<polyline points="))
        #expect(try chart.png(scale: 0.5).starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }

    @Test func namesAtTheEndsDoNotCoverEachOther() {
        let drawing = chart((0..<50).map { _ in 1 }, (0..<50).map { _ in 1.001 }).drawing(.light)
        let names = drawing.shapes.compactMap { shape -> Double? in
            guard case .text(let text) = shape, text.string.hasPrefix("loss 1") || text.string.hasPrefix("other 1")
            else {
                return nil
            }
            return text.y
        }
        #expect(names.count == 2 && abs(names[0] - names[1]) >= 12)
    }

    // MARK: in the terminal

    @Test(arguments: [30, 40, 80, 200])
    func noLineIsLongerThanTheTerminal(columns: Int) {
        let chart = chart((0..<1000).map { 5 - Double($0) / 300 }, (0..<1000).map { Double($0) / 300 })
        for isUnicode in [true, false] {
            let lines = TerminalCurves(chart).lines(columns: columns, style: .init(isUnicode: isUnicode))
            #expect(lines.allSatisfy { $0.count <= columns }, "\(lines.joined(separator: "\n"))")
            #expect(lines.count == 1 + 5 + 1)
            #expect(isUnicode || lines.allSatisfy { $0.allSatisfy(\.isASCII) })
        }
    }

    @Test func theCurveFallsFromTheUpperLeftToTheLowerRight() throws {
        let lines = TerminalCurves(chart((0..<400).map { 400 - Double($0) })).lines(columns: 60)
        let curve = lines[1...5].map { Array($0.dropFirst(TerminalCurves.gutter)) }
        let first = try #require(curve.first?.first)
        #expect(first != " " && first != "\u{2800}")
        #expect(curve[0].count < 20, "\(lines.joined(separator: "\n"))")
        #expect(curve[4].prefix(30).allSatisfy { $0 == " " } && curve[4].last != " ")
        #expect(lines[0].hasPrefix("Generator"))
        #expect(lines[6].contains("alone") && lines[6].contains("399"))
    }

    @Test func steepStepsAreJoined() {
        let values: [Double?] = (0..<100).map { $0 < 50 ? 0 : 10 }
        let lines = TerminalCurves(chart(values)).lines(columns: 58)
        let middle = lines[1...5].map { Array($0)[TerminalCurves.gutter + 25] }
        #expect(middle.allSatisfy { $0 != " " }, "\(lines.joined(separator: "\n"))")
    }

    @Test func coloursAreEndedOnEachLine() {
        let lines = TerminalCurves(chart((0..<100).map { Double($0) })).lines(
            columns: 60, style: .init(colors: .ansi256))
        for line in lines where line.contains("\u{1B}[38") { #expect(line.hasSuffix("\u{1B}[0m")) }
    }
}
