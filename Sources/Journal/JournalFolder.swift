import Glibc

/// The segments of a journal on the disk: found, written, removed when too old. For use by one thread at a time.
struct JournalFolder: ~Copyable {
    let path: String
    let limits: JournalLimits
    let clock: JournalClock
    let calls: FileCalls
    /// Drawn anew whenever a journal is opened.
    let session = UInt64.random(in: .min ... .max)
    /// What was found broken and renamed, in words; handed on by the journal.
    var remarks: [String] = []

    private var lock: Int32 = -1
    private var current: OpenSegment?
    private var nextNumber: UInt64 = 1
    private(set) var files: [SegmentFile] = []

    /// A segment file that is not written to any more.
    struct SegmentFile {
        var name: String
        var bytes: Int
        /// Wall time of the newest message, and no later than when the file was first seen: a clock that was once set wrong must not
        /// keep a file for ever.
        var newest: Int64
    }

    struct OpenSegment {
        var descriptor: Int32
        var name: String
        var encoder: SegmentEncoder
        var bytes: Int
        /// What was last said about the wall clock.
        var anchor: ClockAnchor
        /// When it was last written to.
        var newest: Int64
    }

    static let suffix = ".played"
    static let brokenSuffix = ".broken"
    static let temporarySuffix = ".tmp"

    init(path: String, limits: JournalLimits, clock: JournalClock, calls: FileCalls) {
        self.path = path
        self.limits = limits
        self.clock = clock
        self.calls = calls
    }

    deinit {
        if let current { close(current.descriptor) }
        if lock >= 0 { close(lock) }
    }

    // MARK: opening

