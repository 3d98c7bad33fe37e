import Foundation
import Music

/// Makes a data set of folders of MIDI and MusicXML files and of the player's own takes, and keeps it up to date.
///
/// What has been read is remembered in a journal (`ImportJournal`), so that a second import reads only what is new or has changed, and one that was
/// broken off goes on. What the data set holds depends on the files alone, not on how often, in which order or by how many workers they were read.
///
/// | file | what |
/// | --- | --- |
/// | `pieces.jsonl`, `works.tsv` | the songs, as in every data set (`DataSetFolder`) |
/// | `report.json` | a row a file: what was understood, or why it was left out (`ImportRow`) |
/// | `import.journal` | what has been read |
public struct DataSetImport: Sendable {
    /// A folder to import from.
    public struct Folder: Sendable {
        public var url: URL
        /// What is said of all its files; nil leaves what was said before. An empty genre is none.
        public var genre: String?
        public var tags: [String]?

        public init(_ url: URL, genre: String? = nil, tags: [String]? = nil) {
            self.url = url
            self.genre = genre
            self.tags = tags
        }
    }

    /// The player's takes.
    public struct Takes: Sendable {
        public struct Take: Sendable {
            public var number: Int64
            public var tags: [String]
            /// Changes with the take: when it differs from what was read, the take is read anew.
            public var stamp: String

            public init(number: Int64, tags: [String], stamp: String) {
                self.number = number
                self.tags = tags
                self.stamp = stamp
            }
        }

        public var list: [Take]
        public var genre: String?
        public var tags: [String]?
        /// A take's melody, and the chords that were written or played for it.
        public var load: @Sendable (Int64) async throws -> (phrase: Phrase, chords: ChordPlan?)

        public init(
            _ list: [Take], genre: String? = nil, tags: [String]? = nil,
            load: @escaping @Sendable (Int64) async throws -> (phrase: Phrase, chords: ChordPlan?)
        ) {
            self.list = list
            self.genre = genre
            self.tags = tags
            self.load = load
        }
    }

    /// How far an import is.
    public struct Progress: Sendable {
        public var done: Int
        public var total: Int
        /// Of files that are read now.
        public var filesPerSecond: Double
        public var secondsLeft: Double?
    }

    /// What an import did.
    public struct Outcome: Sendable {
        /// A row a file, by name.
        public var rows: [ImportRow] = []
        /// Files read now; those that were as they were before; those that were forgotten because they have gone; those kept although they have.
        public var read = 0
        public var unchanged = 0
        public var forgotten: [String] = []
        public var missing: [String] = []
        /// Whether it was stopped before its end: nothing but the journal was written.
        public var isStopped = false
        /// Files that are still to be read then.
        public var left = 0
        public var seconds = 0.0
        /// What the player should know of the journal.
        public var notices: [String] = []
    }

    public let dataSet: URL
    /// Files that are gone stay in the data set.
    public var keepsMissing = false
    /// So many files are read at the same time.
    public var workers = max(1, ProcessInfo.processInfo.activeProcessorCount)

    static let takesFolder = "takes"

    public init(_ dataSet: URL) { self.dataSet = dataSet }

    /// Something to read.
    private enum Job: Sendable {
        case file(MusicFolder.File, folder: String, row: FolderTable.Row)
        case take(Takes.Take)
    }

    /// Reads what is new or has changed, and writes the data set.
    ///
    /// - Parameters:
    ///   - folders: none takes those that were imported before.
    ///   - takes: the player's takes; nil leaves those of the data set as they are.
    ///   - progress: called after each file.
    ///   - shouldStop: asked before each file; what has been read by then is kept.
    /// - Throws: `TrainingError.importing` where a folder cannot be read or the data set cannot be written.
    public func run(
        _ folders: [Folder], takes: Takes? = nil, progress: @Sendable (Progress) -> Void = { _ in },
        shouldStop: @Sendable () -> Bool = { false }
    ) async throws -> Outcome {
        for folder in folders { try MusicFolder.check(folder.url) }
        let journal = try ImportJournal(dataSet)
        var outcome = Outcome()
        if journal.cut > 0 { outcome.notices.append("the last import was broken off; it goes on where it was") }
        if journal.isOutdated {
            outcome.notices.append("the journal was written by another version; all files are read anew")
        }
        let jobs = try compare(folders, takes, journal, &outcome)
        try await read(jobs, takes, into: journal, &outcome, progress, shouldStop)
        if outcome.isStopped {
            try journal.finish()
            return outcome
        }
        let assembly = DataSetAssembly(journal)
        let target = DataSetFolder(dataSet)
        if let size = journal.assembled, size == DataSetAssembly.size(target) {
            outcome.rows = assembly.rows
        } else {
            try assembly.write(to: target)
            outcome.rows = assembly.rows
            try journal.remember(assembled: DataSetAssembly.size(target) ?? 0)
        }
        try journal.finish()
        return outcome
    }

