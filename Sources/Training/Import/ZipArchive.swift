import CZip

/// Reads members of a zip archive, as compressed MusicXML is one.
struct ZipArchive: ~Copyable {
    /// The most bytes a member may have when unpacked: 64 MiB.
    static let maximumSize = 64 << 20

    private let archive: OpaquePointer

    init(path: String) throws(ImportFailure) {
        var code: Int32 = 0
        guard let archive = zip_open(path, ZIP_RDONLY, &code) else {
            throw ImportFailure(
                code == ZIP_ER_NOZIP
                    ? "it is no zip archive" : "the zip archive cannot be opened (libzip error \(code))")
        }
        self.archive = archive
    }

    deinit { zip_discard(archive) }

    /// Names of all members, in the archive's order.
    var names: [String] {
        (0..<max(0, zip_get_num_entries(archive, 0))).compactMap { index in
            zip_get_name(archive, zip_uint64_t(index), 0).map { String(cString: $0) }
        }
    }

    /// The unpacked bytes of a member.
    func bytes(of name: String) throws(ImportFailure) -> [UInt8] {
        var status = zip_stat_t()
        zip_stat_init(&status)
        guard zip_stat(archive, name, 0, &status) == 0, status.valid & zip_uint64_t(ZIP_STAT_SIZE) != 0 else {
            throw ImportFailure("the zip archive has no '\(name)'")
        }
        guard status.size <= ZipArchive.maximumSize else {
            throw ImportFailure(
                "'\(name)' in the zip archive has \(status.size) bytes, more than \(ZipArchive.maximumSize)")
        }
        guard let file = zip_fopen(archive, name, 0) else {
            throw ImportFailure("'\(name)' in the zip archive cannot be opened (is it encrypted?)")
        }
        defer { zip_fclose(file) }
        var bytes = [UInt8](repeating: 0, count: Int(status.size))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                zip_fread(file, buffer.baseAddress! + filled, zip_uint64_t(buffer.count - filled))
            }
            guard count > 0 else { throw ImportFailure("'\(name)' in the zip archive is damaged") }
            filled += Int(count)
        }
        return bytes
    }
}
