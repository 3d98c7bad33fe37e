import ConsoleAPI
import FoundationEssentials
import Glibc
import TrainingJobs

/// Stored bands as audio files: made by a child process when somebody wants to hear one, and kept as long as there is room.
///
/// A child, because the daemon then needs no synthesizer's memory, and a sound font that breaks a library does not break the band.
actor AudioDesk {
    struct Settings: Sendable {
        /// Where the files are kept: a folder for each band and format.
        var folder: String
        /// The command line; nil where it was not found.
        var program: String?
        var environment: [String: String]
        /// Bytes that are kept; what was not heard for the longest time goes first.
        var limit = 256 << 20
        /// Seconds that a band may take.
        var patience = 120.0
    }

    private let settings: Settings
    /// The ones being made, by their folder, so that nobody makes one twice.
    private var making: [String: Task<Void, any Error>] = [:]

    init(_ settings: Settings) { self.settings = settings }

    /// - Parameters:
    ///   - folder: where the files are kept.
    ///   - program: the command line, where the configuration names it.
    init(folder: String, program: String?) {
        let own = ContinuoProgram.ofThisProcess(configured: program)
        self.init(Settings(folder: folder, program: own.path, environment: own.environment))
    }

    /// The audio of a band, or of one of its voices.
    ///
    /// - Parameters:
    ///   - midi: the band's file. Where it differs from what the kept audio was made of, that is made anew.
    ///   - part: `melody` or a part's name; nil is all together.
    /// - Throws: `APIError`.
    func audio(arrangement id: Int64, part: String?, format: AudioFormat, midi: [UInt8]) async throws -> [UInt8] {
        let folder = "\(settings.folder)/\(id)-\(format.rawValue)"
        if read("\(folder)/song.mid") != midi {
            let task = making[folder] ?? Task { try await self.make(folder, id, format, midi) }
            making[folder] = task
            try await task.value
        }
        utimes(folder, nil)
        let name = part.map { "song-\($0)" } ?? "song"
        guard let bytes = read("\(folder)/\(name).\(format.rawValue)") else {
            throw APIError.notFound(
                "arrangement \(id) has no \(part ?? "audio")", advice: "its report lists the parts that have notes")
        }
        return bytes
    }

    private func make(_ folder: String, _ id: Int64, _ format: AudioFormat, _ midi: [UInt8]) async throws {
        defer { making[folder] = nil }
        guard let program = settings.program else {
            throw APIError.unavailable(
                "arrangement \(id) cannot be made audible: the program \"continuo\" was not found",
                advice: "install it beside continuod, or say under [training] where it is (program)")
        }
        let files = FileManager.default
        let draft = "\(folder).new"
        do {
            try? files.removeItem(atPath: draft)
            try files.createDirectory(atPath: draft, withIntermediateDirectories: true)
            try Data(midi).write(to: URL(fileURLWithPath: "\(draft)/song.mid"))
        } catch {
            throw APIError.unavailable("arrangement \(id) cannot be made audible: cannot write \(draft): \(error)")
        }
        do {
            try await BackgroundCommand.run(
                program,
                ["render", "\(draft)/song.mid", "--output", "\(draft)/song.\(format.rawValue)", "--stems"],
                environment: settings.environment, messages: "\(draft)/messages", limit: settings.patience)
            // Nothing waits between these two, so who asks this actor finds the old files or the new ones.
            try? files.removeItem(atPath: folder)
            guard rename(draft, folder) == 0 else {
                throw APIError.unavailable("cannot write \(folder): \(String(cString: strerror(errno)))")
            }
        } catch {
            try? files.removeItem(atPath: draft)
            throw APIError.unavailable(
                "arrangement \(id) cannot be made audible: \(error)", advice: "continuo doctor says what is missing")
        }
        makeRoom(besides: folder)
    }

    /// Deletes what was not heard for the longest time.
    private func makeRoom(besides kept: String) {
        let files = FileManager.default
        let names = (try? files.contentsOfDirectory(atPath: settings.folder)) ?? []
        let folders = names.map { "\(settings.folder)/\($0)" }.filter { !$0.hasSuffix(".new") }
        var sizes = folders.map { (path: $0, heard: heard($0), bytes: bytes(in: $0)) }
        sizes.sort { $0.heard > $1.heard }
        var sum = 0
        for entry in sizes {
            sum += entry.bytes
            if sum > settings.limit, entry.path != kept { try? files.removeItem(atPath: entry.path) }
        }
    }

    private func heard(_ path: String) -> Double {
        var status = stat()
        guard stat(path, &status) == 0 else { return 0 }
        return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
    }

    private func bytes(in folder: String) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.reduce(0) { sum, name in
            var status = stat()
            return stat("\(folder)/\(name)", &status) == 0 ? sum + Int(status.st_size) : sum
        }
    }

    private func read(_ path: String) -> [UInt8]? {
        (try? Data(contentsOf: URL(fileURLWithPath: path))).map { Array($0) }
    }
}