    /// What has to be read; forgets what has gone.
    private func compare(
        _ folders: [Folder], _ takes: Takes?, _ journal: ImportJournal, _ outcome: inout Outcome
    ) throws(TrainingError) -> [Job] {
        var jobs: [Job] = []
        var wanted = folders
        if wanted.isEmpty, takes == nil {
            wanted = journal.folders.keys.sorted().filter { $0 != DataSetImport.takesFolder }.map {
                Folder(URL(fileURLWithPath: $0))
            }
            guard !wanted.isEmpty else {
                throw .importing("\(dataSet.path) has no folders yet; name those to import from")
            }
        }
        var seen = Set<String>()
        for folder in wanted {
            let path = folder.url.standardizedFileURL.resolvingSymlinksInPath().path
            guard seen.insert(path).inserted else { continue }
            // Both may fail: before anything is forgotten.
            let files = try MusicFolder.files(in: URL(fileURLWithPath: path))
            let table = try MusicFolder.table(in: URL(fileURLWithPath: path))
            try remember(path, genre: folder.genre, tags: folder.tags, journal)
            for file in files {
                let row = table.rows[file.path] ?? .init()
                if let known = journal.files[.init(folder: path, path: file.path)],
                    known.file.isSame(file, row: row.text)
                {
                    outcome.unchanged += 1
                } else {
                    jobs.append(.file(file, folder: path, row: row))
                }
            }
            try forget(journal.files.keys.filter { $0.folder == path }, but: Set(files.map(\.path)), journal, &outcome)
        }
        if let takes {
            let path = DataSetImport.takesFolder
            try remember(path, genre: takes.genre, tags: takes.tags, journal)
            for take in takes.list {
                let known = journal.files[.init(folder: path, path: "\(take.number)")]
                if let known, known.file.row == take.row, known.file.isMissing == nil {
                    outcome.unchanged += 1
                } else {
                    jobs.append(.take(take))
                }
            }
            let numbers = Set(takes.list.map { "\($0.number)" })
            try forget(journal.files.keys.filter { $0.folder == path }, but: numbers, journal, &outcome)
        }
        return jobs
    }

    private func remember(
        _ path: String, genre: String?, tags: [String]?, _ journal: ImportJournal
    ) throws(TrainingError) {
        let known = journal.folders[path]
        let genre = genre.map { $0.isEmpty ? nil : $0.lowercased() } ?? known?.genre
        try journal.keep(ImportJournal.Folder(path: path, genre: genre, tags: tags ?? known?.tags ?? []))
    }

    private func forget(
        _ keys: [ImportJournal.Key], but present: Set<String>, _ journal: ImportJournal, _ outcome: inout Outcome
    ) throws(TrainingError) {
        for key in keys.sorted() where !present.contains(key.path) {
            if keepsMissing, var file = journal.files[key]?.file {
                outcome.missing.append("\(key.folder)/\(key.path)")
                guard file.isMissing == nil else { continue }
                file.isMissing = true
                try journal.change(file)
            } else {
                outcome.forgotten.append("\(key.folder)/\(key.path)")
                try journal.forget(key)
            }
        }
    }

    /// Reads the files, some at a time, and remembers each as soon as it is read.
    private func read(
        _ jobs: [Job], _ takes: Takes?, into journal: ImportJournal, _ outcome: inout Outcome,
        _ progress: @Sendable (Progress) -> Void, _ shouldStop: @Sendable () -> Bool
    ) async throws {
        let clock = ContinuousClock()
        let start = clock.now
        var done = 0
        var isStopped = false
        try await withThrowingTaskGroup(of: (file: ImportedFile, songs: [SongRecord]).self) { group in
            var next = 0
            func add() {
                guard next < jobs.count, !isStopped else { return }
                let job = jobs[next]
                next += 1
                group.addTask {
                    switch job {
                    case .file(let file, let folder, let row):
                        return ImportedFileReader.read(file, in: folder, row: row)
                    case .take(let take):
                        guard let takes else { preconditionFailure("takes are listed where there are some") }
                        return ImportedFileReader.read(take, try await takes.load(take.number))
                    }
                }
            }
            isStopped = shouldStop()
            for _ in 0..<workers { add() }
            while let (file, songs) = try await group.next() {
                let key = ImportJournal.Key(folder: file.folder, path: file.path)
                if let known = journal.files[key]?.file, !file.hash.isEmpty, known.hash == file.hash,
                    known.row == file.row, known.reason == nil, file.reason == nil
                {
                    // Only touched: its songs stand in the journal.
                    try journal.change(file)
                } else {
                    try journal.keep(file, songs: songs)
                }
                done += 1
                let seconds = (clock.now - start) / .seconds(1)
                let rate = Double(done) / max(1e-9, seconds)
                progress(
                    Progress(
                        done: done, total: jobs.count, filesPerSecond: rate,
                        secondsLeft: done < min(20, jobs.count) ? nil : Double(jobs.count - done) / rate))
                if !isStopped { isStopped = shouldStop() }
                add()
            }
        }
        outcome.read = done
        outcome.left = jobs.count - done
        outcome.isStopped = isStopped && done < jobs.count
        outcome.seconds = (clock.now - start) / .seconds(1)
    }
}

extension DataSetImport.Takes.Take {
    /// What a take is compared by.
    var row: String { ([stamp] + tags).joined(separator: "\u{1F}") }
}
