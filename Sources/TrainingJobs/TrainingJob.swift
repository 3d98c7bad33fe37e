import ConsoleAPI
import FoundationEssentials

/// A genre that is being trained, was, or waits for it.
public struct TrainingJob: Hashable, Sendable, Codable, Identifiable {
    /// The commands of a job, in their order; what was finished is not done again after a pause or a restart.
    public enum Stage: String, Hashable, Sendable, Codable, CaseIterable {
        case train, evaluate, release
    }

    /// The process that works for a job; known again after the daemon was killed.
    struct Child: Hashable, Sendable, Codable {
        var process: Int32
        /// Clock ticks between the machine's start and the process's (proc(5), `/proc/PID/stat`, field 22).
        var started: UInt64
        /// `/proc/sys/kernel/random/boot_id`.
        var boot: String
    }

    public let id: Int64
    public let request: JobRequest
    public private(set) var changes: [JobReport.Change]
    /// The stage that is to be done or being done.
    public internal(set) var stage = Stage.train
    var child: Child?
    /// What the trainer said last; not stored, it lies in the run's folder.
    public internal(set) var progress: JobProgressReport?

    init(id: Int64, request: JobRequest, at now: Date) {
        self.id = id
        self.request = request
        changes = [JobReport.Change(state: .queued, at: now)]
    }

    private enum CodingKeys: String, CodingKey { case id, request, changes, stage, child }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(Int64.self, forKey: .id)
        request = try values.decode(JobRequest.self, forKey: .request)
        changes = try values.decode([JobReport.Change].self, forKey: .changes)
        stage = try values.decode(Stage.self, forKey: .stage)
        child = try values.decodeIfPresent(Child.self, forKey: .child)
        guard !changes.isEmpty else {
            throw DecodingError.dataCorruptedError(forKey: .changes, in: values, debugDescription: "it has no state")
        }
    }

    public var state: JobState { changes[changes.count - 1].state }
    /// Why it is in that state; empty where the state says it all.
    public var reason: String { changes[changes.count - 1].reason }
    public var createdAt: Date { changes[0].at }
    public var changedAt: Date { changes[changes.count - 1].at }

    /// How many changes are kept; behind the first one the oldest give way.
    static let mostChanges = 200

    mutating func become(_ state: JobState, at now: Date, reason: String = "") {
        changes.append(JobReport.Change(state: state, at: now, reason: reason))
        if changes.count > Self.mostChanges { changes.remove(at: 1) }
    }
}

/// `RUN/progress.json`, which the trainer replaces whole, at most every second.
extension JobProgressReport {
    /// - Returns: nil where there is none, or none that can be read.
    static func read(_ file: String) -> JobProgressReport? {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: file)), data.count < 1 << 20 else { return nil }
        return try? JSONDecoder().decode(JobProgressReport.self, from: data)
    }
}
