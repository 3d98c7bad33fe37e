import FoundationEssentials
import Generation
import Logging
import Music

/// The genres that can be played: a model where there is one, the arranger's patterns where there is not.
///
/// Runs on the thread for generation; models are read when they are first asked for.
actor GenreLibrary {
    private let folders: [String]
    private let logger: Logger
    private var bands: [Genre: Band] = [:]

    /// Who plays a genre.
    private struct Band {
        let accompanist: any Accompanist
        let voice: Voice
    }

    /// What is known of a genre before anything is played.
    struct Voice: Hashable, Sendable {
        /// What a melody is heard on that sounds on the synthesizer.
        var melody: Program
        /// Why the genre's model is not used, in a sentence; nil where it is, or where there is none.
        var problem: String?
    }

    /// - Parameter folders: with `NAME.safetensors` files, the strongest first.
    init(folders: [String], logger: Logger) {
        self.folders = folders
        self.logger = logger
    }

    /// The genres by the names of their files, and those that the arranger knows, in alphabetic order.
    nonisolated static func genres(in folders: [String]) -> [Genre] {
        var found: Set<Genre> = [ArrangerStyle.pop.genre]
        for folder in folders {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for file in files where file.hasSuffix(suffix) {
                if let genre = Genre(rawValue: String(file.dropLast(suffix.count))) { found.insert(genre) }
            }
        }
        return found.sorted { $0.rawValue < $1.rawValue }
    }

    private static let suffix = ".safetensors"

    /// Answers a phrase.
    func accompany(_ phrase: Phrase, genre: Genre, request: AccompanimentRequest) -> Accompaniment {
        band(for: genre).accompanist.accompany(phrase, request: request)
    }

    /// Reads a genre's model ahead of its first use.
    func voice(of genre: Genre) -> Voice { band(for: genre).voice }

    private func band(for genre: Genre) -> Band {
        if let known = bands[genre] { return known }
        let made = load(genre)
        bands[genre] = made
        return made
    }

    private func load(_ genre: Genre) -> Band {
        var problem: String?
        for folder in folders {
            let path = "\(folder)/\(genre.rawValue)\(Self.suffix)"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            do {
                let model = try GenreModel(bytes: [UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
                logger.info("genre model read", metadata: ["genre": "\(genre.rawValue)", "file": "\(path)"])
                return Band(
                    accompanist: NetworkAccompanist(model: model),
                    voice: Voice(melody: model.card.instrumentation.melody, problem: problem))
            } catch {
                let sentence = "cannot use the model \(path): \(error)"
                logger.error("\(sentence)", metadata: ["genre": "\(genre.rawValue)"])
                problem = problem ?? sentence
            }
        }
        logger.notice("no model for this genre: the arranger plays", metadata: ["genre": "\(genre.rawValue)"])
        let style = ArrangerStyle.pop
        return Band(
            accompanist: ArrangerAccompanist(style: style),
            voice: Voice(
                melody: style.instrumentation(seed: 1).melody,
                problem: problem.map { "\($0); the arranger plays instead" }))
    }
}
