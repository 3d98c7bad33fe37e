import FoundationEssentials
import Generation
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
    }

    /// Every usable model of a genre, the strongest first: a stronger one hides the others, which made older arrangements.
    public func models(of genre: Genre) -> [GenreModel] {
        paths.compactMap { folder in
            (try? Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(genre.rawValue)\(Self.suffix)"))).flatMap {
                try? GenreModel(bytes: [UInt8]($0))
            }
        }
    }

    /// Reads the strongest usable model of a genre; one that cannot be used gives way to the next.
    public func model(of genre: Genre) -> Search {
        var search = Search()
        for folder in paths {
            let path = "\(folder)/\(genre.rawValue)\(Self.suffix)"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            do {
                search.model = try GenreModel(bytes: [UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
                search.file = path
                return search
            } catch {
                search.problems.append("cannot use \(path): \(error)")
            }
        }
        return search
    }
}
