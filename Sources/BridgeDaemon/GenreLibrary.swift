import Generation
import Installation
import Logging
import Music

/// The genres that can be played: a model where there is one, the arranger's patterns where there is not.
///
/// Runs on the thread for generation; models are read when they are first asked for.
actor GenreLibrary {
    private let folders: ModelFolders
    private let logger: Logger
    private var accompanists: [Genre: any Accompanist] = [:]

    init(folders: ModelFolders, logger: Logger) {
        self.folders = folders
        self.logger = logger
    }

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
        let found = folders.model(of: genre)
        for problem in found.problems { logger.error("\(problem)", metadata: ["genre": "\(genre.rawValue)"]) }
        guard let model = found.model else {
            logger.notice("no model for this genre: the arranger plays", metadata: ["genre": "\(genre.rawValue)"])
            return nil
        }
        logger.info(
            "genre model read", metadata: ["genre": "\(genre.rawValue)", "file": "\(found.file ?? "")"])
        return NetworkAccompanist(model: model)
    }
}
