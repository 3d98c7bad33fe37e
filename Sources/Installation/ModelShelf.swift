import FoundationEssentials
import Generation
import Glibc
import Music
import Tensor

/// The user's own models: the one in use of each genre, `NAME.safetensors`, and its earlier versions, `versions/NAME/N.safetensors`.
///
/// Each model's card lies beside it as `.md`. A file is replaced whole: whoever reads meanwhile, or after a power failure, finds the old
/// one or the new one.
public struct ModelShelf: Hashable, Sendable {
    public let folder: String
    /// How many versions of a genre are kept, with the one in use.
    public let limit: Int

    public init(_ folder: String, limit: Int = 5) {
        precondition(limit >= 2, "a rollback needs an earlier version")
        self.folder = folder
        self.limit = limit
    }

    /// One released model.
    public struct Version: Hashable, Sendable {
        /// Counts from 1.
        public var number: Int
        public var path: String
        /// SHA-256 of the file.
        public var hash: String
        /// ISO 8601, as its card says it; nil where it was put there by hand.
        public var released: String?
        public var isInUse: Bool
    }

    /// The file of the model in use, which need not exist.
    public func path(of genre: Genre) -> String { "\(folder)/\(genre.rawValue).safetensors" }

    /// The genres that a version is kept of.
    public var genres: [Genre] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/versions")) ?? []
        return names.compactMap { Genre(rawValue: $0) }.filter { !numbers(of: $0).isEmpty }
    }

    /// The versions of a genre that are kept, the oldest first.
    public func versions(of genre: Genre) -> [Version] {
        let present = Self.read(path(of: genre)).map { SHA256.hexadecimal($0) }
        let found = numbers(of: genre).compactMap { number in
            let path = versionPath(genre, number)
            return Self.read(path).map { bytes in
                Version(
                    number: number, path: path, hash: SHA256.hexadecimal(bytes),
                    released: (try? Safetensors(bytes: bytes))?.metadata["released"], isInUse: false)
            }
        }
        // Of equal ones the newest is in use.
        let last = found.lastIndex { $0.hash == present }
        return found.enumerated().map { index, version in
            var version = version
            version.isInUse = index == last
            return version
        }
    }

    /// Puts a model to use, as the newest version.
    ///
    /// - Parameter card: readable, Markdown.
    /// - Throws: `ShelfError`; the model in use is then the old one.
    public func install(_ bytes: [UInt8], card: String) throws(ShelfError) -> Version {
        let model: GenreModel
        do { model = try GenreModel(bytes: bytes) } catch { throw ShelfError("cannot release the model: \(error)") }
        let genre = model.card.genre
        let versions = versionFolder(genre)
        try makeFolder(versions)
        let lock = try lock()
        defer { close(lock) }
        // One that was put here by hand is not lost either.
        if let present = Self.read(path(of: genre)), !self.versions(of: genre).contains(where: \.isInUse) {
            let number = (numbers(of: genre).last ?? 0) + 1
            try replace(versionPath(genre, number), with: present)
            if let text = Self.read(Self.card(path(of: genre))) {
                try replace(Self.card(versionPath(genre, number)), with: text)
            }
        }
        let number = (numbers(of: genre).last ?? 0) + 1
        let path = versionPath(genre, number)
        try replace(Self.card(path), with: Array(card.utf8))
        try replace(path, with: bytes)
        try use(bytes, card: Array(card.utf8), genre)
        for old in numbers(of: genre).dropLast(limit) {
            unlink(versionPath(genre, old))
            unlink(Self.card(versionPath(genre, old)))
        }
        return Version(
            number: number, path: path, hash: model.hash, released: model.card.notes["released"], isInUse: true)
    }

    /// Goes back to an earlier version, or forward to a later one.
    ///
    /// - Parameters:
    ///   - number: nil takes the one before the present one; 0 takes the user's own model away, so that the shipped one plays.
    ///   - hash: SHA-256 that the version's file must have; nil takes any. Another one is refused.
    /// - Returns: what is in use then; nil where no own model is.
    /// - Throws: `ShelfError`; the model in use is then the old one.
    public func rollBack(
        _ genre: Genre, to number: Int? = nil, expecting hash: String? = nil
    ) throws(ShelfError) -> Version? {
        guard Self.read(path(of: genre)) != nil || !numbers(of: genre).isEmpty else {
            throw ShelfError(
                "cannot roll back \(genre.rawValue): there is no model of your own, release one first", isRefusal: true)
        }
        try makeFolder(versionFolder(genre))
        let lock = try lock()
        defer { close(lock) }
        let versions = versions(of: genre)
        var wanted: Version?
        if let number, number != 0 {
            guard let found = versions.first(where: { $0.number == number }) else {
                let names = versions.map { "\($0.number)" }.joined(separator: ", ")
                throw ShelfError(
                    "cannot roll back \(genre.rawValue) to version \(number): there are \(names.isEmpty ? "none" : names), and 0 for the shipped model",
                    isRefusal: true)
            }
            wanted = found
        } else if number == nil {
            guard Self.read(path(of: genre)) != nil else {
                throw ShelfError(
                    "cannot roll back \(genre.rawValue): no model of your own is in use; name a version to take it",
                    isRefusal: true)
            }
            let present = versions.lastIndex(where: \.isInUse) ?? versions.endIndex
            wanted = versions[..<present].last
        }
        if let hash, wanted?.hash != hash {
            let found = wanted.map { "version \($0.number) is \($0.hash)" } ?? "that is the shipped model"
            throw ShelfError(
                "cannot roll back \(genre.rawValue): \(found), not \(hash); look at its history again",
                isRefusal: true)
        }
        guard var wanted else {
            if unlink(path(of: genre)) != 0, errno != ENOENT {
                throw ShelfError("cannot remove \(path(of: genre)): \(Self.cause)")
            }
            unlink(Self.card(path(of: genre)))
            Self.sync(folder)
            return nil
        }
        guard let bytes = Self.read(wanted.path) else { throw ShelfError("cannot read \(wanted.path)") }
        do { _ = try GenreModel(bytes: bytes) } catch { throw ShelfError("cannot use \(wanted.path): \(error)") }
        try use(bytes, card: Self.read(Self.card(wanted.path)) ?? [], genre)
        wanted.isInUse = true
        return wanted
    }

    /// The readable card beside a model file, or nil where there is none.
    public static func readableCard(beside model: String) -> String? {
        read(card(model)).flatMap { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) }
    }

    // MARK: - Files

    private func use(_ bytes: [UInt8], card: [UInt8], _ genre: Genre) throws(ShelfError) {
        try replace(path(of: genre), with: bytes)
        try replace(Self.card(path(of: genre)), with: card)
    }

    private func versionFolder(_ genre: Genre) -> String { "\(folder)/versions/\(genre.rawValue)" }
    private func versionPath(_ genre: Genre, _ number: Int) -> String {
        "\(versionFolder(genre))/\(number).safetensors"
    }

    private static func card(_ model: String) -> String {
        (model.hasSuffix(".safetensors") ? String(model.dropLast(12)) : model) + ".md"
    }

    private func numbers(of genre: Genre) -> [Int] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: versionFolder(genre))) ?? []
        return files.compactMap { $0.hasSuffix(".safetensors") ? Int($0.dropLast(12)) : nil }.filter { $0 > 0 }.sorted()
    }

    private static func read(_ path: String) -> [UInt8]? {
        try? ModelFile.read(path)
    }

    private func makeFolder(_ path: String) throws(ShelfError) {
        do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            throw ShelfError("cannot make the folder \(path): \(error)")
        }
    }

    /// Two releases at a time would take the same number; closing the file unlocks.
    private func lock() throws(ShelfError) -> Int32 {
        let file = open("\(folder)/.release.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw ShelfError("cannot write to \(folder): \(Self.cause)") }
        flock(file, LOCK_EX)
        return file
    }

    /// Temporary file, to the disk, rename.
    private func replace(_ path: String, with bytes: [UInt8]) throws(ShelfError) {
        let temporary = "\(path).new"
        let file = open(temporary, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw ShelfError("cannot write \(temporary): \(Self.cause)") }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(file, $0.baseAddress! + written, bytes.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            written += count
        }
        let isWhole = written == bytes.count && fsync(file) == 0
        let reason = Self.cause
        close(file)
        guard isWhole, rename(temporary, path) == 0 else {
            unlink(temporary)
            throw ShelfError("cannot write \(path): \(reason); the old one is in use on")
        }
        if let slash = path.lastIndex(of: "/") { Self.sync(String(path[..<slash])) }
    }

    /// A rename lasts when its folder is on the disk.
    private static func sync(_ folder: String) {
        let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { return }
        fsync(file)
        close(file)
    }

    private static var cause: String { String(cString: strerror(errno)) }
}

/// Why a model could not be put to use, in a sentence.
public struct ShelfError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    /// Nothing is broken: what was asked for is not to be had, such as a model that misses a gate.
    public let isRefusal: Bool
    /// What to do next; empty where the sentence says it.
    public let advice: String

    public init(_ description: String, isRefusal: Bool = false, advice: String = "") {
        self.description = description
        self.isRefusal = isRefusal
        self.advice = advice
    }
}
