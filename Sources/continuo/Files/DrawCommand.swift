import ArgumentParser
import Foundation
import Rendering
import StandardMIDIFile

struct DrawCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw",
        abstract: "Draw a MIDI file: melody, band and chords.",
        discussion: """
            What Continuo wrote is drawn with its parts and chords. In any other MIDI file the melody is looked for, and each \
            other track is drawn as the part that it is most like.
            """)

    @Argument(help: "MIDI file.", completion: .file(extensions: ["mid", "midi"])) var input: String
    @Option(
        name: .shortAndLong, help: "Picture to write, .png or .svg.", completion: .file(extensions: ["png", "svg"]))
    var output: String
    @Option(help: "What stands at its top; the file's name by default.") var title: String?
    @Option(help: "light or dark.") var theme = RollTheme.light
    @Option(help: "Units across; more bars stand in a line of a wider picture.") var width = RollPicture.defaultWidth
    @Option(help: "Pixels a unit of a .png; 2 is about 3000 pixels wide.") var scale = 2.0

    func validate() throws {
        guard isSVG || output.lowercased().hasSuffix(".png") else {
            throw ValidationError("'\(output)' is no .png or .svg file.")
        }
        guard RollPicture.widths.contains(width) else {
            throw ValidationError(
                "--width is \(Int(RollPicture.widths.lowerBound)) to \(Int(RollPicture.widths.upperBound)).")
        }
        guard (0.1...8).contains(scale) else { throw ValidationError("--scale is 0.1 to 8.") }
    }

    private var isSVG: Bool { output.lowercased().hasSuffix(".svg") }

    func run() throws {
        let reader = ArrangementReader(try readMIDIFile(input))
        let imported: ImportedArrangement
        do { imported = try reader.arrangement() } catch { throw fail("\(input): \(error)", ExitReason.badInput) }
        for notice in imported.notices { note("\(input): \(notice)") }
        let name = URL(fileURLWithPath: input).deletingPathExtension().lastPathComponent
        let picture = RollPicture(imported.arrangement, title: title ?? name, theme: theme, width: width)
        do {
            try writeFile(isSVG ? Array(picture.svg().utf8) : try picture.png(scale: scale), to: output)
        } catch let error as RenderingError {
            throw fail(error)
        }
        print("\(output): \(imported.arrangement.summary)")
    }
}

extension RollTheme: ExpressibleByArgument {}
