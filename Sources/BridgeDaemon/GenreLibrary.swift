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
    private var accompanists: [Genre: any Accompanist] = [:]

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
        accompanist(for: genre).accompany(phrase, request: request)
    }

    /// Reads a genre's model ahead of its first use.
    func prepare(_ genre: Genre) { _ = accompanist(for: genre) }

    private func accompanist(for genre: Genre) -> any Accompanist {
        if let known = accompanists[genre] { return known }
        let made = load(genre) ?? ArrangerAccompanist(style: .pop)
        accompanists[genre] = made
        return made
    }

    private func load(_ genre: Genre) -> (any Accompanist)? {
        for folder in folders {
            let path = "\(folder)/\(genre.rawValue)\(Self.suffix)"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            do {
                let model = try GenreModel(bytes: [UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
                logger.info("genre model read", metadata: ["genre": "\(genre.rawValue)", "file": "\(path)"])
                return NetworkAccompanist(model: model)
            } catch {
                logger.error("cannot use \(path): \(error); the arranger plays instead", metadata: ["genre": "\(genre.rawValue)"])
            }
        }
        logger.notice("no model for this genre: the arranger plays", metadata: ["genre": "\(genre.rawValue)"])
        return nil
    }
}
