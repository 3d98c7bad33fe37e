import ConsoleAPI
import FoundationEssentials
import Glibc

/// Jobs as files: `FOLDER/ID/job.json` for each, with its run beside it.
///
/// Files and not a table of the take store: a job is a handful of values that belong to a folder of large files, it is copied, looked at
/// and deleted with that folder, and a store of takes that is set aside must not take a week's training with it. Each file is written
/// whole under another name, brought to the disk and then renamed, so that after a kill, a power cut or a full disk there is the old
/// state or the new one. One that cannot be read is set aside and named; it stops no other job.
struct JobStore {
    let folder: String

    func folder(of id: Int64) -> String { "\(folder)/\(id)" }
    func file(of id: Int64) -> String { "\(folder(of: id))/job.json" }
    /// Where `continuo train` keeps everything.
    func run(of id: Int64) -> String { "\(folder(of: id))/run" }
    /// What the child processes said.
    func messages(of id: Int64) -> String { "\(folder(of: id))/messages.txt" }

    /// - Throws: where the folder cannot be made.
    func makeRoot() throws(TrainingJobsError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .init(.unavailable, "cannot make the folder \(folder) for training jobs: \(error)")
        }
    }

    // MARK: - Reading

    /// Every job that can be read, by number, and what is wrong with the others, in sentences.
    func load() -> (jobs: [TrainingJob], problems: [String]) {
        var jobs: [TrainingJob] = []
        var problems: [String] = []
        for id in numbers() {
            guard let data = try? Data(contentsOf: URL(fileURLWithPath: file(of: id))) else {
                if let problem = explainMissing(id) { problems.append(problem) }
                continue
            }
            do {
                var job = try Self.decoder.decode(TrainingJob.self, from: data)
                guard job.id == id else {
                    problems.append(setAside(id, "it says that it is job \(job.id)"))
                    continue
                }
                job.progress = JobProgressReport.read("\(run(of: id))/progress.json")
                jobs.append(job)
            } catch {
                problems.append(setAside(id, "it is no job"))
            }
        }
        return (jobs, problems)
    }

    private func numbers() -> [Int64] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { Int64($0) }.filter { $0 > 0 }.sorted()
    }

    /// A folder without a readable job.
    private func explainMissing(_ id: Int64) -> String? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder(of: id))) ?? []
        if names.contains("job.json") {
            return "\(file(of: id)) cannot be read: \(String(cString: strerror(errno))); the job is left alone"
        }
        if let broken = names.filter({ $0.hasPrefix("job.broken") }).max() {
            return "training job \(id) could not be read and was set aside as \(folder(of: id))/\(broken); "
                + "what it learned lies in \(run(of: id)), and deleting \(folder(of: id)) forgets it"
        }
        guard names.allSatisfy({ $0.hasPrefix("job.json.") }) else {
            return "\(folder(of: id)) holds no job; delete it where you do not need it"
        }
        // The daemon ended before the job was acknowledged.
        try? FileManager.default.removeItem(atPath: folder(of: id))
        return nil
    }

    /// - Returns: what was done, in a sentence.
    private func setAside(_ id: Int64, _ cause: String) -> String {
        var name = "job.broken"
        var count = 1
        while access("\(folder(of: id))/\(name)", F_OK) == 0 {
            count += 1
            name = "job.broken-\(count)"
        }
        guard rename(file(of: id), "\(folder(of: id))/\(name)") == 0 else {
            return "\(file(of: id)) is broken (\(cause)) and cannot be set aside: \(String(cString: strerror(errno)))"
        }
        return "training job \(id) could not be read (\(cause)) and was set aside as \(folder(of: id))/\(name); "
            + "what it learned lies in \(run(of: id)), and deleting \(folder(of: id)) forgets it"
    }

    // MARK: - Writing

    /// A number that no job had before, with its folder.
    func makeFolder() throws(TrainingJobsError) -> Int64 {
        try makeRoot()
        let counter = "\(folder)/last-number"
        let last = (try? String(contentsOfFile: counter, encoding: .utf8)).flatMap { Int64($0.prefix { $0 != "\n" }) }
        let id = max(last ?? 0, numbers().last ?? 0) + 1
        guard mkdir(folder(of: id), 0o770) == 0 else {
            throw Self.cannot("make the folder \(folder(of: id))", errno)
        }
        do {
            try Self.replace(counter, with: Data("\(id)\n".utf8))
        } catch {
            rmdir(folder(of: id))
            throw error
        }
        return id
    }

    /// Returns when the job's state is on the disk.
    func save(_ job: TrainingJob) throws(TrainingJobsError) {
        let data: Data
        do { data = try Self.encoder.encode(job) } catch {
            throw .init(.failed, "cannot write job \(job.id): \(error)")
        }
        try Self.replace(file(of: job.id), with: data)
    }

    /// Removes a job with all that it made; what it released stays.
    func remove(_ id: Int64) throws(TrainingJobsError) {
        // The job first: a crash in between leaves a folder without one, not half of one that looks whole.
        unlink(file(of: id))
        do { try FileManager.default.removeItem(atPath: folder(of: id)) } catch {
            if access(folder(of: id), F_OK) == 0 {
                throw .init(.failed, "cannot remove \(folder(of: id)): \(error)")
            }
        }
    }

    private static func replace(_ path: String, with data: Data) throws(TrainingJobsError) {
        let temporary = "\(path).new"
        func failed(_ number: Int32) -> TrainingJobsError {
            unlink(temporary)
            return cannot("write \(path)", number)
        }
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o660)
        guard descriptor >= 0 else { throw failed(errno) }
        let bytes = [UInt8](data)
        var done = 0
        var problem: Int32 = 0
        while done < bytes.count, problem == 0 {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + done, bytes.count - done) }
            if count >= 0 { done += count } else if errno != EINTR { problem = errno }
        }
        if problem == 0, fsync(descriptor) != 0 { problem = errno }
        if close(descriptor) != 0, problem == 0 { problem = errno }
        guard problem == 0 else { throw failed(problem) }
        guard rename(temporary, path) == 0 else { throw failed(errno) }
        let parent = open(String(path[..<path.lastIndex(of: "/")!]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if parent >= 0 {
            fsync(parent)
            close(parent)
        }
    }

    private static func cannot(_ action: String, _ number: Int32) -> TrainingJobsError {
        let isFull = number == ENOSPC || number == EDQUOT
        return .init(
            number == EACCES || number == EROFS || isFull ? .unavailable : .failed,
            "cannot \(action): \(String(cString: strerror(number)))",
            advice: isFull ? "free some space; \"continuo jobs delete\" removes finished jobs" : "")
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return encoder
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }
}
