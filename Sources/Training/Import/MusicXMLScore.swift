import Foundation
import FoundationXML
import Music

/// A MusicXML score as it is written: parts with their bars, notes in ticks of 480 a quarter at sounding pitch.
///
/// `score-partwise` of any version. Repeats are not unfolded; grace and cue notes are left out.
///
/// - Note: MusicXML 4.0, W3C Music Notation Community Group.
struct MusicXMLScore {
    struct Part {
        var id = ""
        var name = ""
        /// General MIDI, from 0.
        var program: Int?
        var isPercussion = false
        var hasLyrics = false
        var measures: [Measure] = []
    }

    struct Measure {
        /// Ticks, up to the furthest point that was written.
        var length = 0
        var meter: Meter?
        var notes: [Note] = []
        var harmonies: [(onset: Int, chord: Chord)] = []
    }

    struct Note {
        /// Ticks from the bar's start.
        var onset: Int
        var length: Int
        var pitch: Int
        var voice: String
        var staff: Int
        var startsTie: Bool
        var stopsTie: Bool
    }

    var title = ""
    var composer = ""
    var tempo: Double?
    var parts: [Part] = []
}

extension MusicXMLScore {
    /// Reads the text of a score.
    init(xml: Data) throws(ImportFailure) {
        let reader = MusicXMLParser()
        let parser = XMLParser(data: xml)
        parser.shouldResolveExternalEntities = false
        parser.delegate = reader
        let isParsed = parser.parse()
        if let problem = reader.problem { throw ImportFailure(problem) }
        // The parser forgives a text that ends too early.
        guard isParsed, parser.parserError == nil, !reader.isScore || reader.isClosed else {
            throw ImportFailure("its XML is broken at line \(parser.lineNumber), column \(parser.columnNumber)")
        }
        guard reader.isScore else { throw ImportFailure("it is XML but no MusicXML score") }
        self = reader.score
    }

    /// Reads `.mxl`, an archive that says which of its members is the score.
    init(archive path: String) throws(ImportFailure) {
        let archive = try ZipArchive(path: path)
        let names = archive.names
        var name: String?
        if names.contains("META-INF/container.xml") {
            let finder = RootFileFinder()
            let parser = XMLParser(data: Data(try archive.bytes(of: "META-INF/container.xml")))
            parser.delegate = finder
            _ = parser.parse()
            name = finder.path
        }
        name =
            name
            ?? names.first { name in
                !name.hasPrefix("META-INF") && [".xml", ".musicxml"].contains { name.lowercased().hasSuffix($0) }
            }
        guard let name else { throw ImportFailure("the zip archive holds no MusicXML score") }
        try self.init(xml: Data(try archive.bytes(of: name)))
    }
}

/// Finds the first root file in a container's list.
private final class RootFileFinder: NSObject, XMLParserDelegate {
    var path: String?

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        if name == "rootfile", path == nil { path = attributes["full-path"] }
    }
}
