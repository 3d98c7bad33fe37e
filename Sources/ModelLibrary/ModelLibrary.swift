import ConsoleAPI
import Evaluation
import FoundationEssentials
import Generation
import Installation
import Music

/// The genres' models in the words of the API: the daemon's, and the command line's where no daemon runs.
///
/// Reads and hashes whole files: not for a thread that others wait for.
public struct ModelLibrary: Sendable {
    public let folders: ModelFolders
    /// The user's own models.
    public let shelf: ModelShelf

    /// - Parameter folders: at least one; own models lie in the first one.
    public init(_ folders: ModelFolders) {
        precondition(!folders.paths.isEmpty, "own models have a folder")
        self.folders = folders
        shelf = ModelShelf(folders.paths[0])
    }

    /// The genres that can be played, and those that could be again, in alphabetic order.
    public var genres: [Genre] { Set(folders.genres + shelf.genres).sorted { $0.rawValue < $1.rawValue } }

    public var all: ModelListReport { ModelListReport(models: genres.map { report(of: $0) }) }

    /// - Throws: an error with status 404.
    public func requireKnown(_ genre: Genre) throws(APIError) {
        guard genres.contains(genre) else {
            throw .notFound(
                "there is no genre '\(genre.rawValue)'",
                advice: "there are: \(genres.map(\.rawValue).joined(separator: ", "))")
        }
    }

    /// Goes back to an earlier version, or forward to a later one.
    public func rollBack(_ genre: Genre, _ request: RollbackRequest) throws(APIError) -> ModelReport {
        try requireKnown(genre)
        if let version = request.version, version < 0 {
            throw .badRequest("version: \(version) is no version", advice: "0 is the shipped model")
        }
        do { _ = try shelf.rollBack(genre, to: request.version, expecting: request.hash) } catch {
            throw APIError(error)
        }
        return report(of: genre)
    }

    /// Puts the measured model of a run to use.
    ///
    /// - Parameters:
    ///   - run: its folder.
    ///   - request: force, and which file is expected; the job's number is for sentences.
    public func release(run: String, _ request: ReleaseRequest) throws(APIError) -> ModelReport {
        do throws(ShelfError) {
            let release = try ModelRelease(run: run)
            if let hash = request.hash, hash != release.hash {
                throw ShelfError("the model of job \(request.job) is \(release.hash), not \(hash)", isRefusal: true)
            }
            _ = try release.install(on: shelf, force: request.force, version: continuoVersion)
            return report(of: release.genre)
        } catch { throw APIError(error) }
    }

    public func report(of genre: Genre) -> ModelReport {
        let found = folders.model(of: genre)
        let versions = shelf.versions(of: genre)
        let isOwn = found.file == shelf.path(of: genre)
        let origin: ModelSummaryReport.Origin = found.model == nil ? .arranger : isOwn ? .own : .shipped
        var report = ModelReport(genre, found, origin)
        report.summary.version = isOwn ? versions.first { $0.isInUse }?.number : nil
        report.history = versions.map {
            .init(version: $0.number, hash: $0.hash, released: $0.released, isInUse: $0.isInUse)
        }
        return report
    }
}

extension ModelReport {
    /// What a file says of itself.
    ///
    /// - Parameter found: a search's outcome, or a file that lies anywhere.
    public init(_ genre: Genre, _ found: ModelFolders.Search, _ origin: ModelSummaryReport.Origin) {
        let notes = found.model?.card.notes ?? [:]
        let measured = found.model.flatMap { model in found.file.flatMap { ModelEvaluation.beside($0, of: model) } }
        let own = ModelEvaluation.figures(in: notes)
        let figures = own.isEmpty ? measured?.mean ?? [:] : own
        let size = found.file.flatMap { try? FileManager.default.attributesOfItem(atPath: $0)[.size] }
        self.init(
            summary: ModelSummaryReport(
                genre: genre.rawValue, origin: origin, hash: found.model?.hash, weights: found.model?.weightsHash,
                bytes: (size as? UInt64).map { Int($0) } ?? size as? Int, released: notes["released"],
                licence: notes["licence"], problems: found.problems),
            file: found.file, card: found.model?.card.metadata ?? [:],
            metrics: Evaluation.Metric.all.compactMap { metric in
                figures[metric.name].map { value in
                    let people = metric.references.human
                    return ModelReport.Metric(
                        name: metric.name, title: metric.title, aim: metric.aim.rawValue, value: value,
                        people: people.min().flatMap { low in people.max().map { [low, $0] } } ?? [])
                }
            },
            readable: found.file.flatMap { ModelShelf.readableCard(beside: $0) }
                ?? found.model.flatMap { measured?.markdown($0) })
    }
}

extension APIError {
    /// What was refused can be mended by another wish; all else is the disk's or a file's fault.
    public init(_ error: ShelfError) {
        self.init(status: error.isRefusal ? 409 : 503, error: error.description, advice: error.advice)
    }
}