    /// Makes the folder, locks it, looks at what is there and removes what is too old. Nothing happens where that was done.
    mutating func open() throws(JournalError) {
        if lock >= 0 {
            if isThere(lock) { return }
            // Somebody removed the folder: everything anew.
            leave()
        }
        if limits.keep == .zero, access(path, F_OK) != 0 { return }
        try Files.makePrivateFolder(path)
        let name = "\(path)/lock"
        let descriptor = Glibc.open(name, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw JournalError(action: "write what was played to \(path)", code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw JournalError(
                action: "write what was played to \(path)", cause: "another program does already",
                advice: "stop it, or give this one another state folder")
        }
        lock = descriptor
        try scan()
        try trim()
    }

    private func isThere(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_nlink > 0
    }

    /// Lists the segments; those that are broken get another name.
    private mutating func scan() throws(JournalError) {
        files = []
        let now = clock.wall()
        for name in Files.names(in: path) ?? [] {
            if name.hasSuffix(JournalFolder.temporarySuffix) {
                try Files.remove("\(path)/\(name)")
                continue
            }
            let isBroken = name.contains(JournalFolder.suffix + JournalFolder.brokenSuffix)
            guard name.hasSuffix(JournalFolder.suffix) || isBroken else { continue }
            if let number = UInt64(name.prefix { $0.isNumber }) { nextNumber = max(nextNumber, number &+ 1) }
            let bytes = try Files.read("\(path)/\(name)")
            let segment = Segment(bytes)
            var file = SegmentFile(name: name, bytes: bytes.count, newest: now)
            if let segment { file.newest = min(now, segment.newest ?? segment.anchor.wall) }
            if !isBroken {
                if bytes.count < SegmentFormat.headerSize {
                    // The power went before a record could be stored.
                    try Files.remove("\(path)/\(name)")
                    continue
                }
                if segment == nil || segment?.condition == .damaged {
                    file.name = try setAside(name, isReadable: segment != nil)
                }
            }
            files.append(file)
        }
    }

    /// Looks at the folder anew, after files were changed.
    mutating func relist() throws(JournalError) { try scan() }

    private mutating func setAside(_ name: String, isReadable: Bool) throws(JournalError) -> String {
        let kept = Files.freeName("\(path)/\(name)\(JournalFolder.brokenSuffix)")
        guard rename("\(path)/\(name)", kept) == 0 else {
            throw JournalError(action: "rename the broken file \(path)/\(name)", code: errno)
        }
        remarks.append(
            "a file of what was played was broken and was kept as \(kept); "
                + (isReadable ? "what is readable of it is still known" : "nothing of it is readable"))
        return String(kept.dropFirst(path.count + 1))
    }

    // MARK: writing

    /// Stores messages so that they survive a power cut.
    mutating func store(_ records: [PlayedRecord]) throws(JournalError) {
        try open()
        if let segment = current, isFull(segment) || !isThere(segment.descriptor) { letGo() }
        var rest = records[...]
        while !rest.isEmpty {
            let taken = try storePiece(rest)
            rest = rest.dropFirst(taken)
            if !rest.isEmpty { letGo() }
        }
    }

    /// Stores as many as fit the segment.
    private mutating func storePiece(_ records: ArraySlice<PlayedRecord>) throws(JournalError) -> Int {
        var segment: OpenSegment
        if let current { segment = current } else { segment = try begin() }
        let action = "write what was played to \(path)/\(segment.name)"
        var bytes: [UInt8] = []
        let anchor = clock.anchor
        if abs(anchor.offset &- segment.anchor.offset) > 1_000_000_000 {
            segment.anchor = anchor
            bytes += segment.encoder.encode(anchor)
        }
        var taken = 0
        for record in records {
            guard segment.bytes + bytes.count < limits.segmentBytes, segment.encoder.hasRoom(for: record.keyboard)
            else { break }
            bytes += segment.encoder.encode(record)
            taken += 1
        }
        do throws(JournalError) {
            try calls.writeAll(bytes, to: segment.descriptor, action)
            try calls.sync(segment.descriptor, action)
        } catch {
            // Nothing half-written stays, so that trying again stores nothing twice.
            _ = ftruncate(segment.descriptor, off_t(segment.bytes))
            letGo()
            throw error
        }
        segment.bytes += bytes.count
        segment.newest = anchor.wall
        current = segment
        return taken
    }

    private func isFull(_ segment: OpenSegment) -> Bool {
        segment.bytes + SegmentFormat.recordSize > limits.segmentBytes
            || clock.boot() &- segment.encoder.header.anchor.boot > limits.periodNanoseconds
    }

    /// Begins a segment.
    private mutating func begin() throws(JournalError) -> OpenSegment {
        try trim()
        let digits = String(nextNumber)
        let name = String(repeating: "0", count: max(0, 10 - digits.count)) + digits + JournalFolder.suffix
        let action = "write what was played to \(path)/\(name)"
        let descriptor = Glibc.open("\(path)/\(name)", O_CREAT | O_EXCL | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw JournalError(action: action, code: errno) }
        let header = SegmentHeader(number: nextNumber, session: session, anchor: clock.anchor)
        do throws(JournalError) {
            try calls.writeAll(header.bytes, to: descriptor, action)
            try Files.syncFolder(path)
        } catch {
            close(descriptor)
            unlink("\(path)/\(name)")
            throw error
        }
        nextNumber += 1
        let segment = OpenSegment(
            descriptor: descriptor, name: name, encoder: SegmentEncoder(header: header), bytes: header.bytes.count,
            anchor: header.anchor, newest: header.anchor.wall)
        current = segment
        return segment
    }

    /// Closes the segment that is written to, if there is one; the next message begins another.
    mutating func letGo() {
        guard let segment = current else { return }
        current = nil
        close(segment.descriptor)
        if segment.bytes > SegmentFormat.headerSize {
            files.append(SegmentFile(name: segment.name, bytes: segment.bytes, newest: segment.newest))
        } else {
            unlink("\(path)/\(segment.name)")
        }
    }

    /// Lets go of the folder, so that another journal may have it.
    mutating func leave() {
        letGo()
        if lock >= 0 { close(lock) }
        lock = -1
    }

    // MARK: what is too old or too much

    /// Removes what the limits do not allow to stay; a segment that is still to be written to stays.
    mutating func trim() throws(JournalError) {
        guard lock >= 0 else { return }
        if let current, isFull(current) { letGo() }
        let oldest = clock.wall() &- limits.keepNanoseconds
        var total = (current?.bytes ?? 0) + files.reduce(0) { $0 + $1.bytes }
        var kept: [SegmentFile] = []
        var failure: JournalError?
        for file in files {
            guard limits.keep == .zero || file.newest < oldest || total > limits.mostBytes else {
                kept.append(file)
                continue
            }
            do throws(JournalError) {
                try Files.remove("\(path)/\(file.name)")
                total -= file.bytes
            } catch {
                failure = error
                kept.append(file)
            }
        }
        let isChanged = kept.count < files.count
        files = kept
        if let failure { throw failure }
        if isChanged { try Files.syncFolder(path) }
    }

    // MARK: reading

    /// Every segment that can be read, the newest first.
    func segments(excluding excluded: UInt64? = nil) -> [Segment] {
        var segments: [Segment] = []
        for name in Files.names(in: path) ?? [] where name.contains(JournalFolder.suffix) {
            guard let bytes = try? Files.read("\(path)/\(name)"), let segment = Segment(bytes),
                segment.header.session != excluded
            else { continue }
            segments.append(segment)
        }
        return segments.sorted { $0.header.number > $1.header.number }
    }
}
