import Glibc

/// The calls of the system that write. Tests make them fail.
struct FileCalls: Sendable {
    /// As write(2).
    var write: @Sendable (Int32, UnsafeRawBufferPointer) -> Int = { Glibc.write($0, $1.baseAddress, $1.count) }
    /// As fdatasync(2).
    var sync: @Sendable (Int32) -> Int32 = { fdatasync($0) }

    static let system = FileCalls()

    /// Writes all of it.
    func writeAll(_ bytes: [UInt8], to descriptor: Int32, _ action: @autoclosure () -> String) throws(JournalError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0) }
            if written < 0, errno == EINTR { continue }
            // A disk that takes nothing and says nothing is full.
            guard written > 0 else { throw JournalError(action: action(), code: written < 0 ? errno : ENOSPC) }
            rest = rest.dropFirst(written)
        }
    }

    func sync(_ descriptor: Int32, _ action: @autoclosure () -> String) throws(JournalError) {
        guard sync(descriptor) == 0 else { throw JournalError(action: action(), code: errno) }
    }
}

/// What a journal does with files besides writing records.
enum Files {
    static func read(_ path: String) throws(JournalError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw JournalError(action: "read \(path)", code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = piece.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw JournalError(action: "read \(path)", code: errno) }
            if count == 0 { return bytes }
            bytes += piece[..<count]
        }
    }

    /// The names in a folder; nil where it cannot be read.
    static func names(in folder: String) -> [String]? {
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Makes a folder that only this user may look into, with the folders above it.
    static func makePrivateFolder(_ path: String) throws(JournalError) {
        var above = ""
        for part in path.split(separator: "/").dropLast() {
            above += path.hasPrefix("/") || !above.isEmpty ? "/\(part)" : "\(part)"
            _ = mkdir(above, 0o755)  // what cannot be made shows below
        }
        if mkdir(path, 0o700) == 0 { return }
        var status = stat()
        guard errno == EEXIST else { throw JournalError(action: "make the folder \(path)", code: errno) }
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw JournalError(action: "make the folder \(path)", code: ENOTDIR)
        }
        if status.st_mode & 0o077 != 0 { _ = chmod(path, 0o700) }
    }

    /// Makes new names and removals survive a power cut.
    static func syncFolder(_ path: String) throws(JournalError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw JournalError(action: "sync the folder \(path)", code: errno) }
        defer { close(descriptor) }
        // Some file systems cannot sync a folder (EINVAL); they order names by other means.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw JournalError(action: "sync the folder \(path)", code: errno)
        }
    }

    static func remove(_ path: String) throws(JournalError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw JournalError(action: "remove \(path)", code: errno) }
    }

    /// A name that is not in use.
    static func freeName(_ wanted: String) -> String {
        var name = wanted
        var attempt = 1
        while access(name, F_OK) == 0 {
            attempt += 1
            name = "\(wanted)-\(attempt)"
        }
        return name
    }
}
