import Foundation

/// The music files of a folder and the folders in it.
enum MusicFolder {
    /// A file as the file system lists it.
    struct File: Hashable, Sendable {
        /// Inside the folder.
        var path: String
        var source: Source
        var size: Int
        /// When it was changed last, in nanoseconds since 1970.
        var modified: Int
    }

    /// The source that a file's ending stands for; nil for files of other kinds.
    static func source(of path: String) -> Source? {
        let ending = (path as NSString).pathExtension.lowercased()
        if MIDIReader.extensions.contains(ending) { return .midi }
        return MusicXMLReader.extensions.contains(ending) ? .musicxml : nil
    }

    /// - Throws: `TrainingError.importing` where the folder cannot be read.
    static func check(_ folder: URL) throws(TrainingError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue,
            FileManager.default.isReadableFile(atPath: folder.path)
        else { throw unreadable(folder) }
    }

    private static func unreadable(_ folder: URL) -> TrainingError {
        .importing("\(folder.path) cannot be read as a folder")
    }

    /// The files by path; hidden ones and those in hidden folders aside.
    ///
    /// - Throws: `TrainingError.importing` where the folder cannot be read.
    static func files(in folder: URL) throws(TrainingError) -> [File] {
        try check(folder)
        guard let walk = FileManager.default.enumerator(atPath: folder.path) else { throw unreadable(folder) }
        var files: [File] = []
        while let path = walk.nextObject() as? String {
            guard let source = source(of: path), !path.split(separator: "/").contains(where: { $0.hasPrefix(".") })
            else { continue }
            var status = stat()
            guard stat("\(folder.path)/\(path)", &status) == 0 else {
                // It cannot even be looked at: reading it says why.
                files.append(File(path: path, source: source, size: 0, modified: 0))
                continue
            }
            guard status.st_mode & S_IFMT == S_IFREG else { continue }
            files.append(
                File(
                    path: path, source: source, size: Int(status.st_size),
                    modified: status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec))
        }
        return files.sorted { $0.path < $1.path }
    }

    /// What the folder's table says; nothing where there is none.
    static func table(in folder: URL) throws(TrainingError) -> FolderTable {
        let file = folder.appendingPathComponent(FolderTable.fileName)
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return FolderTable() }
        do { return try FolderTable(text) } catch { throw .importing("\(file.path): \(error)") }
    }

    /// The folders that a file lies in, as tags.
    static func tags(of path: String) -> [String] {
        (path as NSString).deletingLastPathComponent.split(separator: "/").map(String.init)
    }
}
