import FoundationEssentials
import Generation
import Glibc
import Music

/// The folders that hold genre models, `NAME.safetensors` each, the strongest first.
public struct ModelFolders: Hashable, Sendable {
    public let paths: [String]

    public init(_ paths: [String]) { self.paths = paths }

    private static let suffix = ".safetensors"

    /// The genres by the names of their files, and those that the arranger knows, in alphabetic order.
    public var genres: [Genre] {
        var found = Set(ArrangerStyle.all.map(\.genre))
        for folder in paths {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for file in files where file.hasSuffix(Self.suffix) {
                if let genre = Genre(rawValue: String(file.dropLast(Self.suffix.count))) { found.insert(genre) }
            }
        }
        return found.sorted { $0.rawValue < $1.rawValue }
    }

    /// A genre's model, and what was found on the way to it.
    public struct Search {
        /// Nil where no folder has a usable one.
        public var model: GenreModel?
        /// The file that the model was read from.
        public var file: String?
        /// Files that are there and cannot be used, as sentences.
        public var problems: [String] = []

        public init(model: GenreModel? = nil, file: String? = nil) {
            self.model = model
            self.file = file
        }
    }

    /// Every usable model of a genre, the strongest first, then earlier versions: those hidden made older arrangements.
    public func models(of genre: Genre) -> [GenreModel] {
        let names = paths.map { "\($0)/\(genre.rawValue)\(Self.suffix)" }
        let earlier = paths.flatMap { ModelShelf($0).versions(of: genre).filter { !$0.isInUse }.map(\.path) }
        return (names + earlier).compactMap { path in
            (try? ModelFile.read(path)).flatMap { try? GenreModel(bytes: $0) }
        }
    }

    /// What tells whether a genre's files are still those that were read: a few `stat` calls, nothing is opened.
    public func stamp(of genre: Genre) -> Stamp {
        Stamp(
            files: paths.map { folder in
                var status = stat()
                guard stat("\(folder)/\(genre.rawValue)\(Self.suffix)", &status) == 0 else { return nil }
                return [
                    Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                    status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
                ]
            })
    }

    /// Differs where a file was added, replaced or removed.
    public struct Stamp: Hashable, Sendable {
        let files: [[Int]?]
    }

    /// Reads the strongest usable model of a genre; one that cannot be used gives way to the next.
    public func model(of genre: Genre) -> Search {
        var search = Search()
        for folder in paths {
            let path = "\(folder)/\(genre.rawValue)\(Self.suffix)"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            do {
                search.model = try GenreModel(bytes: ModelFile.read(path))
                search.file = path
                return search
            } catch {
                search.problems.append("cannot use \(path): \(error)")
            }
        }
        return search
    }
}
