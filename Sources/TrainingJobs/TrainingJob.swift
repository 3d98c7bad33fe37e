import FoundationEssentials

/// A genre that is being trained, was, or waits for it.
public struct TrainingJob: Hashable, Sendable, Codable, Identifiable {
    public enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// Waits for its turn; one job runs at a time.
        case queued
        /// Its data are read and rendered.
        case preparing
        case training
        /// Goes on when it is told to, whatever happens to the daemon meanwhile.
        case paused
        /// Its model is measured against held-out melodies.
        case evaluating
        /// Its model becomes one that plays.
        case releasing
        case done, failed, cancelled

        /// A child process works for it.
        public var isRunning: Bool {
            switch self {
            case .preparing, .training, .evaluating, .releasing: true
            case .queued, .paused, .done, .failed, .cancelled: false
            }
        }

        /// Nothing happens to it any more by itself.
        public var isFinished: Bool { self == .done || self == .failed || self == .cancelled }
    }

    /// The commands of a job, in their order; what was finished is not done again after a pause or a restart.
    public enum Stage: String, Hashable, Sendable, Codable, CaseIterable {
        case train, evaluate, release
    }

    /// A change of state.
    public struct Change: Hashable, Sendable, Codable {
        public var state: State
        public var at: Date
        /// Why, in a sentence; empty where the state says it all.
        public var reason: String

        public init(_ state: State, at: Date, reason: String = "") {
            self.state = state
            self.at = at
            self.reason = reason
        }
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
    public let request: TrainingRequest
    public private(set) var changes: [Change]
    /// The stage that is to be done or being done.
    public internal(set) var stage = Stage.train
    var child: Child?
    /// What the trainer said last; not stored, it lies in the run's folder.
    public internal(set) var progress: TrainingProgress?

    init(id: Int64, request: TrainingRequest, at now: Date) {
        self.id = id
        self.request = request
        changes = [Change(.queued, at: now)]
    }

    private enum CodingKeys: String, CodingKey { case id, request, changes, stage, child }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(Int64.self, forKey: .id)
        request = try values.decode(TrainingRequest.self, forKey: .request)
        changes = try values.decode([Change].self, forKey: .changes)
        stage = try values.decode(Stage.self, forKey: .stage)
        child = try values.decodeIfPresent(Child.self, forKey: .child)
        guard !changes.isEmpty else {
            throw DecodingError.dataCorruptedError(forKey: .changes, in: values, debugDescription: "it has no state")
        }
    }

    public var state: State { changes[changes.count - 1].state }
    /// Why it is in that state; empty where the state says it all.
    public var reason: String { changes[changes.count - 1].reason }
    public var createdAt: Date { changes[0].at }
    public var changedAt: Date { changes[changes.count - 1].at }

    /// How many changes are kept; behind the first one the oldest give way.
    static let mostChanges = 200

    mutating func become(_ state: State, at now: Date, reason: String = "") {
        changes.append(Change(state, at: now, reason: reason))
        if changes.count > Self.mostChanges { changes.remove(at: 1) }
    }
}

/// How far a trainer is: `RUN/progress.json`, which it replaces whole, at most every second.
public struct TrainingProgress: Hashable, Sendable, Codable {
    public enum Phase: String, Hashable, Sendable, Codable { case preparing, training, finished }

    /// Something that goes wrong, with what to try.
    public struct Warning: Hashable, Sendable, Codable {
        public var step: Int
        public var text: String

        public init(step: Int, text: String) {
            self.step = step
            self.text = text
        }
    }

    public var phase: Phase
    public var step: Int
    public var totalSteps: Int
    public var stepsPerSecond: Double
    /// Until training ends; nil while that cannot be told.
    public var secondsLeft: Double?
    /// The latest, oldest first.
    public var warnings: [Warning]

    /// How many warnings are told.
    static let mostWarnings = 8

    public init(
        phase: Phase, step: Int, totalSteps: Int, stepsPerSecond: Double, secondsLeft: Double? = nil,
        warnings: [Warning] = []
    ) {
        self.phase = phase
        self.step = step
        self.totalSteps = totalSteps
        self.stepsPerSecond = stepsPerSecond
        self.secondsLeft = secondsLeft
        self.warnings = warnings
    }

    private enum CodingKeys: String, CodingKey { case phase, step, totalSteps, stepsPerSecond, secondsLeft, warnings }

    /// Warnings may be absent.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        phase = try values.decode(Phase.self, forKey: .phase)
        step = try values.decode(Int.self, forKey: .step)
        totalSteps = try values.decode(Int.self, forKey: .totalSteps)
        stepsPerSecond = try values.decode(Double.self, forKey: .stepsPerSecond)
        secondsLeft = try values.decodeIfPresent(Double.self, forKey: .secondsLeft)
        warnings = Array(
            (try values.decodeIfPresent([Warning].self, forKey: .warnings) ?? []).suffix(Self.mostWarnings))
    }

    /// - Returns: nil where there is none, or none that can be read.
    static func read(_ file: String) -> TrainingProgress? {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: file)), data.count < 1 << 20 else { return nil }
        return try? JSONDecoder().decode(TrainingProgress.self, from: data)
    }
}
