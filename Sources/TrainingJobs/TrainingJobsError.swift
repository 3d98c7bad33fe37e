/// Why something could not be done with a job.
public struct TrainingJobsError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// What was asked for is wrong.
        case invalid
        case noSuchJob
        /// Right, but not in the job's present state.
        case notNow
        /// The disk is full, or a program is missing.
        case unavailable
        case failed
    }

    public var kind: Kind
    /// What could not be done, and why.
    public var message: String
    /// What to do next; empty where nothing helps.
    public var advice: String

    public init(_ kind: Kind, _ message: String, advice: String = "") {
        self.kind = kind
        self.message = message
        self.advice = advice
    }

    public var description: String { advice.isEmpty ? message : "\(message) (\(advice))" }
}
