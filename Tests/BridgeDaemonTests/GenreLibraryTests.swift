import FoundationEssentials
import Generation
import Installation
import Logging
import Music
import Testing

@testable import BridgeDaemon

/// Who plays where there is no model.
struct GenreLibraryTests {
    private let phrase = Phrase(
        notes: (0..<16).map {
            NoteEvent(
                pitch: Pitch([60, 64, 67, 72][$0 % 4]), onset: .steps($0 * 12), length: .steps(12),
                velocity: .mezzoForte)
        }, meter: .fourFour, tempo: .moderate, bars: 4)

    @Test(arguments: [Genre.jazz, .pop, .rock, .symphony])
    func aGenreWithoutAModelIsPlayedByItsOwnPatterns(genre: Genre) async {
        let library = GenreLibrary(folders: ModelFolders([]), logger: Logger(label: "test"))
        let band = await library.accompany(phrase, genre: genre, request: AccompanimentRequest(seed: 3))
        #expect(band.genre == genre)
        #expect(band.provenance.accompanist == "arranger")
        #expect(ArrangerStyle.fallback(for: genre).instrumentations.contains(band.instrumentation))
        let voice = await library.voice(of: genre)
        #expect(voice.problem == nil)
        #expect(voice.melody == band.instrumentation.melody)
    }

    @Test func theFourGenresAreOfferedWithoutAnyModel() {
        #expect(ModelFolders([]).genres.map(\.rawValue) == ["jazz", "pop", "rock", "symphony"])
    }

    @Test func aGenreOfOnesOwnWhoseModelCannotBeReadIsPlayedAsPopAndItIsSaid() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "continuo-\(UInt64.random(in: 0...(.max)))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("no model".utf8).write(to: folder.appendingPathComponent("ska.safetensors"))
        let folders = ModelFolders([folder.path])
        let ska = Genre(rawValue: "ska")!
        #expect(folders.genres.contains(ska))
        let library = GenreLibrary(folders: folders, logger: Logger(label: "test"))
        #expect(await library.accompany(phrase, genre: ska, request: AccompanimentRequest(seed: 3)).genre == .pop)
        let problem = try #require(await library.voice(of: ska).problem)
        #expect(problem.contains("ska.safetensors"))
        #expect(problem.hasSuffix("the arranger has no patterns for it and plays pop instead"), "\(problem)")
    }
}
