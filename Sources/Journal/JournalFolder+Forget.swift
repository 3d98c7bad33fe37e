import Glibc

extension JournalFolder {
    /// Takes messages off the disk.
    ///
    /// - Parameter since: wall time from which on everything goes; nil for all.
    /// - Returns: how many of them began a note.
    mutating func forget(since: Int64?) throws(JournalError) -> Int {
        letGo()
        var forgotten = 0
        // A session's newest word on the wall clock holds for all its segments.
        var offsets: [UInt64: Int64] = [:]
        for segment in segments() where offsets[segment.header.session] == nil {
            offsets[segment.header.session] = segment.anchor.offset
        }
        for name in Files.names(in: path) ?? [] where name.hasSuffix(JournalFolder.temporarySuffix) {
            try erase("\(path)/\(name)")
        }
        for name in Files.names(in: path) ?? [] where name.contains(JournalFolder.suffix) {
            let file = "\(path)/\(name)"
            let bytes = try Files.read(file)
            guard let segment = Segment(bytes) else {
                // Nobody can tell when its messages were played.
                if let since, try JournalFolder.changed(file) < since { continue }
                try erase(file)
                continue
            }
            var rest = segment
            let offset = offsets[segment.header.session] ?? segment.anchor.offset
            rest.records.removeAll { record in since.map { record.boot &+ offset >= $0 } ?? true }
            let isUntouched = rest.records.count == segment.records.count
            forgotten += segment.records.count(where: \.isNoteOn) - rest.records.count(where: \.isNoteOn)
            // What is not readable in a damaged file may be what is to be forgotten.
            if isUntouched, segment.condition == .whole { continue }
            if rest.records.isEmpty { try erase(file) } else { try replace(file, by: rest) }
        }
        if access(path, F_OK) == 0 { try Files.syncFolder(path) }
        try relist()
        return forgotten
    }

    /// Puts a shorter segment in the place of one, whole or not at all.
    private func replace(_ file: String, by segment: Segment) throws(JournalError) {
        let temporary = file + JournalFolder.temporarySuffix
        let action = "write \(temporary)"
        let old = Glibc.open(file, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        let new = Glibc.open(temporary, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        defer { for descriptor in [old, new] where descriptor >= 0 { close(descriptor) } }
        guard old >= 0, new >= 0 else { throw JournalError(action: action, code: errno) }
        try calls.writeAll(segment.bytes, to: new, action)
        try calls.sync(new, action)
        guard rename(temporary, file) == 0 else { throw JournalError(action: "rename \(temporary)", code: errno) }
        try overwrite(old, file)
    }

    private func erase(_ file: String) throws(JournalError) {
        let descriptor = Glibc.open(file, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        if descriptor >= 0 {
            defer { close(descriptor) }
            try overwrite(descriptor, file)
        }
        try Files.remove(file)
    }

    /// Overwrites a file's bytes where they lie. A full or failing disk does not keep the name from going.
    private func overwrite(_ descriptor: Int32, _ file: String) throws(JournalError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return }
        do throws(JournalError) {
            try calls.writeAll([UInt8](repeating: 0, count: Int(status.st_size)), to: descriptor, "overwrite \(file)")
            try calls.sync(descriptor, "overwrite \(file)")
        } catch {}
    }

    private static func changed(_ file: String) throws(JournalError) -> Int64 {
        var status = stat()
        guard stat(file, &status) == 0 else { throw JournalError(action: "look at \(file)", code: errno) }
        return Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }
}
