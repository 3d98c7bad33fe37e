import ConsoleAPI
import ContinuoClient
import Synchronization

/// Follows what the daemon tells of learning.
final class LearnWatch: Sendable {
    private struct Seen: Sendable {
        var reports: [LearningReport] = []
        var problem: ClientError?
    }

    private let client: ContinuoClient
    private let seen = Mutex(Seen())

    init(client: ContinuoClient) { self.client = client }

    /// Returns when nothing that happens from then on is missed.
    func begin() async throws(ClientError) {
        let (signals, signal) = AsyncStream.makeStream(of: Result<Void, ClientError>.self)
        let events = client.events(connected: { signal.yield(.success(())) })
        Task { [self] in
            do {
                for try await numbered in events {
                    guard case .learning(let report) = numbered.event else { continue }
                    seen.withLock { $0.reports.append(report) }
                }
            } catch let error as ClientError {
                seen.withLock { $0.problem = error }
                signal.yield(.failure(error))
            }
        }
        for await outcome in signals { return try outcome.get() }
    }

    /// What was told since the last call.
    func drain() -> [LearningReport] {
        seen.withLock { seen in
            defer { seen.reports = [] }
            return seen.reports
        }
    }

    /// Why nothing more can be told; nil while all is well.
    var problem: ClientError? { seen.withLock { $0.problem } }
}
