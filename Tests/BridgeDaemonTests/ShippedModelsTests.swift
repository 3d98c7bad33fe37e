import ConsoleAPI
import Foundation
import Installation
import ModelLibrary
import Music
import Testing

/// The models in the tree, with what was measured of them.
struct ShippedModelsTests {
    private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test(arguments: [Genre.jazz, .pop, .rock, .symphony]) func eachCardHasItsFiguresBesidePeoples(genre: Genre) throws
    {
        let folders = ModelFolders([root.appendingPathComponent("models").path])
        let report = ModelLibrary(folders).report(of: genre)
        let names = Set(report.metrics.map(\.name))
        #expect(names.isSuperset(of: ["score", "chordToneRatio", "conditioningGap", "distinctBars"]), "\(names)")
        #expect(report.metrics.contains { !$0.people.isEmpty })
        #expect(report.readable?.contains("## Gates") == true)
    }
}
