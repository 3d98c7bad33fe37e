import FoundationEssentials

/// The states of a training job.
public enum JobState: String, Hashable, Sendable, Codable, CaseIterable {
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

    /// Nothing happens any more by itself.
    public var isFinished: Bool { self == .done || self == .failed || self == .cancelled }
}

/// How far training is.
public struct JobProgressReport: Hashable, Sendable, Codable {
    /// Something that goes wrong in training, with what to try.
    public struct Warning: Hashable, Sendable, Codable {
        public var step: Int
        public var text: String

        public init(step: Int, text: String) {
            self.step = step
            self.text = text
        }
    }

    public enum Phase: String, Hashable, Sendable, Codable { case preparing, training, finished }

    public var phase: Phase
    public var step: Int
    public var totalSteps: Int
    public var stepsPerSecond: Double
    /// Until training ends; nil while that cannot be told.
    public var secondsLeft: Double?
    /// The latest, oldest first.
    public var warnings: [Warning]

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

    /// How many warnings are told.
    static let mostWarnings = 8

    /// Warnings may be absent, as may what others write besides.
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
}

/// A line in the list of jobs, and what the events tell.
public struct JobSummaryReport: Hashable, Sendable, Codable {
    public var id: Int64
    public var genre: String
    public var data: String
    public var preset: String?
    public var state: JobState
    /// Why it is in that state; empty where the state says it all.
    public var reason: String
    public var createdAt: Date
    /// When it came into its state.
    public var changedAt: Date
    /// Nil until the trainer said something.
    public var progress: JobProgressReport?

    public init(
        id: Int64, genre: String, data: String, preset: String? = nil, state: JobState, reason: String = "",
        createdAt: Date, changedAt: Date, progress: JobProgressReport? = nil
    ) {
        self.id = id
        self.genre = genre
        self.data = data
        self.preset = preset
        self.state = state
        self.reason = reason
        self.createdAt = createdAt
        self.changedAt = changedAt
        self.progress = progress
    }
}

/// A job with everything that was asked for and everything that happened.
public struct JobReport: Hashable, Sendable, Codable {
    public struct Change: Hashable, Sendable, Codable {
        public var state: JobState
        public var at: Date
        /// Why, in a sentence; empty where the state says it all.
        public var reason: String

        public init(state: JobState, at: Date, reason: String = "") {
            self.state = state
            self.at = at
            self.reason = reason
        }
    }

    public var summary: JobSummaryReport
    public var request: JobRequest
    /// Oldest first.
    public var changes: [Change]
    /// The run's folder: losses, figures, pictures, the model.
    public var run: String

    public init(summary: JobSummaryReport, request: JobRequest, changes: [Change], run: String) {
        self.summary = summary
        self.request = request
        self.changes = changes
        self.run = run
    }
}

/// Jobs, the newest first.
public struct JobListReport: Hashable, Sendable, Codable {
    public var jobs: [JobSummaryReport]
    /// Jobs that cannot be read, in sentences.
    public var problems: [String]

    public init(jobs: [JobSummaryReport], problems: [String] = []) {
        self.jobs = jobs
        self.problems = problems
    }
}
