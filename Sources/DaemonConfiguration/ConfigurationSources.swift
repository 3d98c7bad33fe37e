import FoundationEssentials

/// The texts that a configuration is read from: the file, then its drop-ins by name; what a later one says holds.
///
/// The drop-ins of `continuo.toml` are the files `continuo.toml.d/*.toml` beside it, with or without the file itself.
public struct ConfigurationSources: Hashable, Sendable {
    public struct Source: Hashable, Sendable {
        /// The file's path, for people.
        public var name: String
        public var text: String

        public init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    public var sources: [Source]

    public init(_ sources: [Source] = []) { self.sources = sources }

    /// Reads what there is.
    ///
    /// - Parameters:
    ///   - path: the file; its absence is no error unless `isRequired`.
    /// - Throws: `ConfigurationError` for a file that is there and cannot be read, with the reason.
    public init(path: String, isRequired: Bool) throws(ConfigurationError) {
        sources = []
        var isFolder = false
        if isRequired || FileManager.default.fileExists(atPath: path) {
            sources.append(try Self.read(path))
        }
        let folder = Self.dropIns(of: path)
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder else { return }
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
            throw ConfigurationError(
                source: folder, line: nil, message: "the drop-ins cannot be listed: \(Self.reason(error))")
        }
        for name in names.sorted() where name.hasSuffix(".toml") && !name.hasPrefix(".") {
            sources.append(try Self.read("\(folder)/\(name)"))
        }
    }

    /// The folder of a file's drop-ins.
    public static func dropIns(of path: String) -> String { "\(path).d" }

    private static func read(_ path: String) throws(ConfigurationError) -> Source {
        do {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw ConfigurationError(source: path, line: nil, message: "the file is no UTF-8 text")
            }
            return Source(name: path, text: text)
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError(source: path, line: nil, message: "the file cannot be read: \(reason(error))")
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileReadNoPermission?: "permission denied"
        case .fileReadNoSuchFile?, .fileNoSuchFile?: "there is no such file"
        default: "\(error)"
        }
    }
}

extension Configuration {
    /// - Throws: the first thing that is wrong, with its file and line.
    public init(_ files: ConfigurationSources) throws(ConfigurationError) {
        self.init()
        for source in files.sources {
            if let first = read(source.text, source.name).first { throw first }
        }
    }

    /// Everything that is wrong, file by file.
    public static func problems(in files: ConfigurationSources) -> [ConfigurationError] {
        files.sources.flatMap { problems(in: $0.text, source: $0.name) }
    }
}
