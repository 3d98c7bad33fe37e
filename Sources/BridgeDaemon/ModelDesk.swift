import ConsoleAPI
import ModelLibrary
import Music
import RealTime

/// Answers what is asked of the genres' models, on a thread of its own: whole files are read and hashed.
final class ModelDesk: ModelAccess {
    private let library: ModelLibrary
    private let jobs: JobDesk
    private let worker = WorkerExecutor(name: "models", threads: 1, niceness: 5)

    init(_ library: ModelLibrary, jobs: JobDesk) {
        self.library = library
        self.jobs = jobs
    }

    /// Ends the thread, when nobody asks any more.
    func end() { worker.stop() }

    /// Tells each genre whose model changed, in their order, until there are no more.
    func tell(_ changes: AsyncStream<Genre>, _ publish: @Sendable (ServerEvent) async -> Void) async {
        for await genre in changes {
            await publish(
                .model(Task(executorPreference: worker) { [library] in library.report(of: genre) }.value.summary))
        }
    }

    func models() async throws -> ModelListReport {
        await Task(executorPreference: worker) { [library] in library.all }.value
    }

    func model(of genre: Genre) async throws -> ModelReport {
        try await Task(executorPreference: worker) { [library] in
            try library.requireKnown(genre)
            return library.report(of: genre)
        }.value
    }

    func rollBack(_ genre: Genre, _ request: RollbackRequest) async throws -> ModelReport {
        try await Task(executorPreference: worker) { [library] in try library.rollBack(genre, request) }.value
    }

    func release(_ genre: Genre, _ request: ReleaseRequest) async throws -> ModelReport {
        let job = try await jobs.job(request.job)
        guard job.request.genre == genre.rawValue else {
            throw APIError.badRequest(
                "job \(request.job) is of \(job.request.genre), not \(genre.rawValue)",
                advice: "release it as \(job.request.genre)")
        }
        guard job.summary.state == .done || job.summary.state == .failed else {
            throw APIError.conflict(
                "job \(request.job) is \(job.summary.state.rawValue)",
                advice: job.summary.state == .cancelled
                    ? "what it learned was removed; begin another one" : "wait until it is done")
        }
        let report = try await Task(executorPreference: worker) { [library] in
            try library.release(run: job.run, request)
        }.value
        await jobs.released(request.job)
        return report
    }
}
