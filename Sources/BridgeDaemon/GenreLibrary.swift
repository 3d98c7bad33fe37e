import Generation
import Installation
import LiveSession
import Logging
import Music
import RealTime

/// The genres that can be played: a model where there is one, the arranger's patterns where there is not.
///
/// Runs on the thread for generation; models are read when they are first asked for, and again when
/// their files have changed by the next band: that is asked of the file system with every band, and never in between.
actor GenreLibrary {
    private let folders: ModelFolders
    private let logger: Logger
    private var bands: [Genre: Band] = [:]

    /// Who plays a genre.
    private struct Band {
        let accompanist: any Accompanist
        var voice: Voice
        /// The hash of the model; nil where the arranger plays.
        let hash: String?
        /// The files as they were when this was read.
        var stamp: ModelFolders.Stamp
    }

    /// What is known of a genre before anything is played.
    struct Voice: Hashable, Sendable {
        /// What a melody is heard on that sounds on the synthesizer.
        var melody: Program
        /// Why the genre's model is not used, in a sentence; nil where it is, or where there is none.
        var problem: String?
    }

    init(folders: ModelFolders, logger: Logger) {
        self.folders = folders
        self.logger = logger
    }

    /// Those that the folders have now.
    nonisolated var genres: [Genre] { folders.genres }

    /// The files of each genre as they are now.
    nonisolated var stamps: [Genre: ModelFolders.Stamp] {
        Dictionary(uniqueKeysWithValues: folders.genres.map { ($0, folders.stamp(of: $0)) })
    }

    /// A watch over the files; nil where there is none.
    nonisolated func watch() -> FolderWatch? { FolderWatch(folders.paths) }

    /// Answers a phrase.
    func accompany(_ phrase: Phrase, genre: Genre, request: AccompanimentRequest) -> Accompaniment {
        band(for: genre).accompanist.accompany(phrase, request: request)
    }

    /// Answers an order of the session, with what the band plays where something changes and how long it took to make.
    func answer(_ order: Session.Order) -> (Accompaniment, Turns, Duration) {
        let start = ContinuousClock.now
        let accompaniment = accompany(order.melody, genre: order.genre, request: order.request)
        let turns = Arranger.turns(of: Arrangement(phrase: order.melody, accompaniment: accompaniment))
        return (accompaniment, turns, ContinuousClock.now - start)
    }

    /// Reads a genre's model ahead of its first use.
    func voice(of genre: Genre) -> Voice { band(for: genre).voice }

    private func band(for genre: Genre) -> Band {
        // Before the files are read: one that changes meanwhile is noticed the next time.
        let stamp = folders.stamp(of: genre)
        if let known = bands[genre], known.stamp == stamp { return known }
        let made = load(genre, stamp)
        bands[genre] = made
        return made
    }

    private func load(_ genre: Genre, _ stamp: ModelFolders.Stamp) -> Band {
        let found = folders.model(of: genre)
        for problem in found.problems { logger.error("\(problem)", metadata: ["genre": "\(genre.rawValue)"]) }
        let problem = found.problems.first
        if let problem, var known = bands[genre], known.hash != nil {
            known.stamp = stamp
            known.voice.problem = "\(problem); the model that was read before plays on"
            return known
        }
        if let model = found.model {
            logger.info("genre model read", metadata: ["genre": "\(genre.rawValue)", "file": "\(found.file ?? "")"])
            return Band(
                accompanist: NetworkAccompanist(model: model),
                voice: Voice(melody: model.card.instrumentation.melody, problem: problem), hash: model.hash,
                stamp: stamp)
        }
        let style = ArrangerStyle.fallback(for: genre)
        let instead =
            style.genre == genre
            ? "the arranger plays" : "the arranger has no patterns for it and plays \(style.genre.rawValue)"
        logger.notice("no model for this genre: \(instead)", metadata: ["genre": "\(genre.rawValue)"])
        return Band(
            accompanist: ArrangerAccompanist(style: style),
            voice: Voice(
                melody: style.instrumentation(seed: 1).melody,
                problem: problem.map { "\($0); \(instead) instead" }), hash: nil, stamp: stamp)
    }
}
