import ArgumentParser
import Foundation
import Rendering
import StandardMIDIFile

struct DrawCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw",
        abstract: "Draw a MIDI file (melody, band and chords) or the curves of a training run.",
        discussion: """
            What Continuo wrote is drawn with its parts and chords. In any other MIDI file the melody is looked for, and each \
            other track is drawn as the part that it is most like. The folder of a training run, or its losses.csv, gives \
            the curves of its losses, also while it trains.
            Without --output it is drawn in the terminal.
            """)

    @Argument(help: "MIDI file, or a training run.", completion: .file(extensions: ["mid", "midi", "csv"])) var input:
        String
    @Option(
        name: .shortAndLong, help: "Picture to write, .png or .svg.", completion: .file(extensions: ["png", "svg"]))
    var output: String?
    @Option(help: "What stands at its top; the file's name by default.") var title: String?
    @Option(help: "light or dark. (default: light; in the terminal dark)") var theme: RollTheme?
    @Option(help: "Units across; more bars stand in a line of a wider picture. Curves have a width of their own.")
    var width = RollPicture.defaultWidth
    @Option(help: "Pixels a unit of a .png; 2 is about 3000 pixels wide.") var scale = 2.0
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        if let output, !isSVG, !output.lowercased().hasSuffix(".png") {
            throw ValidationError("'\(output)' is no .png or .svg file.")
        }
        guard output != nil || !json else { throw ValidationError("--json goes with --output.") }
        guard RollPicture.widths.contains(width) else {
            throw ValidationError(
                "--width is \(Int(RollPicture.widths.lowerBound)) to \(Int(RollPicture.widths.upperBound)).")
        }
        guard (0.1...8).contains(scale) else { throw ValidationError("--scale is 0.1 to 8.") }
    }

    private var isSVG: Bool { output?.lowercased().hasSuffix(".svg") == true }

    func run() throws {
        if let run = try RunFile(input) { return try draw(run) }
        let reader = ArrangementReader(try readMIDIFile(input))
        let imported: ImportedArrangement
        do { imported = try reader.arrangement() } catch { throw fail("\(input): \(error)", ExitReason.badInput) }
        for notice in imported.notices { note("\(input): \(notice)") }
        let name = title ?? URL(fileURLWithPath: input).deletingPathExtension().lastPathComponent
        let arrangement = imported.arrangement
        guard output != nil else {
            print(Ink.bold(name) + "  \(arrangement.summary)")
            show(
                TerminalRoll(arrangement).lines(columns: max(TerminalRoll.minimumColumns, Screen.columns), style: style)
            )
            return
        }
        let picture = RollPicture(arrangement, title: name, theme: theme ?? .light, width: width)
        try write(svg: { picture.svg() }, png: { () throws(RenderingError) in try picture.png(scale: scale) })
        try tell(ArrangementFileReport(arrangement, file: output ?? ""), arrangement.summary)
    }

    private func draw(_ run: RunFile) throws {
        let chart = CurveChart(run.history, title: title ?? run.name)
        guard output != nil else {
            print(Ink.bold(chart.title) + "  \(counted(chart.count, "step"))")
            show(
                TerminalCurves(chart).lines(columns: max(TerminalCurves.minimumColumns, Screen.columns), style: style))
            return
        }
        try write(
            svg: { chart.svg(theme: theme ?? .light) },
            png: { () throws(RenderingError) in try chart.png(scale: scale, theme: theme ?? .light) })
        try tell(
            CurvesReport(file: output ?? "", run: run.name, steps: chart.count, curves: chart.panels.map(\.title)),
            "\(counted(chart.count, "step")), \(counted(chart.panels.count, "panel"))")
    }

    private var style: TerminalRoll.Style {
        TerminalRoll.Style(isUnicode: Screen.isUnicode, colors: Screen.colors, theme: theme ?? .dark)
    }

    private func show(_ lines: [String]) {
        for line in lines { print(line) }
    }

    private func write(svg: () -> String, png: () throws(RenderingError) -> [UInt8]) throws {
        do {
            try writeFile(isSVG ? Array(svg().utf8) : try png(), to: output ?? "")
        } catch let error as RenderingError {
            throw fail(error)
        }
    }

    private func tell(_ report: some Encodable, _ text: String) throws {
        if json { try printJSON(report) } else { print("\(output ?? ""): \(text)") }
    }
}

/// What was drawn of a run, for programs.
private struct CurvesReport: Encodable {
    var file: String
    var run: String
    var steps: Int
    /// The panels that had numbers.
    var curves: [String]
}

extension RollTheme: ExpressibleByArgument {}
